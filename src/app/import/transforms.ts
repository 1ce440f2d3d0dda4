const STRING = String.raw`'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"`;
const BETWEEN = new RegExp(
  String.raw`^output\.split\((?:${STRING})\)(?:\[1\]|\??\.\[1\])\??(?:\.split\((?:${STRING})\)\[0\])?$`,
);
const BEHIND_LAST = new RegExp(String.raw`^output\.split\((?:${STRING})\)(?:\.pop\(\)|\.at\(-1\))$`);
const MATCH = /^output\.match\(\/((?:\\.|[^/\\])+)\/([ims]*)\)(?:\?\.|!)?\[([01])\]$/;
const PARSE = /^JSON\.parse\(output(?:\.trim\(\))?\)/;
const PATH = /^((?:\??\.[A-Za-z_$][\w$]*|\[\d+\]|\["[^"]+"\]|\['[^']+'\])*)$/;
const TRIM = /(?:\?\.|\.)trim\(\)$/;

/** What a transform leaves of an answer. */
interface Part {
  /** As `extract` names it; null for all of it. */
  readonly part: string | null;
}

/**
 * The part of an answer that transforms of promptfoo leave, one after another. Read are `output`, `output.trim()`,
 * `JSON.parse(output)`, paths of keys behind it, `output.split(a)[1].split(b)[0]`, `output.split(a).pop()` and
 * `output.match(/a(b)/)[1]`.
 * @returns null if they do anything else
 */
export function partOf(transforms: readonly string[]): Part | null {
  let part: string | null = null;
  let isJson = false;
  for (const transform of transforms) {
    const text = expressionOf(transform);
    if (text === 'output') continue;
    const path = jsonPath(text, isJson);
    if (path !== null) {
      if (part !== null && !isJson) return null;
      isJson = true;
      part = path === '' ? part : part === null ? `json:${path}` : `${part}.${path}`;
      continue;
    }
    const pattern = part === null && !isJson ? textPattern(text) : null;
    if (pattern === null) return null;
    part = pattern;
  }
  return { part };
}

/** `return x;` and `x;` are x; white space around an answer's part does not count. */
function expressionOf(transform: string): string {
  const text = transform.trim().replace(/^return\s+/, '');
  return text.replace(/;$/, '').trim().replace(TRIM, '');
}

/** The path of `JSON.parse(output).a[0]`, and of `output.a[0]` behind a transform that parsed; null for others. */
function jsonPath(text: string, isParsed: boolean): string | null {
  const rest = PARSE.test(text)
    ? text.replace(PARSE, '')
    : isParsed && text.startsWith('output')
      ? text.slice(6)
      : null;
  const [, path] = rest === null ? [] : (PATH.exec(rest) ?? []);
  if (path === undefined) return null;
  const keys = [...path.matchAll(/[A-Za-z_$][\w$]*|\d+|"([^"]+)"|'([^']+)'/g)].map(
    ([plain, one, other]) => one ?? other ?? plain,
  );
  return keys.some((key) => key.includes('.')) ? null : keys.join('.');
}

function textPattern(text: string): string | null {
  const between = BETWEEN.exec(text);
  if (between !== null) {
    const [, one, other, end, otherEnd] = between;
    const from = quoted(one ?? other ?? '');
    const to = end === undefined && otherEnd === undefined ? from : quoted(end ?? otherEnd ?? '');
    return String.raw`^(?s:.*?)${from}\s*((?s:.*?))\s*(?:${to}|\z)`;
  }
  const last = BEHIND_LAST.exec(text);
  if (last !== null) return String.raw`^(?s:.*)${quoted(last[1] ?? last[2] ?? '')}\s*((?s:.*?))\s*\z`;
  const [, pattern, flags = '', group] = MATCH.exec(text) ?? [];
  if (pattern === undefined) return null;
  const hasGroup = /(?:^|[^\\])\((?!\?)/.test(pattern);
  const flagged = `(?${flags}:${pattern})`;
  if ((group === '1') !== hasGroup) return null;
  // The first match, while the last one is what an extraction takes.
  return String.raw`^(?s:.*?)${hasGroup ? flagged : `(${flagged})`}`;
}

/** A text of JavaScript as a pattern. */
function quoted(text: string): string {
  const plain = text.replace(/\\(.)/g, (_, sign: string) => (sign === 'n' ? '\n' : sign));
  return plain.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

import { isJsonArray, isJsonObject, type JsonValue } from '../../core/json.ts';
import { columnText } from '../../core/row.ts';

type Variables = Readonly<Record<string, JsonValue>>;

const TAG = /\{\{[^]*?\}\}|\{%[^]*?%\}|\{#[^]*?#\}/g;
const PATH = String.raw`[A-Za-z_]\w*(?:\.\w+|\[\d+\]|\["[^"]*"\]|\['[^']*'\])*`;
const LITERAL = String.raw`"[^"]*"|'[^']*'|-?\d+(?:\.\d+)?|true|false`;
const FILTER = String.raw`\|\s*[A-Za-z_]\w*\s*(?:\(([^()]*)\))?`;
const OUTPUT = new RegExp(String.raw`^\{\{(-?)\s*(${PATH})\s*((?:${FILTER}\s*)*)(-?)\}\}$`);
const EACH_FILTER = /\|\s*([A-Za-z_]\w*)\s*(?:\(([^()]*)\))?/g;
const ARGUMENTS = new RegExp(String.raw`^\s*(?:(?:${LITERAL})\s*(?:,\s*(?:${LITERAL})\s*)*)?$`);

/** Filters of Nunjucks by their names in Liquid, as far as both give the same; an empty name leaves the filter out. */
const FILTERS: ReadonlyMap<string, string> = new Map([
  ['upper', 'upcase'],
  ['lower', 'downcase'],
  ['trim', 'strip'],
  ['capitalize', 'capitalize'],
  ['length', 'size'],
  ['join', 'join'],
  ['first', 'first'],
  ['last', 'last'],
  ['replace', 'replace'],
  ['default', 'default'],
  ['d', 'default'],
  ['dump', 'json'],
  ['safe', ''],
  ['string', ''],
]);

const FOR = new RegExp(String.raw`^for\s+([A-Za-z_]\w*)\s+in\s+(${PATH})$`);
const SET = new RegExp(String.raw`^set\s+([A-Za-z_]\w*)\s*=\s*(${PATH}|${LITERAL})$`);
const COMPARISON = new RegExp(String.raw`^(${PATH})\s*(===?|!==?|[<>]=?)\s*(${PATH}|${LITERAL})$`);
const TRUTH = new RegExp(`^${PATH}$`);
const SAME_TAGS: ReadonlySet<string> = new Set(['else', 'endif', 'endfor', 'raw', 'endraw']);

/** A template of Nunjucks in Liquid. */
interface Translated {
  readonly text: string;
  /** Columns that it needs. */
  readonly variables: readonly string[];
}

/** Translates a template; the first tag that Liquid has nothing for, if there is one. */
export function toLiquid(text: string): Translated | { readonly foreign: string } {
  const variables = new Set<string>();
  const own = new Set(['loop']);
  let foreign: string | null = null;
  const translated = text.replace(TAG, (tag) => {
    const made = tag.startsWith('{#')
      ? ''
      : tag.startsWith('{%')
        ? statement(tag, variables, own)
        : output(tag, variables);
    if (made === null) foreign ??= tag;
    return made ?? tag;
  });
  if (foreign !== null) return { foreign };
  return { text: translated, variables: [...variables].filter((name) => !own.has(name)) };
}

function output(tag: string, variables: Set<string>): string | null {
  const [, before = '', path = '', filters = '', , after = ''] = OUTPUT.exec(tag) ?? [];
  if (path === '') return null;
  variables.add(rootOf(path));
  // A plain variable stays as it was written.
  if (filters.trim() === '' && !path.startsWith('loop.')) return tag;
  const names: string[] = [];
  for (const [, name = '', given = ''] of filters.matchAll(EACH_FILTER)) {
    const liquid = FILTERS.get(name);
    if (liquid === undefined || !ARGUMENTS.test(given)) return null;
    if (liquid !== '') names.push(given.trim() === '' ? liquid : `${liquid}: ${firstArguments(liquid, given)}`);
  }
  return `{{${before} ${[operand(path), ...names].join(' | ')} ${after}}}`;
}

/** `default(x, true)`: Liquid's takes empty texts for missing in any case. */
function firstArguments(filter: string, given: string): string {
  return (filter === 'default' ? given.replace(/,\s*(?:true|false)\s*$/, '') : given).trim();
}

function statement(tag: string, variables: Set<string>, own: Set<string>): string | null {
  const [, before = '', inner = '', after = ''] = /^\{%(-?)([^]*?)(-?)%\}$/.exec(tag) ?? [];
  const made = statementText(inner.trim(), variables, own);
  return made === null ? null : `{%${before} ${made} ${after}%}`;
}

function statementText(text: string, variables: Set<string>, own: Set<string>): string | null {
  if (SAME_TAGS.has(text)) return text;
  const [, keyword = '', rest = ''] = /^(if|elif|elseif)\s+([^]*)$/.exec(text) ?? [];
  if (keyword !== '') {
    const made = condition(rest, variables);
    return made === null ? null : `${keyword === 'if' ? 'if' : 'elsif'} ${made}`;
  }
  const [, item, list] = FOR.exec(text) ?? [];
  if (item !== undefined && list !== undefined) {
    own.add(item);
    variables.add(rootOf(list));
    return `for ${item} in ${operand(list)}`;
  }
  const [, name, value] = SET.exec(text) ?? [];
  if (name === undefined || value === undefined) return null;
  own.add(name);
  if (TRUTH.test(value) && value !== 'true' && value !== 'false') variables.add(rootOf(value));
  return `assign ${name} = ${operand(value)}`;
}

/** Comparisons joined by one of `and` and `or`, or a variable that has a value. */
function condition(text: string, variables: Set<string>): string | null {
  const word = / and /.test(text) ? ' and ' : ' or ';
  const parts = text.split(word).map((part) => comparison(part.trim(), variables));
  if (parts.some((part) => part === null || part.includes(' and ')) && parts.length > 1) return null;
  return parts.includes(null) ? null : parts.join(word);
}

function comparison(text: string, variables: Set<string>): string | null {
  if (TRUTH.test(text)) {
    variables.add(rootOf(text));
    // An empty text and 0 are false in Nunjucks.
    return text.startsWith('loop.') ? operand(text) : `${text} and ${text} != "" and ${text} != 0`;
  }
  const [, left, sign = '', right] = COMPARISON.exec(text) ?? [];
  if (left === undefined || right === undefined) return null;
  for (const side of [left, right]) if (!new RegExp(`^(?:${LITERAL})$`).test(side)) variables.add(rootOf(side));
  return `${operand(left)} ${sign.replace(/^([=!])=+$/, '$1=')} ${operand(right)}`;
}

const LOOP: ReadonlyMap<string, string> = new Map([
  ['loop.index', 'forloop.index'],
  ['loop.index0', 'forloop.index0'],
  ['loop.first', 'forloop.first'],
  ['loop.last', 'forloop.last'],
  ['loop.length', 'forloop.length'],
]);

function operand(path: string): string {
  return LOOP.get(path) ?? path;
}

function rootOf(path: string): string {
  return /^\w+/.exec(path)?.[0] ?? path;
}

/**
 * Fills variables into a text; a missing variable becomes an empty text, as in promptfoo.
 * @returns the first tag that cannot be filled, if there is one
 */
export function fillVariables(
  text: string,
  vars: Variables,
): { readonly text: string; readonly foreign: string | null } {
  let foreign: string | null = null;
  const filled = text.replace(TAG, (tag) => {
    const value = tag.startsWith('{#') ? '' : valueOf(tag, vars);
    if (value === null) foreign ??= tag;
    return value ?? tag;
  });
  return { text: filled, foreign };
}

function valueOf(tag: string, vars: Variables): string | null {
  const [, , path = '', filters = ''] = OUTPUT.exec(tag) ?? [];
  if (path === '' || path.startsWith('env.')) return null;
  let text = columnText(atPath(path, vars));
  for (const [, name = ''] of filters.matchAll(EACH_FILTER)) {
    const filter = TEXT_FILTERS.get(name);
    if (filter === undefined) return null;
    text = filter(text);
  }
  return text;
}

const TEXT_FILTERS: ReadonlyMap<string, (text: string) => string> = new Map([
  ['upper', (text: string) => text.toUpperCase()],
  ['lower', (text: string) => text.toLowerCase()],
  ['trim', (text: string) => text.trim()],
  ['safe', (text: string) => text],
  ['string', (text: string) => text],
]);

function atPath(path: string, vars: Variables): JsonValue | undefined {
  let value: JsonValue | undefined = vars;
  for (const [, quoted, plain] of path.matchAll(/\[["']([^"']*)["']\]|([A-Za-z0-9_]+)/g)) {
    const key = quoted ?? plain ?? '';
    if (isJsonArray(value)) value = value[Number(key)];
    else value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

/** Most times that variables within variables are filled in. */
const MAX_NESTING = 5;

/** The variables of a test with those within their texts filled in; what cannot be filled stays as it is. */
export function nestedVariables(vars: Variables): Record<string, JsonValue> {
  let filled: Record<string, JsonValue> = { ...vars };
  for (let count = 0; count < MAX_NESTING; count++) {
    const next = Object.fromEntries(Object.entries(filled).map(([name, value]) => [name, nested(value, filled)]));
    if (JSON.stringify(next) === JSON.stringify(filled)) break;
    filled = next;
  }
  return filled;
}

function nested(value: JsonValue, vars: Variables): JsonValue {
  if (typeof value === 'string') return value.includes('{{') ? fillVariables(value, vars).text : value;
  if (isJsonArray(value)) return value.map((item) => nested(item, vars));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, nested(item, vars)]));
}

/** A prompt that a function of a Python file returns. */
interface PythonPrompt {
  /** Nunjucks, with the function's variables in double braces. */
  readonly text: string;
  /** True if the text has parameters of the function themselves, and not items of `context['vars']`. */
  readonly usesParameters: boolean;
}

interface PythonText {
  readonly isFormat: boolean;
  readonly isLong: boolean;
  readonly raw: string;
}

interface Names {
  readonly parameters: readonly string[];
  /** Variables of the test by the names that the function gives them. */
  readonly locals: Map<string, string>;
}

const SPACE = /[ \t]*(?:#[^\n]*)?\n/y;
const DOCSTRING = /[ \t]+("""|''')[^]*?\1[ \t]*(?:\n|$)/y;
const LOCAL = /[ \t]+(\w+)[ \t]*=[ \t]*context\[["']vars["']\]\[["'](\w+)["']\][ \t]*\n/y;
const TEXT = String.raw`(f?)("""|'''|"|')((?:\\[^]|(?!\%)[^\\])*)\%[ \t]*(?:\n|$)`;
const RETURN_TEXT = new RegExp(String.raw`[ \t]+return[ \t]+${TEXT.replaceAll('%', '2')}`, 'y');
const ASSIGN_TEXT = new RegExp(String.raw`[ \t]+(\w+)[ \t]*=[ \t]*${TEXT.replaceAll('%', '3')}`, 'y');
const RETURN_NAME = /[ \t]+return[ \t]+(\w+)[ \t]*(?:\n|$)/y;
const END = /(?:[ \t]*(?:#[^\n]*)?\n)*(?:[ \t]*$|(?=[^\s]))/y;
const ITEM = /^context\[["']vars["']\]\[["'](\w+)["']\]$/;

/**
 * Reads a prompt from Python without running it: a function that does nothing but return one text or f-string.
 * @param name the function
 * @returns null for a function that does more
 */
export function readPythonPrompt(source: string, name: string): PythonPrompt | null {
  const code = source.replaceAll('\r\n', '\n');
  const head = new RegExp(String.raw`^def[ \t]+${name}[ \t]*\(([^()]*)\)[^\n:]*:[ \t]*\n`, 'm').exec(code);
  if (head === null) return null;
  const parameters = (head[1] ?? '').split(',').map((part) => part.split(/[:=]/)[0]?.trim() ?? '');
  const names: Names = { parameters, locals: new Map() };
  const text = readBody(new Reader(code, head.index + head[0].length), names);
  return text === null ? null : filledIn(text, names);
}

/** Reads a text piece by piece. */
class Reader {
  readonly #text: string;
  #at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  /** The match of a sticky pattern at the place reached, which it passes; null if there is none. */
  take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }
}

function readBody(reader: Reader, { locals }: Names): PythonText | null {
  while (reader.take(SPACE) !== null);
  reader.take(DOCSTRING);
  for (let found: RegExpExecArray | null = null; ; ) {
    while (reader.take(SPACE) !== null);
    found = reader.take(LOCAL);
    if (found === null) break;
    locals.set(found[1] ?? '', found[2] ?? '');
  }
  const direct = reader.take(RETURN_TEXT);
  if (direct !== null) return reader.take(END) === null ? null : textOf(direct.slice(1));
  const assigned = reader.take(ASSIGN_TEXT);
  while (reader.take(SPACE) !== null);
  const returned = reader.take(RETURN_NAME)?.[1];
  if (assigned === null || returned !== assigned[1] || reader.take(END) === null) return null;
  return textOf(assigned.slice(2));
}

function textOf([format, quote = '', raw = '']: readonly string[]): PythonText {
  return { isFormat: format === 'f', isLong: quote.length === 3, raw };
}

/** Braces of a text that is no format, which Nunjucks would read. */
const TAG_SIGNS = /\{[{%#]/;

function filledIn({ isFormat, isLong, raw }: PythonText, { parameters, locals }: Names): PythonPrompt | null {
  if (!isLong && raw.includes('\n')) return null;
  const text = raw.replace(/\\([^])/g, (_, sign: string) => ESCAPES.get(sign) ?? sign);
  // promptfoo fills variables into the text that the function returns.
  if (!isFormat) return { text, usesParameters: false };
  let [usesParameters, isClear] = [false, true];
  const filled = text.replace(/\{\{|\}\}|\{([^{}]*)\}/g, (part, given?: string) => {
    if (given === undefined) return part.charAt(0);
    const name = given.trim();
    const item = locals.get(name) ?? ITEM.exec(name)?.[1];
    if (item !== undefined) return `{{${item}}}`;
    if (!parameters.includes(name)) isClear = false;
    usesParameters = true;
    return `{{${name}}}`;
  });
  const rest = filled.replace(/\{\{\w+\}\}/g, '');
  return isClear && !TAG_SIGNS.test(rest) ? { text: filled, usesParameters } : null;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['\n', ''],
]);

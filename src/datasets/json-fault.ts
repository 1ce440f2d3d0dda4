/** The first position at which a text stops being JSON. */
interface JsonFault {
  /** UTF-16 code units before the position. */
  readonly offset: number;
  /** What JSON allows there, as a phrase: `":"`, `a value`. */
  readonly expected: string;
}

/** What a JSON text is. */
type JsonUnit = 'line' | 'file' | 'value';

/** A fault in words. */
interface DescribedFault {
  /** UTF-16 code units before the position. */
  readonly offset: number;
  /** `not JSON: expected ":", found "1"` */
  readonly what: string;
}

/** Describes where and how a text breaks the grammar of JSON. @returns null if it does not */
export function describeJsonFault(text: string, unit: JsonUnit): DescribedFault | null {
  const fault = findJsonFault(text, unit);
  if (fault === null) return null;
  const next = text.codePointAt(fault.offset);
  const found = next === undefined ? `the end of the ${unit}` : JSON.stringify(String.fromCodePoint(next));
  return { offset: fault.offset, what: `not JSON: expected ${fault.expected}, found ${found}` };
}

/** What comes next, ignoring white space. */
type State = 'value' | 'firstItem' | 'name' | 'firstName' | 'colon' | 'separator' | 'end' | 'done';

const SPACE = /[ \t\n\r]*/y;
const NUMBER_OR_WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
/** Every UTF-16 code unit except control characters, the double quote and the backslash. */
const PLAIN_CHARACTERS = /[ !#-[\]-\uFFFF]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/**
 * Finds where a text breaks the grammar of RFC 8259. The message of `JSON.parse` differs between engines and often
 * omits the position.
 * @param unit what the text is, for messages about its end
 * @returns null if the text is JSON
 */
export function findJsonFault(text: string, unit: JsonUnit = 'line'): JsonFault | null {
  const scanner = new JsonScanner(text, unit);
  let state: State = 'value';
  while (state !== 'done') {
    const next = scanner.step(state);
    if (typeof next === 'object') return next;
    state = next;
  }
  return null;
}

class JsonScanner {
  readonly #text: string;
  readonly #unit: JsonUnit;
  /** Expected closing brackets, the innermost last. A list, because hostile nesting would overflow recursion. */
  readonly #due: ('}' | ']')[] = [];
  #offset = 0;

  constructor(text: string, unit: JsonUnit) {
    this.#text = text;
    this.#unit = unit;
  }

  step(state: Exclude<State, 'done'>): State | JsonFault {
    this.#skip(SPACE);
    const char = this.#text[this.#offset];
    switch (state) {
      case 'value':
        return this.#value(char, 'a value');
      case 'firstItem':
        return char === ']' ? this.#close() : this.#value(char, 'a value or "]"');
      case 'name':
        return char === '"' ? this.#string('colon') : this.#fault('a name in double quotes');
      case 'firstName':
        if (char === '}') return this.#close();
        return char === '"' ? this.#string('colon') : this.#fault('a name in double quotes or "}"');
      case 'colon':
        return char === ':' ? this.#take('value') : this.#fault('":"');
      case 'separator':
        return this.#separator(char);
      case 'end':
        return char === undefined ? 'done' : this.#fault(`the end of the ${this.#unit}`);
    }
  }

  #value(char: string | undefined, expected: string): State | JsonFault {
    if (char === '"') return this.#string(this.#afterValue());
    if (char === '{') return this.#open('}', 'firstName');
    if (char === '[') return this.#open(']', 'firstItem');
    return this.#skip(NUMBER_OR_WORD) ? this.#afterValue() : this.#fault(expected);
  }

  #string(next: State): State | JsonFault {
    this.#offset++;
    while (true) {
      this.#skip(PLAIN_CHARACTERS);
      const char = this.#text[this.#offset];
      if (char === '"') return this.#take(next);
      if (char === undefined) return this.#fault('a closing double quote');
      if (char !== '\\') return this.#fault('an escape such as \\n or \\u0000 for a control character');
      if (!this.#skip(ESCAPE)) return this.#fault('an escape such as \\\\, \\" or \\n');
    }
  }

  #separator(char: string | undefined): State | JsonFault {
    const due = this.#due.at(-1);
    if (char === due) return this.#close();
    if (char === ',') return this.#take(due === '}' ? 'name' : 'value');
    return this.#fault(`"," or "${due}"`);
  }

  #open(closing: '}' | ']', next: State): State {
    this.#due.push(closing);
    return this.#take(next);
  }

  #close(): State {
    this.#due.pop();
    return this.#take(this.#afterValue());
  }

  #afterValue(): State {
    return this.#due.length === 0 ? 'end' : 'separator';
  }

  #take(next: State): State {
    this.#offset++;
    return next;
  }

  /** @returns true if there was something to skip */
  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#offset;
    if (!pattern.test(this.#text)) return false;
    this.#offset = pattern.lastIndex;
    return true;
  }

  #fault(expected: string): JsonFault {
    return { offset: this.#offset, expected };
  }
}

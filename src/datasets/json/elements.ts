import { DatasetError } from '../../core/errors.ts';
import { placeAfter, type TextPlace } from './text-places.ts';

/** One value among others, with its position in the file. */
export interface JsonElement extends TextPlace {
  readonly text: string;
}

/** Longest value, in UTF-16 code units: otherwise a bracket that is never closed would collect the file in memory. */
export const LONGEST_ELEMENT_UNITS = 32 * 1024 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** True if a value that is neither a text nor in brackets ends before this character. */
function endsWord(code: number): boolean {
  return isSpace(code) || code === COMMA || code === CLOSE_BRACKET || code === CLOSE_BRACE;
}

/**
 * Finds where values end in JSON text that arrives in pieces. Only brackets and quotes are looked at; the values
 * themselves are parsed by whoever gets them.
 */
export class JsonCursor {
  readonly #file: string;
  readonly #pieces: AsyncIterator<string>;
  #text = '';
  #at = 0;
  /** The last place that was asked for, and its offset: places are counted on from there. */
  #known: TextPlace;
  #knownAt = 0;

  /** @param file its name in messages; @param start the place of the first piece */
  constructor(file: string, pieces: AsyncIterable<string>, start: TextPlace = { line: 1, column: 1 }) {
    this.#file = file;
    this.#known = start;
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** Where the next character is. */
  get place(): TextPlace {
    this.#known = placeAfter(this.#text.slice(this.#knownAt, this.#at), this.#known);
    this.#knownAt = this.#at;
    return this.#known;
  }

  /** The next character that is not white space, without taking it; an empty text at the end of the input. */
  async next(): Promise<string> {
    while (true) {
      while (this.#at < this.#text.length && isSpace(this.#text.charCodeAt(this.#at))) this.#at++;
      if (this.#at < this.#text.length) return this.#text.charAt(this.#at);
      if (!(await this.#more())) return '';
    }
  }

  /** Takes the next character. */
  take(): void {
    this.#at++;
  }

  /** Takes the next value, as it is written. @throws DatasetError if the file ends inside it, or it is too long */
  async value(): Promise<JsonElement> {
    const element = await this.shortValue();
    if (typeof element === 'object') return element;
    const message = `the value that begins here is longer than ${LONGEST_ELEMENT_UNITS / 1024 ** 2} Mi characters`;
    throw this.fault(this.place, message, 'look in it for a bracket or a quote that is opened and not closed');
  }

  /** Takes the next value; if it is too long, returns so and takes nothing. @throws DatasetError if the file ends inside it */
  async shortValue(): Promise<JsonElement | 'too-long'> {
    await this.next();
    const place = this.place;
    const scan = new ValueScan();
    const pieces: string[] = [];
    let units = 0;
    while (true) {
      const end = scan.run(this.#text, this.#at);
      pieces.push(this.#text.slice(this.#at, end ?? undefined));
      if (end !== null) this.#at = end;
      else if (units > LONGEST_ELEMENT_UNITS) {
        this.#replace([...pieces].join(''), place);
        return 'too-long';
      } else {
        units += this.#text.length - this.#at;
        this.#at = this.#text.length;
        if (await this.#more()) continue;
        if (!scan.isWord) {
          const message = 'the file ends inside the value that begins here';
          throw this.fault(place, message, 'it was probably cut off: write it again');
        }
      }
      return { text: pieces.length === 1 ? (pieces[0] ?? '') : pieces.join(''), ...place };
    }
  }

  /** Ends reading, even early. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  fault(place: TextPlace, message: string, hint: string): DatasetError {
    return new DatasetError({ file: this.#file, ...place }, message, { hint });
  }

  /** Replaces the text, all of which was taken, by the next piece. */
  async #more(): Promise<boolean> {
    const base = this.place;
    const piece = await this.#pieces.next();
    this.#replace(piece.done === true ? '' : piece.value, base);
    return piece.done !== true;
  }

  #replace(text: string, base: TextPlace): void {
    this.#known = base;
    this.#knownAt = 0;
    this.#text = text;
    this.#at = 0;
  }
}

/** Finds the end of a value whose text arrives in pieces. */
class ValueScan {
  #depth = 0;
  #isInText = false;
  #isEscaped = false;
  #kind: 'unknown' | 'nested' | 'text' | 'word' = 'unknown';

  /** True for a number, `true` or the like, which only what follows ends. */
  get isWord(): boolean {
    return this.#kind === 'word';
  }

  /** Goes on with the text from `start`. @returns the offset after the value; null if it does not end in this text */
  run(text: string, start: number): number | null {
    let at = start;
    while (at < text.length) {
      if (this.#isInText) at = this.#inText(text, at);
      else {
        const code = text.charCodeAt(at);
        if (this.#kind === 'word' && endsWord(code)) return at;
        this.#outside(code);
        at++;
      }
      if (this.#kind !== 'word' && this.#depth === 0 && !this.#isInText) return at;
    }
    return null;
  }

  /** @returns the offset after the text's closing quote, or of the end of the piece */
  #inText(text: string, start: number): number {
    let at = this.#isEscaped ? start + 1 : start;
    this.#isEscaped = false;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        this.#isInText = false;
        return at + 1;
      }
      if (code === BACKSLASH) at++;
    }
    this.#isEscaped = at > text.length;
    return text.length;
  }

  #outside(code: number): void {
    if (code === QUOTE) {
      this.#isInText = true;
      if (this.#kind === 'unknown') this.#kind = 'text';
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      this.#depth++;
      if (this.#kind === 'unknown') this.#kind = 'nested';
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) this.#depth--;
    else if (this.#kind === 'unknown') this.#kind = 'word';
  }
}

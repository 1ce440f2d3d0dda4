import { kindOf, NO_TOKENS, type PromptCount, TOKEN_KINDS, type TokenKind } from './token-kinds.ts';
import { PairMerger } from './token-merge.ts';
import { type SplitPattern, splitPattern } from './token-patterns.ts';
import { Vocabulary, type VocabularyTable } from './token-vocabulary.ts';

/** Code units processed at a time; the regular expression's own stack overflows on runs of some 8 million. */
const WINDOW = 32_768;
/**
 * Pieces at a window's end that may continue, or be split differently, in the next: a run, and the piece it belongs to.
 */
const OPEN_PIECES = 2;

const LONGEST_REMEMBERED = 32;
const REMEMBERED = 32_768;
// From this length on V8 keeps a substring as a view, which retains the whole text.
const LEAST_VIEW = 13;
const KINDS = TOKEN_KINDS.length;

/** Token counts by kind, accumulated over texts. */
export class TokenTally {
  readonly #counts = new Float64Array(KINDS);

  /** Adds tokens of one kind. */
  add(kind: TokenKind, tokens: number): void {
    this.addAt(TOKEN_KINDS.indexOf(kind), tokens);
  }

  /** Adds tokens of the kind at an index of `TOKEN_KINDS`. */
  addAt(place: number, tokens: number): void {
    this.#counts[place] = (this.#counts[place] ?? 0) + tokens;
  }

  /** All tokens so far. */
  get tokens(): number {
    return this.#counts.reduce((sum, tokens) => sum + tokens, 0);
  }

  /** The counts so far. */
  toCount(): PromptCount {
    const byKind = { ...NO_TOKENS.byKind };
    TOKEN_KINDS.forEach((kind, place) => {
      byKind[kind] = this.#counts[place] ?? 0;
    });
    return { tokens: this.tokens, byKind };
  }
}

/**
 * Counts the tokens of texts in one of OpenAI's encodings; special tokens such as `<|endoftext|>` are plain text. Exact
 * for every text without an unbroken run (of letters, of spaces or of signs) of more than 16,384 UTF-16 code units; a
 * longer one may be split, for at most a few more tokens at each split. Never throws, whatever the text; linear time.
 * At most 65,536 words of up to 32 code units are cached with their counts. Letters are those of Node's Unicode
 * version; if OpenAI's is older, a text with letters added in between (since version 16) may be a token off.
 */
export class Tokenizer {
  readonly #merger: PairMerger;
  readonly #pattern: RegExp;
  // Two generations: when the younger is full it becomes the older, so entries in use are never dropped all at once.
  #young = new Map<string, number>();
  #old = new Map<string, number>();

  constructor(table: VocabularyTable, pattern: SplitPattern) {
    this.#merger = new PairMerger(new Vocabulary(table));
    this.#pattern = splitPattern(pattern);
  }

  /** Adds the tokens of a text to a tally, each piece's under its kind. */
  count(text: string, tally: TokenTally): void {
    let start = 0;
    while (start < text.length) {
      const end = windowEnd(text, start);
      const pieces = (start === 0 && end === text.length ? text : text.slice(start, end)).match(this.#pattern) ?? [];
      const isOpen = end < text.length && pieces.length > OPEN_PIECES;
      const closed = isOpen ? pieces.length - OPEN_PIECES : pieces.length;
      for (let index = 0; index < closed; index++) this.#countPiece(pieces[index] ?? '', tally);
      start = end;
      for (let index = closed; index < pieces.length; index++) start -= pieces[index]?.length ?? 0;
    }
  }

  #countPiece(piece: string, tally: TokenTally): void {
    let packed = this.#young.get(piece);
    if (packed === undefined) {
      packed = this.#old.get(piece) ?? this.#merger.countTokens(piece) * KINDS + TOKEN_KINDS.indexOf(kindOf(piece));
      this.#remember(piece, packed);
    }
    const place = packed % KINDS;
    tally.addAt(place, (packed - place) / KINDS);
  }

  #remember(piece: string, packed: number): void {
    if (piece.length > LONGEST_REMEMBERED) return;
    if (this.#young.size >= REMEMBERED) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(piece.length < LEAST_VIEW ? piece : copyOf(piece), packed);
  }
}

function windowEnd(text: string, start: number): number {
  if (text.length - start <= WINDOW) return text.length;
  const end = start + WINDOW;
  const lastUnit = text.charCodeAt(end - 1);
  return lastUnit >= 0xd800 && lastUnit <= 0xdbff ? end - 1 : end;
}

function copyOf(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

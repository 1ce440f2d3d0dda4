import { type JsonObject, numberOr, textOr } from '../core/json.ts';

/**
 * Results of a journal that belong to no trial of the run as it is now: their rows are gone, or not selected any more.
 * Only a session knows them, which reads the dataset; run.json has them for all who read the folder alone.
 */
export interface ForeignResults {
  /** Trials that they are of. */
  readonly trials: number;
  /** Their lines, from 1, such as `1-12,15`. A session adds none. */
  readonly lines: string;
}

/** Those of most runs. */
export const NO_FOREIGN: ForeignResults = { trials: 0, lines: '' };

/** Reads the part of run.json; none in runs of versions that did not record them. */
export function readForeign({ trials, lines }: JsonObject): ForeignResults {
  return { trials: numberOr(trials, 0), lines: textOr(lines, '') };
}

/** The text of line numbers in ascending order. */
export class LineRanges {
  #text = '';
  #from = 0;
  #to = -1;

  /** @param line above all before it */
  add(line: number): void {
    if (line !== this.#to + 1) {
      this.#text = this.text;
      this.#from = line;
    }
    this.#to = line;
  }

  get text(): string {
    if (this.#to < 0) return this.#text;
    const range = this.#from === this.#to ? `${this.#from}` : `${this.#from}-${this.#to}`;
    return this.#text === '' ? range : `${this.#text},${range}`;
  }
}

/** Finds line numbers in such a text. */
export class LineFinder {
  readonly #ranges: readonly (readonly [number, number])[];
  #place = 0;

  constructor(text: string) {
    this.#ranges = text === '' ? [] : text.split(',').map(rangeOf);
  }

  /** @param line not below the one before */
  has(line: number): boolean {
    while ((this.#ranges[this.#place]?.[1] ?? Infinity) < line) this.#place += 1;
    return (this.#ranges[this.#place]?.[0] ?? Infinity) <= line;
  }
}

function rangeOf(text: string): readonly [number, number] {
  const [from = NaN, to = from] = text.split('-').map(Number);
  return [from, to];
}

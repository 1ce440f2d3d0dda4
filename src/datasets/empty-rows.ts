/** Places that the note lists. */
const MAX_PLACES = 5;

/** Counts the empty rows of a file. */
export class EmptyRows {
  readonly #noun: string;
  #count = 0;
  readonly #places: number[] = [];

  /** @param noun what a row is found by: its line, or its number as a row */
  constructor(noun: 'line' | 'row' = 'line') {
    this.#noun = noun;
  }

  /** @param place of the row, from 1 */
  add(place: number): void {
    this.#count += 1;
    if (this.#places.length < MAX_PLACES) this.#places.push(place);
  }

  /** Empty rows so far. */
  get count(): number {
    return this.#count;
  }

  /** The note for the user; null if there were none. */
  note(): string | null {
    if (this.#count === 0) return null;
    const rows = this.#count === 1 ? '1 empty row is' : `${this.#count} empty rows are`;
    const more = this.#count > this.#places.length ? ', …' : '';
    return `${rows} left out: ${this.#noun}${this.#count === 1 ? '' : 's'} ${this.#places.join(', ')}${more}`;
  }
}

/** True if a row has several columns and nothing in them, as programs convert the empty rows of a spreadsheet. */
export function isEmptyRow(vars: Readonly<Record<string, unknown>>): boolean {
  const values = Object.values(vars);
  return (
    values.length > 1 && values.every((value) => value === null || (typeof value === 'string' && value.trim() === ''))
  );
}

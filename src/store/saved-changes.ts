import { type JsonObject, textOr } from '../core/json.ts';
import { MOST_CELL_UNITS } from './formats/index.ts';

/** The key of a record whose answer was cut. */
export const CUT_KEY = 'output_is_cut';

/** A long number as spreadsheets save it: `1.23E+18`, with a comma in some languages. */
const SCIENTIFIC = /^-?\d(?:[.,]\d+)?E\+\d+$/;

/** Finds what a workbook cut, and what a spreadsheet changed when it saved results, so that it is not taken for a result. */
export class SavedChanges {
  readonly #isAsWritten: boolean;
  #lostIds = 0;
  #cutAnswers = 0;

  /** @param isAsWritten true if no other program can have saved the file: ids are what they seem */
  constructor(isAsWritten: boolean) {
    this.#isAsWritten = isAsWritten;
  }

  /** Call before each reading of the whole file. */
  begin(): void {
    this.#lostIds = 0;
    this.#cutAnswers = 0;
  }

  /** A record as it can be judged; null for one whose row is not known any more. */
  next(value: JsonObject): JsonObject | null {
    if (!this.#isAsWritten && SCIENTIFIC.test(textOr(value['row_id'], ''))) {
      this.#lostIds += 1;
      return null;
    }
    if (textOr(value['output'], '').length !== MOST_CELL_UNITS) return value;
    this.#cutAnswers += 1;
    return { ...value, [CUT_KEY]: true };
  }

  /** What was changed, once the file was read; null for nothing. */
  get note(): string | null {
    const ids = `${this.#lostIds} results left out, whose row ids a spreadsheet turned into numbers such as 1.23E+18`;
    const cut = `${this.#cutAnswers} answers of ${MOST_CELL_UNITS} characters, where a spreadsheet cuts, not compared as texts`;
    const found = [this.#lostIds > 0 ? ids : '', this.#cutAnswers > 0 ? cut : ''].filter((part) => part !== '');
    return found.length === 0 ? null : found.join('; ');
  }
}

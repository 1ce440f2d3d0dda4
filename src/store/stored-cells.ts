import { ResultsError, type SourcePlace } from '../core/errors.ts';
import type { JsonObject, JsonValue } from '../core/json.ts';
import { ROUNDING } from '../core/rounding.ts';
import { ColumnKinds } from './formats/column-kinds.ts';
import { unreadCell } from './formats/saved-values.ts';

/** Units of a currency that one call may cost at most, as where answers are read. */
const MOST_COST = 1e9;

const MOST_SHOWN = 60;

const EMPTY_IF_UNKNOWN =
  'write numbers without thousands separators, and leave a cell empty whose value is not known; the run command writes the whole file again';

const ONE_SIGN =
  'save the file again with one decimal sign and without thousands separators; the run command writes it as it was';

/**
 * A score of a record; null if its cell is empty.
 * @param key its column
 * @throws ResultsError for any other value that is not a number from 0 to 1: as unscored it would go unnoticed, and a
 * gate would pass on the answers that are left
 */
export function storedScore(record: JsonObject, key: string, place: SourcePlace): number | null {
  const cell = record[key] ?? null;
  if (cell === null) return null;
  if (typeof cell === 'number' && cell >= -ROUNDING && cell <= 1 + ROUNDING) return cell;
  throw unfit(place, { key, cell }, 'a score from 0 to 1', {
    hint: 'write scores as shares, such as 0.5 for 50 %, and leave the cell of an answer without a score empty',
  });
}

/**
 * A cost of a record as a float, precise enough for comparisons; null if its cell is empty.
 * @throws ResultsError for a value that no call costs: a gate on costs would pass by it
 */
export function storedCost(record: JsonObject, key: string, place: SourcePlace): number | null {
  const cell = record[key] ?? null;
  if (cell === null || cell === '') return null;
  const amount = typeof cell === 'string' ? Number(cell) : Number.NaN;
  if (amount >= 0 && amount <= MOST_COST) return amount;
  throw unfit(place, { key, cell }, 'a cost from 0 to 1,000,000,000', { hint: EMPTY_IF_UNKNOWN });
}

/** A number of tokens, milliseconds or times; null if its cell is empty. @throws ResultsError if it is not whole, from 0 on */
export function storedCount(record: JsonObject, key: string, place: SourcePlace): number | null {
  const cell = record[key] ?? null;
  if (cell === null) return null;
  if (typeof cell === 'number' && cell >= 0 && Number.isInteger(cell)) return cell;
  throw unfit(place, { key, cell }, 'a whole number of 0 or more', { hint: EMPTY_IF_UNKNOWN });
}

/** What came of a trial. @throws ResultsError for any other word than these three */
export function storedStatus(record: JsonObject, place: SourcePlace): 'completed' | 'errored' | 'skipped' {
  const { status: cell = null } = record;
  if (cell === 'completed' || cell === 'errored' || cell === 'skipped') return cell;
  throw unfit(place, { key: 'status', cell }, 'completed, errored or skipped', {
    hint: 'write one of these; the run command writes the whole file again',
  });
}

function unfit(
  place: SourcePlace,
  { key, cell }: { readonly key: string; readonly cell: JsonValue },
  wanted: string,
  options: { readonly hint: string },
): ResultsError {
  const unread = unreadCell(cell);
  if (unread?.hasOtherSign !== true) {
    return new ResultsError(place, `${key} is ${shown(unread?.text ?? cell)}, which is not ${wanted}`, options);
  }
  const other = `${key} is ${shown(unread.text)}, whose decimal sign is not that of costs and scores before it`;
  return new ResultsError(place, other, { hint: ONE_SIGN });
}

/** Checks the records of one file. */
export class CellCheck {
  readonly #file: string;
  readonly #kinds = new ColumnKinds();

  constructor(file: string) {
    this.#file = file;
  }

  /** @throws ResultsError if a status, a score of an answer, a cost or a count is none */
  check(record: JsonObject, line: number): void {
    const place = { file: this.#file, line };
    const isAnswered = storedStatus(record, place) === 'completed';
    for (const key in record) {
      const kind = this.#kinds.of(key);
      if (kind === 'score' && isAnswered) storedScore(record, key, place);
      else if (kind === 'cost') storedCost(record, key, place);
      else if (kind === 'count' || kind === 'small') storedCount(record, key, place);
    }
  }
}

function shown(cell: JsonValue): string {
  const text = JSON.stringify(cell);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}

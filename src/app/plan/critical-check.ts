import { formatPlace, type SourcePlace } from '../../core/errors.ts';
import type { JsonValue } from '../../core/json.ts';
import { columnText } from '../../core/row.ts';
import { readTruth } from '../../store/formats/index.ts';

/** The column that marks rows which must pass. */
export const CRITICAL_COLUMN = 'critical';

const YES: ReadonlySet<string> = new Set(['yes', 'y', 'x', 'v', '+', '✓', '✔', 'да', 'д', 'х']);
const NO: ReadonlySet<string> = new Set(['no', 'n', '-', '–', '—', '−', 'нет', 'н']);

/** Whether a cell marks its row as critical; an empty one does not. null for a value that says neither yes nor no. */
export function readCritical(cell: JsonValue | undefined): boolean | null {
  const word = columnText(cell).trim().toLowerCase();
  if (word === '' || NO.has(word)) return false;
  return YES.has(word) ? true : readTruth(word);
}

function shown(words: ReadonlySet<string>): string {
  return [...words].join(', ');
}

const MOST_SHOWN = 60;

/** Collects cells that say neither yes nor no: a row that was meant to be critical would go unchecked. */
export class CriticalCheck {
  #first: string | null = null;
  #others = 0;

  /** @param place of the row */
  add(cell: JsonValue | undefined, place: SourcePlace): void {
    if (readCritical(cell) !== null) return;
    if (this.#first !== null) this.#others += 1;
    const value = JSON.stringify(columnText(cell).slice(0, MOST_SHOWN));
    this.#first ??= `${formatPlace(place)}: ${value} in the column "${CRITICAL_COLUMN}" is neither yes nor no`;
  }

  /** One line, if there are any. */
  warnings(): readonly string[] {
    if (this.#first === null) return [];
    const more = this.#others === 0 ? '' : `, nor in ${this.#others} more ${this.#others === 1 ? 'row' : 'rows'}`;
    return [
      `${this.#first}${more}: such a row is not critical; write ${shown(YES)}, true or 1, or ${shown(NO)}, false or 0`,
    ];
  }
}

import { ResultsError } from '../../core/errors.ts';
import { withoutGuard } from '../../core/formula.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { UnpackError } from '../../io/unpack/index.ts';
import { columnKind } from './column-kinds.ts';
import type { ResultFormat, StoredRecord } from './format.ts';
import { readCost, SavedValues } from './saved-values.ts';
import { isWide, wideRefusal } from './wide-table.ts';
import { MOST_CELL_UNITS, MOST_COLUMNS } from './xlsx-cells.ts';
import type { SheetCell } from './xlsx-sheets.ts';

/**
 * A workbook (Office Open XML): costs, scores and times as numbers, everything else as texts, never as formulas. A second
 * worksheet has the figures of each variant. Long answers are cut. A locator is the index of a record, counted from zero.
 */
export const xlsxFormat: ResultFormat = {
  name: 'xlsx',
  fileName: 'results.xlsx',
  layout: 'long',
  isText: false,
  isDefault: false,
  isExact: false,
  mostTextUnits: MOST_CELL_UNITS,
  mostColumns: MOST_COLUMNS,
  write: async (path, { columns }) => (await import('./xlsx-writer.ts')).XlsxWriter.open(path, columns),
  read: readXlsx,
  pick: pickXlsx,
  claims: (head) => head.subarray(0, ZIP_START.length).equals(ZIP_START),
};

const ZIP_START = Buffer.from('PK\u0003\u0004');

const RESULT_SHEETS = /^results(?: \d+)?$/;

async function* readXlsx(path: string): AsyncGenerator<StoredRecord> {
  const { readSheets } = await import('./xlsx-sheets.ts');
  let names: readonly string[] = [];
  const values = new SavedValues();
  let locator = 0;
  try {
    for await (const { number, cells } of readSheets(path, (name) => RESULT_SHEETS.test(name))) {
      if (number === 1) names = namesOf(path, cells);
      else if (!isEmpty(cells)) yield { value: recordOf(names, cells, values), locator: locator++, line: number };
    }
  } catch (cause) {
    if (!(cause instanceof UnpackError)) throw cause;
    throw new ResultsError({ file: path }, `cannot be read as a workbook: ${cause.message}`, {
      hint: 'save it as an Excel workbook (.xlsx) again, or name results.jsonl of the run',
    });
  }
}

/** As cleared rows are left behind by spreadsheets. */
function isEmpty(cells: readonly (SheetCell | undefined)[]): boolean {
  return cells.every((cell) => cell === undefined || cell.text.trim() === '');
}

function namesOf(path: string, cells: readonly (SheetCell | undefined)[]): readonly string[] {
  const names = Array.from(cells, (cell) => cell?.text.trim() ?? '');
  if (isWide(names)) throw wideRefusal(path);
  return names;
}

function recordOf(
  names: readonly string[],
  cells: readonly (SheetCell | undefined)[],
  values: SavedValues,
): JsonObject {
  const entries = names.map((name, place) => [name, cellValue(name, cells[place], values)] as const);
  return Object.fromEntries(entries.filter(([name]) => name !== ''));
}

function cellValue(name: string, cell: SheetCell | undefined, values: SavedValues): JsonValue {
  const kind = columnKind(name);
  if (cell === undefined) return name === 'row_id' ? '' : null;
  const { type, text, mayHaveGuard = false } = cell;
  // A results.csv that a spreadsheet saved as a workbook has the guards of its cells.
  const said = mayHaveGuard ? withoutGuard(text) : text;
  if (kind === 'data') return type === 'text' ? said : type === 'truth' ? text === '1' : Number(text);
  if (kind === 'text') return said;
  if (type !== 'number') return values.ofText(kind, text);
  // Every digit of a cost counts.
  return kind === 'cost' ? readCost(text) : values.ofTyped(kind, Number(text));
}

async function pickXlsx(path: string, places: readonly number[]): Promise<ReadonlyMap<number, JsonObject>> {
  const found = new Map<number, JsonObject>();
  const asked = new Set(places);
  for await (const { value, locator } of readXlsx(path)) {
    if (asked.has(locator)) found.set(locator, value);
    if (found.size === asked.size) break;
  }
  return found;
}

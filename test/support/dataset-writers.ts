import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { Cell } from '../../src/core/columns.ts';
import { isJsonArray } from '../../src/core/json.ts';
import { jsonText } from '../../src/core/written-json.ts';
import { hostileText } from './hostile-text.ts';
import { workbook } from './xlsx.ts';
import { zstdRaw } from './zstd.ts';

/** The columns of a table; the first holds its ids. */
export const COLUMNS = ['id', 'text', 'Ответ, "да"; нет', '=1+1', 'mixed', '12'] as const;

/** A form in which a dataset comes, with the cells that it can hold. */
export interface InputForm {
  /** Name of its format in the registry. */
  readonly format: string;
  /** The file's name, whose ending shows the format. */
  readonly file: string;
  /** What of any cell this form cannot hold; empty if nothing. */
  readonly lacks: string;
  /** The cells of each column but the first. */
  readonly columns: readonly fc.Arbitrary<Cell>[];
  /** The file with these rows. */
  readonly write: (rows: readonly (readonly Cell[])[]) => Uint8Array;
}

/** Any text of Unicode; half a surrogate pair is none, in no file of text. */
export const anyText = hostileText(
  '-1',
  '@',
  '＝',
  "'=",
  '\u2028',
  '\u0085',
  '_x0041_',
  '<b>',
  '&amp;',
  '\uFFFE',
  'ИСТИНА',
  '1,5',
).filter((text) => !/\p{Cs}/u.test(text));

const truth = fc.boolean();
const number = fc
  .oneof(fc.integer(), fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map((value) => value + 0);
const json = fc.oneof(
  anyText,
  number,
  truth,
  fc.constant(null),
  fc.array(fc.oneof(anyText, number, fc.constant(null)), { maxLength: 3 }),
  fc.dictionary(
    anyText.filter((key) => key !== '__proto__'),
    fc.oneof(anyText, truth),
    { maxKeys: 3 },
  ),
);
const texts = COLUMNS.slice(1).map(() => anyText);
/** What a workbook shows has 15 digits; integers beyond 2^53 come as texts. */
const shown = number.map((value) => Number(value.toPrecision(12))).filter((value) => Math.abs(value) < 2 ** 53);

const utf16 = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, 'utf16le');
const packings = {
  '': (text: string) => Buffer.from(text),
  '.gz': (text: string) => gzipSync(text),
  '.zst': (text: string) => zstdRaw(text),
};

/** Every form in which a dataset may come: each format, and the variants of its text. */
export const INPUT_FORMS: readonly InputForm[] = [
  ...Object.entries(packings).flatMap(([ending, pack]): InputForm[] => [
    { format: 'csv', file: `rows.csv${ending}`, lacks: 'types', columns: texts, write: (rows) => pack(csv(rows, ',')) },
    {
      format: 'jsonl',
      file: `rows.jsonl${ending}`,
      lacks: '',
      columns: COLUMNS.slice(1).map(() => json),
      write: (rows) => pack(jsonl(rows)),
    },
    {
      format: 'json',
      file: `rows.json${ending}`,
      lacks: '',
      columns: COLUMNS.slice(1).map(() => json),
      write: (rows) => pack(JSON.stringify(rows.map(objectOf), null, 2)),
    },
  ]),
  { format: 'csv', file: 'utf-16.csv', lacks: 'types', columns: texts, write: (rows) => utf16(csv(rows, ';')) },
  { format: 'csv', file: 'tabs.tsv', lacks: 'types', columns: texts, write: (rows) => Buffer.from(csv(rows, '\t')) },
  {
    format: 'xlsx',
    file: 'rows.xlsx',
    lacks:
      'null, lists and objects; digits of a number beyond 15; integers beyond 2^53, which are texts; texts beyond 32,767 characters',
    columns: [anyText, anyText, truth, fc.oneof(anyText, shown, truth), shown],
    write: (rows) => workbook([{ name: 'rows', rows: [[...COLUMNS], ...rows.map((row) => row.map(sheetCell))] }]),
  },
  {
    format: 'parquet',
    file: 'rows.parquet',
    lacks: 'several types in a column, unless it holds JSON',
    columns: [anyText, fc.option(anyText), truth, json.filter((cell) => cell !== null), number],
    write: parquet,
  },
];

function objectOf(row: readonly Cell[]): Readonly<Record<string, Cell>> {
  return Object.fromEntries(COLUMNS.map((name, place) => [name, row[place] ?? null]));
}

function csv(rows: readonly (readonly Cell[])[], delimiter: string): string {
  const line = (cells: readonly Cell[]): string =>
    cells
      .map((cell) => `"${(typeof cell === 'string' ? cell : jsonText(cell)).replaceAll('"', '""')}"`)
      .join(delimiter);
  return [COLUMNS, ...rows].map((cells) => `${line(cells)}\r\n`).join('');
}

function jsonl(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${JSON.stringify(objectOf(row))}\n`).join('');
}

function sheetCell(cell: Cell): string | number | boolean | null {
  if (cell === null || isJsonArray(cell) || typeof cell === 'object') throw new TypeError('no cell of a workbook');
  return cell;
}

function parquet(rows: readonly (readonly Cell[])[]): Uint8Array {
  const types = ['STRING', 'STRING', 'STRING', 'BOOLEAN', 'JSON', 'DOUBLE'] as const;
  const columnData = COLUMNS.map((name, place) => ({
    name,
    data: rows.map((row) => row[place] ?? null),
    type: types[place] ?? 'STRING',
    nullable: place === 2,
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

/** A Parquet file of texts, some of which may be absent. */
export function parquetFile(names: readonly string[], rows: readonly (readonly (string | null)[])[]): Uint8Array {
  const columnData = names.map((name, place) => ({
    name,
    data: rows.map((row) => row[place] ?? null),
    type: 'STRING' as const,
    nullable: true,
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

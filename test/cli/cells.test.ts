import * as fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { Cell } from '../../src/core/columns.ts';
import { withoutFormula } from '../../src/core/formula.ts';
import { type JsonObject, parseJson } from '../../src/core/json.ts';
import { jsonText } from '../../src/core/written-json.ts';
import { datasetFormats, readRows } from '../../src/datasets/index.ts';
import { type ResultFormat, resultFormats } from '../../src/store/formats/index.ts';
import { readSheets } from '../../src/store/formats/xlsx-sheets.ts';
import type { Desk } from '../support/cli.ts';
import { anyText, COLUMNS, INPUT_FORMS, type InputForm } from '../support/dataset-writers.ts';
import { it } from '../support/in-process.ts';

/** How the cells of a dataset come back from a result format. */
interface OutputForm {
  /** What it cannot hold; empty if nothing. */
  readonly lacks: string;
  /** What is expected of a cell. */
  readonly kept: (cell: Cell) => Cell;
  readonly read: (path: string, format: ResultFormat) => Promise<readonly JsonObject[]>;
}

const asText = (cell: Cell): string => (cell === null ? '' : typeof cell === 'string' ? cell : jsonText(cell));
const inSheet = (cell: Cell): Cell => (typeof cell === 'number' || typeof cell === 'boolean' ? cell : asText(cell));

const OUTPUT_FORMS: Readonly<Record<string, OutputForm>> = {
  csv: {
    lacks: 'types',
    kept: asText,
    read: readBack,
  },
  jsonl: { lacks: '', kept: (cell) => cell, read: readBack },
  parquet: { lacks: '', kept: (cell) => cell, read: readBack },
  xlsx: { lacks: 'null, lists and objects; texts beyond 32,767 characters', kept: inSheet, read: readBack },
  'wide-csv': {
    lacks: "types; a text that a spreadsheet would run has a ' in front",
    kept: (cell) => (typeof cell === 'string' ? withoutFormula(cell) : asText(cell)),
    read: readTable,
  },
  'wide-xlsx': { lacks: 'null, lists and objects; texts beyond 32,767 characters', kept: inSheet, read: readSheet },
};

async function readBack(path: string, format: ResultFormat): Promise<readonly JsonObject[]> {
  const records: JsonObject[] = [];
  for await (const { value } of format.read(path)) records.push(value);
  return records;
}

async function readTable(path: string): Promise<readonly JsonObject[]> {
  const records: JsonObject[] = [];
  for await (const { vars } of readRows({ path, format: 'csv', encoding: null, delimiter: null })) records.push(vars);
  return records;
}

async function readSheet(path: string): Promise<readonly JsonObject[]> {
  const values: Cell[][] = [];
  for await (const { cells } of readSheets(path, (name) => name.startsWith('results'))) {
    values.push(
      Array.from(cells, (cell) => {
        if (cell === undefined) return '';
        return cell.type === 'text' ? cell.text : cell.type === 'truth' ? cell.text === '1' : Number(cell.text);
      }),
    );
  }
  const [names = [], ...rows] = values;
  return rows.map((row) => Object.fromEntries(names.map((name, place) => [asText(name), row[place] ?? ''])));
}

/** An empty cell and an empty text are the same where a form has no types; numbers are compared as they are written. */
function comparable(cell: Cell | undefined, { lacks }: OutputForm): Cell {
  if (lacks !== '' && (cell === null || cell === undefined)) return '';
  return parseJson(jsonText(cell ?? null)) ?? null;
}

function rowsOf({ columns }: InputForm): fc.Arbitrary<(readonly Cell[])[]> {
  const id = anyText.filter((text) => text.trim() !== '');
  return fc.uniqueArray(fc.tuple(id, ...columns), {
    minLength: 1,
    maxLength: 24,
    size: 'max',
    selector: ([first]) => first,
  });
}

const DIALECTS = [[], ['--decimal', 'comma'], ['--excel', 'ru']] as const;
const ALL = resultFormats.map(({ name }) => name).join(',');

async function check(desk: Desk, form: InputForm, rows: readonly (readonly Cell[])[], dialect: readonly string[]) {
  await desk.write(form.file, form.write(rows));
  const words = ['run', form.file, '-m', 'gpt-4o', '--prompt', 'Hi', '--simulate', '--no-cache', '--quiet'];
  await desk.pass([...words, '--format', ALL, '--out', 'run', '--overwrite', ...dialect]);
  for (const format of resultFormats) {
    const output = OUTPUT_FORMS[format.name];
    if (output === undefined) throw new Error(`no form for ${format.name}`);
    const found = await output.read(desk.path(`run/${format.fileName}`), format);
    const cellsOf = (record: JsonObject): readonly Cell[] =>
      COLUMNS.map((name) => comparable(record[`row.${name}`], output));
    const expected = rows.map((row) => COLUMNS.map((_, place) => comparable(output.kept(row[place] ?? null), output)));
    expect({ [format.name]: found.map(cellsOf) }).toEqual({ [format.name]: expected });
    expect(found.map((record) => record['row_id'])).toEqual(rows.map(([id]) => output.kept(id ?? null)));
  }
}

describe('the cells of a dataset', () => {
  const pairs = INPUT_FORMS.flatMap((form) => DIALECTS.map((dialect) => ({ form, dialect })));
  const named = pairs.map(
    ({ form, dialect }) => [form.file, dialect.join(' ') || 'no dialect', form, dialect] as const,
  );

  it.for(named)('of %s come out of every result format as they are, with %s', async ([, , form, dialect], { desk }) => {
    await fc.assert(
      fc.asyncProperty(rowsOf(form), (rows) => check(desk, form, rows, dialect)),
      { numRuns: 2 },
    );
  });

  it('are tried in every format of the two registries', () => {
    expect(new Set(INPUT_FORMS.map(({ format }) => format))).toEqual(new Set(datasetFormats.map(({ name }) => name)));
    expect(new Set(Object.keys(OUTPUT_FORMS))).toEqual(new Set(resultFormats.map(({ name }) => name)));
  });
});

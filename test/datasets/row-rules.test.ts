import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cell } from '../../src/core/columns.ts';
import type { Row } from '../../src/core/row.ts';
import { datasetFormats } from '../../src/datasets/index.ts';
import { parquetFile } from '../support/dataset-writers.ts';
import { workbook } from '../support/xlsx.ts';
import { DatasetFolder, failureOf } from './dataset-folder.ts';

let folder: DatasetFolder;
beforeAll(async () => {
  folder = await DatasetFolder.make();
});
afterAll(() => folder.remove());

type Table = readonly (readonly (string | null)[])[];

/** A table as a file of each format; its first line names the columns, null is no value. */
const WRITERS: Readonly<Record<string, (table: Table) => string | Uint8Array>> = {
  csv: (table) => table.map((cells) => `${cells.map((cell) => cell ?? '').join(',')}\n`).join(''),
  jsonl: (table) =>
    objectsOf(table)
      .map((object) => `${JSON.stringify(object)}\n`)
      .join(''),
  json: (table) => JSON.stringify(objectsOf(table)),
  xlsx: (table) => workbook([{ name: 'rows', rows: table }]),
  parquet: ([names = [], ...rows]) => parquetFile(names.map(String), rows),
};

function objectsOf([names = [], ...rows]: Table): readonly Readonly<Record<string, Cell>>[] {
  return rows.map((row) => Object.fromEntries(names.map((name, place) => [String(name), row[place] ?? null])));
}

async function read(format: string, table: Table, idColumn: string | null = null) {
  const notices: string[] = [];
  const onNotice = (text: string): void => void notices.push(text.replace(`${folder.path}/`, ''));
  const rows = await folder.rows(`rows.${format}`, WRITERS[format]?.(table) ?? '', { onNotice, idColumn });
  return { notices, names: rows.map(({ id, hasOwnId }: Row) => [id, hasOwnId]) };
}

describe.each(datasetFormats.map(({ name }) => name))('a dataset in %s', (format) => {
  it('has no empty rows, which are counted in a line', async () => {
    const table = [
      ['q', 'a'],
      ['x', 'y'],
      [null, null],
      ['', ' '],
      ['z', null],
    ];
    const { notices, names } = await read(format, table);
    expect(names).toEqual([
      ['1', false],
      ['2', false],
    ]);
    expect(notices).toEqual([expect.stringMatching(/2 empty rows are (?:left out|skipped)/)]);
  });

  it('may not lack an id in a row', async () => {
    const reading = read(format, [
      ['id', 'q'],
      ['a', 'x'],
      [null, 'y'],
    ]);
    expect((await failureOf(reading, folder.path)).message).toMatch(/: the row has no id$/);
  });

  it('may lack them where another column names the rows', async () => {
    const table = [
      ['id', 'key'],
      ['a', 'k1'],
      [null, 'k2'],
      ['a', 'k3'],
    ];
    expect((await read(format, table, 'key')).names).toEqual([
      ['1', false],
      ['2', false],
      ['3', false],
    ]);
  });
});

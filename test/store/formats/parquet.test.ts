import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cell } from '../../../src/core/columns.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { parquetFormat } from '../../../src/store/formats/parquet.ts';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptgrid-parquet-'));
  path = join(folder, 'results.parquet');
});
afterAll(() => rm(folder, { recursive: true }));

async function write(columns: readonly string[], rows: readonly (readonly Cell[])[]): Promise<readonly string[]> {
  const writer = await parquetFormat.write(path, { columns, sparse: [], delimiter: ',', bom: false });
  for (const row of rows) await writer.write(row);
  await writer.commit();
  return writer.notes?.() ?? [];
}

async function read(): Promise<readonly JsonObject[]> {
  const records: JsonObject[] = [];
  for await (const { value } of parquetFormat.read(path)) records.push(value);
  return records;
}

async function query(sql: string): Promise<readonly unknown[][]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run(`SET file_search_path = '${folder}'`);
    return (await connection.runAndReadAll(sql)).getRowsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

describe('results.parquet', () => {
  it('has the types of its columns', async () => {
    const columns = ['row_id', 'repeat', 'total_tokens', 'total_cost', 'temperature', 'score.a', 'passed', 'output'];
    await write(columns, [['007', 1, 5, '0.000000000001', 0.7, 1, true, '=1+1']]);
    expect(await query("SELECT column_type FROM (DESCRIBE SELECT * FROM 'results.parquet')")).toEqual(
      ['VARCHAR', 'INTEGER', 'BIGINT', 'DECIMAL(18,12)', 'DOUBLE', 'DOUBLE', 'BOOLEAN', 'VARCHAR'].map((type) => [
        type,
      ]),
    );
    expect(await query("SELECT row_id, total_cost, output FROM 'results.parquet'")).toEqual([
      ['007', '0.000000000001', '=1+1'],
    ]);
  });

  it.each<[string, readonly Cell[]]>([
    ['VARCHAR', ['a', null, '']],
    ['VARCHAR', [null, null]],
    ['BOOLEAN', [true, null, false]],
    ['BIGINT', [1, null, -5]],
    ['DOUBLE', [1, 0.5, 1e300]],
    ['VARCHAR[]', [['a', 'b'], [], null]],
    ['JSON', ['a', 1, null]],
    ['JSON', [{ a: [1, null] }, ['a', 1]]],
  ])('has a column of %s for dataset values that share that type: %j', async (type, values) => {
    await write(
      ['row_id', 'row.x'],
      values.map((value, index) => [String(index), value]),
    );
    expect(await query(`SELECT typeof("row.x") FROM 'results.parquet' LIMIT 1`)).toEqual([[type]]);
    expect((await read()).map((record) => record['row.x'])).toEqual(values);
  });

  it('keeps a cost to the last digit and leaves one that does not fit empty, with a warning', async () => {
    const notes = await write(['total_cost'], [['999999.999999999999'], ['1000000.0'], ['0.0'], [null]]);
    expect(notes).toEqual([`${path}: 1 cost of 1,000,000 or more left empty, which DECIMAL(18,12) cannot hold`]);
    expect((await read()).map((record) => record['total_cost'])).toEqual(['999999.999999999999', null, '0.0', null]);
  });

  it('has row groups of bounded size', async () => {
    const long = 'x'.repeat(1_000_000);
    await write(
      ['row_id', 'output'],
      Array.from({ length: 40 }, (_, index) => [String(index), long]),
    );
    const [[groups] = []] = await query("SELECT count(DISTINCT row_group_id) FROM parquet_metadata('results.parquet')");
    expect(Number(groups)).toBe(5);
    expect((await read()).map((record) => record['row_id'])).toEqual(
      Array.from({ length: 40 }, (_, index) => String(index)),
    );
    expect(await readdir(folder)).toEqual(['results.parquet']);
  });

  it('is read as other programs write it', async () => {
    await query(
      `COPY (SELECT 't1' AS trial_id, 12 AS row_id, 0.25::DECIMAL(9,4) AS total_cost, 1.5::DECIMAL(38,10) AS prompt_cost,
        0.5::DOUBLE AS completion_cost, 1 AS passed, DATE '2026-01-02' AS "row.day", 7::HUGEINT AS "row.big")
        TO '${path}' (FORMAT parquet, COMPRESSION zstd)`,
    );
    const [record] = await read();
    expect(record).toMatchObject({ row_id: '12', total_cost: '0.25', prompt_cost: '1.5', passed: true });
    expect(record).toMatchObject({ completion_cost: '0.5', 'row.day': '2026-01-02T00:00:00.000Z', 'row.big': 7 });
  });

  it('that is cut off is refused', async () => {
    await write(['row_id'], [['1']]);
    await truncate(path, 20);
    await expect(read()).rejects.toMatchObject({ code: 'E_RESULTS', message: expect.stringContaining('as Parquet') });
  });
});

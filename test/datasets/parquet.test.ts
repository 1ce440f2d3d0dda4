import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decimalText } from '../../src/datasets/parquet/values.ts';
import { DatasetFolder, failureOf, readAll } from './dataset-folder.ts';

let folder: DatasetFolder;
let duck: DuckDBConnection;
beforeAll(async () => {
  folder = await DatasetFolder.make();
  duck = await (await DuckDBInstance.create(':memory:')).connect();
});
afterAll(async () => {
  duck.closeSync();
  await folder.remove();
});

let made = 0;

/** Writes what a query gives; returns the path. */
async function written(query: string, options = ''): Promise<string> {
  const path = join(folder.path, `made-${++made}.parquet`);
  await duck.run(`COPY (${query}) TO '${path}' (FORMAT parquet${options})`);
  return path;
}

/** The value of the column `x` in each row. */
async function values(query: string, options = ''): Promise<unknown[]> {
  return (await readAll(await written(query, options))).map(({ vars }) => vars['x']);
}

const MANY = `SELECT 'text ' || (i % 7) AS few, md5(i::VARCHAR) AS many, i AS n, i % 3 = 0 AS b,
  CASE WHEN i % 5 = 0 THEN NULL ELSE i / 4 END AS d,
  [{'role': 'user', 'content': repeat('x', (i % 4)::INT) || i}] AS messages,
  CASE WHEN i % 2 = 0 THEN range(i % 3) END AS l FROM range(5000) t(i)`;

/** Some columns of a row of it. */
async function expectedRow(index: number): Promise<object> {
  const reader = await duck.runAndReadAll(`SELECT many, n::INT AS n FROM (${MANY}) WHERE n = ${index}`);
  return reader.getRowObjectsJS()[0] ?? {};
}

describe('Parquet', () => {
  it('gives a row for each row, with its number', async () => {
    const path = await written(`SELECT * FROM (VALUES ('a', 'one'), ('b', NULL)) t(id, question)`);
    expect(await readAll(path)).toEqual([
      { id: 'a', hasOwnId: true, vars: { id: 'a', question: 'one' }, line: 1 },
      { id: 'b', hasOwnId: true, vars: { id: 'b', question: null }, line: 2 },
    ]);
  });

  it.each([
    ['integers beyond 2^53', '9007199254740993::BIGINT', '9007199254740993'],
    ['integers', '-9007199254740991::BIGINT', -9007199254740991],
    ['unsigned integers', '18446744073709551615::UBIGINT', '18446744073709551615'],
    ['unsigned 32 bits', '4294967295::UINTEGER', 4294967295],
    ['small unsigned integers', '200::UTINYINT', 200],
    ['small integers', '-5::TINYINT', -5],
    ['decimals', '12.50::DECIMAL(5,2)', '12.50'],
    ['decimals in 64 bits', '-0.05::DECIMAL(18,2)', '-0.05'],
    ['long decimals', '-1234567890123456789012345.67::DECIMAL(38,2)', '-1234567890123456789012345.67'],
    ['real numbers', '0.1::DOUBLE', 0.1],
    ['short real numbers', '0.1::FLOAT', 0.1],
    ['what JSON has no number for', "'nan'::DOUBLE", 'NaN'],
    ['booleans', 'false', false],
    ['texts', "'Привет, 🌍'", 'Привет, 🌍'],
    ['bytes that are text', "'abc'::BLOB", 'abc'],
    ['bytes', "'\\xff\\x00'::BLOB", '/wA='],
    ['JSON', `'{"a": [1, null]}'::JSON`, { a: [1, null] }],
    ['dates', "DATE '2024-01-31'", '2024-01-31'],
    ['early dates', "DATE '0001-01-01'", '0001-01-01'],
    ['timestamps', "TIMESTAMP '2024-01-31 12:00:00.25'", '2024-01-31T12:00:00.25'],
    ['timestamps before 1970', "TIMESTAMP '1969-12-31 23:59:59.999999'", '1969-12-31T23:59:59.999999'],
    ['nanoseconds', "TIMESTAMP_NS '2024-01-31 12:00:00.123456789'", '2024-01-31T12:00:00.123456789'],
    ['milliseconds', "TIMESTAMP_MS '2024-01-31 12:00:00.5'", '2024-01-31T12:00:00.5'],
    ['times with a zone', "TIMESTAMPTZ '2024-01-31 12:00:00+02'", '2024-01-31T10:00:00Z'],
    ['times of day', "TIME '09:01:02.5'", '09:01:02.5'],
    ['intervals', "INTERVAL '1 month 2 days 3.5 seconds'", 'P1M2DT3.5S'],
    ['UUIDs', "'c8a2c8e2-0000-4000-8000-000000000001'::UUID", 'c8a2c8e2-0000-4000-8000-000000000001'],
    ['enums', "'b'::ENUM('a', 'b')", 'b'],
    ['lists', '[[1, 2], NULL, []]', [[1, 2], null, []]],
    ['empty lists', '[]::VARCHAR[]', []],
    ['maps', "MAP {'k': 1, 'l': NULL}", { k: 1, l: null }],
    [
      'conversations',
      "[{'role': 'system', 'content': 'be brief'}, {'role': 'user', 'content': NULL}]",
      [
        { role: 'system', content: 'be brief' },
        { role: 'user', content: null },
      ],
    ],
    ['structs', "{'a': {'b': [{'c': 1.5::DECIMAL(4,2)}]}, 'd': NULL}", { a: { b: [{ c: '1.50' }] }, d: null }],
  ])('keeps %s', async (_, sql, value) => {
    expect(await values(`SELECT ${sql} AS x UNION ALL SELECT NULL`)).toEqual([value, null]);
  });

  it('keeps booleans as run lengths in pages of the second version', async () => {
    const data = Array.from({ length: 50 }, (_, index) => index % 3 === 0 || index > 30);
    const column = { name: 'x', data, type: 'BOOLEAN', encoding: 'RLE' } as const;
    const path = join(folder.path, 'booleans.parquet');
    await writeFile(path, new Uint8Array(parquetWriteBuffer({ columnData: [column] })));
    const duckRows = (await duck.runAndReadAll(`SELECT x FROM '${path}'`)).getRowObjectsJS();
    expect(duckRows.map(({ x }) => x)).toEqual(data);
    expect((await readAll(path)).map(({ vars }) => vars['x'])).toEqual(data);
  });

  it.each([
    ['snappy', ', COMPRESSION snappy'],
    ['zstd', ', COMPRESSION zstd'],
    ['gzip', ', COMPRESSION gzip'],
    ['brotli', ', COMPRESSION brotli'],
    ['lz4_raw', ', COMPRESSION lz4_raw'],
    ['no compression', ', COMPRESSION uncompressed'],
    ['the second version', ', PARQUET_VERSION v2'],
    ['the second version with zstd', ', PARQUET_VERSION v2, COMPRESSION zstd'],
    ['several row groups', ', ROW_GROUP_SIZE 2048'],
  ])(
    'reads the same rows with %s',
    async (_, options) => {
      const rows = await readAll(await written(MANY, options));
      expect(rows).toHaveLength(5000);
      for (const [index, { vars, line }] of rows.entries()) {
        if (index % 499 !== 0) continue;
        expect(line).toBe(index + 1);
        expect(vars).toEqual({
          ...(await expectedRow(index)),
          few: `text ${index % 7}`,
          b: index % 3 === 0,
          d: index % 5 === 0 ? null : index / 4,
          messages: [{ role: 'user', content: `${'x'.repeat(index % 4)}${index}` }],
          l: index % 2 === 0 ? Array.from({ length: index % 3 }, (__, item) => item) : null,
        });
      }
    },
    30_000,
  );

  it.each(['snappy', 'zstd', 'gzip', 'uncompressed'])(
    'reads values that reach over many blocks with %s',
    async (codec) => {
      const query = `SELECT CASE WHEN i % 3 = 1 THEN repeat(md5(i::VARCHAR), 9000) ELSE md5(i::VARCHAR) END AS x,
        [i / 8, NULL, i] AS l, i::INT AS n FROM range(40) t(i)`;
      const rows = (await readAll(await written(query, `, COMPRESSION ${codec}`))).map(({ vars }) => vars);
      const expected = await duck.runAndReadAll(`SELECT md5(x) AS x, l, n FROM (${query})`);
      expect(rows.map(({ x, l, n }) => ({ x: typeof x === 'string' ? md5(x) : x, l, n }))).toEqual(
        expected.getRowObjectsJS(),
      );
    },
    30_000,
  );

  it('writes decimals with their scale', () => {
    const texts = [
      decimalText(5n, 3),
      decimalText(-5n, 0),
      decimalText(0n, 2),
      decimalText(12n, -2),
      decimalText(0n, -2),
    ];
    expect(texts).toEqual(['0.005', '-5', '0.00', '1200', '0']);
  });

  it('closes the file of a reader that stops', async () => {
    const path = await written('SELECT i AS x FROM range(100000) t(i)');
    for await (const row of (await import('../../src/datasets/index.ts')).readRows({
      path,
      format: null,
      encoding: null,
      delimiter: null,
    })) {
      if (row.line === 3) break;
    }
    expect(await readAll(path)).toHaveLength(100_000);
  });
});

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

describe('a Parquet file that cannot be used', () => {
  it('is refused where it is cut off', async () => {
    const content = await readFile(await written('SELECT i AS x FROM range(1000) t(i)'));
    for (const bytes of [4, 11, 100, content.length - 1]) {
      const error = await folder.failure('cut.parquet', content.subarray(0, bytes));
      expect(error).toEqual({
        name: 'DatasetError',
        message: 'cut.parquet: the Parquet file is cut off: PAR1 is missing at its end',
        hint: 'download it or write it again',
      });
    }
  });

  it('is refused if it is no Parquet, or has no rows', async () => {
    expect(await folder.failure('text.parquet', 'a,b\n1,2\n')).toMatchObject({
      message: 'text.parquet: the file is not Parquet, which begins with PAR1',
    });
    const error = await failureOf(readAll(await written('SELECT 1 AS x WHERE false')), folder.path);
    expect(error.message).toMatch(/: the file has columns but no rows$/);
    const csv = await folder.failure('really.csv', await readFile(await written('SELECT 1 AS x')));
    expect(csv.message).toBe('really.csv: the file is Parquet');
  });

  it('is refused if a row has no id', async () => {
    const error = await failureOf(readAll(await written(`SELECT 'a' AS id UNION ALL SELECT NULL`)), folder.path);
    expect(error.message).toMatch(/:2: the row has no id$/);
  });

  it('never gives other rows than it has, or an error without a hint, when bytes of it are damaged', async () => {
    const content = await readFile(await written(MANY, ', ROW_GROUP_SIZE 2048'));
    for (let step = 0; step < 40; step++) {
      const damaged = Buffer.from(content);
      const at = Math.floor((content.length * (step + 0.5)) / 40);
      damaged.fill(0xff, at, at + 8);
      const rows = await folder.rows('damaged.parquet', damaged).catch((error: unknown) => error);
      if (rows instanceof Error) expect(rows).toHaveProperty('hint');
      else expect(rows).toHaveLength(5000);
    }
  }, 60_000);
});

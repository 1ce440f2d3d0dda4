import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatDecimal } from '../../src/core/money.ts';
import { resultFormats } from '../../src/store/formats/index.ts';
import { codeBlocks, readPage } from './markdown.ts';

/** More rows than programs look at to find out the type of a column. */
const CACHED = 21_000;
const PAID = 500;
const PICOUNITS = 123_456_789n;
const TOTAL = formatDecimal(BigInt(PAID) * PICOUNITS);

/** An answer that is a text, though it looks like a number. */
const NUMBER_LIKE = '007';

const TIME_LIMIT_MS = 120_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptgrid-recipes-'));
  const columns = [
    'trial_id',
    'row_id',
    'model',
    'status',
    'output',
    'total_cost',
    'latency_ms',
    'cached',
    'score.exact',
  ];
  for (const format of resultFormats.filter(({ name }) => ['csv', 'jsonl', 'parquet'].includes(name))) {
    const path = join(folder, format.fileName);
    const writer = await format.write(path, { columns, sparse: [], delimiter: ',', bom: false });
    for (let row = 0; row < CACHED + PAID; row++) {
      const isPaid = row >= CACHED;
      const output = isPaid ? (row % 3 === 0 ? 'NA' : '=1+1\n"a", b') : NUMBER_LIKE;
      const cost = isPaid ? formatDecimal(PICOUNITS) : '0.0';
      const id = String(row).padStart(6, '0');
      const [latency, score] = isPaid ? [12, 0.5] : [0, 1];
      await writer.write([`t${row}`, id, 'm', 'completed', output, cost, latency, !isPaid, score]);
    }
    await writer.commit();
  }
}, TIME_LIMIT_MS);
afterAll(() => rm(folder, { recursive: true }));

const recipes = codeBlocks(readPage('docs/recipes.md')).flatMap(({ comment, text }) => {
  const [, program] = /^recipe (\S+)$/.exec(comment ?? '') ?? [];
  return program === undefined ? [] : [{ program, text }];
});

async function sumOfDuckdb(sql: string): Promise<string> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run(`SET file_search_path = '${folder}'`);
    const rows = (await connection.runAndReadAll(sql)).getRowsJson();
    return JSON.stringify(rows[0]?.[0]).replaceAll('"', '');
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** A Python that has pandas; null if there is none. */
const PANDAS = ['python3', '/usr/bin/python3'].find(
  (python) => spawnSync(python, ['-c', 'import pandas'], { stdio: 'ignore' }).status === 0,
);

function isMissing(program: string): boolean {
  if (program === 'duckdb') return false;
  if (program === 'python3') return PANDAS === undefined;
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status !== 0;
}

function sumOfProgram(program: string, text: string): string {
  const [command, words] = program === 'python3' ? [PANDAS ?? '', ['-c', text]] : ['sh', ['-euc', text]];
  const { stdout, stderr, status } = spawnSync(command, words, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return /\d+\.\d+(?:e-?\d+)?/.exec(stdout)?.[0] ?? stdout;
}

/** The recipes with a count of such answers in place of the sum, for programs that choose the types of columns. */
const COUNTED: Readonly<Record<string, (text: string) => string>> = {
  duckdb: (text) =>
    text.replace(/SELECT .* AS cost/, 'SELECT count(*)').replace(/;\s*$/, ` WHERE output = '${NUMBER_LIKE}'`),
  python3: (text) => text.replace(/print\(.*\)\s*$/, `print((results["output"] == "${NUMBER_LIKE}").sum())`),
};

describe('the recipes for other programs', () => {
  it('are there', () => {
    expect(recipes.map(({ program }) => program)).toEqual(
      expect.arrayContaining(['duckdb', 'python3', 'sqlite3', 'mlr', 'jq']),
    );
  });

  for (const [index, { program, text }] of recipes.entries()) {
    const isSkipped = isMissing(program);
    const needs = isSkipped ? ` (needs ${program === 'python3' ? 'pandas' : program})` : '';
    it.skipIf(isSkipped)(`add up the costs: ${index + 1}, ${program}${needs}`, { timeout: TIME_LIMIT_MS }, async () => {
      const sum = program === 'duckdb' ? await sumOfDuckdb(text) : sumOfProgram(program, text);
      // Decimals are exact, binary fractions nearly so.
      if (program === 'duckdb') expect(sum.replace(/0+$/, '')).toBe(TOTAL);
      else expect(Number(sum)).toBeCloseTo(Number(TOTAL), 10);
    });
    const counting = COUNTED[program]?.(text);
    if (counting === undefined) continue;
    it.skipIf(isSkipped)(`keep answers: ${index + 1}, ${program}${needs}`, { timeout: TIME_LIMIT_MS }, async () => {
      const count = program === 'duckdb' ? await sumOfDuckdb(counting) : sumOfProgram(program, counting);
      expect(Number(count)).toBe(CACHED);
    });
  }
});

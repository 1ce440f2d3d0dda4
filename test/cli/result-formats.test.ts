import { readdir, readFile, rm } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { textOr } from '../../src/core/json.ts';
import { resultFormats } from '../../src/store/formats/index.ts';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { csvResults, jsonlResults, parseObject, questions } from '../support/results.ts';

const ALL = resultFormats.map(({ name }) => name).join(',');
const GRID = ['--simulate', '--model', 'gpt-4o,gpt-4o-mini', '--score', 'contains', '--no-cache'];

async function makeRun(desk: Desk, ...more: readonly string[]): Promise<void> {
  await desk.write('rows.csv', questions(3));
  await desk.pass(['run', 'rows.csv', ...GRID, '--out', 'run', ...more]);
}

async function readAll(desk: Desk, name: string, file: string): Promise<readonly unknown[]> {
  const format = resultFormats.find((each) => each.name === name);
  const records: unknown[] = [];
  if (format !== undefined) for await (const { value } of format.read(desk.path(file))) records.push(value);
  return records;
}

describe('result files', () => {
  it('of every format hold the same results', async ({ desk }) => {
    await makeRun(desk, '--format', ALL);
    const wanted = await jsonlResults(desk, 'run');
    expect(wanted).toHaveLength(6);
    for (const name of ['parquet', 'xlsx', 'csv']) {
      expect(await readAll(desk, name, `run/results.${name}`)).toEqual(wanted);
    }
    expect((await readdir(desk.path('run'))).filter((file) => file.endsWith('.tmp'))).toEqual([]);
  });

  it('for people have a line for each row and columns for each variant and repeat', async ({ desk }) => {
    await makeRun(desk, '--format', 'jsonl,wide-csv', '--repeat', '2');
    const results = await jsonlResults(desk, 'run');
    await desk.write('wide/results.csv', await desk.read('run/results-wide.csv'));
    const rows = await csvResults(desk, 'wide');
    expect(rows.map((row) => row['row_id'])).toEqual(['r1', 'r2', 'r3']);
    expect(Object.keys(rows[0] ?? {}).slice(4, 9)).toEqual([
      'output · gpt-4o · #1',
      'score.contains · gpt-4o · #1',
      'passed · gpt-4o · #1',
      'error_code · gpt-4o · #1',
      'output · gpt-4o · #2',
    ]);
    for (const { row_id: id, model, repeat, output, 'score.contains': score } of results) {
      const row = rows.find((each) => each['row_id'] === id);
      const label = `${textOr(model, '')} · #${Number(repeat)}`;
      expect(row?.[`output · ${label}`]).toBe(output);
      expect(Number(row?.[`score.contains · ${label}`])).toBe(score);
    }
  });

  it('for people are not read back, and it is said what is', async ({ desk }) => {
    await makeRun(desk, '--format', 'wide-csv,wide-xlsx');
    for (const file of ['run/results-wide.csv', 'run/results-wide.xlsx', 'run']) {
      const { status, stderr } = await desk.run(['compare', file, file]);
      expect({ status, stderr }).toEqual({
        status: 2,
        stderr: expect.stringMatching(/is a table for people.*not read back\nhint {2}name the run folder/),
      });
    }
    const { status, stderr } = await desk.run(['score', 'run', '--score', 'exact']);
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('results.jsonl: does not exist') });
  });

  it('are made later from another one, the same as the run writes them', async ({ desk }) => {
    await makeRun(desk, '--format', ALL);
    for (const { name, fileName, layout } of resultFormats) {
      if (name === 'jsonl') continue;
      const own = await readFile(desk.path(`run/${fileName}`));
      await rm(desk.path(`run/${fileName}`));
      await desk.pass(['report', 'run', '--format', name, '--output', fileName]);
      const made = await readFile(desk.path(fileName));
      expect({ fileName, layout, isSame: made.equals(own) }).toEqual({ fileName, layout, isSame: true });
    }
  });

  it('go to a pipe byte for byte', async ({ desk }) => {
    await makeRun(desk, '--format', 'jsonl,xlsx');
    const line = 'npx promptgrid report run --format xlsx | cmp - run/results.xlsx';
    expect(await desk.runLine(line)).toMatchObject({ status: 0, stdout: '' });
  });

  it('have a dialect only in CSV', async ({ desk }) => {
    await makeRun(desk);
    const { stdout } = await desk.pass(['report', 'run', '--format', 'csv', '--excel', 'ru']);
    expect(stdout).toMatch(/^\uFEFFtrial_id;row_id;/);
    expect(stdout).toMatch(/;\d+,\d+;\d+,\d+;\d+,\d+;RUB;/);
    for (const words of [
      ['--format', 'parquet', '--bom'],
      ['--decimal', 'comma'],
    ]) {
      expect((await desk.run(['report', 'run', ...words])).status).toBe(2);
    }
    const both = ['run', 'rows.csv', ...GRID, '--excel', 'ru', '--delimiter', ',', '--out', 'other'];
    const { status, stderr } = await desk.run(both);
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining('contradict each other') });
  });

  it('with too many columns are refused before anything is asked', async ({ desk }) => {
    await desk.write('rows.csv', questions(1));
    const models = Array.from({ length: 60 }, (_, index) => `m${index}`).join(',');
    const words = ['run', 'rows.csv', '--simulate', '--no-model-check', '--model', models, '--repeat', '100'];
    const ended = await desk.run([...words, '--score', 'contains', '--format', 'wide-xlsx', '--out', 'run']);
    expect(ended).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--format wide-xlsx: the table would have 24004 columns, of at most 16384'),
    });
    expect(await desk.list()).toEqual(expect.not.arrayContaining(['run/journal.jsonl']));
  });

  it('in which answers were cut say how many', async ({ desk }) => {
    await desk.write('rows.csv', questions(2));
    await desk.write('answers.jsonl', `${JSON.stringify({ model: 'm', output: 'long '.repeat(10_000) })}\n`);
    const words = ['run', 'rows.csv', '--simulate', 'answers.jsonl', '--model', 'm', '--out', 'run', '--json'];
    const { stdout, stderr } = await desk.pass([...words, '--format', 'jsonl,xlsx', '--no-model-check']);
    expect(parseObject(stdout)).toMatchObject({ completed: 2 });
    expect(stderr).toContain('results.xlsx: 2 cells are cut at 32767 characters');
    await desk.write('whole.jsonl', await desk.read('run/results.jsonl'));
    await rm(desk.path('run/results.jsonl'));
    for (const side of ['run/results.xlsx', 'run']) {
      const { stderr: compared } = await desk.run(['compare', side, 'whole.jsonl']);
      expect(compared).toContain(`warning: ${side}: 2 answers of 32767 characters`);
    }
  });
});

import { rm, truncate } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { comparable, csvResults, jsonLines, parseObject, questions } from '../support/results.ts';

const ROWS = 10;

interface Finished {
  readonly words: readonly string[];
  readonly served: () => number;
}

async function finishedRun(desk: Desk): Promise<Finished> {
  const gateway = await desk.gateway();
  await desk.write('rows.csv', questions(ROWS));
  const words = ['run', 'rows.csv', '--out', 'run', '-m', 'gpt-4o', '--no-cache', '--base-url', gateway.url];
  await desk.pass(words);
  return { words, served: () => gateway.stats().served };
}

async function change(desk: Desk, file: string, to: (text: string) => string): Promise<void> {
  await desk.write(file, to(await desk.read(file)));
}

function plain(text: string): string {
  return text.replaceAll(/\bt([0-9a-f]{20})\b/g, '$1');
}

/** Converts the folder to the first format: ids of digits alone, lines without checksums, no digests. */
async function toFormat1(desk: Desk): Promise<void> {
  await change(desk, 'run/journal.jsonl', (text) => plain(text).replaceAll(/,"v":2,"crc":"[0-9a-f]{8}"\}/g, '}'));
  for (const file of ['run/results.csv', 'run/results.jsonl', 'run/summary.json']) await change(desk, file, plain);
  const { journal, results, ...run } = parseObject(await desk.read('run/run.json'));
  expect(Object.keys({ ...Object(journal), ...Object(results) })).toHaveLength(6);
  await desk.write('run/run.json', JSON.stringify({ ...run, formatVersion: 1 }));
}

describe.concurrent('a run folder', () => {
  it('with a changed byte in its journal is repaired by one call with --pay-again, and says which line it was', async ({
    desk,
  }) => {
    const { words, served } = await finishedRun(desk);
    const before = comparable(await csvResults(desk, 'run'));
    await change(desk, 'run/journal.jsonl', (text) => text.replace('"prompt_tokens":1', '"prompt_tokens":9'));
    const refused = await desk.run([...words, '--quiet']);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(
      /^error run: run\.json says completed with 10 results, but 1 line is damaged or missing in journal\.jsonl, .* line 1;.*\nhint .*--pay-again/m,
    );
    expect(served()).toBe(ROWS);
    const { stderr } = await desk.pass([...words, '--pay-again']);
    expect(stderr).toMatch(/^warning: run\/journal\.jsonl:1: 1 line damaged or without a result, not used; .*$/m);
    expect(served()).toBe(ROWS + 1);
    expect(comparable(await csvResults(desk, 'run'))).toEqual(before);
  });

  it('that was repaired does not warn of the damage again', async ({ desk }) => {
    const { words, served } = await finishedRun(desk);
    await change(desk, 'run/journal.jsonl', (text) => text.replace('"prompt_tokens":1', '"prompt_tokens":9'));
    expect((await desk.pass([...words, '--pay-again'])).stderr).toContain('1 line damaged or without a result');
    expect((await desk.pass(words)).stderr).not.toContain('damaged');
    expect(served()).toBe(ROWS + 1);
  });

  it('with lost lines cannot keep a budget, since their cost is unknown', async ({ desk }) => {
    const { words, served } = await finishedRun(desk);
    await change(desk, 'run/journal.jsonl', (text) => text.replace('"prompt_tokens":1', '"prompt_tokens":9'));
    const refused = await desk.run([...words, '--pay-again', '--budget', '1000']);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(
      /^error --budget cannot be kept: 1 line of journal\.jsonl is damaged or missing, and what they cost is not known\nhint /m,
    );
    expect(served()).toBe(ROWS);
    await desk.write('run/holds.jsonl', '{"held":"t1","most_cost":"1","currency":"RUB","v":2,"crc":"00000000"}\n');
    const { stderr } = await desk.pass([...words, '--pay-again']);
    expect(stderr).toContain('run/holds.jsonl:1: 1 line damaged, not used; what they held is not known');
    expect(served()).toBe(ROWS + 1);
  });

  it('whose journal lost its last lines says how many, and pays for them again with --pay-again', async ({ desk }) => {
    const { words, served } = await finishedRun(desk);
    const text = await desk.read('run/journal.jsonl');
    await truncate(desk.path('run/journal.jsonl'), text.split('\n').slice(0, 7).join('\n').length + 1);
    const refused = await desk.run(words);
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('3 lines are damaged or missing')]);
    expect(served()).toBe(ROWS);
    const { stderr } = await desk.pass([...words, '--pay-again']);
    expect(stderr).toContain('run/journal.jsonl: 3 lines that it had are missing; their trials run again');
    expect(served()).toBe(ROWS + 3);
    // That was a word for one session, and what was lost is there again.
    await desk.pass(words);
    expect(served()).toBe(ROWS + 3);
  });

  it.for([
    ['missing', (desk: Desk) => rm(desk.path('run/journal.jsonl'))],
    ['empty', (desk: Desk) => desk.write('run/journal.jsonl', '')],
    ['cut to a byte', (desk: Desk) => truncate(desk.path('run/journal.jsonl'), 1)],
    ['cut within its first line', (desk: Desk) => truncate(desk.path('run/journal.jsonl'), 300)],
    ['damaged in every line', (desk: Desk) => desk.write('run/journal.jsonl', '\0\0\0\n'.repeat(ROWS))],
  ] as const)('that is finished is not paid again if its journal is %s', async ([, damage], { desk }) => {
    const { words, served } = await finishedRun(desk);
    const results = await desk.read('run/results.csv');
    await damage(desk);
    const damaged = await desk.read('run/journal.jsonl').catch(() => null);
    const { status, stderr } = await desk.run([...words, '--quiet']);
    expect(status).toBe(2);
    expect(await desk.read('run/journal.jsonl').catch(() => null)).toBe(damaged);
    expect(stderr).toMatch(
      /^error run: run\.json says completed with 10 results, but journal\.jsonl .*results\.csv, results\.jsonl, report\.html\nhint .*--overwrite/m,
    );
    expect(served()).toBe(ROWS);
    expect(await desk.read('run/results.csv')).toBe(results);
    await desk.pass([...words, '--overwrite']);
    expect(served()).toBe(2 * ROWS);
  });

  it.for([
    ['missing', (desk: Desk) => rm(desk.path('run/journal.jsonl'))],
    ['empty', (desk: Desk) => desk.write('run/journal.jsonl', '')],
  ] as const)('is not scored again if its journal is %s, and says what is there', async ([what, damage], { desk }) => {
    await finishedRun(desk);
    const results = await desk.read('run/results.csv');
    await damage(desk);
    const { status, stderr } = await desk.run(['score', 'run', '--score', 'exact']);
    expect(status).toBe(2);
    expect(stderr).toContain(`error run: run.json says completed with 10 results, but journal.jsonl is ${what}`);
    expect(await desk.read('run/results.csv')).toBe(results);
  });

  it('of a later format is refused by its version, whatever else it holds', async ({ desk }) => {
    const { words, served } = await finishedRun(desk);
    await desk.write('run/run.json', '{"formatVersion": 7, "promptgridVersion": "9.1.0", "plan": []}');
    for (const command of [words, ['report', 'run'], ['score', 'run', '--score', 'exact'], ['compare', 'run', 'run']]) {
      const { status, stderr } = await desk.run(command);
      expect(status).toBe(2);
      expect(stderr).toContain('run: has format 7, written by promptgrid 9.1.0; this version reads formats 1 to 2');
    }
    expect(served()).toBe(ROWS);
  });

  it('of the first format is resumed with its own ids, and adds lines with checksums', async ({ desk }) => {
    const { words, served } = await finishedRun(desk);
    await toFormat1(desk);
    const ids = (await csvResults(desk, 'run')).map((row) => row['trial_id']);
    expect(ids[0]).toMatch(/^[0-9a-f]{20}$/);
    await change(desk, 'run/journal.jsonl', (text) => text.split('\n').slice(3).join('\n'));
    const { stderr } = await desk.pass(words);
    expect(stderr).not.toContain('warning');
    expect(served()).toBe(ROWS + 3);
    expect((await csvResults(desk, 'run')).map((row) => row['trial_id'])).toEqual(ids);
    expect(parseObject(await desk.read('run/run.json'))['formatVersion']).toBe(1);
    const lines = jsonLines(await desk.read('run/journal.jsonl'));
    expect(lines.map((line) => line['v'])).toEqual([...Array.from({ length: 7 }), 2, 2, 2]);
    await desk.pass(words);
    expect(served()).toBe(ROWS + 3);
  });

  it('with lines of another run in its journal skips them and says how many', async ({ desk }) => {
    const { words, served } = await finishedRun(desk);
    await desk.write('others.csv', 'prompt\nWho is this?\nAnd that?\n');
    const [command = '', , out = '', , ...grid] = words;
    await desk.pass([command, 'others.csv', out, 'other', ...grid]);
    const foreign = await desk.read('other/journal.jsonl');
    await change(desk, 'run/journal.jsonl', (text) => foreign + text);
    const { stderr } = await desk.pass(words);
    expect(stderr).toContain('run/journal.jsonl: 2 results are of no trial of this run as it is now, and not used');
    expect(served()).toBe(ROWS + 2);
    expect(await csvResults(desk, 'run')).toHaveLength(ROWS);
  });

  it('whose rows have other ids now asks whether a spreadsheet changed them', async ({ desk }) => {
    await desk.write('rows.csv', 'id,prompt\n0001,Who?\n0002,Why?\n');
    const words = ['run', 'rows.csv', '-m', 'gpt-4o', '--simulate', '--out', 'run'];
    await desk.pass(words);
    await desk.write('rows.csv', 'id,prompt\n1,Who?\n2,Why?\n');
    const { stderr } = await desk.pass(words);
    expect(stderr).toContain('every trial runs anew: did a spreadsheet change the ids of rows, such as 0001 to 1?');
    await desk.write('rows.csv', 'id,prompt\n1,Who?\n3,Why?\n');
    expect((await desk.pass(words)).stderr).not.toContain('a spreadsheet');
  });
});

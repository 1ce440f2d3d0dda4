import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { sha256 } from '../../src/core/digest.ts';
import { textOr } from '../../src/core/json.ts';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { csvResults, jsonlResults, parseObject, questions } from '../support/results.ts';

const ROWS = 10;

/** A finished run with a score, and the words that made it. */
async function finishedRun(desk: Desk): Promise<readonly string[]> {
  const gateway = await desk.gateway();
  await desk.write('rows.csv', questions(ROWS));
  const grid = ['-m', 'gpt-4o', '--no-cache', '--score', 'word-count:1-', '--base-url', gateway.url];
  const words = ['run', 'rows.csv', '--out', 'run', ...grid];
  await desk.pass(words);
  return words;
}

async function editLines(desk: Desk, edit: (lines: string[]) => readonly string[]): Promise<void> {
  const lines = (await desk.read('run/results.jsonl')).trimEnd().split('\n');
  await desk.write('run/results.jsonl', `${edit(lines).join('\n')}\n`);
}

const withoutTwo = (lines: readonly string[]): readonly string[] =>
  lines.filter((_, place) => place !== 2 && place !== 5);

/** The texts of all files of the run. */
async function contents(desk: Desk): Promise<readonly string[]> {
  const names = ['run.json', 'summary.json', 'journal.jsonl', 'results.csv', 'results.jsonl'];
  return Promise.all(names.map((name) => desk.read(`run/${name}`)));
}

const swapAnswers = (lines: readonly string[]): readonly string[] =>
  lines.map((line, place) => (place === 3 ? line.replace(/"output":"[^"]*"/, '"output":"never said"') : line));

describe.concurrent('the results of a run folder', () => {
  it('match their digests, and there is no warning', async ({ desk }) => {
    await finishedRun(desk);
    for (const words of [
      ['report', 'run'],
      ['compare', 'run', 'run'],
      ['score', 'run', '--score', 'word-count:1-'],
    ]) {
      expect((await desk.pass(words)).stderr).not.toContain('differs');
    }
    // Scoring rewrote them, with new digests.
    const { stderr } = await desk.pass(['report', 'run']);
    expect(stderr).not.toContain('differs');
  });

  it('are corrected from the journal where a byte is no text any more, and refused without it', async ({ desk }) => {
    await finishedRun(desk);
    const answers = (await jsonlResults(desk, 'run')).map(({ output }) => output);
    const bytes = Buffer.from(await desk.read('run/results.jsonl'));
    bytes[bytes.indexOf('"output":"') + '"output":"'.length] = 0xff;
    await desk.write('run/results.jsonl', bytes);
    for (const command of [
      ['report', 'run'],
      ['compare', 'run', 'run'],
      ['compare', 'run/results.jsonl', 'run'],
    ]) {
      const { stderr } = await desk.pass(command);
      expect(stderr).toContain('(1 answers corrected, their scores left out)');
    }
    expect((await desk.pass(['report', 'run', '--format', 'csv'])).stdout).toContain(textOr(answers[0], ''));
    await rm(desk.path('run/journal.jsonl'));
    for (const command of [
      ['report', 'run'],
      ['compare', 'run', 'run'],
      ['show', 'run'],
    ]) {
      const { status, stderr } = await desk.run(command);
      expect([command, status]).toEqual([command, 2]);
      expect(stderr).toContain('results.jsonl:1: is not UTF-8 any more');
    }
  });

  it('match the digests that earlier versions recorded, unless they were edited', async ({ desk }) => {
    await finishedRun(desk);
    const { results, ...record } = parseObject(await desk.read('run/run.json'));
    const text = await desk.read('run/results.jsonl');
    const earlier = { bytes: Buffer.byteLength(text), sha256: sha256(text) };
    await desk.write('run/run.json', JSON.stringify({ ...record, results: { 'results.jsonl': earlier } }));
    expect(results).toHaveProperty(['results.jsonl', 'checksum'], expect.stringMatching(/^crc32:[0-9a-f]{8}$/));
    expect((await desk.pass(['report', 'run'])).stderr).not.toContain('differs');
    await editLines(desk, swapAnswers);
    expect((await desk.pass(['report', 'run'])).stderr).toContain('run/results.jsonl: differs');
  });

  it('with missing lines are not scored, and the run command restores them without a call', async ({ desk }) => {
    const words = await finishedRun(desk);
    const whole = await desk.read('run/results.jsonl');
    await editLines(desk, withoutTwo);
    const before = await contents(desk);
    const { status, stderr } = await desk.run(['score', 'run', '--score', 'word-count:1-']);
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^error run\/results\.jsonl: 2 of 10 results are missing or damaged; nothing was changed\nhint {2}give the run command again/m,
    );
    expect(await contents(desk)).toEqual(before);
    const report = await desk.run(['report', 'run']);
    expect(report.stderr).toMatch(/^warning: run\/results\.jsonl: differs .*2 of 10 results missing/m);
    expect(report.stderr).toContain(`8 of ${ROWS} trials have a result`);
    await desk.pass(words);
    expect(await desk.read('run/results.jsonl')).toBe(whole);
    await desk.pass(['score', 'run', '--score', 'word-count:1-']);
  });

  it('are valid after a session that was ended before it wrote its own', async ({ desk }) => {
    const words = await finishedRun(desk);
    const finished = parseObject(await desk.read('run/run.json'));
    await desk.write(
      'score.mjs',
      `import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
export default async () => {
  writeFileSync('scoring', '');
  while (!existsSync('proceed')) await delay(5);
  return { value: 1 };
};`,
    );
    const cli = desk.start([...words, '--score', 'module:score.mjs']);
    await cli.until(() => existsSync(desk.path('scoring')));
    cli.signal('SIGINT');
    await cli.until(() => cli.stderr.includes('once more'));
    cli.signal('SIGINT');
    await desk.write('proceed', '');
    expect(await cli.ended).toMatchObject({ status: 130 });
    const { journal, results } = finished;
    expect(parseObject(await desk.read('run/run.json'))).toMatchObject({
      state: 'interrupted',
      totals: null,
      journal,
      results,
    });
    expect((await desk.pass(['report', 'run'])).stderr).not.toContain('differs');
    await editLines(desk, withoutTwo);
    const { status, stderr } = await desk.run(['score', 'run', '--score', 'word-count:1-']);
    expect(status).toBe(2);
    expect(stderr).toContain('2 of 10 results are missing or damaged');
  });

  it('whose answers are damaged in the journal are not scored either', async ({ desk }) => {
    await finishedRun(desk);
    const journal = await desk.read('run/journal.jsonl');
    await desk.write('run/journal.jsonl', journal.replace('"output":"', '"output":"x'));
    const before = await contents(desk);
    const { status, stderr } = await desk.run(['score', 'run', '--score', 'word-count:1-']);
    expect(status).toBe(2);
    expect(stderr).toContain('run/journal.jsonl: 1 of 10 results are missing or damaged; nothing was changed');
    expect(await contents(desk)).toEqual(before);
  });

  it('with missing lines make no baseline and no comparison, unless a part is enough', async ({ desk }) => {
    await finishedRun(desk);
    await editLines(desk, withoutTwo);
    for (const words of [
      ['baseline', 'save', 'run', 'base.jsonl'],
      ['compare', 'run', 'run'],
    ]) {
      const { status, stderr } = await desk.run(words);
      expect(status).toBe(2);
      expect(stderr).toMatch(/^error run: 2 of 10 results are missing in its result file\nhint .*--allow-partial/m);
    }
    await expect(desk.read('base.jsonl')).rejects.toThrow('ENOENT');
    const { stderr } = await desk.pass(['baseline', 'save', 'run', 'base.jsonl', '--allow-partial']);
    expect(stderr).toContain('2 of 10 results missing');
    expect((await desk.read('base.jsonl')).trimEnd().split('\n')).toHaveLength(1 + ROWS - 2);
  });

  it('of which no line is a result of the run make no baseline and no comparison, even if a part is enough', async ({
    desk,
  }) => {
    await finishedRun(desk);
    await desk.write('whole.jsonl', await desk.read('run/results.jsonl'));
    await editLines(desk, (lines) =>
      lines.map((line, place) => line.replace(/t[0-9a-f]{20}/, `t${'0'.repeat(19)}${place}`)),
    );
    for (const words of [
      ['baseline', 'save', 'run', 'base.jsonl', '--allow-partial'],
      ['compare', 'run', 'whole.jsonl', '--allow-partial'],
      ['compare', 'whole.jsonl', 'run', '--allow-partial'],
    ]) {
      const { status, stderr } = await desk.run(words);
      expect(stderr).toMatch(
        /^error run\/results\.jsonl: none of its lines is a result of its run\nhint {2}give the run command again/m,
      );
      expect(status).toBe(2);
    }
    await expect(desk.read('base.jsonl')).rejects.toThrow('ENOENT');
  });

  it('that are given by path are corrected too, and away from their run they are read as they are', async ({
    desk,
  }) => {
    await finishedRun(desk);
    const file = 'run/results.jsonl';
    expect((await desk.pass(['compare', file, 'run'])).stderr).not.toContain('warning');
    await editLines(desk, (lines) => [...swapAnswers(lines)]);
    await desk.write('alone/results.jsonl', await desk.read(file));
    const edited = await desk.pass(['baseline', 'save', file, 'base.jsonl', '--with-outputs']);
    expect(edited.stderr).toContain(`warning: ${file}: differs from what the run wrote: answers and costs come from`);
    expect(await desk.read('base.jsonl')).not.toContain('never said');
    const alone = await desk.pass(['baseline', 'save', 'alone/results.jsonl', 'alone.jsonl', '--with-outputs']);
    expect(alone.stderr).toContain(
      'warning: alone/results.jsonl: has no run.json beside it that says what it held; it is read as it is',
    );
    expect(await desk.read('alone.jsonl')).toContain('never said');
  });

  it('with a damaged summary.json are neither scored nor reported', async ({ desk }) => {
    const words = await finishedRun(desk);
    const summary = await desk.read('run/summary.json');
    await desk.write('run/summary.json', summary.replace('{', '\u0000'));
    const before = await contents(desk);
    for (const command of [
      ['score', 'run', '--score', 'word-count:1-'],
      ['report', 'run'],
    ]) {
      const { status, stderr } = await desk.run(command);
      expect(status).toBe(2);
      expect(stderr).toMatch(/^error run\/summary\.json: is damaged\nhint {2}give the run command again/m);
    }
    expect(await contents(desk)).toEqual(before);
    await desk.pass(words);
    await desk.pass(['report', 'run']);
  });

  it('with a damaged run.json are used by no command', async ({ desk }) => {
    const words = await finishedRun(desk);
    await desk.write('run/run.json', (await desk.read('run/run.json')).replace('"identity"', '"idontity"'));
    const before = await contents(desk);
    for (const command of [
      words,
      ['score', 'run', '--score', 'word-count:1-'],
      ['report', 'run'],
      ['report', 'run', '--format', 'csv'],
      ['compare', 'run', 'run'],
      ['baseline', 'save', 'run', 'base.jsonl'],
    ]) {
      const { status, stderr } = await desk.run(command);
      expect(status).toBe(2);
      expect(stderr).toMatch(/^error run: run\.json is damaged\nhint {2}restore it/m);
    }
    expect(await contents(desk)).toEqual(before);
  });

  it("with an edited answer are reported with the journal's answer, and without the scores of the line", async ({
    desk,
  }) => {
    const words = await finishedRun(desk);
    const right = (await jsonlResults(desk, 'run')).map((line) => line['output']);
    await editLines(desk, (lines) => [...swapAnswers(lines)]);
    const report = await desk.pass(['report', 'run', '--json']);
    expect(report.stderr).toContain('1 answers corrected, their scores left out');
    await desk.pass(['baseline', 'save', 'run', 'base.jsonl', '--with-outputs']);
    expect(await desk.read('base.jsonl')).not.toContain('never said');
    expect((await desk.run(['compare', 'run', 'run'])).stderr).toContain('1 answers corrected');
    await desk.pass(['score', 'run', '--score', 'word-count:1-']);
    expect((await jsonlResults(desk, 'run')).map((line) => line['output'])).toEqual(right);
    await desk.pass(words);
    expect((await csvResults(desk, 'run')).map((row) => row['output'])).toEqual(right);
  });

  it('with a duplicate line, one of another run and one of no trial at all are reported without them', async ({
    desk,
  }) => {
    await finishedRun(desk);
    await editLines(desk, (lines) => [
      ...lines,
      lines[4] ?? '',
      (lines[0] ?? '').replace(/"trial_id":"t[0-9a-f]{20}"/, `"trial_id":"t${'0'.repeat(20)}"`),
      (lines[1] ?? '').replace(/"trial_id":"t[0-9a-f]{20}"/, '"trial_id":"nobody"'),
    ]);
    const { stdout, stderr } = await desk.pass(['report', 'run', '--json']);
    expect(stderr).toContain('3 lines of no trial or a repeated one left out');
    expect(parseObject(stdout)['results']).toBe(ROWS);
  });

  it('of the first format are read as they are', async ({ desk }) => {
    await finishedRun(desk);
    const { results, ...run } = parseObject(await desk.read('run/run.json'));
    expect(Object.keys(Object(results))).toEqual(['results.csv', 'results.jsonl', 'report.html']);
    await desk.write('run/run.json', JSON.stringify({ ...run, formatVersion: 1 }));
    await editLines(desk, (lines) => [...swapAnswers(lines)]);
    expect((await desk.pass(['report', 'run'])).stderr).not.toContain('differs');
  });
});

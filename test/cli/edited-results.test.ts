import { describe, expect } from 'vitest';
import { type Desk, it } from '../support/cli.ts';
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

const swapAnswers = (lines: readonly string[]): readonly string[] =>
  lines.map((line, place) => (place === 3 ? line.replace(/"output":"[^"]*"/, '"output":"never said"') : line));

describe.concurrent('the results of a run folder', { timeout: 60_000 }, () => {
  it('are as their digests say, and nothing is said of them', async ({ desk }) => {
    await finishedRun(desk);
    for (const words of [
      ['report', 'run'],
      ['compare', 'run', 'run'],
      ['score', 'run', '--score', 'word-count:1-'],
    ]) {
      expect((await desk.pass(words)).stderr).not.toContain('differs');
    }
    // Scoring wrote them anew, with their new digests.
    const { stderr } = await desk.pass(['report', 'run']);
    expect(stderr).not.toContain('differs');
  });

  it('with lines missing are scored with status 3, and the number is said', async ({ desk }) => {
    await finishedRun(desk);
    await editLines(desk, (lines) => lines.filter((_, place) => place !== 2 && place !== 5));
    const { status, stderr } = await desk.run(['score', 'run', '--score', 'word-count:1-']);
    expect(status).toBe(3);
    expect(stderr).toMatch(
      /^warning: run\/results\.jsonl: differs from what the run wrote: .*2 of 10 results missing/m,
    );
    const report = await desk.run(['report', 'run']);
    expect(report.stderr).toContain(`8 of ${ROWS} trials have a result`);
  });

  it('with an edited answer are told with the answer of the journal, and without the scores of the line', async ({
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

  it('with a line twice and a line of another run are told without them', async ({ desk }) => {
    await finishedRun(desk);
    await editLines(desk, (lines) => [
      ...lines,
      lines[4] ?? '',
      (lines[0] ?? '').replace(/"trial_id":"t[0-9a-f]{20}"/, `"trial_id":"t${'0'.repeat(20)}"`),
    ]);
    const { stdout, stderr } = await desk.pass(['report', 'run', '--json']);
    expect(stderr).toContain('2 lines of no trial or a repeated one left out');
    expect(parseObject(stdout)['results']).toBe(ROWS);
  });

  it('of the first format are read as they are', async ({ desk }) => {
    await finishedRun(desk);
    const { results, ...run } = parseObject(await desk.read('run/run.json'));
    expect(Object.keys(Object(results))).toEqual(['results.csv', 'results.jsonl']);
    await desk.write('run/run.json', JSON.stringify({ ...run, formatVersion: 1 }));
    await editLines(desk, (lines) => [...swapAnswers(lines)]);
    expect((await desk.pass(['report', 'run'])).stderr).not.toContain('differs');
  });
});

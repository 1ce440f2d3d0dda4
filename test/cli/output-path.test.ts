import { describe, expect } from 'vitest';
import { it } from '../support/in-process.ts';
import { questions } from '../support/results.ts';

const RUN = ['run', 'rows.csv', '-m', 'gpt-4o', '--simulate', '--score', 'contains', '--out', 'run'];

describe.concurrent('an output that would replace what a run needs', () => {
  it.for([
    ['report', 'run', '--format', 'csv', '--output', 'run/journal.jsonl'],
    ['report', 'run', '--format', 'markdown', '--output', './run/run.json'],
    ['report', 'run', '--format', 'html', '--output', 'run/journal.jsonl'],
    ['report', 'run', '--format', 'junit', '--output', 'run/journal.jsonl'],
    ['compare', 'run', 'run', '--report', 'junit=run/journal.jsonl'],
    ['baseline', 'save', 'run', 'run/journal.jsonl'],
  ])('is refused: %j', async (words, { desk }) => {
    await desk.write('rows.csv', questions(3));
    await desk.pass(RUN);
    const names = ['run/journal.jsonl', 'run/run.json'];
    const before = await Promise.all(names.map((name) => desk.read(name)));
    const { status, stderr } = await desk.run(words);
    expect(stderr).toMatch(/^error \S+\/(?:journal\.jsonl|run\.json) belongs to a run, which needs it\nhint .+$/m);
    expect(status).toBe(2);
    expect(await Promise.all(names.map((name) => desk.read(name)))).toEqual(before);
  });

  it('is written where there is no run', async ({ desk }) => {
    await desk.write('rows.csv', questions(3));
    await desk.pass(RUN);
    await desk.pass(['report', 'run', '--format', 'csv', '--output', 'journal.jsonl']);
    expect(await desk.read('journal.jsonl')).toBe(await desk.read('run/results.csv'));
  });
});

import { describe, expect } from 'vitest';
import { it } from '../support/in-process.ts';

describe.concurrent('report --by', () => {
  it.for([
    ['one', 1, 'no significant difference within any value\n'],
    ['several', 3, 'no significant difference within any value, after correction for 3 comparisons\n'],
  ] as const)('names a correction where there is one: %s', async ([, groups, line], { desk }) => {
    const rows = Array.from({ length: 30 }, (_, row) => row);
    const lines = rows.map((row) => `r${row},g${row % groups},Q ${row}.,yes`);
    await desk.write('rows.csv', `id,group,prompt,expected\n${lines.join('\n')}\n`);
    // In nine rows of a group one model fails, in six of them the second.
    const failing = (row: number): string => (Math.floor(row / groups) % 3 === 0 ? 'one' : 'two');
    const answers = rows.flatMap((row) =>
      ['one', 'two'].map((model) => {
        const fails = row < 9 * groups && model === failing(row);
        return { model, prompt: `Q ${row}.`, output: fails ? 'no' : 'yes' };
      }),
    );
    await desk.write('answers.jsonl', answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''));
    const grid = ['-m', 'one,two', '--simulate', 'answers.jsonl', '--score', 'exact', '--out', 'run'];
    await desk.pass(['run', 'rows.csv', ...grid]);
    expect((await desk.pass(['report', 'run', '--by', 'group'])).stdout).toContain(line);
  });
});

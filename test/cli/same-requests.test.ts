import { describe, expect } from 'vitest';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { questions } from '../support/results.ts';

const GRID = ['rows.csv', '-m', 'gpt-4o', '--prompt', 'Answer {prompt} please', '--out', 'run'];

async function warningsOf(desk: Desk, words: readonly string[]): Promise<readonly string[]> {
  const { stderr } = await desk.pass(words);
  return stderr.split('\n').filter((line) => line.startsWith('warning: '));
}

describe.concurrent('a prompt without a column', () => {
  it.for([
    ['run', ['run', ...GRID]],
    ['run --dry-run', ['run', ...GRID, '--dry-run']],
    ['estimate', ['estimate', ...GRID]],
    ['estimate --pilot', ['estimate', ...GRID, '--pilot', '2']],
  ] as const)('causes a warning from %s', async ([, words], { desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(5));
    expect(await warningsOf(desk, [...words, '--base-url', gateway.url])).toEqual([
      'warning: every row sends the same request: no prompt uses a column of rows.csv',
      'warning: prompt "p1" has {prompt}, which is sent as it stands; did you mean {{ prompt }}?',
    ]);
  });

  it('causes a warning before anything is paid', async ({ desk, silence }) => {
    await desk.write('rows.csv', questions(5));
    const cli = desk.start(['run', ...GRID, '--base-url', silence.url]);
    await cli.until(() => cli.stderr.includes('every row sends the same request'));
    await cli.end();
  });
});

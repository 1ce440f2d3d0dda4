import { describe, expect } from 'vitest';
import { chatServer } from '../support/chat-server.ts';
import type { Desk } from '../support/cli.ts';
import type { Ending } from '../support/http-server.ts';
import { it } from '../support/in-process.ts';
import { refused } from '../support/refusal.ts';
import { parseObject } from '../support/results.ts';

const ROWS = 'id,prompt,expected\na,always,right\nb,mostly,right\nc,never,right\n';

/** Words of a run against a server that answers `mostly` right in all repeats but the first two. */
async function setUp(desk: Desk, context: Ending): Promise<readonly string[]> {
  await desk.write('rows.csv', ROWS);
  let asked = 0;
  const server = await chatServer(context, ({ content }) => {
    if (content === 'mostly') asked += 1;
    return content === 'always' || (content === 'mostly' && asked > 2) ? 'right' : 'wrong';
  });
  const endpoint = ['--provider', 'custom', '--base-url', server.url, '-m', 'plain'];
  return ['run', 'rows.csv', ...endpoint, '--score', 'exact', '--repeat', '10', '--out', 'run'];
}

describe.concurrent('--min-repeats', () => {
  it('fails a run whose rows pass too rarely, and names them', async ({ desk, onTestFinished }) => {
    const words = [...(await setUp(desk, { onTestFinished })), '--min-repeats', 'exact=9/10'];
    const ended = await desk.run(words);
    const why = 'plain: 2 of 3 rows passed too rarely: c (0 of 10), b (8 of 10)';
    expect(ended.stdout).toContain(`gate min-repeats exact=9/10: failed: ${why}`);
    expect(ended.status).toBe(1);
    const worst = [
      { rowId: 'c', passed: 0, repeats: 10 },
      { rowId: 'b', passed: 8, repeats: 10 },
    ];
    const reason = { kind: 'repeats', variant: 'plain', rows: 3, failed: 2, worst };
    const gates = [{ name: 'min-repeats exact=9/10', passed: false, why, reason }];
    expect(parseObject(await desk.read('run/summary.json'))['gates']).toEqual(gates);
    const again = await desk.run([...words, '--json']);
    expect(parseObject(again.stdout)).toMatchObject({ gates, nothingToDo: true });
    expect(again.status).toBe(1);
    for (const format of ['terminal', 'markdown']) {
      const { stdout } = await desk.pass(['report', 'run', '--format', format]);
      expect(stdout.replaceAll('\\', '')).toContain(`gate min-repeats exact=9/10: failed: ${why}`);
    }
  });

  it('passes rows that pass often enough, from a file as well', async ({ desk, onTestFinished }) => {
    const words = await setUp(desk, { onTestFinished });
    await desk.write('promptgrid.yaml', 'minRepeats: exact=8/10\nfilter: [id=a, id=b]\n');
    const { stdout } = await desk.pass(words);
    expect(stdout).toContain('gate min-repeats exact=8/10: passed: plain: each of 2 rows passed often enough');
  });

  it.for([
    ['exact=8', [], '--min-repeats must be score=passes/repeats, got "exact=8"', 'exact=8/10'],
    ['exact=11/10', [], '--min-repeats must be score=passes/repeats, got "exact=11/10"', 'exact=8/10'],
    ['exact=0/10', [], '--min-repeats must be score=passes/repeats, got "exact=0/10"', 'exact=8/10'],
    ['exact=8/10', ['--repeat', '9'], '--min-repeats exact=8/10 needs 10 repeats', 'give --repeat 10'],
    ['exact=8/10', [], '--min-repeats exact=8/10 needs 10 repeats of each trial, but --repeat is 1', '--repeat 10'],
    ['exakt=8/10', ['--repeat', '10'], '--min-repeats exakt: there is no such score', 'did you mean exact?'],
  ] as const)('is refused if it cannot be checked: %s %s', async ([value, more, message, hint], { desk }) => {
    await desk.write('rows.csv', ROWS);
    const words = ['run', 'rows.csv', '-m', 'gpt-4o', '--simulate', '--score', 'exact', '--min-repeats', value];
    const told = await refused(desk, await desk.gateway(), [...words, '--out', 'run', ...more]);
    expect(told).toEqual({ message: expect.stringContaining(message), hint: expect.stringContaining(hint) });
  });
});

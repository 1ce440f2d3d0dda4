import { describe, expect } from 'vitest';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { parseObject, questions } from '../support/results.ts';

async function estimateOf(desk: Desk): Promise<unknown> {
  return parseObject(await desk.read('run/summary.json'))['estimate'];
}

describe('the estimate of a session that makes none, since it has few calls to make', () => {
  it.for([
    ['more rows', ['--limit', '55'], (rows: string) => rows],
    ['other rows', ['--sample', '40', '--seed', '5'], (rows: string) => rows],
    ['a row with another text', ['--limit', '40'], (rows: string) => rows.replace('What is 7 plus', 'What is 7 times')],
  ] as const)('is null with %s than the one before', async ([, selection, edited], { desk }) => {
    const gateway = await desk.gateway();
    const rows = questions(60);
    await desk.write('rows.csv', rows);
    const grid = ['run', 'rows.csv', '-m', 'gpt-4o', '--base-url', gateway.url, '--out', 'run', '--max-tokens', '20'];
    const first = await desk.pass([...grid, '--limit', '40']);
    expect(first.stdout).toContain('estimated at most');
    expect(await estimateOf(desk)).toMatchObject({ done: 0, actual: { costs: [{ total: gateway.stats().billed }] } });
    await desk.write('rows.csv', edited(rows));
    const { served } = gateway.stats();
    const { stdout } = await desk.pass([...grid, ...selection]);
    expect(gateway.stats().served).toBeGreaterThan(served);
    expect(stdout).not.toContain('estimated');
    expect(await estimateOf(desk)).toBeNull();
  });

  it('is kept with fewer rows and nothing to pay: what was paid for the others is in the bill', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(60));
    const grid = ['run', 'rows.csv', '-m', 'gpt-4o', '--base-url', gateway.url, '--out', 'run', '--max-tokens', '20'];
    await desk.pass([...grid, '--limit', '40']);
    const { served, billed } = gateway.stats();
    const { stdout } = await desk.pass([...grid, '--limit', '30']);
    expect(gateway.stats().served).toBe(served);
    expect(stdout).toContain('estimated at most');
    expect(await estimateOf(desk)).toMatchObject({ done: 0, actual: { costs: [{ total: billed }] } });
  });
});

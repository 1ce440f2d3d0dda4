import { describe, expect, it } from 'vitest';
import { compareTrials, gateOf } from './comparing.ts';
import type { GivenTrial } from './result-file.ts';

/** Four rows of a model, the third of which is critical. */
const rowsOf = (model: string, more: (row: string) => Partial<GivenTrial> = () => ({})): readonly GivenTrial[] =>
  ['r1', 'r2', 'r3', 'r4'].map((row) => ({
    row,
    model,
    columns: { prompt: `What is ${row}?`, critical: row === 'r3' ? 'yes' : '' },
    ...more(row),
  }));

const failsR3 = (row: string): Partial<GivenTrial> => (row === 'r3' ? { scores: { exact: 0 } } : {});
const without = (trials: readonly GivenTrial[], row: string): readonly GivenTrial[] =>
  trials.filter((trial) => trial.row !== row);

describe('critical rows', () => {
  it('must pass in a variant that the base does not have', async () => {
    const { comparison, status, junit } = await compareTrials(rowsOf('a'), [...rowsOf('a'), ...rowsOf('b', failsR3)]);
    expect(gateOf(comparison, 'critical rows')).toMatchObject({
      name: 'critical rows',
      passed: false,
      why: '1 of 2 critical trials did not pass: r3 (prompt · b · t=0, in the candidate only)',
    });
    expect(status).toBe(1);
    expect(junit).toMatch(
      /<testsuite name="prompt · b · t=0 \(in the candidate only\)" tests="1" failures="1".*name="r3".*a critical row did not pass/s,
    );
    const passed = await compareTrials(rowsOf('a'), [...rowsOf('a'), ...rowsOf('b')]);
    expect(gateOf(passed.comparison, 'critical rows')?.why).toBe('all 2 critical trials passed');
    expect(passed.junit).toMatch(/\(in the candidate only\)" tests="1" failures="0" errors="0" skipped="0"/);
  });

  it('give no verdict if such a variant has no answer to them', async () => {
    const { comparison, status, junit } = await compareTrials(rowsOf('a'), [
      ...rowsOf('a'),
      ...rowsOf('b', (row) => (row === 'r3' ? { error: 'timeout' } : {})),
    ]);
    expect(comparison.unsound).toEqual(['1 critical trial of the candidate got no answer']);
    expect(status).toBe(3);
    expect(junit).not.toContain('in the candidate only)" tests');
  });

  it('are as important in a candidate whose dataset does not mark them', async () => {
    const unmarked = rowsOf('a', (row) => ({ ...failsR3(row), columns: { prompt: `What is ${row}?` } }));
    const { comparison, status } = await compareTrials(rowsOf('a'), unmarked);
    expect(gateOf(comparison, 'critical rows')?.why).toContain('r3 (prompt · a · t=0)');
    expect(status).toBe(1);
  });

  it('fail the candidate that does not have them', async () => {
    const { comparison, status, junit } = await compareTrials(rowsOf('a'), without(rowsOf('a'), 'r3'));
    expect(gateOf(comparison, 'critical rows')).toMatchObject({
      name: 'critical rows',
      passed: false,
      why: '1 critical row is not in the candidate: r3',
    });
    expect(status).toBe(1);
    expect(junit).toMatch(/name="r3".*message="a critical row is not in the candidate"/);
  });

  it('fail a variant of the candidate that does not have them', async () => {
    const { comparison, status } = await compareTrials(
      [...rowsOf('a'), ...rowsOf('b')],
      [...rowsOf('a'), ...without(rowsOf('b'), 'r3')],
    );
    expect(gateOf(comparison, 'critical rows')?.why).toBe(
      '1 critical row is not in the candidate: r3 (prompt · b · t=0)',
    );
    expect(status).toBe(1);
  });

  it('that only the candidate has must pass too', async () => {
    const { comparison, junit } = await compareTrials(without(rowsOf('a'), 'r3'), rowsOf('a', failsR3));
    expect(gateOf(comparison, 'critical rows')?.passed).toBe(false);
    expect(junit).toMatch(/name="r3".*message="a critical row did not pass"/);
  });

  it('are no gate where neither side has any', async () => {
    const { comparison } = await compareTrials(without(rowsOf('a'), 'r3'), without(rowsOf('a'), 'r3'));
    expect(gateOf(comparison, 'critical rows')).toBeUndefined();
  });
});

import pico from 'picocolors';
import { describe, expect, it } from 'vitest';
import type { MeasurePair } from '../../../src/core/comparison.ts';
import { renderComparison } from '../../../src/reporters/index.ts';
import { compareTrials, gateOf } from './comparing.ts';
import { type GivenTrial, passing } from './result-file.ts';

const GATES = { failOn: 'none', maxCostIncrease: 0.1 } as const;

/** What a terminal says of cost, tokens and latency. */
async function told(base: readonly GivenTrial[], candidate: readonly GivenTrial[]): Promise<string | undefined> {
  const { comparison } = await compareTrials(base, candidate);
  const lines = renderComparison(comparison, pico.createColors(false)).split('\n');
  return lines.find((line) => line.includes('latency'));
}

const costOf = ({ measures }: { readonly measures: readonly MeasurePair[] }): MeasurePair | undefined =>
  measures.find(({ measure }) => measure === 'cost');

/** Rows of which the first ones alone have a known cost. */
const partly = (known: number): readonly GivenTrial[] =>
  passing(40, 40).map((trial, index) => (index < known ? trial : { ...trial, cost: null }));

describe('a cost that is known of some rows', () => {
  it.each([
    ['the candidate', passing(40, 40), partly(2)],
    ['the base', partly(2), passing(40, 40)],
  ])('does not pass the gate: %s', async (_side, base, candidate) => {
    const { comparison, status } = await compareTrials(base, candidate, { gates: GATES });
    expect(gateOf(comparison, 'max-cost')).toMatchObject({
      passed: false,
      why: expect.stringContaining('cost of 38 of 40 rows is not known'),
    });
    expect(status).toBe(1);
    expect(costOf(comparison)).toMatchObject({ n: 2, rows: 40, unknown: 38, ratio: 1 });
    expect(await told(base, candidate)).toContain(
      'cost 0.0% (0.0% to 0.0%) over 2 of 40 rows, not known of 38 · tokens',
    );
  });

  it('is not that of a row whose other repeat has none', async () => {
    const repeats = [1, 2].flatMap((repeat) =>
      passing(50, 50, { repeat }).map((trial) => ({ ...trial, cost: repeat === 1 ? '0.01' : null })),
    );
    const { comparison } = await compareTrials(passing(50, 50), repeats, { gates: GATES });
    expect(gateOf(comparison, 'max-cost')).toMatchObject({
      passed: false,
      why: expect.stringContaining('cost of 50 of 50 rows is not known'),
    });
    expect(costOf(comparison)).toMatchObject({ n: 0, ratio: null, why: 'the candidate has none' });
  });

  it('leaves cached answers out, which are not unknown', async () => {
    const cached = passing(40, 40).map((trial, index) =>
      index < 30 ? trial : { ...trial, isCached: true, cost: '0', latencyMs: 0 },
    );
    const { comparison } = await compareTrials(passing(40, 40), cached, { gates: GATES });
    expect(gateOf(comparison, 'max-cost')).toMatchObject({ passed: true });
    expect(costOf(comparison)).toMatchObject({ n: 30, rows: 40, unknown: 0 });
    expect(await told(passing(40, 40), cached)).toContain(
      'cost 0.0% (0.0% to 0.0%) over 30 of 40 rows · tokens 0.0% (0.0% to 0.0%) · latency',
    );
  });
});

describe('a cost of 0', () => {
  it('passes on both sides', async () => {
    const free = passing(40, 40, { cost: '0' });
    const { comparison, status } = await compareTrials(free, free, { gates: GATES });
    expect(gateOf(comparison, 'max-cost')).toMatchObject({
      passed: true,
      why: expect.stringMatching(/^both cost nothing \(/),
    });
    expect(status).toBe(0);
    expect(costOf(comparison)).toMatchObject({ n: 40, baseMean: 0, ratio: null, verdict: 'no difference shown' });
    expect(await told(free, free)).toContain(': cost: both cost nothing · tokens');
  });

  it('in the base alone fails, with the cost of the candidate', async () => {
    const { comparison } = await compareTrials(passing(40, 40, { cost: '0' }), passing(40, 40), { gates: GATES });
    expect(gateOf(comparison, 'max-cost')).toMatchObject({
      passed: false,
      why: expect.stringContaining(': the base cost nothing, the candidate 0.01 ₽ a row ('),
    });
  });
});

/** Rows that took so long on average: whole milliseconds, of which the first rows have one more. */
const at = (latencyMs: number): readonly GivenTrial[] => {
  const trials = passing(40, 40);
  const whole = Math.floor(latencyMs);
  const longer = (latencyMs - whole) * trials.length;
  return trials.map((trial, index) => ({ ...trial, latencyMs: index < longer ? whole + 1 : whole }));
};

describe('a latency of 0', () => {
  const gates = { failOn: 'none', maxLatencyIncrease: 0.1 } as const;

  it.each([
    [0, true, /^both took no time \(/],
    [0.25, false, /the base took no time, the candidate 0\.25 ms a row \(/],
    [1500, false, /the base took no time, the candidate 1\.5 s a row \(/],
  ])('in the base, and %s ms in the candidate, passes: %s', async (latencyMs, isPassed, why) => {
    const { comparison } = await compareTrials(at(0), at(latencyMs), { gates });
    expect(gateOf(comparison, 'max-latency')).toMatchObject({ passed: isPassed, why: expect.stringMatching(why) });
  });
});

describe('what is not known', () => {
  it('is said of the side that lacks it, without a cache where there was none', async () => {
    const none = passing(9, 9, { cost: null });
    expect(await told(none, passing(9, 9))).toContain('cost: not known: the base has none · tokens');
    expect(await told(passing(9, 9), none)).toContain('cost: not known: the candidate has none · tokens');
    expect(await told(none, none)).toContain('cost: not known: no row has it on both sides · tokens');
    const cached = passing(9, 9, { isCached: true, cost: '0' });
    expect(await told(passing(9, 9), cached)).toContain('cost: not known: answers from a cache do not count · tokens');
  });

  it('is not told of where no row could be compared', async () => {
    const others = passing(9, 9).map((trial) => ({ ...trial, row: `x${trial.row}` }));
    expect(await told(passing(9, 9), others)).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { checkGates, type GateInput, type GateSettings } from '../../../src/core/compare/gates.ts';
import type { MeasurePair, ScorePair } from '../../../src/core/comparison.ts';
import { erroredGate } from '../../../src/core/gate.ts';
import type { CriticalRow } from '../../../src/core/reasons.ts';

const NAME = { prompt: 'p', model: 'm', temperature: null };

function pair(verdict: ScorePair['verdict'], delta: number): ScorePair {
  return {
    base: NAME,
    candidate: NAME,
    scorer: 'exact',
    n: 50,
    baseMean: 0.5,
    candidateMean: 0.5 + delta,
    delta,
    interval: null,
    pValue: 0.5,
    adjustedPValue: 0.5,
    test: 'mcnemar',
    onlyBasePassed: 1,
    onlyCandidatePassed: 1,
    sameAnswers: 0,
    unjudged: { base: 0, candidate: 0 },
    verdict,
    needed: null,
  };
}

function measure(kind: MeasurePair['measure'], ratio: number | null, low: number | null): MeasurePair {
  const familyInterval = low === null || ratio === null ? null : { low, high: ratio * 1.2 };
  return {
    base: NAME,
    candidate: NAME,
    measure: kind,
    unit: 'RUB',
    n: 50,
    rows: 50,
    unknown: 0,
    baseMean: ratio === null ? null : 1,
    candidateMean: ratio,
    ratio,
    interval: null,
    familyInterval,
    verdict: 'no difference shown',
    why: ratio === null ? 'the currency is not known' : null,
    reason: ratio === null ? { kind: 'currency unknown' } : null,
  };
}

const SETTINGS: GateSettings = {
  failOn: 'regression',
  least: [],
  minOn: 'lower',
  maxCostIncrease: null,
  maxLatencyIncrease: null,
};
const NONE = { count: 0, rows: [] };
const ANSWERED = { trials: 3, failed: NONE, unanswered: NONE, missing: NONE };
const NOTHING: GateInput = {
  isSound: true,
  pairs: [],
  hasClusters: false,
  measures: [],
  own: [],
  critical: { ...ANSWERED, trials: 0 },
};

const passes = (settings: Partial<GateSettings>, input: Partial<GateInput>): readonly boolean[] =>
  checkGates({ ...SETTINGS, ...settings }, { ...NOTHING, ...input }).map(({ passed }) => passed);

describe('--fail-on', () => {
  it.each([
    ['regression', [true, false, true, true]],
    ['any-drop', [true, false, false, false]],
    ['inconclusive', [true, false, false, true]],
  ] as const)('%s looks at improved, regressed, inconclusive and unchanged pairs', (failOn, expected) => {
    const pairs = [
      pair('improved', 0.1),
      pair('regressed', -0.1),
      pair('inconclusive', -0.01),
      pair('unchanged', -0.01),
    ];
    expect(pairs.flatMap((one) => passes({ failOn }, { pairs: [one] }))).toEqual(expected);
  });

  it.each([
    ['the comparison cannot stand', false, [pair('unchanged', 0)], false],
    ['nothing was compared', true, [], false],
    ['no row could be compared', true, [{ ...pair('inconclusive', 0), n: 0 }], false],
    [
      'only some pairs have no row to compare',
      true,
      [{ ...pair('inconclusive', 0), n: 0 }, pair('unchanged', 0)],
      true,
    ],
  ])('passes only what it can decide: %s', (_what, isSound, pairs, isPassed) => {
    expect(passes({}, { isSound, pairs })).toEqual([isPassed]);
  });

  it('none is not a gate', () => {
    expect(passes({ failOn: 'none' }, { pairs: [pair('regressed', -0.5)] })).toEqual([]);
  });

  it('says which pair lost how much', () => {
    const [gate] = checkGates(SETTINGS, { ...NOTHING, pairs: [pair('regressed', -0.041)] });
    expect(gate?.why).toBe('p · m by exact lost 4.1 points, significantly worse (p = 0.500)');
  });

  it('shows a loss as the table does', () => {
    const [gate] = checkGates(SETTINGS, { ...NOTHING, pairs: [pair('regressed', -1 / 6)] });
    expect(gate?.why).toContain('lost 16.7 points');
  });

  it('shows a loss that is small', () => {
    const pairs = [pair('inconclusive', -1 / 3000)];
    const [gate] = checkGates({ ...SETTINGS, failOn: 'any-drop' }, { ...NOTHING, pairs });
    expect(gate?.why).toBe('p · m by exact lost 0.03 points, not significant');
  });

  it.each([
    [false, 'p · m by exact has too few rows to say (50 rows)'],
    [true, 'p · m by exact has too few clusters to say (50 rows)'],
  ])('says what there are too few of; clusters: %s', (hasClusters, why) => {
    const pairs = [pair('inconclusive', 0.02)];
    const [gate] = checkGates({ ...SETTINGS, failOn: 'inconclusive' }, { ...NOTHING, hasClusters, pairs });
    expect(gate?.why).toBe(why);
  });

  it('calls no rounding error a loss', () => {
    const pairs = [pair('inconclusive', -5e-17)];
    const [gate] = checkGates({ ...SETTINGS, failOn: 'inconclusive' }, { ...NOTHING, pairs });
    expect(gate?.why).toBe('p · m by exact has too few rows to say (50 rows)');
  });
});

describe('--min', () => {
  const own = [{ label: 'p · m', scorer: 'exact', n: 40, mean: 0.92, interval: { low: 0.8, high: 0.97 } }];
  const least = [{ scorer: 'exact', least: 0.9 }];

  it('uses the lower end of the interval, or the mean', () => {
    expect(passes({ failOn: 'none', least }, { own })).toEqual([false]);
    expect(passes({ failOn: 'none', least, minOn: 'point' }, { own })).toEqual([true]);
  });

  it('fails on unknown figures', () => {
    const unknown = [{ label: 'p · m', scorer: 'exact', n: 0, mean: null, interval: null }];
    expect(passes({ failOn: 'none', least }, { own: unknown })).toEqual([false]);
  });
});

describe('--max-cost-increase and --max-latency-increase', () => {
  it('compare the cost of rows', () => {
    const asked = { failOn: 'none', maxCostIncrease: 0.1 } as const;
    expect(passes(asked, { measures: [measure('cost', 1.1, 1)] })).toEqual([true]);
    expect(passes(asked, { measures: [measure('cost', 1.11, 0.9)] })).toEqual([false]);
    expect(passes(asked, { measures: [measure('cost', null, null)] })).toEqual([false]);
    expect(passes(asked, {})).toEqual([false]);
  });

  it('fail for latency only if the increase is significant', () => {
    const asked = { failOn: 'none', maxLatencyIncrease: 0.2 } as const;
    expect(passes(asked, { measures: [measure('latency', 1.4, 1.05)] })).toEqual([true]);
    expect(passes(asked, { measures: [measure('latency', 1.4, 1.25)] })).toEqual([false]);
  });

  it('decide nothing from the latency of one row', () => {
    const one = { ...measure('latency', 3, null), n: 1 };
    const [gate] = checkGates(
      { ...SETTINGS, failOn: 'none', maxLatencyIncrease: 0.2 },
      { ...NOTHING, measures: [one] },
    );
    expect(gate?.passed).toBe(false);
    expect(gate?.why).toBe(
      'p · m: latency is not known: one row cannot tell (by the low end of intervals of 95%, a family of their own)',
    );
  });

  it('do not pass if the value of some row is not known', () => {
    const asked = { ...SETTINGS, failOn: 'none', maxCostIncrease: 0.1, maxLatencyIncrease: 0.1 } as const;
    const measures = (['cost', 'latency'] as const).map((kind) => ({ ...measure(kind, 1, 1), n: 2, unknown: 48 }));
    const gates = checkGates(asked, { ...NOTHING, measures });
    expect(gates.map(({ passed }) => passed)).toEqual([false, false]);
    expect(gates.map(({ why }) => why.replace(/ \(.*/, ''))).toEqual([
      'p · m: cost of 48 of 50 rows is not known',
      'p · m: latency of 48 of 50 rows is not known',
    ]);
  });

  it.each([
    [{ kind: 'both nothing', measure: 'cost' }, 0, 'both cost nothing', true],
    [
      { kind: 'base nothing', measure: 'cost', mean: 0.01, unit: 'RUB' },
      0.01,
      'p · m: the base cost nothing, the candidate 0.01 ₽ a row',
      false,
    ],
  ] as const)('know that a base cost nothing: %j', (reason, candidateMean, why, isPassed) => {
    const free = { ...measure('cost', null, null), baseMean: 0, candidateMean, reason };
    const [gate] = checkGates({ ...SETTINGS, failOn: 'none', maxCostIncrease: 0.1 }, { ...NOTHING, measures: [free] });
    expect(gate?.passed).toBe(isPassed);
    expect(gate?.why).toBe(`${why} (the bill of these rows itself: no test, and in no correction)`);
  });

  it('name the largest increase beside pairs that cost nothing', () => {
    const free = { ...measure('cost', null, null), baseMean: 0, candidateMean: 0 };
    const measures = [free, measure('cost', 0.9, null)];
    const [gate] = checkGates({ ...SETTINGS, failOn: 'none', maxCostIncrease: 0.1 }, { ...NOTHING, measures });
    expect(gate?.why).toMatch(/^at most −10\.0% over 50 rows/);
  });

  it('state their basis', () => {
    const pairs = [pair('unchanged', 0), { ...pair('inconclusive', 0), n: 0 }];
    const measures = ['cost', 'latency', 'latency'].map((kind) => measure(kind === 'cost' ? 'cost' : 'latency', 1, 1));
    const gates = checkGates(
      { ...SETTINGS, maxCostIncrease: 0.1, maxLatencyIncrease: 0.1 },
      { ...NOTHING, pairs, measures },
    );
    expect(gates.map(({ why }) => why)).toEqual([
      'no significant loss in 1 comparison, and no row to compare in 1 more',
      expect.stringMatching(/\(the bill of these rows itself: no test, and in no correction\)$/),
      expect.stringMatching(/\(by the low end of intervals of 97\.5%, a family of their own\)$/),
    ]);
  });
});

describe('a limit that is missed by little', () => {
  it('is told apart from the figure, and named as it was given', () => {
    const given = { failOn: 'none', maxCostIncrease: 0.00005, maxLatencyIncrease: 0.2 } as const;
    const measures = [measure('cost', 1.0000501, 1), measure('latency', 1.4, 1.20004)];
    const gates = checkGates({ ...SETTINGS, ...given }, { ...NOTHING, measures });
    expect(gates.map(({ name }) => name)).toEqual(['max-cost-increase 0.005%', 'max-latency-increase 20.0%']);
    expect(gates[0]?.why).toMatch(/^p · m: \+0\.00501% over 50 rows \(/);
    expect(gates[1]?.why).toMatch(/^p · m: \+40\.000% \(\+20\.004% to \+68\.000%\) over 50 rows \(/);
    const own = [{ label: 'p · m', scorer: 'exact', n: 9, mean: 0.89996, interval: null }];
    const least = [{ scorer: 'exact', least: 0.9 }];
    const [gate] = checkGates({ ...SETTINGS, failOn: 'none', least, minOn: 'point' }, { ...NOTHING, own });
    expect(gate?.why).toBe('p · m: 89.996% of 9 answers; the mean, 89.996%, is below 90%');
  });
});

describe('a figure at its limit', () => {
  it.each([
    [(0.7 + 0.7 + 0.7) / 3, 0.7, true],
    [1 - 0.8, 0.2, true],
    [0.69999, 0.7, false],
    [0.7 - 1e-8, 0.7, false],
  ])('%s by --min %s passes: %s', (mean, least, isPassed) => {
    const own = [{ label: 'p · m', scorer: 'exact', n: 3, mean, interval: null }];
    const given = { failOn: 'none', least: [{ scorer: 'exact', least }], minOn: 'point' } as const;
    expect(passes(given, { own })).toEqual([isPassed]);
  });

  it.each([
    [29, true],
    [30, false],
  ])('%s errors of 100 by --max-errored 29%% pass: %s', (errored, isPassed) => {
    expect(erroredGate(0.29, [{ side: null, variant: 'm', trials: 100, errored }]).passed).toBe(isPassed);
  });
});

describe('--max-errored', () => {
  it('does not pass if no trial has a result', () => {
    expect(erroredGate(0.05, [{ side: null, variant: 'm', trials: 0, errored: 0 }]).passed).toBe(false);
  });
});

function critical(rowId: string, variant: string | null = 'p · m'): CriticalRow {
  return { rowId, variant, isUnpaired: false };
}

describe('critical rows', () => {
  it('must pass, whatever the statistics', () => {
    const rows = { ...ANSWERED, failed: { count: 1, rows: [critical('r1')] } };
    const [, gate] = checkGates(SETTINGS, { ...NOTHING, pairs: [pair('improved', 0.2)], critical: rows });
    expect(gate).toEqual({
      name: 'critical rows',
      passed: false,
      why: '1 of 3 critical trials did not pass: r1 (p · m)',
      reason: { kind: 'critical', ...rows },
    });
  });

  it('have not passed without an answer', () => {
    const rows = { ...ANSWERED, unanswered: { count: 1, rows: [critical('r2')] } };
    const [, gate] = checkGates(SETTINGS, { ...NOTHING, critical: rows });
    expect(gate).toMatchObject({ passed: false, why: '1 of 3 critical trials got no answer: r2 (p · m)' });
  });

  it('have not passed if they are gone, even if no other is there', () => {
    const missing = { count: 3, rows: [critical('r2', null), critical('r5', null)] };
    const [, gate] = checkGates(SETTINGS, { ...NOTHING, critical: { ...ANSWERED, trials: 0, missing } });
    expect(gate).toMatchObject({ passed: false, why: '3 critical rows are not in the candidate: r2, r5, and 1 more' });
  });
});

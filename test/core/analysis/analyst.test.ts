import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wilsonInterval } from '../../../src/core/stats/wilson.ts';
import {
  analyse,
  comparisonOf,
  entryOf,
  models,
  numbersIn,
  type Outcome,
  roubles,
  scorerOf,
  type TestRow,
  textsOf,
  times,
} from './rows.ts';

/** 40 rows: 20 that both pass, 12 that only m0 passes, 3 that only m1 passes, 5 that both fail. */
const FORTY = [...times(20, 1, 1), ...times(12, 1, 0), ...times(3, 0, 1), ...times(5, 0, 0)];

/** Three repeats, of which so many pass. */
function threes(passed: number): readonly Outcome[] {
  return [1, 2, 3].map((repeat) => (repeat <= passed ? 1 : 0));
}

/** The forty rows, so many of each topic. */
function inClusters(size: number): readonly TestRow[] {
  return FORTY.map((row, index) => ({ ...row, cluster: `c${Math.floor(index / size)}` }));
}

/** Further rows that a comparison takes. */
function rowsTaken(rows: readonly TestRow[]): number {
  return comparisonOf(analyse(rows)).power?.moreRows ?? 0;
}

describe('two variants with one answer per row', () => {
  it('are compared by McNemar’s test on the rows that both have', () => {
    const analysis = analyse([...FORTY, ...times(9, 1, 'errored'), ...times(2, null, 0)]);
    const comparison = comparisonOf(analysis);
    expect(comparison).toMatchObject({ n: 40, points: 22.5, onlyFirst: 12, onlySecond: 3, test: 'mcnemar' });
    // scipy.stats.binomtest(3, 15).pvalue
    expect(comparison.pValue).toBeCloseTo(0.03515625, 12);
    expect(comparison).toMatchObject({ verdict: 'better', adjustedPValue: comparison.pValue, power: null, why: null });
    expect(comparison.pointsInterval?.low).toBeGreaterThan(0);
  });

  it('are reported the other way round if the second is better', () => {
    const turned = FORTY.map(({ outcomes }) => ({ outcomes: outcomes.toReversed() }));
    expect(comparisonOf(analyse(turned))).toMatchObject({ points: -22.5, verdict: 'worse' });
  });

  it('have their answers counted by status', () => {
    const analysis = analyse([...FORTY, ...times(9, 1, 'errored'), ...times(2, null, 'skipped')]);
    expect(entryOf(analysis, 0)).toMatchObject({ n: 49, passed: 41, unjudged: 2, errored: 0, notAsked: 0 });
    expect(entryOf(analysis, 1)).toMatchObject({ n: 40, passed: 23, unjudged: 0, errored: 9, passAtK: [] });
    expect(analysis.variants[1]).toMatchObject({ completed: 40, errored: 9, skipped: 2 });
    expect(entryOf(analysis, 1).method).toBe('wilson');
    const { low, high } = wilsonInterval(23, 40) ?? { low: 0, high: 0 };
    expect(entryOf(analysis, 1).interval?.low).toBeCloseTo(low, 12);
    expect(entryOf(analysis, 1).interval?.high).toBeCloseTo(high, 12);
  });

  it('are led by the better one', () => {
    const turned = FORTY.map(({ outcomes }) => ({ outcomes: outcomes.toReversed() }));
    expect(scorerOf(analyse(turned)).leaderboard.map(({ variant }) => variant)).toEqual([1, 0]);
  });
});

describe('several comparisons', () => {
  it('are corrected for all of the run’s pairs and scorers', () => {
    const rows = FORTY.map(({ outcomes: [one = [], other = []] }) => ({ outcomes: [one, other, other] }));
    const comparison = comparisonOf(analyse(rows));
    // Two of the three score alike on every row, which can show nothing and is not corrected for.
    expect(scorerOf(analyse(rows)).corrections).toBe(2);
    // Holm (1979): the least of two is multiplied by two.
    expect(comparison.adjustedPValue).toBeCloseTo(2 * 0.03515625, 12);
    expect(comparison.verdict).toBe('none shown');
    const two = analyse(rows, { scorers: ['score', 'other'] });
    // The other scorer judged nothing: it is no comparison.
    expect(scorerOf(two).corrections).toBe(2);
  });

  it('are only those of the best if there are many variants, corrected as if all had been made', () => {
    const outcomes = Array.from({ length: 25 }, (_, variant): Outcome[] => [variant === 7 ? 1 : 0]);
    const scorer = scorerOf(analyse(Array.from({ length: 30 }, () => ({ outcomes }))));
    expect(scorer.comparisons).toHaveLength(24);
    expect(scorer.comparisons.every(({ first, second }) => first === 7 || second === 7)).toBe(true);
    expect(scorer).toMatchObject({ notCompared: 300 - 24, corrections: 300 });
    expect(scorer.comparisons.every(({ verdict }) => verdict !== 'none shown')).toBe(true);
  });
});

describe('repeats', () => {
  /** Passed ones of three repeats, of m0 and of m1. */
  const rows = [
    [2, 1],
    [3, 1],
    [1, 1],
    [0, 1],
    [3, 0],
    [2, 0],
    [3, 2],
    [1, 0],
  ].map((passed) => ({ outcomes: passed.map(threes) }));

  it('are one piece of evidence per row, tested by sign flips', () => {
    const comparison = comparisonOf(analyse(rows));
    expect(comparison).toMatchObject({ n: 8, test: 'sign-flip', onlyFirst: 6, onlySecond: 1 });
    // All 256 choices of signs of the rows' differences in NumPy; the interval with Python's fractions.Fraction.
    expect(comparison.pValue).toBeCloseTo(0.078125, 12);
    expect(comparison.points).toBeCloseTo(37.5, 10);
    expect(comparison.pointsInterval?.low).toBeCloseTo(-17.265805480850783, 6);
    expect(comparison.pointsInterval?.high).toBeCloseTo(69.26406926142226, 6);
  });

  it('give the probability that one of k answers passes, and that all do', () => {
    const { passAtK, method } = entryOf(analyse(rows.slice(0, 2)), 0);
    expect(method).toBe('wilson with effective size');
    // Rows with 2 and 3 of 3: one answer 2/3 and 1; two answers 1 and 1, all of two 1/3 and 1; all of three 0 and 1.
    const expected = [
      [1, 2, 5 / 6, 5 / 6],
      [2, 2, 1, 2 / 3],
      [3, 2, 1, 1 / 2],
    ];
    expect(passAtK.map(({ k, rows: of, any, all }) => [k, of, any, all])).toEqual(
      expected.map((line) => line.map((figure) => expect.closeTo(figure, 12))),
    );
  });

  it('leave rows with fewer than k answers out of pass@k', () => {
    const ragged: TestRow[] = [{ outcomes: [[1, 0, 'errored']] }, { outcomes: [[1, 'errored', null]] }];
    const [, two] = entryOf(analyse(ragged), 0).passAtK;
    expect(two).toEqual({ k: 2, rows: 1, any: 1, all: 0 });
    expect(entryOf(analyse(ragged), 0)).toMatchObject({ n: 3, mean: expect.closeTo(2 / 3, 12) });
    expect(entryOf(analyse(ragged), 0).passAtK).toHaveLength(2);
  });

  it('are the same in any order', () => {
    const analysis = analyse(
      Array.from({ length: 5 }, () => ({
        outcomes: [
          [0.1, 0.2, 0.3],
          [0.3, 0.2, 0.1],
        ],
      })),
    );
    expect(comparisonOf(analysis)).toMatchObject({ points: 0, onlyFirst: 0, onlySecond: 0, pValue: 1 });
    expect(scorerOf(analysis).rows.separating.count).toBe(0);
  });

  it('that are scored differently are reported', () => {
    expect(scorerOf(analyse(rows)).rows.disagreeing.rowIds).toEqual(['q1', 'q2', 'q3', 'q4', 'q6', 'q7', 'q8']);
    const same = { outcomes: [threes(3), threes(0)] };
    expect(scorerOf(analyse([same])).rows.disagreeing).toEqual({ count: 0, rowIds: [] });
  });
});

describe('rows that belong together', () => {
  it('are one piece of evidence', () => {
    const [alone, together] = [analyse(FORTY), analyse(inClusters(4), { clusterColumn: 'topic' })];
    expect(together.clusters).toEqual({ column: 'topic', clusters: 10, missing: 0 });
    expect(comparisonOf(together)).toMatchObject({ n: 40, points: 22.5, test: 'sign-flip', verdict: 'none shown' });
    const width = (of: typeof alone): number => {
      const { low, high } = entryOf(of, 0).interval ?? { low: 0, high: 0 };
      return high - low;
    };
    expect(width(together)).toBeGreaterThan(1.2 * width(alone));
    expect(entryOf(together, 0).mean).toBe(entryOf(alone, 0).mean);
  });

  it('count individually if they have no value, with a note', () => {
    const rows = FORTY.map((row) => ({ ...row, cluster: null }));
    const analysis = analyse(rows, { clusterColumn: 'topic' });
    expect(analysis.clusters).toEqual({ column: 'topic', clusters: 40, missing: 40 });
    expect(textsOf(analysis.notes)).toContain('40 rows are without a value of topic: each counts for itself');
    // Flipping signs of differences of one size is McNemar's test.
    expect(comparisonOf(analysis).pValue).toBeCloseTo(0.03515625, 12);
  });

  it('are no evidence at all if all belong together', () => {
    const rows = FORTY.map((row) => ({ ...row, cluster: 'one' }));
    const analysis = analyse(rows, { clusterColumn: 'topic' });
    expect(comparisonOf(analysis)).toMatchObject({
      points: expect.closeTo(22.5, 10),
      pointsInterval: null,
      pValue: null,
      adjustedPValue: null,
      verdict: 'none shown',
      why: 'all rows are in one cluster',
    });
    expect(textsOf(analysis.notes)).toContain('all rows have one value of topic: nothing can be said of others');
  });

  it('are too few to estimate the rows needed if there are fewer than ten', () => {
    const rows = FORTY.map((row, index) => ({ ...row, cluster: `c${index % 3}` }));
    const analysis = analyse(rows, { clusterColumn: 'topic' });
    expect(textsOf(analysis.notes)).toContain(
      'topic has 3 values only: with so few hardly any difference can be shown',
    );
    expect(comparisonOf(analysis).power).toEqual({ points: 2, moreRows: null, cost: null, smallestPoints: null });
  });

  it('are distinguished from those of a cluster that two variants do not share', () => {
    const rows = [...inClusters(4), ...times(4, 1, 'errored').map((row) => ({ ...row, cluster: 'only m0' }))];
    const [with5, without] = [analyse(rows, { clusterColumn: 't' }), analyse(inClusters(4), { clusterColumn: 't' })];
    expect(comparisonOf(with5)).toEqual({ ...comparisonOf(without), unmatched: 4 });
  });
});

describe('partial scores', () => {
  const FIRST = [0.625, 0.75, 0.4375, 0.875, 1, 0.8125, 0.3125, 0.9375, 0.5625, 0.625];
  const SECOND = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0, 0];
  const rows = FIRST.map((score, index) => ({ outcomes: [[score], [SECOND[index] ?? 0]] }));

  it('use the requested test', () => {
    expect(comparisonOf(analyse(rows)).test).toBe('sign-flip');
    const comparison = comparisonOf(analyse(rows, { test: 'wilcoxon' }));
    expect(comparison.test).toBe('wilcoxon');
    // scipy.stats.wilcoxon of the ten differences
    expect(comparison.pValue).toBeCloseTo(0.013671875, 12);
  });

  it('pass from their threshold on', () => {
    expect(entryOf(analyse(rows, { threshold: 0.8 }), 0).passed).toBe(4);
    expect(entryOf(analyse(rows), 0).passed).toBe(1);
    expect(scorerOf(analyse(rows)).isPassFail).toBe(false);
  });
});

describe('the number of further rows needed', () => {
  it('is reported with its cost if no difference is significant', () => {
    const rows = [...times(50, 1, 1), ...times(6, 1, 0), ...times(5, 0, 1), ...times(20, 0, 0)];
    const { power, verdict } = comparisonOf(analyse(rows, { costs: [roubles(3), roubles(1)] }));
    expect(verdict).toBe('none shown');
    expect(power?.points).toBe(2);
    const more = power?.moreRows ?? 0;
    expect(more).toBeGreaterThan(1000);
    expect(power?.cost).toEqual({ total: String(4 * more), currency: 'RUB' });
    expect(power?.smallestPoints).toBeGreaterThan(5);
  });

  it('is higher for more comparisons', () => {
    const rows = [...times(50, 1, 1), ...times(6, 1, 0), ...times(5, 0, 1)];
    const three = rows.map(({ outcomes: [one = [], other = []] }) => ({ outcomes: [one, other, other] }));
    expect(rowsTaken(three)).toBeGreaterThan(rowsTaken(rows));
  });

  it('is 0 if these rows would have been enough, and then comes with the smallest detectable difference', () => {
    const rows = [...times(9000, 1, 1), ...times(50, 1, 0), ...times(50, 0, 1)];
    const { power } = comparisonOf(analyse(rows));
    expect(power?.moreRows).toBe(0);
    expect(power?.smallestPoints).toBeGreaterThan(0.1);
    expect(power?.smallestPoints).toBeLessThan(2);
  });

  it.each([
    ['a cost is not known', [roubles(3), null]],
    ['currencies differ', [roubles(3), { amount: 1n, currency: 'USD' }]],
  ])('has no cost if %s', (_why, costs) => {
    expect(comparisonOf(analyse(times(9, 1, 1), { costs })).power).toMatchObject({ cost: null, points: 2 });
  });
});

describe('notable rows', () => {
  it('are those that separate variants, the widest first, and those that no answer passes', () => {
    const rows = [...times(2, 0.5, 0.75), ...times(1, 0, 1), ...times(2, 0, 0), ...times(30, 1, 0.9)];
    const { separating, allFailed } = scorerOf(analyse(rows)).rows;
    expect(separating.count).toBe(33);
    expect(separating.rowIds).toHaveLength(20);
    expect(separating.rowIds.slice(0, 4)).toEqual(['q3', 'q1', 'q2', 'q6']);
    expect(allFailed).toEqual({ count: 4, rowIds: ['q1', 'q2', 'q4', 'q5'] });
  });

  it('exclude those without a scored answer', () => {
    const none = { count: 0, rowIds: [] };
    const { rows } = scorerOf(analyse(times(3, 'errored', null)));
    expect(rows).toEqual({ separating: none, allFailed: none, cutOff: none, disagreeing: none });
  });

  it('list rows that fail with every variant separately if an answer was cut off', () => {
    const rows = [...times(4, 0, 0), ...times(1, 1, 0), ...times(1, 1, 1)];
    const analysis = analyse(rows, {
      isCut: (variant, row) => (row === 2 && variant === 1) || row === 3 || row > 4,
    });
    expect(scorerOf(analysis).rows).toMatchObject({
      allFailed: { count: 2, rowIds: ['q1', 'q4'] },
      cutOff: { count: 2, rowIds: ['q2', 'q3'] },
    });
    expect(analysis.variants.map(({ cut }) => cut)).toEqual([3, 4]);
    expect(textsOf(analysis.notes)).toContain(
      '3 of 6 answers of m0 were cut off at the token limit: raise --max-tokens',
    );
  });
});

describe('figures by a column', () => {
  const rows = [
    ...times(20, 1, 0).map((row) => ({ ...row, group: 'en' })),
    ...times(15, 1, 1).map((row) => ({ ...row, group: null })),
    ...times(15, 1, 1).map((row) => ({ ...row, group: 'ru' })),
  ];

  it('are given for each value, corrected over all of them', () => {
    const { breakdown } = scorerOf(analyse(rows, { groupColumn: 'lang' }));
    expect(breakdown).toMatchObject({ column: 'lang', otherRows: 0, corrections: 1 });
    expect(breakdown?.groups.map(({ value, rows: count }) => [value, count])).toEqual([
      ['en', 20],
      [null, 15],
      ['ru', 15],
    ]);
    const [en] = breakdown?.groups ?? [];
    expect(en?.variants[1]).toMatchObject({ variant: 1, n: 20, mean: 0 });
    // 20 rows of 20: 2 · 2⁻²⁰, which the two groups of 15 could not have given.
    expect(en?.comparisons[0]).toMatchObject({ n: 20, verdict: 'better', power: null });
    expect(en?.comparisons[0]?.adjustedPValue).toBeCloseTo(2 / 2 ** 20, 15);
  });

  it('are given for at most fifty values, and the rest is counted', () => {
    const many = Array.from({ length: 130 }, (_, index) => ({ outcomes: [[1], [0]], group: `g${index % 65}` }));
    const { breakdown } = scorerOf(analyse(many, { groupColumn: 'g' }));
    expect(breakdown?.groups).toHaveLength(50);
    expect(breakdown?.otherRows).toBe(30);
  });
});

describe('a run without any findings', () => {
  it.each([
    ['no rows', [], 'there are no results'],
    ['one variant', times(5, 1), 'one variant: there is nothing to compare it with'],
    ['no answer', times(5, 'errored', 'skipped'), 'no trial got an answer'],
    ['one variant without an answer', times(5, 1, 'errored'), 'm1 gave no answer'],
  ])('says so of %s', (_what, rows, note) => {
    expect(textsOf(analyse(rows).notes)).toContain(note);
  });

  it.each([
    ['nothing judged', times(5, null, null), 'no answer could be scored'],
    ['all equal', times(5, 1, 1), 'every variant scores the same on every row'],
    ['one row', times(1, 1, 0), 'one row says nothing about others'],
    ['one variant that was not judged', times(5, 1, null), 'a variant without a judged answer is in no comparison'],
  ])('says so of %s, by scorer', (_what, rows, note) => {
    expect(textsOf(scorerOf(analyse(rows)).notes)).toContain(note);
  });

  it('says why two variants cannot be compared', () => {
    const comparison = comparisonOf(analyse([...times(3, 1, 'errored'), ...times(3, 'errored', 1)]));
    expect(comparison).toMatchObject({ n: 0, points: null, pValue: null, verdict: 'none shown' });
    expect(comparison.why).toBe('no row has a judged answer of both');
  });

  it('says that there is no scorer', () => {
    expect(textsOf(analyse(times(3, 1, 1), { scorers: [] }).notes)).toContain(
      'no scorer judged the answers: there is nothing to compare',
    );
  });

  it('treats a score that is not a finite number as one that could not be scored', () => {
    const analysis = analyse([...times(3, 1, Number.NaN), ...times(1, Infinity, 0)]);
    expect(entryOf(analysis, 1)).toMatchObject({ n: 1, unjudged: 3 });
    expect(entryOf(analysis, 0)).toMatchObject({ n: 3, unjudged: 1 });
  });
});

const outcome = fc.constantFrom<Outcome>(0, 1, 0.25, 1 / 3, null, 'errored', 'skipped');
const anyRow = fc.record({
  outcomes: fc.array(fc.array(outcome, { maxLength: 3 }), { minLength: 3, maxLength: 3 }),
  cluster: fc.constantFrom(null, 'a', 'b'),
  group: fc.constantFrom(null, 'x', 'y'),
});

describe('any run', () => {
  it('has only finite figures, within their ranges, and a JSON text with the same content', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 12 }), fc.boolean(), fc.boolean(), (rows, clustered, wilcoxon) => {
        const analysis = analyse(rows, {
          variants: models(3),
          groupColumn: 'group',
          clusterColumn: clustered ? 'cluster' : null,
          test: wilcoxon ? 'wilcoxon' : 'sign-flip',
          costs: [roubles(1), null, { amount: 5n, currency: 'USD' }],
        });
        expect(numbersIn(analysis).every(Number.isFinite)).toBe(true);
        expect(JSON.parse(JSON.stringify(analysis))).toEqual(analysis);
        for (const { interval, mean } of scorerOf(analysis).leaderboard) {
          if (interval === null || mean === null) continue;
          expect(interval.low).toBeLessThanOrEqual(mean + 1e-9);
          expect(interval.high).toBeGreaterThanOrEqual(mean - 1e-9);
        }
        for (const { pValue, adjustedPValue } of scorerOf(analysis).comparisons) {
          expect(adjustedPValue ?? 1).toBeGreaterThanOrEqual(pValue ?? 0);
          expect(adjustedPValue ?? 0).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

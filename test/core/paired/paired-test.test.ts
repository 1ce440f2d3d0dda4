import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flipPValue } from '../../../src/core/paired/paired-test.ts';
import { seededRandom } from '../../../src/core/sampling.ts';
import { signFlipTest } from '../../../src/core/stats/sign-flip.ts';
import { figuresOf, type PairRow, rowsOf } from './figures.ts';

/** Rows by who passed them. */
function table(onlyFirst: number, onlySecond: number, both: number, neither: number): readonly PairRow[] {
  return [...rowsOf(onlyFirst, 1, 0), ...rowsOf(onlySecond, 0, 1), ...rowsOf(both, 1, 1), ...rowsOf(neither, 0, 0)];
}

describe('two variants', () => {
  it('are tested by McNemar if each row has one pass/fail answer', () => {
    // scipy.stats.binomtest(209, 361, 0.5).pvalue
    const figures = figuresOf(table(152, 209, 306, 652));
    expect(figures).toMatchObject({ n: 1319, test: 'mcnemar', onlyFirst: 152, onlySecond: 209, sum: -57, why: null });
    expect(figures.pValue).toBeCloseTo(0.003150656880360618, 12);
    expect(figures.firstMean).toBeCloseTo(458 / 1319, 12);
    expect(figures.interval?.high).toBeLessThan(0);
    expect(figures.leastPValue).toBe(2 ** -360);
  });

  it('are tested by flipping signs if scores are partial', () => {
    const figures = figuresOf(rowsOf(12, 0.75, 0.5));
    expect(figures).toMatchObject({ test: 'sign-flip', n: 12, sum: 3, standardDeviation: 0, clusters: null });
    // All twelve differences go one way: 2 of 2^12 sign patterns are as far out.
    expect(figures.pValue).toBeCloseTo(2 / 2 ** 12, 9);
    expect(figures.leastPValue).toBe(2 / 2 ** 12);
  });

  it('are tested by flipping signs if rows have repeats, even with pass/fail answers', () => {
    const rows = Array.from({ length: 5 }, () => ({ first: [1, 1], second: [0, 0] }));
    expect(figuresOf(rows)).toMatchObject({ test: 'sign-flip', onlyFirst: 5 });
  });

  it('are tested by their clusters, which are the only evidence', () => {
    const rows = rowsOf(40, 1, 0).map((row, index) => ({ ...row, cluster: index % 4 }));
    expect(figuresOf(rows)).toMatchObject({ test: 'sign-flip', clusters: 4, pValue: 0.125, leastPValue: 0.125 });
    const one = figuresOf(rows.map((row) => ({ ...row, cluster: 0 })));
    expect(one).toMatchObject({ pValue: null, interval: null, sum: 40, why: 'all rows are in one cluster' });
  });

  it('have clusters that differ only by rounding not counted as evidence', () => {
    const pairs = [
      [0.1, 0],
      [0.2, 0],
      [0, 0.3],
    ];
    const rows = pairs.map(([first = 0, second = 0]) => ({ first: [first], second: [second], cluster: 0 }));
    const others = rowsOf(3, 1, 0).map((row, index) => ({ ...row, cluster: index + 1 }));
    expect(figuresOf([...rows, ...others])).toMatchObject({ clusters: 4, leastPValue: 0.25 });
  });

  it('give no result without rows, or for one row with repeats', () => {
    expect(figuresOf([])).toMatchObject({
      n: 0,
      sum: 0,
      firstMean: null,
      interval: null,
      marginInterval: null,
      pValue: null,
      standardDeviation: null,
      why: 'no row has a judged answer of both',
    });
    expect(figuresOf([{ first: [1, 1], second: [0, 0] }])).toMatchObject({ pValue: null, why: 'one row cannot tell' });
  });

  it('have an interval that never contradicts the p-value, and the mirror image if they are swapped', () => {
    const share = fc.constantFrom(0, 0.25, 0.5, 1);
    const row = fc.record({ first: fc.array(share, { minLength: 1, maxLength: 2 }), second: fc.tuple(share) });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), fc.integer({ min: 0, max: 6 }), (rows, clusters) => {
        const given = clusters === 0 ? rows : rows.map((one, index) => ({ ...one, cluster: index % clusters }));
        const forth = figuresOf(given);
        const back = figuresOf(given.map((one) => ({ ...one, first: one.second, second: one.first })));
        expect(back.pValue ?? -1).toBeCloseTo(forth.pValue ?? -1, 9);
        expect(back.sum).toBeCloseTo(-forth.sum, 12);
        expect(back.interval?.low ?? 0).toBeCloseTo(-(forth.interval?.high ?? 0), 9);
        expect(JSON.stringify([forth, back])).not.toMatch(/NaN|Infinity/);
        const { interval, pValue } = forth;
        if (interval === null || pValue === null) return;
        const holdsNothing = interval.low <= 0 && interval.high >= 0;
        // At 0 itself an interval touches what the test rules out.
        if (interval.low !== 0 && interval.high !== 0) expect(holdsNothing).toBe(pValue > 0.05);
        else if (pValue > 0.05) expect(holdsNothing).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

/** Differences of two means over five repeats, of which the first is a little better. */
function ofRepeats(n: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  const passed = (skill: number): number => Array.from({ length: 5 }, () => random()).filter((x) => x < skill).length;
  return Float64Array.from({ length: n }, () => (passed(0.52) - passed(0.5)) / 5);
}

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);

describe('the p-value of flipped signs', () => {
  it('is that of the test itself for few differences, and for equal ones', () => {
    for (const seed of SEEDS.slice(0, 5)) {
      const few = ofRepeats(150, seed);
      expect(flipPValue(few)).toBe(signFlipTest(few, { seed: 1 }).pValue);
    }
    const equal = Float64Array.from({ length: 5000 }, (_, index) => (index % 25 < 13 ? 1 : -1));
    expect(flipPValue(equal)).toBe(signFlipTest(equal, { seed: 1 }).pValue);
  });

  it('is, for many differences, that of all signs, and no smaller if it is decisive', () => {
    for (const seed of SEEDS) {
      const many = ofRepeats(1500, seed);
      const { pValue: exact, method } = signFlipTest(many, { seed: 1 });
      expect(method).toBe('exact');
      expect(flipPValue(many)).toBeLessThan(exact * 1.03 + 1e-6);
      expect(flipPValue(many)).toBeGreaterThan(exact * (exact < 0.08 ? 0.9999 : 0.995));
    }
  });

  it('uses the exact test if few differences weigh as much as all others', () => {
    const random = seededRandom(5);
    const uneven = Float64Array.from({ length: 2000 }, (_, index) => random() * (index < 9 ? 1 : -0.0001));
    const { pValue, method } = signFlipTest(uneven, { seed: 1 });
    expect(method).toBe('sampled');
    expect(pValue).toBeLessThan(0.1);
    expect(flipPValue(uneven)).toBe(pValue);
  });

  it('is drawn coarsely if it is not decisive', () => {
    const random = seededRandom(3);
    const alike = Float64Array.from({ length: 100 }, () => random() - 0.5);
    const { pValue, method } = signFlipTest(alike, { seed: 1 });
    expect(method).toBe('sampled');
    expect(pValue).toBeGreaterThan(0.2);
    expect(Math.abs(flipPValue(alike) - pValue)).toBeLessThan(0.06);
    expect(Number.isInteger(Math.round(flipPValue(alike) * 1001 * 1e6) / 1e6)).toBe(true);
  });

  it('is 1 if nothing differs', () => {
    expect(flipPValue(new Float64Array(9))).toBe(1);
    expect(flipPValue(new Float64Array(0))).toBe(1);
  });
});

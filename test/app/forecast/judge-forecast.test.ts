import { array, assert, double, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forecastJudged } from '../../../src/app/forecast/judge-forecast.ts';
import { seededRandom } from '../../../src/core/sampling.ts';

const LEVEL = 0.9;

function sample(values: readonly number[], rest: number, paid = 0n): Parameters<typeof forecastJudged>[0] {
  return { values: Float64Array.from(values), rest, paid, level: LEVEL, seed: 1 };
}

const skewed = (normal: () => number): number => Math.exp(0.6 * normal());
// A judge whose verdict is requested again costs about twice as much.
const twice = (normal: () => number, uniform: () => number): number =>
  (uniform() < 0.1 ? 2.2 : 1) * (1 + 0.1 * normal());

describe('judge cost from judged rows', () => {
  // numpy/scipy: v=arange(1,61)*1e9; n=60; m=v.mean(); q=stats.t.ppf(.95,59)*v.std(ddof=1)/sqrt(n)*sqrt(M*M+n*M); m*M∓q
  it.for([
    [40, [981710493140, 1458289506860]],
    [1000, [26620927867893, 34379072132107]],
  ] as const)('has the range of a total of %d remaining rows and not that of a mean alone', ([rest, [low, high]]) => {
    const values = Array.from({ length: 60 }, (_, index) => (index + 1) * 1e9);
    const paid = 5_000_000_000n;
    const outlook = forecastJudged(sample(values, rest, paid));
    expect(Number(outlook?.low) - 5e9).toBeCloseTo(low, -4);
    expect(Number(outlook?.expected)).toBe(30.5e9 * rest + 5e9);
    expect(Number(outlook?.high) - 5e9).toBeCloseTo(high, -4);
    expect(outlook?.ceiling).toBeNull();
  });

  it('is the paid amount if no row remains, however few there were', () => {
    expect(forecastJudged(sample([], 0, 7n))).toEqual({ low: 7n, expected: 7n, high: 7n, ceiling: null });
  });

  it('is not estimated from one row', () => {
    expect(forecastJudged(sample([5], 9))).toBeNull();
  });

  it('has a width even if all rows cost the same, for what could have been missed', () => {
    // 1 - 0.05 ** (1 / 20) = 0.139108...
    const values = Array.from({ length: 20 }, () => 1e9);
    const outlook = forecastJudged(sample(values, 100));
    expect(outlook).toMatchObject({ expected: 100_000_000_000n });
    expect(Number(outlook?.high) / 1e11).toBeCloseTo(1.139108, 6);
    expect(Number(outlook?.low) / 1e11).toBeCloseTo(0.860892, 6);
  });

  it('is ordered and never below the paid amount, whatever rows cost', () => {
    const values = array(double({ min: 0, max: 1e12, noNaN: true }), { minLength: 2, maxLength: 30 });
    assert(
      property(values, integer({ min: 1, max: 1000 }), (costs, rest) => {
        const { low, expected, high } = forecastJudged(sample(costs, rest, 3n)) ?? {};
        expect(low).toBeGreaterThanOrEqual(3n);
        expect(expected).toBeGreaterThanOrEqual(low ?? 0n);
        expect(high).toBeGreaterThanOrEqual(expected ?? 0n);
      }),
      { numRuns: 50 },
    );
  });

  // docs/ESTIMATES.md has these shares; 1,000 draws have a standard error of 0.9 to 1.5 points.
  it.for([
    ['log-normal costs, 20 of 100 rows', skewed, 20, 0.891],
    ['a tenth asked again, 20 of 100 rows', twice, 20, 0.868],
    ['a tenth asked again, 10 of 100 rows', twice, 10, 0.708],
  ] as const)('holds as often as documented: %s', ([, draw, n, share]) => {
    const uniform = seededRandom(7);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
    let held = 0;
    for (let round = 0; round < 1000; round++) {
      const costs = Array.from({ length: 100 }, () => 1e9 * draw(normal, uniform));
      const total = costs.slice(n).reduce((sum, cost) => sum + cost, 0);
      const { low, high } = forecastJudged({ ...sample(costs.slice(0, n), 100 - n), seed: round }) ?? {};
      if (Number(low) <= total && total <= Number(high)) held += 1;
    }
    expect(held / 1000).toBe(share);
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PairedRatio } from '../../../src/core/compare/paired-ratio.ts';
import { seededRandom } from '../../../src/core/sampling.ts';

function ratioOf(rows: readonly (readonly [number, number])[]): ReturnType<PairedRatio['figures']> {
  const ratio = new PairedRatio();
  for (const [base, candidate] of rows) ratio.add(base, candidate);
  return ratio.figures();
}

describe('the ratio of two means over the same rows', () => {
  it('has the interval of the linearised estimator on a logarithmic scale', () => {
    // b, c = np.array([10, 20, 30, 40.]), np.array([12, 19, 36, 44.]); R = c.mean()/b.mean(); r = c - R*b
    // s = np.sqrt((r**2).sum()/3/4)/c.mean(); t = scipy.stats.t.ppf(.975, 3); R, R*np.exp(-t*s), R*np.exp(t*s)
    const { ratio, interval } = ratioOf([
      [10, 12],
      [20, 19],
      [30, 36],
      [40, 44],
    ]);
    expect(ratio).toBeCloseTo(1.11, 12);
    expect(interval?.low).toBeCloseTo(0.9626797035875355, 9);
    expect(interval?.high).toBeCloseTo(1.279864938887191, 9);
  });

  it('is certain where every row has it', () => {
    const { ratio, interval } = ratioOf([
      [1, 1.1],
      [1000, 1100],
    ]);
    expect(ratio).toBeCloseTo(1.1, 12);
    expect((interval?.high ?? 9) - (interval?.low ?? 0)).toBeLessThan(1e-6);
  });

  it.each([
    ['no rows', []],
    ['one row', [[1, 2]]],
    [
      'a base of nothing',
      [
        [0, 2],
        [0, 3],
      ],
    ],
    [
      'a candidate of nothing',
      [
        [2, 0],
        [3, 0],
      ],
    ],
  ] as const)('has no interval for %s', (_what, rows) => {
    const figures = ratioOf(rows);
    expect(figures.interval).toBeNull();
    expect(Object.values(figures).filter((value) => typeof value === 'number' && !Number.isFinite(value))).toEqual([]);
  });

  it('holds the true ratio nineteen times in twenty', () => {
    const random = seededRandom(7);
    let held = 0;
    for (let round = 0; round < 500; round++) {
      const rows = Array.from({ length: 60 }, () => {
        const size = Math.exp(2 * random());
        return [size * (0.8 + 0.4 * random()), 1.2 * size * (0.8 + 0.4 * random())] as const;
      });
      const { interval } = ratioOf(rows);
      if (interval !== null && interval.low <= 1.2 && 1.2 <= interval.high) held += 1;
    }
    expect(held / 500).toBeGreaterThan(0.92);
    expect(held / 500).toBeLessThan(0.98);
  });

  it('never gives what is no number', () => {
    const amount = fc.double({ min: 0, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(amount, amount), { maxLength: 8 }), (rows) => {
        const { interval, ...figures } = ratioOf(rows);
        const numbers = [...Object.values(figures), interval?.low, interval?.high];
        expect(numbers.filter((value) => typeof value === 'number' && Number.isNaN(value))).toEqual([]);
      }),
    );
  });
});

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
  // b, c = np.array([1, 1, 1, 100.]), np.array([1.1, 1, 1.05, 150]); R = c.mean()/b.mean(); r = c - R*b
  // s = np.sqrt((r**2).sum()/3/4)/c.mean(); t = scipy.stats.t.ppf((1+level)/2, 3); R, R*np.exp(-t*s), R*np.exp(t*s)
  // l = np.log(c/b); np.exp(l.mean() - t*scipy.stats.sem(l)), np.exp(l.mean() + t*scipy.stats.sem(l)), SciPy 1.17.1
  it('has the interval of the linearised estimator on a logarithmic scale, widened to that of the rows’ own ratios', () => {
    const { ratio, interval } = ratioOf([
      [1, 1.1],
      [1, 1],
      [1, 1.05],
      [100, 150],
    ]);
    expect(ratio).toBeCloseTo(1.4868932038834952, 12);
    expect(interval?.low).toBeCloseTo(0.8575732345054278, 9);
    expect(interval?.high).toBeCloseTo(1.5419423690810545, 9);
  });

  it('has the requested level', () => {
    const rows = new PairedRatio();
    const pairs = [
      [10, 12],
      [20, 19],
      [30, 36],
      [40, 44],
    ] as const;
    for (const [base, candidate] of pairs) rows.add(base, candidate);
    expect(rows.figures().interval?.low).toBeCloseTo(0.9293939271522554, 9);
    expect(rows.figures(0.99).interval?.low).toBeCloseTo(0.8027331132553841, 9);
    expect(rows.figures(0.99).interval?.high).toBeCloseTo(1.528157836968892, 9);
  });

  it('has only the linearised interval if a row has a value of 0', () => {
    const { interval } = ratioOf([
      [10, 0],
      [20, 19],
      [30, 36],
    ]);
    expect(interval?.low).toBeGreaterThan(0);
    expect(interval?.high).toBeLessThan(Infinity);
  });

  it('has no uncertainty if every row has it', () => {
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

  it('contains the true ratio nineteen times in twenty', () => {
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

  it.each([5, 6, 8])('of %i rows of one log-normal latency excludes 1 in at most 5 of 100 cases', (count) => {
    const random = seededRandom(count);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const runs = 2000;
    let wrong = 0;
    for (let run = 0; run < runs; run++) {
      const row = (): readonly [number, number] => [Math.exp(1.5 * normal()), Math.exp(1.5 * normal())];
      const { interval } = ratioOf(Array.from({ length: count }, row));
      if (interval !== null && (interval.low > 1 || interval.high < 1)) wrong += 1;
    }
    // Two standard errors of a share of 5 % above it.
    expect(wrong / runs).toBeLessThan(0.05 + 2 * Math.sqrt((0.05 * 0.95) / runs));
  });

  it('never returns NaN or infinite values', () => {
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

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spreadOrder } from '../../../src/core/stats/spread-order.ts';

const SEEDS = Array.from({ length: 400 }, (_, index) => index);

/** The first positions of an order. */
function first(count: number, lengths: Uint32Array, seed: number): readonly number[] {
  const order = spreadOrder(lengths, seed);
  return Array.from({ length: count }, () => order.next().value ?? Number.NaN);
}

/** Lengths 0, 1, 2, … */
function ascending(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, index) => index);
}

describe('the spread order', () => {
  it('has every row once', () => {
    const lengths = fc.array(fc.nat({ max: 2 ** 32 - 1 }), { maxLength: 300 });
    fc.assert(
      fc.property(lengths, fc.nat(), (all, seed) => {
        const order = [...spreadOrder(Uint32Array.from(all), seed)];
        expect(order.toSorted((a, b) => a - b)).toEqual(all.map((_, index) => index));
      }),
    );
  });

  it('begins with one row of each sixteenth of the lengths', () => {
    for (const seed of SEEDS) {
      const sixteenths = first(16, ascending(1024), seed).map((position) => Math.floor(position / 64));
      expect(new Set(sixteenths).size).toBe(16);
    }
  });

  it('leaves no quarter of the lengths empty or full, however many rows there are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 3000 }), fc.nat(), (count, seed) => {
        const quarters = [0, 0, 0, 0];
        for (const position of first(20, ascending(count), seed)) {
          const quarter = Math.floor((4 * position) / count);
          quarters[quarter] = (quarters[quarter] ?? 0) + 1;
        }
        expect(Math.min(...quarters)).toBeGreaterThanOrEqual(3);
        expect(Math.max(...quarters)).toBeLessThanOrEqual(8);
      }),
    );
  });

  it('depends on length and not on position', () => {
    const lengths = ascending(1000).map((length) => (length * 7919) % 1000);
    const halves = first(10, lengths, 5).filter((position) => (lengths[position] ?? 0) < 500);
    expect(halves.length).toBeGreaterThanOrEqual(4);
    expect(halves.length).toBeLessThanOrEqual(6);
  });

  it('is the same for the same seed, in every version, and different for another', () => {
    expect(first(6, ascending(100), 1)).toEqual(first(6, ascending(100), 1));
    expect(first(6, ascending(100), 1)).not.toEqual(first(6, ascending(100), 2));
  });

  it.each([
    ['equal lengths', new Uint32Array(1024)],
    ['different lengths', ascending(1024)],
  ])('does not synchronise with patterns in the dataset, with %s', (_what, lengths) => {
    const even = SEEDS.flatMap((seed) => first(16, lengths, seed)).filter((position) => position % 2 === 0);
    const share = even.length / (16 * SEEDS.length);
    // 6,400 draws: five standard errors are 0.031.
    expect(Math.abs(share - 0.5)).toBeLessThan(0.031);
    const evenInOne = SEEDS.map((seed) => first(16, lengths, seed).filter((position) => position % 2 === 0).length);
    expect(Math.max(...evenInOne)).toBeLessThan(16);
  });

  it('puts every row first equally often', () => {
    const count = 10;
    const times = Array.from({ length: count }, () => 0);
    for (let seed = 0; seed < 5000; seed++) {
      const [position = 0] = first(1, ascending(count), seed);
      times[position] = (times[position] ?? 0) + 1;
    }
    const expected = 5000 / count;
    const chiSquared = times.reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
    // 99.99 % point with nine degrees of freedom, from SciPy: chi2.ppf(0.9999, 9).
    expect(chiSquared).toBeLessThan(33.72);
  });
});

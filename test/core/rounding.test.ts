import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixedText, hundredthOf } from '../../src/core/rounding.ts';
import { seededRandom } from '../../src/core/sampling.ts';

describe('a hundredth of a written number', () => {
  it.each([
    [33.3, '0.333'],
    [98.4, '0.984'],
    [93.1, '0.931'],
    [0.07, '0.0007'],
    [0.0000005, '5e-9'],
    [1e22, '100000000000000000000'],
    [-12.5, '-0.125'],
    [0, '0'],
  ])('has its digits and no others: %d', (value, text) => {
    expect(String(hundredthOf(value))).toBe(text);
  });

  it('is the number that the shifted text is, for any decimals', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 9 }), fc.integer({ min: 0, max: 9 }), (digits, decimals) => {
        const value = Number(`${digits}e-${decimals}`);
        expect(hundredthOf(value)).toBe(Number(`${digits}e-${decimals + 2}`));
      }),
    );
  });
});

describe('a figure that people read', () => {
  it('is the same whatever order its scores were added in', () => {
    const score = fc.constantFrom(0, 1, 0.25, 0.5, 0.7, 0.1, 1 / 3, 2 / 3);
    fc.assert(
      fc.property(fc.array(score, { minLength: 1, maxLength: 40 }), fc.integer(), (scores, seed) => {
        const orders = [
          scores,
          scores.toReversed(),
          scores.toSorted((one, other) => one - other),
          sampled(scores, seed),
        ];
        for (const decimals of [0, 1, 2, 3])
          expect(new Set(orders.map((order) => fixedText(100 * mean(order), decimals))).size).toBe(1);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [43.74999999999999, 1, '43.8'],
    [43.75, 1, '43.8'],
    [-43.74999999999999, 1, '-43.8'],
    [66.66666666666667, 1, '66.7'],
    [99.99999999, 4, '100.0000'],
    [43.7499, 1, '43.7'],
    [0, 1, '0.0'],
  ])('keeps what is more than rounding error: %d to %d', (figure, decimals, text) => {
    expect(fixedText(figure, decimals)).toBe(text);
  });
});

function mean(scores: readonly number[]): number {
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** In an order of a seed. */
function sampled(scores: readonly number[], seed: number): readonly number[] {
  const random = seededRandom(seed);
  return scores
    .map((score) => ({ score, at: random() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ score }) => score);
}

import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { cosineSimilarity } from '../../src/core/cosine-similarity.ts';

function of(one: readonly number[], other: readonly number[]): ReturnType<typeof cosineSimilarity> {
  return cosineSimilarity(Float32Array.from(one), Float32Array.from(other));
}

it.each([
  ['the same direction', [1, 2, 2], [2, 4, 4], 1],
  ['a right angle', [1, 0], [0, 3], 0],
  ['the opposite direction', [1, 0], [-2, 0], -1],
  ['an angle of 60 degrees', [1, 0], [1, Math.sqrt(3)], 0.5],
])('two vectors of %s have its cosine', (_what, one, other, cosine) => {
  expect(of(one, other)).toBeCloseTo(cosine, 6);
});

it('is from -1 to 1, and the same in both orders', () => {
  const vector = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(vector, vector, (one, other) => {
      const made = of(one, other);
      expect(made).toEqual(of(other, one));
      if (typeof made === 'number') expect(Math.abs(made)).toBeLessThanOrEqual(1);
    }),
  );
});

it.each([
  ['other dimensions', [1, 2], [1, 2, 3], 'embeddings of 2 and 3 dimensions cannot be compared'],
  ['zeros alone', [0, 0], [1, 2], 'an embedding is all zeros'],
  ['nothing', [], [], 'an embedding is all zeros'],
  ['no number', [Number.NaN, 1], [1, 2], 'an embedding is not finite'],
])('a vector of %s has none, with the reason', (_what, one, other, fault) => {
  expect(of(one, other)).toEqual({ fault });
});

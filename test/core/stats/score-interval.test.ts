import { expect, it } from 'vitest';
import { bootstrapMeanInterval } from '../../../src/core/stats/bootstrap.ts';
import { ClusterSums, clusteredMean } from '../../../src/core/stats/clustered-mean.ts';
import { meanInterval } from '../../../src/core/stats/mean-interval.ts';
import { scoreInterval } from '../../../src/core/stats/score-interval.ts';

const COSTS = Float64Array.of(3, 1, 4, 1, 5, 9, 2, 6);
const UNBOUNDED = { seed: 3, bounds: null } as const;

/** `n` values of 2, every tenth of them another. */
function mostly(n: number, other: number): Float64Array {
  return Float64Array.from({ length: n }, (_, index) => (index % 10 === 0 ? other : 2 + index / n));
}

it('scores have the interval of the mean of so many rows', () => {
  const scores = Float64Array.of(0.2, 0.9, 1, 1, 0.7);
  const sums = new ClusterSums();
  for (const [row, score] of scores.entries()) sums.add(row, score);
  const interval = meanInterval(clusteredMean(sums), { isShare: false, level: 0.9 });
  const found = scoreInterval(scores, { seed: 1, level: 0.9 });
  expect(found?.method).toBe('wilson');
  expect(found?.interval.low).toBeCloseTo(interval?.low ?? Number.NaN, 12);
  expect(found?.interval.high).toBeCloseTo(interval?.high ?? Number.NaN, 12);
});

it('few unbounded values use the bootstrap', () => {
  expect(scoreInterval(COSTS, UNBOUNDED)).toEqual({
    interval: bootstrapMeanInterval(COSTS, { seed: 3, method: 'studentised' }),
    method: 'studentised bootstrap',
  });
});

it('many unbounded values use it if they are skewed, otherwise Student’s interval', () => {
  expect(scoreInterval(mostly(100, 3), UNBOUNDED)?.method).toBe('student');
  expect(scoreInterval(mostly(100, 90), UNBOUNDED)?.method).toBe('studentised bootstrap');
  expect(scoreInterval(mostly(1000, 90), UNBOUNDED)?.method).toBe('student');
});

it('one value has no interval', () => {
  expect(scoreInterval(Float64Array.of(0.5), { seed: 1 })).toBeNull();
  expect(scoreInterval(new Float64Array(), UNBOUNDED)).toBeNull();
});

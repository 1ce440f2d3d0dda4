import type { Population } from './population.ts';
import { studentQuantile } from './student.ts';

/** A total with its range; low ≤ expected ≤ high. */
export interface SampledTotal {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

/**
 * The total of x over a dataset if x is known for a random sample of rows. W. G. Cochran, Sampling Techniques (1977),
 * 2.9, with the sampled rows' own x as known.
 * @param sample the rows whose x is known
 * @param rows of the whole dataset, including those of the sample
 * @param level share of such ranges that contain the true total
 * @returns null if fewer than two rows are known and there are more
 */
export function forecastSampledTotal(sample: Population, rows: number, level: number): SampledTotal | null {
  const { observed, sumX } = sample;
  if (rows <= observed) return { low: sumX, expected: sumX, high: sumX };
  const unseen = rows - observed;
  return around(sample, { known: sumX, unseen, level });
}

/**
 * The total of x over rows to come that are like those of a sample.
 * @param rows to come, none of them in the sample
 * @returns null if fewer than two rows are known
 */
export function forecastPlannedTotal(sample: Population, rows: number, level: number): SampledTotal | null {
  return around(sample, { known: 0, unseen: rows, level });
}

/** The part that is already known, and the number of rows added to it. */
interface Addition {
  readonly known: number;
  readonly unseen: number;
  readonly level: number;
}

function around(sample: Population, { known, unseen, level }: Addition): SampledTotal | null {
  const { observed, meanX, varianceX } = sample;
  if (unseen <= 0) return { low: known, expected: known, high: known };
  if (observed < 2) return null;
  const variance = (varianceX * observed) / (observed - 1);
  const margin =
    studentQuantile((1 + level) / 2, observed - 1) * unseen * Math.sqrt(variance / observed + variance / unseen);
  const expected = known + unseen * meanX;
  return { low: Math.max(known, expected - margin), expected, high: expected + margin };
}

import { seededRandom } from '../sampling.ts';
import { momentsOf } from './moments.ts';
import { normalQuantile, normalTail } from './normal.ts';
import type { Interval } from './wilson.ts';

/** How to compute a mean's interval from resamples. */
interface BootstrapOptions {
  /** Integer from 0; the same seed gives the same interval. */
  readonly seed: number;
  /** Number of resamples, at least 1; default 2,000. */
  readonly rounds?: number | undefined;
  /** `bca`: percentiles of resampled means, corrected; `studentised`: their distances in standard errors. */
  readonly method: 'bca' | 'studentised';
  /** Coverage of the interval, above 0 and below 1; default 0.95. */
  readonly level?: number | undefined;
}

/** Values whose relative difference is smaller differ only by rounding. */
const ROUNDING = 1e-12;

/**
 * Interval of the mean of independent values without assumptions about their distribution, from samples drawn out of
 * the sample. It takes rounds × values draws.
 *
 * BCa: B. Efron, "Better Bootstrap Confidence Intervals", JASA 82 (1987), 171–185; B. Efron and R. J. Tibshirani, An
 * Introduction to the Bootstrap, 1993, chapter 14. Studentised: P. Hall, "Theoretical Comparison of Bootstrap
 * Confidence Intervals", Annals of Statistics 16 (1988), 927–953. A resample of equal values has no standard error, and
 * then BCa is used instead. For the coverage of each see docs/STATISTICS.md.
 * @returns null without values; the value itself as both ends if all are equal, including a single value
 */
export function bootstrapMeanInterval(values: Float64Array, options: BootstrapOptions): Interval | null {
  const { mean, deviation } = momentsOf(values);
  const [first] = values;
  if (first === undefined) return null;
  if (deviation <= ROUNDING * Math.abs(mean)) return { low: first, high: first };
  const { seed, rounds = 2000, level = 0.95 } = options;
  const distances = options.method === 'bca' ? null : resampledDistances(values, seed, rounds);
  if (distances === null) return bcaInterval(values, resampledMeans(values, seed, rounds), level);
  const error = deviation / Math.sqrt(values.length);
  const tail = (1 - level) / 2;
  return { low: mean - error * quantileOf(distances, 1 - tail), high: mean - error * quantileOf(distances, tail) };
}

/**
 * BCa interval of a mean from means of resamples.
 * @param values at least two, not all equal
 * @param means of resamples, ascending, at least one
 */
export function bcaInterval(values: Float64Array, means: Float64Array, level: number): Interval {
  const { mean, skew } = momentsOf(values);
  const bias = biasOf(means, mean);
  // For a mean, the jackknife's differences are those of the values from it, except for a factor that cancels out.
  const acceleration = skew / (6 * Math.sqrt(values.length));
  const point = (p: number): number => {
    const shifted = bias + normalQuantile(p);
    const scale = 1 - acceleration * shifted;
    return quantileOf(means, scale > 0 ? normalTail(-bias - shifted / scale) : p);
  };
  return { low: point((1 - level) / 2), high: point((1 + level) / 2) };
}

/** The normal quantile of the share of resamples below the mean; half of those equal to it count. */
function biasOf(means: Float64Array, mean: number): number {
  const same = ROUNDING * Math.max(1e-3, Math.abs(mean));
  let below = 0;
  for (const resampled of means) {
    if (Math.abs(resampled - mean) <= same) below += 0.5;
    else if (resampled < mean) below += 1;
  }
  const half = 0.5 / means.length;
  return normalQuantile(Math.min(1 - half, Math.max(half, below / means.length)));
}

function resampledMeans(values: Float64Array, seed: number, rounds: number): Float64Array {
  const random = seededRandom(seed);
  const n = values.length;
  const means = new Float64Array(rounds);
  for (let round = 0; round < rounds; round++) {
    let sum = 0;
    for (let draw = 0; draw < n; draw++) sum += values[Math.floor(random() * n)] ?? 0;
    means[round] = sum / n;
  }
  return means.sort();
}

/** Distances of resampled means from the mean, in standard errors of their own, ascending; null if one has none. */
function resampledDistances(values: Float64Array, seed: number, rounds: number): Float64Array | null {
  const random = seededRandom(seed);
  const { mean, deviation } = momentsOf(values);
  const n = values.length;
  const drawn = new Float64Array(n);
  const distances = new Float64Array(rounds);
  for (let round = 0; round < rounds; round++) {
    for (let draw = 0; draw < n; draw++) drawn[draw] = values[Math.floor(random() * n)] ?? 0;
    const resample = momentsOf(drawn);
    if (resample.deviation <= ROUNDING * deviation) return null;
    distances[round] = ((resample.mean - mean) * Math.sqrt(n)) / resample.deviation;
  }
  return distances.sort();
}

/** The quantile of sorted values at a share, linearly interpolated (Hyndman & Fan, 1996, type 7). */
function quantileOf(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const before = sorted[Math.floor(place)] ?? 0;
  return before + (place - Math.floor(place)) * ((sorted[Math.ceil(place)] ?? 0) - before);
}

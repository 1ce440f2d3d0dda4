import { gammaSumTail } from './gamma-sum.ts';
import { normalQuantile } from './normal.ts';
import type { Interval } from './wilson.ts';

/** Independent units, each with one or more values: rows, or clusters of rows. The arrays have equal lengths. */
export interface MeanUnits {
  /** Sum of a unit's values. */
  readonly sums: Float64Array;
  /** Number of a unit's values, above 0. */
  readonly sizes: Float64Array;
  /** Number of units like this one, above 0; 1 for a single unit. */
  readonly counts: Float64Array;
}

/** What is known about the values besides themselves. */
interface BoundedMeanOptions {
  /** Bounds of the values. */
  readonly bounds: Interval;
  /** Coverage of the interval, above 0 and below 1; default 0.95. */
  readonly level?: number | undefined;
}

/** More units than this are grouped into bins. */
const MOST_UNITS = 64;
const BINS = 32;
/** A spread below this share of the range is rounding. */
const ROUNDING = 1e-12;
const MOST_STEPS = 80;
/** Interval ends are computed to this share of the range. */
const TOLERANCE = 1e-11;

/**
 * Interval of the mean of bounded values, valid for any distribution and any number of units: each end is on the wrong
 * side of the true mean in at most (1 - level) / 2 of all samples.
 *
 * Every unit gets a random weight, all weightings being equally likely, and one more unseen unit has all of its values
 * at the bound. The low end is the quantile of the weighted mean at that probability, and the high end likewise. For
 * values of 0 and 1 it is C. J. Clopper and E. S. Pearson's interval, and for differences of -1, 0 and 1 it contains 0
 * exactly if McNemar's exact test has a p-value above 1 - level.
 *
 * N. Gaffke, "Three Test Statistics for a Nonparametric One-Sided Hypothesis on the Mean of a Nonnegative Variable",
 * Math. Methods Statist. 14 (2005), 451–467; E. Learned-Miller and P. S. Thomas, arXiv 1905.06208 (2019); the proof
 * that it is valid for independent values with one mean: N. Vlassis and P. S. Thomas, arXiv 2607.08415 (2026). For
 * units of different sizes the mean is a ratio, and the unseen unit has the mean unit size over values; that is an
 * approximation, whose errors are in docs/STATISTICS.md.
 * @returns null without units
 */
export function boundedMeanInterval(units: MeanUnits, { bounds, level = 0.95 }: BoundedMeanOptions): Interval | null {
  if (units.sums.length === 0) return null;
  const few = condensed(units);
  const tail = (1 - level) / 2;
  const mirrored = { ...few, sums: few.sums.map((sum) => -sum) };
  return { low: lowerEnd(few, bounds.low, tail), high: -lowerEnd(mirrored, -bounds.high, tail) };
}

/** Units that are rows with one value each. */
export function singleUnits(values: Float64Array): MeanUnits {
  const ones = new Float64Array(values.length).fill(1);
  return { sums: values, sizes: ones, counts: ones };
}

/** Values summed by cluster. @param clusters of each value, an integer from 0; unused numbers are not clusters */
export function clusterUnits(values: Float64Array, clusters: Uint32Array): MeanUnits {
  let last = -1;
  for (const cluster of clusters) last = Math.max(last, cluster);
  const sums = new Float64Array(last + 1);
  const sizes = new Float64Array(last + 1);
  for (const [index, value] of values.entries()) {
    const cluster = clusters[index] ?? 0;
    sums[cluster] = (sums[cluster] ?? 0) + value;
    sizes[cluster] = (sizes[cluster] ?? 0) + 1;
  }
  const isThere = (_: number, cluster: number): boolean => (sizes[cluster] ?? 0) > 0;
  const filled = sizes.filter(isThere);
  return { sums: sums.filter(isThere), sizes: filled, counts: new Float64Array(filled.length).fill(1) };
}

/** The values plus the unseen one, in units of a mean size. */
interface Weighted {
  readonly sums: Float64Array;
  readonly sizes: Float64Array;
  readonly counts: Float64Array;
  readonly mean: number;
  readonly deviation: number;
  /** The largest mean of a unit. */
  readonly most: number;
}

/** The quantile at probability `tail` of the randomly weighted mean with an unseen unit at `bound`. */
function lowerEnd(units: MeanUnits, bound: number, tail: number): number {
  const weighted = withUnseen(units, bound);
  const { mean, deviation, most } = weighted;
  if (most <= bound) return bound;
  if (areAlike(units)) return most + (most - bound) * Math.expm1(Math.log(tail) / sumOf(units.counts));
  const values = new Float64Array(weighted.sums.length);
  const wanted = normalQuantile(tail);
  const excess = (at: number): number => {
    for (const [index, sum] of weighted.sums.entries()) values[index] = sum - at * (weighted.sizes[index] ?? 0);
    return normalQuantile(gammaSumTail(values, weighted.counts)) - wanted;
  };
  return increasingRoot(excess, { low: bound, high: most, start: mean + wanted * deviation });
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** If so, the weight of the unseen unit is above w with probability (1 - w)^n, which needs no search. */
function areAlike({ sums, sizes }: MeanUnits): boolean {
  return sums.every((sum) => sum === sums[0]) && sizes.every((size) => size === sizes[0]);
}

function withUnseen({ sums, sizes, counts }: MeanUnits, bound: number): Weighted {
  let [units, values, total, squares] = [0, 0, 0, 0];
  for (const [index, size] of sizes.entries()) {
    const count = counts[index] ?? 0;
    units += count;
    values += count * size;
    squares += count * size * size;
    total += count * (sums[index] ?? 0);
  }
  const [meanSize, unseen] = [values / units, squares / values];
  const all = (of: Float64Array, last: number): Float64Array =>
    Float64Array.from({ length: of.length + 1 }, (_, index) => (of[index] ?? last) / meanSize);
  const mean = (total + bound * unseen) / (values + unseen);
  let [spread, most] = [(unseen * (bound - mean)) ** 2, -Infinity];
  for (const [index, sum] of sums.entries()) {
    const size = sizes[index] ?? 1;
    spread += (counts[index] ?? 0) * (sum - size * mean) ** 2;
    most = Math.max(most, sum / size);
  }
  const shapes = Float64Array.from({ length: counts.length + 1 }, (_, index) => counts[index] ?? 1);
  const deviation = Math.sqrt(spread) / (values + unseen);
  return { sums: all(sums, bound * unseen), sizes: all(sizes, unseen), counts: shapes, mean, deviation, most };
}

/** The interval that contains a root, and the starting point of the search. */
interface RootRange {
  readonly low: number;
  readonly high: number;
  readonly start: number;
}

/** Root of an increasing, nearly linear function: secant steps, and bisection if those leave the range. */
function increasingRoot(of: (at: number) => number, { low, high, start }: RootRange): number {
  let [below, above] = [low, high];
  let at = start > low && start < high ? start : (low + high) / 2;
  let [before, valueBefore] = [Number.NaN, Number.NaN];
  for (let step = 0; step < MOST_STEPS && above - below > TOLERANCE; step++) {
    const value = of(at);
    if (value > 0) above = at;
    else below = at;
    const secant = at - (value * (at - before)) / (value - valueBefore);
    const next = secant > below && secant < above ? secant : (below + above) / 2;
    if (Math.abs(next - at) <= TOLERANCE) return next;
    [before, valueBefore, at] = [at, value, next];
  }
  return at;
}

/** As few units as a bound needs, with the same sums, sizes and squares in each of the bins. */
function condensed(units: MeanUnits): MeanUnits {
  const { sums, sizes, counts } = units;
  const n = sums.length;
  if (n <= MOST_UNITS) return units;
  let [total, values] = [0, 0];
  for (let index = 0; index < n; index++) {
    const count = counts[index] ?? 0;
    total += count * (sums[index] ?? 0);
    values += count * (sizes[index] ?? 0);
  }
  const mean = total / values;
  let [least, most] = [Infinity, -Infinity];
  for (let index = 0; index < n; index++) {
    const residual = (sums[index] ?? 0) - mean * (sizes[index] ?? 0);
    if (residual < least) least = residual;
    if (residual > most) most = residual;
  }
  const scale = most > least ? (BINS - 1) / (most - least) : 0;
  const bins = Array.from({ length: BINS }, () => ({ count: 0, sum: 0, size: 0, residual: 0, square: 0 }));
  for (let index = 0; index < n; index++) {
    const sum = sums[index] ?? 0;
    const size = sizes[index] ?? 0;
    const count = counts[index] ?? 0;
    const residual = sum - mean * size;
    const bin = bins[Math.floor((residual - least) * scale)];
    if (bin === undefined) continue;
    bin.count += count;
    bin.sum += count * sum;
    bin.size += count * size;
    bin.residual += count * residual;
    bin.square += count * residual * residual;
  }
  const points = bins.flatMap(({ count, sum, size, residual, square }) => {
    if (count === 0) return [];
    const spread = Math.sqrt(Math.max(0, square / count - (residual / count) ** 2));
    const at = { sum: sum / count, size: size / count };
    if (spread <= ROUNDING * (most - least)) return [{ ...at, count }];
    const [less, more] = [at.sum - spread, at.sum + spread];
    return [less, more].map((moved) => ({ sum: moved, size: at.size, count: count / 2 }));
  });
  return {
    sums: Float64Array.from(points, ({ sum }) => sum),
    sizes: Float64Array.from(points, ({ size }) => size),
    counts: Float64Array.from(points, ({ count }) => count),
  };
}

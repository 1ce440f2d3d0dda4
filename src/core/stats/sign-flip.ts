import { seededRandom } from '../sampling.ts';
import { mcnemarExact } from './mcnemar.ts';
import { normalTail } from './normal.ts';
import { anySignTail, wholeSignTail } from './sign-sums.ts';

/** How to draw signs. */
interface SignFlipOptions {
  /** Integer from 0; the same seed gives the same p-value. */
  readonly seed: number;
  /** Number of draws, at least 1; default 20,000. */
  readonly rounds?: number;
}

/** Result of a paired permutation test. */
interface SignFlipTest {
  /** Two-sided; above 0 and up to 1 if signs were drawn, otherwise from 0. */
  readonly pValue: number;
  /** Whether all signs were enumerated, some were drawn, or the sum was treated as normal. */
  readonly method: 'exact' | 'sampled' | 'normal';
}

const ROUNDS = 20_000;
/** Smaller differences, as shares of the largest, are rounding errors of zero. */
const ROUNDING = 1e-12;
/** Sums are considered equal if they differ by less than this share of the total of all sizes. */
const TIE = 1e-10;
/** Maximum of count times sum of integers for which all signs are enumerated. */
const MOST_WHOLE_WORK = 5e7;
/** Maximum ratio of the smallest size to the step of the common grid. */
const MOST_STEPS = 60;
/** Up to this many arbitrary differences, all signs are enumerated. */
const MOST_ENUMERATED = 36;
/** Up to this many differences, signs are drawn; with more, only for those that weigh more than one of this many. */
const MOST_SAMPLED = 2500;
/** Signs of eight differences are drawn at once, and four such groups with one random number. */
const GROUP = 8;
const GROUPS_A_DRAW = 4;

/**
 * Paired permutation test of a mean of 0: how often the absolute sum of differences is at least as large as observed,
 * if each difference could equally have the other sign. R. A. Fisher, The Design of Experiments (1935), §21; the share
 * of draws with the observed signs counted among them: B. Phipson and G. K. Smyth, Stat. Appl. Genet. Mol. Biol. 9
 * (2010), 39. Exact if all sizes are equal (McNemar's test), lie on a coarse grid (few repeats) or are at most 36.
 * Signs are drawn for up to 2,500 non-zero differences; with more, the sum of those with little weight is normal, and
 * signs are drawn for the few with much weight.
 * @param differences finite; those of 0 carry no information
 */
export function signFlipTest(differences: Float64Array, { seed, rounds = ROUNDS }: SignFlipOptions): SignFlipTest {
  const { sizes, sum, total } = sized(differences);
  if (sizes.length === 0) return { pValue: 1, method: 'exact' };
  if (total >= sizes.length * (1 - ROUNDING)) {
    return { pValue: mcnemarExact(Math.round((total - sum) / 2), Math.round((total + sum) / 2)), method: 'exact' };
  }
  const whole = onGrid(sizes, total);
  if (whole !== null) return { pValue: wholeSignTail(whole.sizes, Math.round(sum / whole.step)), method: 'exact' };
  const least = sum - TIE * total;
  if (least <= 0) return { pValue: 1, method: 'exact' };
  if (sizes.length <= MOST_ENUMERATED) return { pValue: anySignTail(sizes, least), method: 'exact' };
  const { heavy, lightDeviation } = weighed(sizes);
  if (heavy.length === 0) return { pValue: 2 * normalTail(sum / lightDeviation), method: 'normal' };
  const draw = signSumDrawer(heavy, lightDeviation, seededRandom(seed));
  let reached = 0;
  for (let round = 0; round < rounds; round++) if (Math.abs(draw()) >= least) reached += 1;
  return { pValue: (reached + 1) / (rounds + 1), method: 'sampled' };
}

/**
 * The smallest possible two-sided p-value of flipping signs, or of McNemar's test: if all differences point one way. It
 * does not depend on their directions, and so not on which side is better.
 * @param differences number of non-zero ones; for McNemar's test, rows that only one of the two passed
 * @returns above 0 for up to 1,074 differences, and up to 1
 */
export function leastSignPValue(differences: number): number {
  return Math.min(1, 2 ** (1 - differences));
}

/** Absolute differences, as shares of the largest. */
interface Sized {
  /** Those above 0. */
  readonly sizes: Float64Array;
  /** Their sum, and the absolute sum with signs. */
  readonly total: number;
  readonly sum: number;
}

function sized(differences: Float64Array): Sized {
  let largest = 0;
  for (const difference of differences) if (Math.abs(difference) > largest) largest = Math.abs(difference);
  const sizes = new Float64Array(differences.length);
  let [count, total, sum] = [0, 0, 0];
  for (const difference of differences) {
    const size = Math.abs(difference) / largest;
    if (!(size > ROUNDING)) continue;
    sizes[count++] = size;
    total += size;
    sum += difference > 0 ? size : -size;
  }
  return { sizes: sizes.subarray(0, count), total, sum: Math.abs(sum) };
}

/** Sizes as multiples of a step; null if there is none, or it is too much work. */
function onGrid(sizes: Float64Array, total: number): { readonly sizes: Float64Array; readonly step: number } | null {
  // No step exceeds the smallest size, and that does not exceed the mean: with any step, this many are too much work.
  if (sizes.length ** 2 > MOST_WHOLE_WORK) return null;
  const smallest = sizes.reduce((least, size) => Math.min(least, size), Infinity);
  for (let steps = 1; steps <= MOST_STEPS; steps++) {
    const step = smallest / steps;
    if ((total / step) * sizes.length > MOST_WHOLE_WORK) return null;
    if (sizes.every((size) => isWhole(size / step))) {
      return { sizes: sizes.map((size) => Math.round(size / step)), step };
    }
  }
  return null;
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < 1e-6;
}

/** Sizes whose signs should be drawn, and the standard deviation of the sum of the others. */
function weighed(sizes: Float64Array): { readonly heavy: Float64Array; readonly lightDeviation: number } {
  if (sizes.length <= MOST_SAMPLED) return { heavy: sizes, lightDeviation: 0 };
  let squares = 0;
  for (const size of sizes) squares += size * size;
  // At most as many as may be drawn can exceed this.
  const heavyFrom = Math.sqrt(squares / MOST_SAMPLED);
  const heavy: number[] = [];
  let lightSquares = 0;
  for (const size of sizes) {
    if (size > heavyFrom) heavy.push(size);
    else lightSquares += size * size;
  }
  return { heavy: Float64Array.from(heavy), lightDeviation: Math.sqrt(lightSquares) };
}

/** Draws sums of sizes with random signs, plus a normal variable of mean 0 with that standard deviation. */
function signSumDrawer(sizes: Float64Array, deviation: number, random: () => number): () => number {
  const draws = Math.ceil(sizes.length / (GROUP * GROUPS_A_DRAW));
  const width = 2 ** GROUP;
  const sums = new Float64Array(draws * GROUPS_A_DRAW * width);
  for (let start = 0; start < sums.length; start += width) fillGroup(sums, start, sizes);
  return () => {
    let sum = deviation === 0 ? 0 : deviation * normal(random);
    let start = 0;
    for (let index = 0; index < draws; index++) {
      const bits = Math.floor(random() * 2 ** 32) | 0;
      for (let group = 0; group < GROUPS_A_DRAW; group++) {
        sum += sums[start + ((bits >>> (GROUP * group)) & (width - 1))] ?? 0;
        start += width;
      }
    }
    return sum;
  };
}

/** Stores the sums of eight sizes with every choice of signs. */
function fillGroup(sums: Float64Array, start: number, sizes: Float64Array): void {
  const first = (start / 2 ** GROUP) * GROUP;
  for (let signs = 0; signs < 2 ** GROUP; signs++) {
    let sum = 0;
    for (let bit = 0; bit < GROUP; bit++) sum += (signs & (1 << bit) ? 1 : -1) * (sizes[first + bit] ?? 0);
    sums[start + signs] = sum;
  }
}

/** A standard normal variable. G. E. P. Box and M. E. Muller, Ann. Math. Statist. 29 (1958), 610–611. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

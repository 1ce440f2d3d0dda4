import { chiSquareQuantile } from './chi-square.ts';
import { type Fit, fitModel, fittedMean } from './pilot-fit.ts';
import { chooseModel, type PilotRow } from './pilot-model.ts';
import { Population } from './population.ts';
import { studentQuantile } from './student.ts';

/** How to forecast a total. */
interface ForecastOptions {
  /** Share of such ranges that contain the true total, above 0 and below 1. */
  readonly level: number;
  /** Maximum y of one row; null if unbounded. */
  readonly cap: number | null;
  /**
   * Number of rows to come, of which the population is a sample; without it, the population's own rows are forecast.
   */
  readonly rows?: number;
  /** Number of columns from which the tags' column was chosen by looking at y; default 1. */
  readonly tagColumns?: number | undefined;
}

/** Basis of the expected total. `constant`: every pilot row had the same y. */
export type ForecastMethod = 'mean' | 'regression' | 'tags' | 'regression and tags' | 'constant';

/** A total that is not known yet: low ≤ expected ≤ high, none below 0. */
export interface Forecast {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
  readonly method: ForecastMethod;
  /** Number of pilot rows. */
  readonly n: number;
  /** Whether a slope over x is extrapolated beyond the pilot's x, without evidence that it holds there. */
  readonly isExtrapolated: boolean;
}

/** Everything a range depends on, except for the numbers of pilot rows and rows to come. */
interface Basis {
  readonly fit: Fit;
  readonly isConstant: boolean;
  readonly mean: number;
  /** Variance of the mean times pilot rows, in units of the fit's variance: 1 if rows vary like the pilot's. */
  readonly leverageRows: number;
  /** Variance of a row to come, in the same units. */
  readonly noise: number;
  /** Variance of the mean because x is known for a sample only. */
  readonly sampling: number;
  readonly skew: number;
}

/** A spread below this share of the mean is rounding. */
const NO_SPREAD = 1e-9;
/** The correction for skewness moves an end by at most this many standard errors. */
const MOST_SHIFT = 1;
/** Shares of that correction for the end towards the long tail, and for the other one. */
const FAR_END = 1.15;
const NEAR_END = 0.5;

/**
 * Forecasts the total of y over rows that were not run. docs/ESTIMATES.md describes the method and its sources.
 * @param population the rows to forecast, without the pilot's; with `options.rows`, rows like those to come, such as
 *   the whole dataset including the pilot's rows
 * @returns null for fewer than two pilot rows
 */
export function forecastTotal(
  pilot: readonly PilotRow[],
  population: Population,
  options: ForecastOptions,
): Forecast | null {
  if (pilot.length < 2) return null;
  const count = options.rows ?? population.rows;
  const basis = basisOf(pilot, population, options);
  const [below, above] = margins(basis, { n: pilot.length, count, level: options.level });
  const most = options.cap === null ? Infinity : options.cap * count;
  const within = (total: number): number => Math.min(most, Math.max(0, total));
  const expected = count * basis.mean;
  return {
    low: within(expected - below),
    expected: within(expected),
    high: within(expected + above),
    method: methodOf(basis),
    n: pilot.length,
    isExtrapolated: basis.fit.model.usesX && isOutside(pilot, population),
  };
}

/** Whether the mean x of a population is outside a pilot's range. */
function isOutside(pilot: readonly PilotRow[], { observed, meanX }: Population): boolean {
  const lowest = pilot.reduce((least, { x }) => Math.min(least, x), Infinity);
  const highest = pilot.reduce((most, { x }) => Math.max(most, x), -Infinity);
  return observed > 0 && (meanX < lowest || meanX > highest);
}

/** What answers that run on to the cap could make of a total, where none was met. */
interface RunOn {
  /** The maximum share of runaway rows that is plausible although the pilot saw none. */
  readonly share: number;
  /** The total with that share, above the range's high end. */
  readonly total: number;
}

/**
 * What a range does not cover: a few runaway answers that are cut off, which most pilots of twenty rows do not contain.
 * The share of such rows may be as large as Clopper and Pearson's bound for none of the pilot's.
 * @param rows to come
 * @returns null if the range covers it: an answer was cut off, nothing limits answers, or the range reaches that far
 */
export function unseenRunOn(
  pilot: readonly PilotRow[],
  { expected, high }: Pick<Forecast, 'expected' | 'high'>,
  { level, cap, rows }: Pick<ForecastOptions, 'level' | 'cap'> & { readonly rows: number },
): RunOn | null {
  if (cap === null || pilot.length === 0 || pilot.some(({ y }) => y >= cap)) return null;
  const share = unseenShare(pilot.length, level);
  const total = (1 - share) * expected + share * cap * rows;
  return total > high ? { share, total } : null;
}

/** The required width of a range. */
interface PrecisionOptions {
  /** As of `ForecastOptions`. */
  readonly level: number;
  readonly cap: number | null;
  readonly tagColumns?: number | undefined;
  /** Half the range's width as a share of the whole total, above 0. */
  readonly precision: number;
}

/** Probability that the allowance for a pilot's underestimated spread is enough. */
const ASSURANCE = 0.8;

/**
 * How many pilot rows, including existing ones, would make the range of the whole dataset's total as narrow as
 * requested. The others are assumed to vary as widely as is plausible from the pilot, with a probability of 80 %. The
 * reason: stopping when the range looks narrow enough means stopping when the spread looks smaller than it is.
 * @param pilot at least two rows
 * @param rest the dataset without the pilot's rows
 * @returns from 2 to all rows of the dataset
 */
export function rowsForPrecision(
  pilot: readonly PilotRow[],
  rest: Population,
  { level, cap, precision, tagColumns }: PrecisionOptions,
): number {
  const basis = basisOf(pilot, rest, { level, cap, tagColumns });
  const { df } = basis.fit;
  const allowed = basis.isConstant ? 1 : Math.sqrt(df / chiSquareQuantile(1 - ASSURANCE, df));
  const rows = pilot.length + rest.rows;
  const spent = pilot.reduce((sum, { y }) => sum + y, 0);
  const total = spent + rest.rows * basis.mean;
  const isEnough = (n: number): boolean => {
    const [below, above] = margins(basis, { n, count: rows - n, level });
    return (allowed * (below + above)) / 2 <= precision * total;
  };
  let [tooFew, enough] = [1, rows];
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (isEnough(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}

function basisOf(pilot: readonly PilotRow[], population: Population, options: ForecastOptions): Basis {
  const { cap, rows, tagColumns = 1 } = options;
  const fit = fitModel(pilot, chooseModel(pilot, population, tagColumns));
  const sample = population.observed > 0 ? population : populationOf(pilot);
  const { mean, leverage, spread, noise } = fittedMean(fit, sample);
  const size = pilot.reduce((most, { y }) => Math.max(most, Math.abs(y)), 0);
  const unseen = rows === undefined ? -1 / Math.max(population.rows, 1) : 1 / rows;
  const suggested = boundedSkew(mean, fit.variance * noise, cap);
  return {
    fit,
    mean: Math.min(cap ?? Infinity, Math.max(0, mean)),
    isConstant: Math.sqrt(fit.variance) <= NO_SPREAD * size,
    leverageRows: leverage * pilot.length,
    noise,
    sampling: Math.max(0, spread * (1 / sample.observed + unseen)),
    skew: (fit.skew + suggested) / 2,
  };
}

/** Numbers of rows that were run (`n`) and are to come (`count`). */
interface Asked {
  readonly n: number;
  readonly count: number;
  readonly level: number;
}

/**
 * How far the range extends below and above the expected total: Student's, shifted for skewness. P. Hall, The Bootstrap
 * and Edgeworth Expansion (1992), 2.6, with the skewness of the finite rest's own sum.
 */
function margins(basis: Basis, { n, count, level }: Asked): readonly [number, number] {
  if (count <= 0) return [0, 0];
  if (basis.isConstant) {
    const unseen = unseenShare(n, level) * basis.mean * count;
    return [unseen, unseen];
  }
  const { fit, leverageRows, noise, sampling } = basis;
  const df = Math.max(1, fit.df + n - fit.n);
  const point = studentQuantile((1 + level) / 2, df);
  const ofMean = leverageRows / n + noise / count + sampling / fit.variance;
  const error = count * Math.sqrt(fit.variance * ofMean);
  const ownSkew = ((point ** 2 - 1) / 6) * (1 / n - 1 / count);
  const wanted = (basis.skew / Math.sqrt(ofMean)) * (point ** 2 / (2 * n) - ownSkew);
  const shift = Math.max(-MOST_SHIFT, Math.min(MOST_SHIFT, wanted));
  // Few rows usually show less skewness than there is, so the far end moves more and the near one less.
  const [down, up] = shift > 0 ? [shift * NEAR_END, shift * FAR_END] : [shift * FAR_END, shift * NEAR_END];
  return [error * (point - down), error * (point + up)];
}

/**
 * The maximum share of rows that may plausibly differ from the pilot's although none was seen; each is assumed to
 * differ by the expected value. C. J. Clopper and E. S. Pearson, Biometrika 26 (1934).
 */
function unseenShare(n: number, level: number): number {
  return 1 - ((1 - level) / 2) ** (1 / n);
}

/**
 * Skewness implied by mean and variance for values between 0 and a cap: the beta distribution's; without a cap that of
 * its limit, the gamma distribution, which is twice the coefficient of variation. N. L. Johnson, S. Kotz, N.
 * Balakrishnan, Continuous Univariate Distributions 2 (1995), 25.
 */
function boundedSkew(mean: number, variance: number, cap: number | null): number {
  if (mean <= 0 || variance <= 0) return 0;
  if (cap === null || cap <= mean) return cap === null ? (2 * Math.sqrt(variance)) / mean : 0;
  const share = mean / cap;
  const room = share * (1 - share);
  const parts = Math.max(0, (room * cap * cap) / variance - 1);
  return (2 * (1 - 2 * share) * Math.sqrt(parts + 1)) / ((parts + 2) * Math.sqrt(room));
}

function populationOf(pilot: readonly PilotRow[]): Population {
  const population = new Population();
  for (const { x, tag } of pilot) population.add(x, tag);
  return population;
}

function methodOf({ isConstant, fit: { model } }: Basis): ForecastMethod {
  if (model.tags.length > 0) return model.usesX ? 'regression and tags' : 'tags';
  if (model.usesX) return 'regression';
  return isConstant ? 'constant' : 'mean';
}

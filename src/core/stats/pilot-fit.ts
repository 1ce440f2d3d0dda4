import { at, dot, invert, type Matrix, product, trace } from './matrix.ts';
import type { Model, PilotRow } from './pilot-model.ts';
import type { Population } from './population.ts';

/** A model with its parameters. Vectors have an entry for the mean, then one for x if it is used, then the tags'. */
export interface Fit {
  readonly model: Model;
  /** Number of pilot rows. */
  readonly n: number;
  readonly meanX: number;
  readonly parameters: readonly number[];
  /** Covariances of the parameters' errors, in units of `variance`. */
  readonly errors: Matrix;
  /** Of y around its expected value, on average over the pilot's rows. */
  readonly variance: number;
  /**
   * Expected y of a row with exactly `variance`, if variance is proportional to its square; null if all rows have the
   * same.
   */
  readonly typical: number | null;
  /** Degrees of freedom of `variance`; with tags not an integer. */
  readonly df: number;
  /** Skewness of y around its expected value, corrected for few rows (G₁); 0 if it cannot be estimated. */
  readonly skew: number;
}

/** The minimum standard deviation of a row, as a share of the mean. */
const LEAST_EXPECTED = 0.1;

/**
 * Fits a model to a pilot: least squares, with the tags' parts shrunk towards 0 as random effects. If that has a higher
 * likelihood than one variance for all, a row's standard deviation is assumed proportional to its expected y. G. K.
 * Robinson, "That BLUP Is a Good Thing: The Estimation of Random Effects", Statistical Science 6 (1991), 15–32; R. J.
 * Carroll and D. Ruppert, Transformation and Weighting in Regression (1988), 3.
 * @param pilot at least two rows
 */
export function fitModel(pilot: readonly PilotRow[], model: Model): Fit {
  const n = pilot.length;
  const meanX = pilot.reduce((sum, { x }) => sum + x, 0) / n;
  const rows = pilot.map(({ x, tag }) => rowVector(model, x - meanX, tag));
  const sides = sumsOfProducts(rows, model, ONE_FOR_ALL);
  const inverse = invert(sides);
  const right = sides.map((_, i) => pilot.reduce((sum, { y }, index) => sum + at(rows[index], i) * y, 0));
  const parameters = inverse.map((line) => dot(line, right));
  const expected = rows.map((row) => dot(row, parameters));
  const residuals = pilot.map(({ y }, index) => y - at(expected, index));
  const { variances, typical } = variancesOf(expected, residuals, sides.length);
  const errors = typical === null ? inverse : product(inverse, sumsOfProducts(rows, model, variances), inverse);
  const hat = product(inverse, sumsOfProducts(rows, { ...model, penalty: 0 }, ONE_FOR_ALL));
  const [used, usedTwice] = [trace(hat), trace(product(hat, hat))];
  // Choosing between x and tags after looking at y costs three more parameters, and choosing among many columns some
  // more.
  const looked = sides.length > 1 ? 3 + (model.tags.length > 0 ? Math.log(model.tagColumns) : 0) : 0;
  const sum = residuals.reduce((total, residual, index) => total + residual ** 2 / (variances[index] ?? 1), 0);
  const variance = sum / Math.max(1, n - 2 * used + usedTwice - looked);
  const df = Math.max(1, n - used - looked);
  return { model, n, meanX, parameters, errors, variance, typical, df, skew: skewness(residuals) };
}

const ONE_FOR_ALL: readonly number[] = [];

/** Variances of the rows in units of a common one, and the expected y with exactly this variance. */
interface Variances {
  readonly variances: readonly number[];
  readonly typical: number | null;
}

/** Proportional to the squared expected values if normal residuals are likelier that way; otherwise constant. */
function variancesOf(expected: readonly number[], residuals: readonly number[], parameters: number): Variances {
  const n = expected.length;
  const mean = (of: (index: number) => number): number => expected.reduce((sum, _, index) => sum + of(index), 0) / n;
  const least = Math.max(Number.MIN_VALUE, LEAST_EXPECTED * mean((index) => at(expected, index)));
  const squares = expected.map((value) => Math.max(value, least) ** 2);
  const average = mean((index) => at(squares, index));
  const alike = mean((index) => at(residuals, index) ** 2);
  const scaled = mean((index) => at(residuals, index) ** 2 / at(squares, index));
  const isLikelier = Math.log(scaled) + mean((index) => Math.log(at(squares, index))) < Math.log(alike);
  if (parameters === 1 || !isLikelier) return { variances: ONE_FOR_ALL, typical: null };
  return { variances: squares.map((square) => square / average), typical: Math.sqrt(average) };
}

/** The normal equations' left side, each row weighted; 1 for those without a weight. */
function sumsOfProducts(rows: Matrix, model: Model, weights: readonly number[]): Matrix {
  const line = rows[0] ?? [];
  const firstTag = line.length - model.tags.length;
  return line.map((_, i) =>
    line.map((__, j) => {
      const penalty = i === j && i >= firstTag ? model.penalty : 0;
      return rows.reduce((sum, row, index) => sum + (weights[index] ?? 1) * at(row, i) * at(row, j), penalty);
    }),
  );
}

/** Mean y that the fit predicts for a population's rows, with the uncertainty due to the parameters. */
interface FittedMean {
  readonly mean: number;
  /** Variance of `mean` from the parameters' errors, in units of the fit's variance. */
  readonly leverage: number;
  /** Variance of the expected value between rows. */
  readonly spread: number;
  /** Variance of y around the expected value, on average over the rows, in units of the fit's variance. */
  readonly noise: number;
}

/** Prediction of a fit for the rows of a population that has observed rows. */
export function fittedMean(fit: Fit, population: Population): FittedMean {
  const { model, meanX, parameters, errors } = fit;
  const slope = model.usesX ? at(parameters, 1) : 0;
  const shares = model.tags.map((tag) => (population.tags?.get(tag)?.rows ?? 0) / population.observed);
  const centre = [1, ...(model.usesX ? [population.meanX - meanX] : []), ...shares];
  const parts = parameters.slice(parameters.length - model.tags.length);
  const part = dot(shares, parts);
  let spread = slope * slope * population.varianceX;
  for (const [index, tag] of model.tags.entries()) {
    const own = population.tags?.get(tag);
    if (own === undefined || own.rows === 0) continue;
    const [apart, apartX] = [at(parts, index) - part, own.sumX / own.rows - population.meanX];
    spread += at(shares, index) * apart * (apart + 2 * slope * apartX);
  }
  const leverage = dot(
    centre,
    errors.map((line) => dot(line, centre)),
  );
  const mean = dot(centre, parameters);
  const noise = fit.typical === null ? 1 : (mean * mean + Math.max(0, spread)) / fit.typical ** 2;
  return { mean, leverage, spread: Math.max(0, spread), noise };
}

function rowVector(model: Model, x: number, tag: string | null): readonly number[] {
  return [1, ...(model.usesX ? [x] : []), ...model.tags.map((own) => (own === tag ? 1 : 0))];
}

/** G₁ of D. N. Joanes and C. A. Gill, "Comparing Measures of Sample Skewness and Kurtosis", The Statistician 47 (1998). */
function skewness(residuals: readonly number[]): number {
  const n = residuals.length;
  const second = residuals.reduce((sum, residual) => sum + residual ** 2, 0) / n;
  const third = residuals.reduce((sum, residual) => sum + residual ** 3, 0) / n;
  if (n < 3 || second === 0) return 0;
  return ((third / second ** 1.5) * Math.sqrt(n * (n - 1))) / (n - 2);
}

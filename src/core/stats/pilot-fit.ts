import type { Model, PilotRow } from './pilot-model.ts';
import type { Population } from './population.ts';

/** A model with its parameters. Vectors have an entry for the mean, then one for x if it is used, then the tags'. */
export interface Fit {
  readonly model: Model;
  /** Pilot rows. */
  readonly n: number;
  readonly meanX: number;
  readonly parameters: readonly number[];
  /** Covariances of the parameters' errors, in units of `variance`. */
  readonly errors: readonly (readonly number[])[];
  /** Of y around what the model expects. */
  readonly variance: number;
  /** Degrees of freedom of `variance`; with tags not a whole number. */
  readonly df: number;
  /** Skewness of y around what the model expects, corrected for few rows (G₁); 0 where it cannot be told. */
  readonly skew: number;
}

/**
 * Fits a model to a pilot: least squares, in which the tags' parts are drawn to 0 as random effects are.
 * G. K. Robinson, "That BLUP Is a Good Thing: The Estimation of Random Effects", Statistical Science 6 (1991), 15–32.
 * @param pilot at least two rows
 */
export function fitModel(pilot: readonly PilotRow[], model: Model): Fit {
  const n = pilot.length;
  const meanX = pilot.reduce((sum, { x }) => sum + x, 0) / n;
  const rows = pilot.map(({ x, tag }) => rowVector(model, x - meanX, tag));
  const width = 1 + (model.usesX ? 1 : 0) + model.tags.length;
  const sides = Array.from({ length: width }, (_, i) =>
    Array.from({ length: width }, (__, j) => {
      const penalty = i === j && i >= width - model.tags.length ? model.penalty : 0;
      return rows.reduce((sum, row) => sum + at(row, i) * at(row, j), penalty);
    }),
  );
  const errors = invert(sides);
  const right = sides.map((_, i) => pilot.reduce((sum, { y }, index) => sum + at(rows[index], i) * y, 0));
  const parameters = errors.map((line) => dot(line, right));
  const residuals = pilot.map(({ y }, index) => y - dot(rows[index] ?? [], parameters));
  const hats = rows.map((row) => errors.map((line) => dot(line, row)));
  const [used, usedTwice] = hatTraces(rows, hats);
  const sum = residuals.reduce((total, residual) => total + residual ** 2, 0);
  const variance = sum / (n - 2 * used + usedTwice);
  return { model, n, meanX, parameters, errors, variance, df: Math.max(1, n - used), skew: skewness(residuals) };
}

/** Mean y that the fit expects of a population's rows, with how sure the parameters make it. */
export interface FittedMean {
  readonly mean: number;
  /** Variance of `mean` from the parameters' errors, in units of the fit's variance. */
  readonly leverage: number;
  /** Variance, from row to row, of what is expected. */
  readonly spread: number;
}

/** What a fit expects of the rows of a population that has observed rows. */
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
  return { mean: dot(centre, parameters), leverage, spread: Math.max(0, spread) };
}

function rowVector(model: Model, x: number, tag: string | null): readonly number[] {
  return [1, ...(model.usesX ? [x] : []), ...model.tags.map((own) => (own === tag ? 1 : 0))];
}

/** Traces of the hat matrix and of its square. */
function hatTraces(rows: readonly (readonly number[])[], hats: readonly (readonly number[])[]): [number, number] {
  let [trace, squared] = [0, 0];
  for (const [index, row] of rows.entries()) {
    trace += dot(row, hats[index] ?? []);
    for (const hat of hats) squared += dot(row, hat) ** 2;
  }
  return [trace, squared];
}

/** G₁ of D. N. Joanes and C. A. Gill, "Comparing Measures of Sample Skewness and Kurtosis", The Statistician 47 (1998). */
function skewness(residuals: readonly number[]): number {
  const n = residuals.length;
  const second = residuals.reduce((sum, residual) => sum + residual ** 2, 0) / n;
  const third = residuals.reduce((sum, residual) => sum + residual ** 3, 0) / n;
  if (n < 3 || second === 0) return 0;
  return ((third / second ** 1.5) * Math.sqrt(n * (n - 1))) / (n - 2);
}

/** Inverse of a symmetric positive definite matrix, by Gauss and Jordan without exchanges, which it does not need. */
function invert(matrix: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const size = matrix.length;
  let lines = matrix.map((line, i) => [...line, ...line.map((_, j) => (i === j ? 1 : 0))]);
  for (let i = 0; i < size; i++) {
    const pivot = (lines[i] ?? []).map((value) => value / at(lines[i], i));
    lines = lines.map((line, j) => (j === i ? pivot : line.map((value, k) => value - at(line, i) * at(pivot, k))));
  }
  return lines.map((line) => line.slice(size));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * at(b, index), 0);
}

function at(values: readonly number[] | undefined, index: number): number {
  return values?.[index] ?? 0;
}

/** Relative size below which a term no longer changes the sum. */
const NEGLIGIBLE = 1e-18;
/** From here on Stirling's series is exact to the last digit. */
const SERIES_FROM = 16;

/**
 * Two-sided p-value of McNemar's exact test. It is the probability that chance alone splits the rows that only one of
 * two passed at least this unevenly, if both are equally likely to be the one that passed. Q. McNemar, "Note on the
 * Sampling Error of the Difference between Correlated Proportions", Psychometrika 12 (1947), 153–157, with the binomial
 * distribution itself.
 * @param onlyFirst rows that the first passed and the second failed; an integer from 0 to 1e7
 * @param onlySecond rows that the second passed and the first failed; likewise
 * @returns from 0 (below the smallest number) to 1; 1 if no row differs
 */
export function mcnemarExact(onlyFirst: number, onlySecond: number): number {
  const n = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  // For an odd number, half of all outcomes are at the middle or below: rounding must not make it less.
  if (2 * fewer + 1 >= n) return 1;
  let term = 1;
  let sum = 1;
  for (let k = fewer; k > 0 && term > NEGLIGIBLE * sum; k--) {
    term *= k / (n - k + 1);
    sum += term;
  }
  return Math.min(1, 2 * sum * fairChance(fewer, n));
}

/**
 * Probability of `k` heads in `n` throws of a fair coin, to about fourteen digits even for large `n`. C. Loader, "Fast
 * and Accurate Computation of Binomial Probabilities" (2000).
 * @param k below `n`
 */
function fairChance(k: number, n: number): number {
  if (k === 0) return 2 ** -n;
  const rest = n - k;
  const log = stirlingError(n) - stirlingError(k) - stirlingError(rest) - deviance(k, n / 2) - deviance(rest, n / 2);
  return Math.exp(log) * Math.sqrt(n / (2 * Math.PI * k * rest));
}

/** The error of Stirling's formula for log n!, for integers `n` from 1. */
function stirlingError(n: number): number {
  if (n >= SERIES_FROM) {
    const s = 1 / (n * n);
    return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - s / 1188) * s) * s) * s) / n;
  }
  let factorial = 1;
  for (let i = 2; i <= n; i++) factorial *= i;
  return Math.log(factorial / Math.sqrt(2 * Math.PI * n)) - n * Math.log(n) + n;
}

/** x log(x / mean) + mean - x, by a series where that would cancel. */
function deviance(x: number, mean: number): number {
  const apart = x - mean;
  if (Math.abs(apart) >= 0.1 * (x + mean)) return x * Math.log(x / mean) - apart;
  const v = apart / (x + mean);
  let power = 2 * x * v;
  let sum = apart * v;
  for (let odd = 3; ; odd += 2) {
    power *= v * v;
    const next = sum + power / odd;
    if (next === sum) return sum;
    sum = next;
  }
}

import { incompleteBeta, logGamma } from './beta.ts';
import { normalQuantile } from './normal.ts';

/** From here on the expansion is exact to the last digits, while gamma functions of large numbers begin to cancel. */
const EXPANSION_FROM = 1000;

/**
 * Quantile of Student's t distribution at probability `p`; at least ten digits. Exact for one and two degrees of
 * freedom; up to 1,000 by Newton's method on the incomplete beta function; above by the expansion of M. Abramowitz and
 * I. A. Stegun, Handbook of Mathematical Functions, 26.7.5.
 * @param p above 0 and below 1; infinite at 0 and 1, NaN outside
 * @param df degrees of freedom, at least 1 and not necessarily an integer; Infinity gives the normal distribution's
 */
export function studentQuantile(p: number, df: number): number {
  if (!(p >= 0 && p <= 1) || !(df >= 1)) return Number.NaN;
  if (p === 0.5) return 0;
  const tail = Math.min(p, 1 - p);
  const size = tail === 0 ? Infinity : upperPoint(tail, df);
  return p < 0.5 ? -size : size;
}

/** Probability that an F variable with `d1` and `d2` degrees of freedom is at least `f`; from 0 to 1. */
export function fTail(f: number, d1: number, d2: number): number {
  if (f === Infinity) return 0;
  return incompleteBeta(d2 / (d2 + d1 * Math.max(0, f)), d2 / 2, d1 / 2);
}

/** The value that t exceeds with probability `tail`, below one half. */
function upperPoint(tail: number, df: number): number {
  if (df === 1) return 1 / Math.tan(Math.PI * tail);
  if (df === 2) return (1 - 2 * tail) / Math.sqrt(2 * tail * (1 - tail));
  const start = expansion(-normalQuantile(tail), df);
  return df >= EXPANSION_FROM ? start : refine(start, tail, df);
}

function expansion(z: number, df: number): number {
  if (df === Infinity) return z;
  const s = z * z;
  const terms = [
    z * (s + 1) * (1 / 4),
    z * ((5 * s + 16) * s + 3) * (1 / 96),
    z * (((3 * s + 19) * s + 17) * s - 15) * (1 / 384),
    z * ((((79 * s + 776) * s + 1482) * s - 1920) * s - 945) * (1 / 92_160),
  ];
  return terms.reduceRight((sum, term) => (sum + term) / df, 0) + z;
}

/** Newton's method on the logarithm of the tail as a function of log t, which is nearly linear far out. */
function refine(start: number, tail: number, df: number): number {
  const logFront = logGamma((df + 1) / 2) - logGamma(df / 2) - Math.log(df * Math.PI) / 2;
  let t = Math.max(start, Number.MIN_VALUE);
  for (let step = 0; step < 60; step++) {
    const reached = upperTail(t, df);
    const density = Math.exp(logFront - ((df + 1) / 2) * Math.log1p((t * t) / df));
    const change = (Math.log(reached / tail) * reached) / (density * t);
    t *= Math.exp(Math.max(-2, Math.min(2, change)));
    if (Math.abs(change) < 1e-15) break;
  }
  return t;
}

function upperTail(t: number, df: number): number {
  return incompleteBeta(df / (df + t * t), df / 2, 1 / 2) / 2;
}

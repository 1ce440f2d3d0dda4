import { studentQuantile } from '../stats/student.ts';
import type { Interval } from '../stats/wilson.ts';

/** Ratio of the candidate's mean to the base's. */
export interface RatioFigures {
  readonly n: number;
  readonly baseMean: number | null;
  readonly candidateMean: number | null;
  /** null if the base's mean is 0 or there are no rows. */
  readonly ratio: number | null;
  /** For this ratio alone; null below two rows, and if a mean is 0. */
  readonly interval: Interval | null;
}

/**
 * The ratio of two means over the same rows, added row by row. The means are compared and not each row's ratio, because
 * a bill is a sum: a row of three tokens that doubles changes nothing.
 *
 * The interval is symmetric in the logarithm of the ratio. Its standard error is that of the residuals c - R b
 * (linearised ratio estimator: W. G. Cochran, Sampling Techniques, 3rd ed., 1977, 6.4), so a row's size, which
 * correlates between the sides, does not widen it. For few rows with a long tail, as latencies have, that error is too
 * small about half of the time. Such an interval misses a ratio of 1 in up to 15 of 100 cases. It is therefore widened
 * to contain Student's interval of the mean logarithm of each row's ratio as well. That one misses a ratio of 1 in 5 of
 * 100 cases if the logarithms are normal, and hardly more often if both sides are exchangeable.
 */
export class PairedRatio {
  #n = 0;
  #base = 0;
  #candidate = 0;
  #baseSquares = 0;
  #candidateSquares = 0;
  #products = 0;
  /** Mean and squared deviations of the logarithms of rows' ratios; not finite if a row has a value of 0. */
  #log = 0;
  #logSquares = 0;

  /** Adds a row: its value on each side, from 0. */
  add(base: number, candidate: number): void {
    this.#n += 1;
    this.#base += base;
    this.#candidate += candidate;
    this.#baseSquares += base * base;
    this.#candidateSquares += candidate * candidate;
    this.#products += base * candidate;
    const apart = Math.log(candidate / base) - this.#log;
    this.#log += apart / this.#n;
    this.#logSquares += apart * (Math.log(candidate / base) - this.#log);
  }

  /**
   * The figures of the rows so far.
   * @param level coverage of the interval, above 0 and below 1
   */
  figures(level = 0.95): RatioFigures {
    const n = this.#n;
    if (n === 0) return { n, baseMean: null, candidateMean: null, ratio: null, interval: null };
    const means = { baseMean: this.#base / n, candidateMean: this.#candidate / n };
    if (this.#base === 0) return { n, ...means, ratio: null, interval: null };
    const ratio = this.#candidate / this.#base;
    return { n, ...means, ratio, interval: this.#interval(ratio, (1 + level) / 2) };
  }

  #interval(ratio: number, upper: number): Interval | null {
    const n = this.#n;
    if (n < 2 || ratio === 0) return null;
    const squares = this.#candidateSquares - 2 * ratio * this.#products + ratio * ratio * this.#baseSquares;
    // If all rows have one ratio, rounding can leave a slightly negative value.
    const relative = Math.sqrt(Math.max(0, squares) / ((n - 1) * n)) / (this.#candidate / n);
    const point = studentQuantile(upper, n - 1);
    const reach = Math.exp(point * relative);
    if (!Number.isFinite(reach)) return null;
    const [low, high] = [ratio / reach, ratio * reach];
    const ofRows = point * Math.sqrt(Math.max(0, this.#logSquares) / ((n - 1) * n));
    // A value of 0 has no logarithm.
    if (!Number.isFinite(ofRows)) return { low, high };
    return { low: Math.min(low, Math.exp(this.#log - ofRows)), high: Math.max(high, Math.exp(this.#log + ofRows)) };
  }
}

import { studentQuantile } from '../stats/student.ts';
import type { Interval } from '../stats/wilson.ts';

/** How many times the base's mean the candidate's is. */
export interface RatioFigures {
  readonly n: number;
  readonly baseMean: number | null;
  readonly candidateMean: number | null;
  /** null where the base's mean is 0 or there are no rows. */
  readonly ratio: number | null;
  /** For this ratio alone; null below two rows, and where a mean is 0. */
  readonly interval: Interval | null;
}

/**
 * The ratio of two means over the same rows, a row at a time. It is the means that are compared and not each row's
 * ratio, for a bill is a sum: a row of three tokens that doubles changes nothing.
 *
 * The interval is symmetric in the logarithm of the ratio, its standard error that of the residuals c - R b (linearised
 * ratio estimator: W. G. Cochran, Sampling Techniques, 3rd ed., 1977, 6.4), so that a row's size on both sides, which
 * goes together, does not widen it. Of few rows with a long tail, as latencies have, that error is too small as often as
 * not, and such an interval misses a ratio of 1 in up to 15 of 100 cases. It is therefore widened to hold Student's
 * interval of the mean logarithm of each row's ratio as well, which misses it in 5 of 100 where the logarithms are normal,
 * and hardly more often where either side could as well have taken what the other did.
 */
export class PairedRatio {
  #n = 0;
  #base = 0;
  #candidate = 0;
  #baseSquares = 0;
  #candidateSquares = 0;
  #products = 0;
  /** Mean and squared deviations of the logarithms of rows' ratios; not finite where a row took nothing. */
  #log = 0;
  #logSquares = 0;

  /** Adds a row: what it took on each side, from 0. */
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
   * @param level share of such intervals that are to hold the true ratio, above 0 and below 1
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
    // Rounding can leave a little less than nothing where all rows have one ratio.
    const relative = Math.sqrt(Math.max(0, squares) / ((n - 1) * n)) / (this.#candidate / n);
    const point = studentQuantile(upper, n - 1);
    const reach = Math.exp(point * relative);
    if (!Number.isFinite(reach)) return null;
    const [low, high] = [ratio / reach, ratio * reach];
    const ofRows = point * Math.sqrt(Math.max(0, this.#logSquares) / ((n - 1) * n));
    // A row that took nothing on a side has no logarithm.
    if (!Number.isFinite(ofRows)) return { low, high };
    return { low: Math.min(low, Math.exp(this.#log - ofRows)), high: Math.max(high, Math.exp(this.#log + ofRows)) };
  }
}

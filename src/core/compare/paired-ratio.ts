import { studentQuantile } from '../stats/student.ts';
import type { Interval } from '../stats/wilson.ts';

/** How many times the base's mean the candidate's is. */
export interface RatioFigures {
  readonly n: number;
  readonly baseMean: number | null;
  readonly candidateMean: number | null;
  /** null where the base's mean is 0 or there are no rows. */
  readonly ratio: number | null;
  /** 95 %; null below two rows, and where a mean is 0. */
  readonly interval: Interval | null;
}

const UPPER_POINT = 0.975;

/**
 * The ratio of two means over the same rows, a row at a time. It is the means that are compared and not each row's
 * ratio, for a bill is a sum: a row of three tokens that doubles changes nothing.
 * The interval is symmetric in the logarithm of the ratio, its standard error that of the residuals c - R b (linearised
 * ratio estimator: W. G. Cochran, Sampling Techniques, 3rd ed., 1977, 6.4), so that a row's size on both sides, which
 * goes together, does not widen it.
 */
export class PairedRatio {
  #n = 0;
  #base = 0;
  #candidate = 0;
  #baseSquares = 0;
  #candidateSquares = 0;
  #products = 0;

  /** Adds a row: what it took on each side, from 0. */
  add(base: number, candidate: number): void {
    this.#n += 1;
    this.#base += base;
    this.#candidate += candidate;
    this.#baseSquares += base * base;
    this.#candidateSquares += candidate * candidate;
    this.#products += base * candidate;
  }

  /** The figures of the rows so far. */
  figures(): RatioFigures {
    const n = this.#n;
    if (n === 0) return { n, baseMean: null, candidateMean: null, ratio: null, interval: null };
    const means = { baseMean: this.#base / n, candidateMean: this.#candidate / n };
    if (this.#base === 0) return { n, ...means, ratio: null, interval: null };
    const ratio = this.#candidate / this.#base;
    return { n, ...means, ratio, interval: this.#interval(ratio) };
  }

  #interval(ratio: number): Interval | null {
    const n = this.#n;
    if (n < 2 || ratio === 0) return null;
    const squares = this.#candidateSquares - 2 * ratio * this.#products + ratio * ratio * this.#baseSquares;
    // Rounding can leave a little less than nothing where all rows have one ratio.
    const relative = Math.sqrt(Math.max(0, squares) / ((n - 1) * n)) / (this.#candidate / n);
    const reach = Math.exp(studentQuantile(UPPER_POINT, n - 1) * relative);
    return Number.isFinite(reach) ? { low: ratio / reach, high: ratio * reach } : null;
  }
}

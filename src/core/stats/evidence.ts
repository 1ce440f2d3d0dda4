/** Bets on each side. */
const BETS = 16;

/** Wealth is held at this, lest it overflow; to take wealth away keeps the promise of an e-process. */
const MOST_WEALTH = 1e300;

/** Which of two is better. */
export type Side = 'first' | 'second';

/**
 * Evidence that one of two is better than the other, from differences on the same rows, which may be looked at after every
 * row: where neither is better, the chance that `eValue` ever reaches 1/alpha is at most alpha, however many rows there
 * are and whenever one stops (Ville's inequality). It asks of differences only that they lie from −1 to 1 and that each,
 * given those before it, is 0 on average: rows have to come in an order that has nothing to do with them, such as a random
 * one.
 *
 * The e-value is what a bettor would have made of 1 unit who bets on the first and on the second by halves, on each side
 * in 16 equal parts that bet 1/32, 3/32, … 31/32 of themselves on each row: betting as of I. Waudby-Smith and A. Ramdas,
 * "Estimating means of bounded random variables by betting", Journal of the Royal Statistical Society B 86 (2024), 1–27,
 * with a mixture of bets in place of one that is adapted. Of differences of −1, 0 and 1 it is, but for the steps between
 * bets, the Bayes factor of a uniform prior for which of two wins where they differ, 2^(a + b) B(a + 1, b + 1).
 */
export class PairedEvidence {
  readonly #threshold: number;
  readonly #onFirst = new Float64Array(BETS).fill(1);
  readonly #onSecond = new Float64Array(BETS).fill(1);
  #eValue = 1;
  #favoured: Side | null = null;
  #isDecided = false;

  /** @param alpha chance of ever deciding where neither is better, above 0 and below 1 */
  constructor(alpha: number) {
    this.#threshold = 1 / alpha;
  }

  /** Adds a row. @param difference the first's score less the second's, from −1 to 1 */
  add(difference: number): void {
    // Most rows of pass/fail scores are such, and they win or lose nothing.
    if (difference === 0) return;
    const first = bet(this.#onFirst, difference);
    const second = bet(this.#onSecond, -difference);
    this.#eValue = (first + second) / 2;
    if (this.#isDecided) return;
    this.#favoured = first === second ? null : first > second ? 'first' : 'second';
    this.#isDecided = this.#eValue >= this.#threshold;
  }

  /** Evidence against there being no difference, from 0; 1 where nothing was added, 20 and more reach an alpha of 0.05. */
  get eValue(): number {
    return this.#eValue;
  }

  /** Whether the evidence has ever reached 1/alpha; later rows do not take that back. */
  get isDecided(): boolean {
    return this.#isDecided;
  }

  /** Which one the evidence is for; null where it is for neither. Once it is decided, that one for good. */
  get favoured(): Side | null {
    return this.#favoured;
  }
}

/** Settles a row's bets that a difference is above 0. Returns the mean wealth after it. */
function bet(wealth: Float64Array, difference: number): number {
  let sum = 0;
  for (let index = 0; index < BETS; index++) {
    const part = (index + 0.5) / BETS;
    const after = Math.min(MOST_WEALTH, (wealth[index] ?? 0) * (1 + part * difference));
    wealth[index] = after;
    sum += after;
  }
  return sum / BETS;
}

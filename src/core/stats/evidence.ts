/** Number of bets on each side. */
const BETS = 16;

/** Wealth is capped here to avoid overflow; removing wealth keeps the guarantee of an e-process. */
const MOST_WEALTH = 1e300;

/** Which of two is better. */
export type Side = 'first' | 'second';

/**
 * Evidence that one of two is better than the other, from differences on the same rows, which may be checked after
 * every row. If neither is better, the probability that `eValue` ever reaches 1/alpha is at most alpha, for any number
 * of rows and any stopping rule (Ville's inequality). The only requirement is that differences are from −1 to 1 and
 * that each, given those before it, is 0 on average. So the order of rows must be independent of the differences, for
 * example random.
 *
 * The e-value is the wealth of a bettor who starts with 1 unit and bets half of it on each side. Each half has 16 equal
 * parts that bet 1/32, 3/32, … 31/32 of themselves on each row. This is betting as of I. Waudby-Smith and A. Ramdas,
 * "Estimating means of bounded random variables by betting", Journal of the Royal Statistical Society B 86 (2024),
 * 1–27, with a mixture of bets instead of an adaptive one. For differences of −1, 0 and 1 it is, apart from the steps
 * between bets, a Bayes factor: that of a uniform prior for which of two wins where they differ, 2^(a + b) B(a + 1, b +
 * 1).
 */
export class PairedEvidence {
  readonly #threshold: number;
  readonly #onFirst = new Float64Array(BETS).fill(1);
  readonly #onSecond = new Float64Array(BETS).fill(1);
  #eValue = 1;
  #favoured: Side | null = null;
  #isDecided = false;

  /** @param alpha probability of ever deciding if neither is better, above 0 and below 1 */
  constructor(alpha: number) {
    this.#threshold = 1 / alpha;
  }

  /** Adds a row. @param difference the first's score minus the second's, from −1 to 1 */
  add(difference: number): void {
    // Most rows of pass/fail scores are ties, which win or lose nothing.
    if (difference === 0) return;
    const first = bet(this.#onFirst, difference);
    const second = bet(this.#onSecond, -difference);
    this.#eValue = (first + second) / 2;
    if (this.#isDecided) return;
    this.#favoured = first === second ? null : first > second ? 'first' : 'second';
    this.#isDecided = this.#eValue >= this.#threshold;
  }

  /** Evidence against there being no difference, from 0; 1 initially, at least 20 reaches an alpha of 0.05. */
  get eValue(): number {
    return this.#eValue;
  }

  /** Whether the evidence has ever reached 1/alpha; later rows do not revoke that. */
  get isDecided(): boolean {
    return this.#isDecided;
  }

  /** Which one the evidence favours; null if neither. Fixed once decided. */
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

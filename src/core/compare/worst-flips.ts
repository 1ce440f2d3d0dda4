/** Passed more often than not. */
const MOST = 0.5;
/** A change of a partial score by so much is a flip, though no threshold lies between. */
const LARGE_CHANGE = 0.5;

/**
 * Whether a row came to another end by some scorer, and which: it passed in most of its answers and does not any more,
 * or its score changed by a half or more.
 * @param scores means over the answers of base and candidate, from 0 to 1
 * @param passed shares of those answers that passed
 */
export function flipDirection(
  [before, after]: readonly [number, number],
  passed: readonly [number, number],
): 'worse' | 'better' | null {
  const [hadPassed, passes] = [passed[0] >= MOST, passed[1] >= MOST];
  if (hadPassed !== passes) return hadPassed ? 'worse' : 'better';
  if (Math.abs(after - before) < LARGE_CHANGE) return null;
  return after < before ? 'worse' : 'better';
}

/** A row that flipped, by its places in what is compared; its texts are read later. */
export interface FlipPlace {
  readonly row: number;
  /** Place of the pair of variants. */
  readonly pair: number;
  /** Place of the scorer. */
  readonly scorer: number;
  readonly direction: 'worse' | 'better';
  readonly baseScore: number;
  readonly candidateScore: number;
  readonly isCritical: boolean;
  readonly isFlaky: boolean;
}

/**
 * Keeps the worst of many flips: losses before gains, critical rows first, those that flip by themselves last, then by
 * size, then in the order of the rows. Holds at most twice as many as are kept.
 */
export class WorstFlips {
  readonly #most: number;
  #kept: FlipPlace[] = [];
  #worse = 0;
  #better = 0;
  #flaky = 0;

  /** @param most how many are kept, from 0 */
  constructor(most: number) {
    this.#most = most;
  }

  add(flip: FlipPlace): void {
    if (flip.isFlaky) this.#flaky += 1;
    else if (flip.direction === 'worse') this.#worse += 1;
    else this.#better += 1;
    this.#kept.push(flip);
    if (this.#kept.length >= 2 * this.#most + 1) this.#kept = this.worst().slice();
  }

  /** How many were added; those that flip by themselves are counted apart. */
  counts(): { readonly worse: number; readonly better: number; readonly flaky: number } {
    return { worse: this.#worse, better: this.#better, flaky: this.#flaky };
  }

  /** The worst first. */
  worst(): readonly FlipPlace[] {
    return this.#kept.toSorted(byWeight).slice(0, this.#most);
  }
}

function byWeight(a: FlipPlace, b: FlipPlace): number {
  return rank(a) - rank(b) || size(b) - size(a) || a.row - b.row || a.pair - b.pair || a.scorer - b.scorer;
}

function rank({ direction, isCritical, isFlaky }: FlipPlace): number {
  return (direction === 'worse' ? 0 : 4) + (isFlaky ? 2 : 0) + (isCritical ? 0 : 1);
}

function size({ baseScore, candidateScore }: FlipPlace): number {
  return Math.abs(candidateScore - baseScore);
}

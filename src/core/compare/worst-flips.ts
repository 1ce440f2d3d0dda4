import { isAtLeast } from '../rounding.ts';

/** Passed more often than not. */
const MOST = 0.5;
/** A partial score that changes by this much is a flip, even without a threshold in between. */
const LARGE_CHANGE = 0.5;

/**
 * Whether and how a row's outcome changed by some scorer: it passed in most of its answers and no longer does, or its
 * score changed by a half or more.
 * @param scores means over the answers of base and candidate, from 0 to 1
 * @param passed shares of those answers that passed
 */
export function flipDirection(
  [before, after]: readonly [number, number],
  passed: readonly [number, number],
): 'worse' | 'better' | null {
  const [hadPassed, passes] = [passed[0] >= MOST, passed[1] >= MOST];
  if (hadPassed !== passes) return hadPassed ? 'worse' : 'better';
  if (!isAtLeast(Math.abs(after - before), LARGE_CHANGE)) return null;
  return after < before ? 'worse' : 'better';
}

/** A row that flipped, by its indices in the comparison; its texts are read later. */
export interface FlipPlace {
  readonly row: number;
  /** Index of the pair of variants. */
  readonly pair: number;
  /** Index of the scorer. */
  readonly scorer: number;
  readonly direction: 'worse' | 'better';
  readonly baseScore: number;
  readonly candidateScore: number;
  readonly isCritical: boolean;
  readonly isFlaky: boolean;
}

/** Flips of one row and pair of variants in one direction, the worst first. */
type FlipGroup = readonly [FlipPlace, ...FlipPlace[]];

/**
 * Keeps the rows that flipped worst: losses before gains, critical rows first, flaky rows last, then by size, then in row
 * order. Flips of a row by several scorers count once, as they are about the same answers. Holds at most twice as many
 * rows as are kept.
 */
export class WorstFlips {
  readonly #most: number;
  #kept: FlipGroup[] = [];
  #worse = 0;
  #better = 0;
  #flaky = 0;

  /** @param most maximum number of kept rows of a pair of variants, from 0 */
  constructor(most: number) {
    this.#most = most;
  }

  /** Takes all flips of one row and pair of variants. */
  add(flips: readonly FlipPlace[]): void {
    for (const direction of ['worse', 'better'] as const) {
      const [first, ...others] = flips.filter((flip) => flip.direction === direction).toSorted(byWeight);
      if (first === undefined) continue;
      // It is the flaky one only if all are.
      if (first.isFlaky) this.#flaky += 1;
      else if (direction === 'worse') this.#worse += 1;
      else this.#better += 1;
      this.#kept.push([first, ...others]);
    }
    if (this.#kept.length >= 2 * this.#most + 1) this.#kept = this.#worst();
  }

  /**
   * Number of flips: a row counts in each pair of variants in which it flipped, and twice if one scorer finds it worse
   * and another better; flaky ones are counted separately.
   */
  counts(): { readonly worse: number; readonly better: number; readonly flaky: number } {
    return { worse: this.#worse, better: this.#better, flaky: this.#flaky };
  }

  /** The worst first, those of a row by several scorers behind each other. */
  worst(): readonly FlipPlace[] {
    return this.#worst().flat();
  }

  #worst(): FlipGroup[] {
    return this.#kept.toSorted(([a], [b]) => byWeight(a, b)).slice(0, this.#most);
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

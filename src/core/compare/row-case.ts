import type { Comparison, Flip, VariantName } from '../comparison.ts';
import { objectsTo } from './gates.ts';

/**
 * Outcome of a row: `no answer` if a trial of either side errored, `not judged` if no scorer could score it, `passed`
 * if it was not compared and has no other outcome.
 */
export type RowOutcome = 'same' | 'worse' | 'better' | 'new' | 'missing' | 'no answer' | 'not judged' | 'passed';

/** A row's score before and after by one scorer. */
export interface RowScore {
  readonly scorer: string;
  readonly base: number;
  readonly candidate: number;
}

/** One row of a pair of variants, for reports that list all. */
export interface RowCase {
  readonly rowId: string;
  readonly outcome: RowOutcome;
  readonly scores: readonly RowScore[];
  /** Why it makes the comparison fail; null if it does not. A single row seldom does: see `failsFor`. */
  readonly failure: string | null;
}

/** All rows of a pair of variants, or the critical rows of a variant of the candidate that is in none. */
export interface CaseSuite {
  /** null for a variant without a counterpart. */
  readonly base: VariantName | null;
  readonly candidate: VariantName;
  readonly cases: Iterable<RowCase>;
}

/**
 * Determines which flips make a comparison fail: losses that are not flaky, in a pair and scorer that `--fail-on`
 * objects to. Any other flip may be chance, so a report is red exactly if the exit status is 1.
 */
export function failsFor(
  { pairs, unsound }: Comparison,
  failOn: Parameters<typeof objectsTo>[0],
): (flip: FlipKey) => boolean {
  const objections = unsound.length > 0 ? [] : pairs.filter(objectsTo(failOn));
  const keys = new Set(objections.map(keyOf));
  return (flip) => flip.direction === 'worse' && !flip.isFlaky && keys.has(keyOf(flip));
}

type FlipKey = Pick<Flip, 'base' | 'candidate' | 'scorer' | 'direction' | 'isFlaky'>;

function keyOf({ base, candidate, scorer }: Pick<Flip, 'base' | 'candidate' | 'scorer'>): string {
  return JSON.stringify([base, candidate, scorer]);
}

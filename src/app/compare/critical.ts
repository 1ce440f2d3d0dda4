import { meanFigure } from '../../core/analysis/mean-figure.ts';
import type { VariantName } from '../../core/comparison.ts';
import type { OwnScore } from '../../core/gate.ts';
import { variantLabel } from '../../core/variant-name.ts';
import type { GatherInput } from './gather.ts';
import type { VariantTrials } from './variant-trials.ts';

/** A critical row of a variant. */
export interface CriticalPlace {
  readonly row: number;
  readonly variant: VariantName;
}

/** Results of the critical rows in the candidate. */
export interface CriticalFound {
  /** Rows by variants. */
  readonly n: number;
  readonly failed: readonly CriticalPlace[];
  readonly failedCount: number;
  /** Rows without an answer: their result is unknown. */
  readonly unanswered: readonly CriticalPlace[];
  readonly unansweredCount: number;
}

const MOST_NAMED = 20;

/** Checks the critical rows of the candidate's variants, including new rows; every repeat has to pass. */
export function findCritical(input: GatherInput, variants: readonly VariantTrials[]): CriticalFound {
  const found = { n: 0, failedCount: 0, unansweredCount: 0 };
  const [failed, unanswered]: [CriticalPlace[], CriticalPlace[]] = [[], []];
  for (let row = 0; row < input.rows; row++) {
    if (!input.candidate.isCritical(row) && !input.base.isCritical(row)) continue;
    for (const variant of variants.filter((one) => one.has(row))) {
      found.n += 1;
      const place = { row, variant: variant.name };
      if (variant.errored.at(row) > 0 || variant.completed.at(row) === 0) {
        found.unansweredCount += 1;
        if (unanswered.length < MOST_NAMED) unanswered.push(place);
      } else if (variant.passed.at(row) < variant.completed.at(row)) {
        found.failedCount += 1;
        if (failed.length < MOST_NAMED) failed.push(place);
      }
    }
  }
  return { ...found, failed, unanswered };
}

/** A variant's own score over all of its scored rows: the figure of a run's leaderboard. */
export function ownScore(
  { rows, clusters }: GatherInput,
  variant: VariantTrials,
  { scorer, name }: { readonly scorer: number; readonly name: string },
): OwnScore {
  const label = variantLabel(variant.name);
  const scores = variant.scores[scorer];
  if (scores === undefined) return { label, scorer: name, n: 0, mean: null, interval: null };
  const selection = { count: rows, places: null, clusters: clusters?.ofRows ?? null };
  const { n, mean, interval } = meanFigure(scores, selection);
  return { label, scorer: name, n, mean, interval };
}

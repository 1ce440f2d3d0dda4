import { meanFigure } from '../../core/analysis/mean-figure.ts';
import type { VariantName } from '../../core/comparison.ts';
import type { OwnScore } from '../../core/gate.ts';
import { variantLabel } from '../../core/variant-name.ts';
import type { GatherInput } from './gather.ts';
import type { VariantTrials } from './variant-trials.ts';

/** A critical row of a variant. */
export interface CriticalPlace {
  readonly row: number;
  /** null for all variants. */
  readonly variant: VariantName | null;
}

/** Results of the critical rows in the candidate. */
export interface CriticalFound {
  /** Rows by variants that have them. */
  readonly n: number;
  readonly failed: readonly CriticalPlace[];
  readonly failedCount: number;
  /** Rows without an answer: their result is unknown. */
  readonly unanswered: readonly CriticalPlace[];
  readonly unansweredCount: number;
  /** Rows that the candidate, or one of its variants, does not have. */
  readonly missing: readonly CriticalPlace[];
  readonly missingCount: number;
}

const MOST_NAMED = 20;

/** True if a row must pass: critical on either side, so that taking the mark away does not unmark it. */
export function isCriticalOn({ base, candidate }: Pick<GatherInput, 'base' | 'candidate'>, row: number): boolean {
  return candidate.isCritical(row) || base.isCritical(row);
}

/** Whether a variant passed a critical row: in every repeat. */
export type CriticalOutcome = 'passed' | 'failed' | 'unanswered' | 'missing';

/** The outcome of a critical row in a variant. */
export function criticalOutcome(variant: VariantTrials, row: number): CriticalOutcome {
  if (!variant.has(row)) return 'missing';
  if (variant.errored.at(row) > 0 || variant.completed.at(row) === 0) return 'unanswered';
  return variant.passed.at(row) < variant.completed.at(row) ? 'failed' : 'passed';
}

/**
 * Checks the critical rows of both sides in all variants of the candidate, with a counterpart in the base or without.
 * A row that is gone counts as missing.
 */
export function findCritical(input: GatherInput): CriticalFound {
  const places: Readonly<Record<CriticalOutcome, CriticalPlaces>> = {
    passed: new CriticalPlaces(),
    failed: new CriticalPlaces(),
    unanswered: new CriticalPlaces(),
    missing: new CriticalPlaces(),
  };
  for (let row = 0; row < input.rows; row++) {
    if (!isCriticalOn(input, row)) continue;
    if (!input.candidate.has(row)) places.missing.add({ row, variant: null });
    else for (const one of input.candidate.variants) places[criticalOutcome(one, row)].add({ row, variant: one.name });
  }
  const { passed, failed, unanswered, missing } = places;
  return {
    n: passed.count + failed.count + unanswered.count,
    failed: failed.first,
    failedCount: failed.count,
    unanswered: unanswered.first,
    unansweredCount: unanswered.count,
    missing: missing.first,
    missingCount: missing.count,
  };
}

/** A number of places, with the first of them. */
class CriticalPlaces {
  readonly first: CriticalPlace[] = [];
  count = 0;

  add(place: CriticalPlace): void {
    this.count += 1;
    if (this.first.length < MOST_NAMED) this.first.push(place);
  }
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

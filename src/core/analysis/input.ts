import { isCutOff } from '../finish-reason.ts';
import type { Amount } from '../money.ts';
import type { Result } from '../result.ts';
import type { Score } from '../scorer.ts';

/** What an analysis has to know of a trial. */
export interface AnalysedTrial {
  /** Place of its variant in the grid. */
  readonly variant: number;
  readonly status: Result['status'];
  /** True where the answer comes from the response cache. */
  readonly isCached: boolean;
  /** True if the answer was cut off at a token limit. */
  readonly isCut: boolean;
  readonly latencyMs: number;
  /** What the answer cost, a cached one at what it had cost; null where that is not known, or there is no answer. */
  readonly cost: Amount | null;
  /** One for each scorer that was asked; empty where the trial did not complete. */
  readonly scores: readonly Score[];
}

/** A row with its trials. */
export interface AnalysedRow {
  readonly id: string;
  /** Its value of the cluster column; null where it has none, or no column was named. */
  readonly cluster: string | null;
  /** Its value of the column to break down by; null where it has none, or no column was named. */
  readonly group: string | null;
  /** In plan order. */
  readonly trials: readonly AnalysedTrial[];
}

/** What an analysis takes of a result. @param variant its variant's place in the grid */
export function analysedTrial(variant: number, result: Result, scores: readonly Score[]): AnalysedTrial {
  const { status, latencyMs } = result;
  if (status !== 'completed') {
    return { variant, status, isCached: false, isCut: false, latencyMs, cost: null, scores };
  }
  const { cost, finishReason } = result.completion;
  const paid = cost.total === null || cost.currency === null ? null : { amount: cost.total, currency: cost.currency };
  return {
    variant,
    status,
    isCached: result.cached,
    isCut: isCutOff(finishReason),
    latencyMs,
    scores,
    cost: result.cached ? (result.saved ?? null) : paid,
  };
}

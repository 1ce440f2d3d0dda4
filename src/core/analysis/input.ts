import { isCutOff } from '../finish-reason.ts';
import type { Amount } from '../money.ts';
import type { Result } from '../result.ts';
import type { Score } from '../scorer.ts';

/** What an analysis needs to know about a trial. */
export interface AnalysedTrial {
  /** Index of its variant in the grid. */
  readonly variant: number;
  readonly status: Result['status'];
  /** True if the answer comes from the response cache. */
  readonly isCached: boolean;
  /** True if the answer was cut off at a token limit. */
  readonly isCut: boolean;
  /** In milliseconds; null if it is not known, as for a request of a batch. */
  readonly latencyMs: number | null;
  /** Cost of the answer, of a cached one its original cost; null if unknown, or there is no answer. */
  readonly cost: Amount | null;
  /** One for each scorer that applied; empty if the trial did not complete. */
  readonly scores: readonly Score[];
}

/** A row with its trials. */
export interface AnalysedRow {
  readonly id: string;
  /** Its value of the cluster column; null if it has none, or no column was named. */
  readonly cluster: string | null;
  /** Its value of the column to break down by; null if it has none, or no column was named. */
  readonly group: string | null;
  /** In plan order. */
  readonly trials: readonly AnalysedTrial[];
}

/** The part of a result that an analysis uses. @param variant index of its variant in the grid */
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

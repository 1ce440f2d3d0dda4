import type { LostCalls } from '../core/billed.ts';
import type { Summary } from '../core/summary.ts';
import { renderErrors } from './errors.ts';
import { renderSummary, renderTotals, type SummaryStyle } from './terminal.ts';
import { renderUnscored } from './unscored.ts';

/** What is known about a run besides its summary. */
interface PlannedRun {
  /** Trials of the plan. */
  readonly trials: number;
  /** Calls without an answer that may have been billed; null if unknown. */
  readonly lost: LostCalls | null;
  /** Sentences below the table. */
  readonly below?: readonly string[];
}

/**
 * The figures of a run: its table, its totals, why trials errored and why answers have no score. Without answers there
 * is no table, since it would be empty.
 */
export function renderOutcome(
  summary: Summary,
  { trials, lost, below = [] }: PlannedRun,
  style: SummaryStyle,
): readonly string[] {
  return [
    ...(summary.total.completed === 0 ? [] : [renderSummary(summary, style), ...below]),
    renderTotals(summary, trials, lost),
    ...renderErrors(summary),
    ...renderUnscored(summary),
  ];
}

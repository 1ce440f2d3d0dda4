import type { LostCalls } from '../core/billed.ts';
import type { Summary } from '../core/summary.ts';
import { renderErrors } from './errors.ts';
import { renderSummary, renderTotals, type SummaryStyle } from './terminal.ts';
import { renderUnscored } from './unscored.ts';

/** What is known of a run besides its summary. */
interface PlannedRun {
  /** Trials of the plan. */
  readonly trials: number;
  /** Calls that may have been billed and have no answer; null if unknown. */
  readonly lost: LostCalls | null;
  /** Sentences below the table. */
  readonly below?: readonly string[];
}

/**
 * The figures of a run: its table, its totals, why trials errored and why answers have no score. No table where nothing was answered, for it would
 * hold nothing.
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

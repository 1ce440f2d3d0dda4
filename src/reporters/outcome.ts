import type { LostCalls } from '../core/billed.ts';
import type { KeptResults, Summary } from '../core/summary.ts';
import { renderErrors } from './errors.ts';
import { formatCosts, formatCount } from './format.ts';
import { renderLost } from './lost.ts';
import { renderSummary, renderTotals, type SummaryStyle } from './terminal.ts';
import { renderUnscored } from './unscored.ts';

/** What is known about a run besides its summary. */
interface PlannedRun {
  /** Trials of the plan. */
  readonly trials: number;
  /** Calls without an answer that may have been billed. */
  readonly lost: LostCalls;
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

/** The same for a run that was cancelled before its results were added up. */
export function renderKept(
  { results, costs, unknownCosts, lostResults }: KeptResults,
  { trials, lost }: PlannedRun,
): readonly string[] {
  const of = `${formatCount(results)} of ${formatCount(trials)} trials`;
  const paid = costs === null ? 'what they cost is not known' : `${formatCosts(costs, unknownCosts ?? 0)} paid so far`;
  return [
    `${of} have a result in the folder · ${paid} · no result file was written: the same command adds them up`,
    ...renderLost({ lost, lostResults }),
  ];
}

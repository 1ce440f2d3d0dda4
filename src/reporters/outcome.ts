import type { Colors } from 'picocolors/types.js';
import type { Summary } from '../core/summary.ts';
import { renderErrors } from './errors.ts';
import { renderSummary, renderTotals } from './terminal.ts';

/**
 * The figures of a run: its table, its totals, and why trials errored. No table where nothing was answered, for it would
 * hold nothing. @param trials of the plan; @param colors picocolors, or its colourless form
 */
export function renderOutcome(summary: Summary, trials: number, colors: Colors): readonly string[] {
  return [
    ...(summary.total.completed === 0 ? [] : [renderSummary(summary, colors)]),
    renderTotals(summary, trials),
    ...renderErrors(summary),
  ];
}

import type { Colors } from 'picocolors/types.js';
import type { Analysis } from '../core/analysis/analysis.ts';
import { analysisSections } from './analysis-sections.ts';
import { NO_ERRORS, type RunErrors } from './errors.ts';
import { MOST_LINES, renderTable } from './table.ts';

/**
 * Which variant is better and whether that is certain, for a terminal.
 * @param colors picocolors, or its colourless form; @param failed why trials errored
 */
export function renderAnalysis(analysis: Analysis, colors: Colors, failed: RunErrors = NO_ERRORS): string {
  const parts = analysisSections(analysis, failed).map(({ title, table, sentences }) =>
    [
      colors.bold(title),
      ...(table === null
        ? []
        : [renderTable(table, { bold: colors.bold, most: MOST_LINES, rest: '--json has them all' })]),
      ...sentences.map((sentence) => `· ${sentence}`),
    ].join('\n'),
  );
  return parts.join('\n\n');
}

import Table from 'cli-table3';
import type { Colors } from 'picocolors/types.js';
import type { Analysis } from '../core/analysis/analysis.ts';
import type { ReportTable } from './analysis-report.ts';
import { analysisSections } from './analysis-sections.ts';
import { NO_ERRORS, type RunErrors } from './errors.ts';
import { PLAIN_BORDERS } from './table-style.ts';

/**
 * Which variant is better and whether that is certain, for a terminal.
 * @param colors picocolors, or its colourless form; @param failed why trials errored
 */
export function renderAnalysis(analysis: Analysis, colors: Colors, failed: RunErrors = NO_ERRORS): string {
  const parts = analysisSections(analysis, failed).map(({ title, table, sentences }) =>
    [
      colors.bold(title),
      ...(table === null ? [] : [renderTable(table, colors)]),
      ...sentences.map((sentence) => `· ${sentence}`),
    ].join('\n'),
  );
  return parts.join('\n\n');
}

function renderTable({ columns, rows }: ReportTable, colors: Colors): string {
  const table = new Table({
    head: columns.map(({ title }) => colors.bold(title)),
    colAligns: columns.map(({ align }) => align),
    style: { head: [], border: [], compact: true },
    chars: PLAIN_BORDERS,
  });
  for (const row of rows) table.push([...row]);
  return table.toString();
}

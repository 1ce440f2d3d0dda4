import type { Colors } from 'picocolors/types.js';
import type { Analysis } from '../core/analysis/analysis.ts';
import { NO_FACTS, type ReportTable, type RunFacts } from './analysis-report.ts';
import { analysisSections } from './analysis-sections.ts';
import { leaderboardLines, renderTable } from './table.ts';

/**
 * Which variant is better and whether the difference is significant, for a terminal.
 * @param colors picocolors, or its colourless form; @param facts what else is known of the run
 * @param width columns of the terminal; Infinity, the default, shows every column and many more lines
 */
export function renderAnalysis(
  analysis: Analysis,
  colors: Colors,
  facts: RunFacts = NO_FACTS,
  width: number = Infinity,
): string {
  const parts = analysisSections(analysis, facts).map(({ title, table, sentences }) =>
    [
      colors.bold(title),
      ...(table === null ? [] : [renderTable(table, { bold: colors.bold, width, ...linesOf(table, width) })]),
      ...sentences.map((sentence) => `· ${sentence}`),
    ].join('\n'),
  );
  return parts.join('\n\n');
}

function linesOf({ isLeaderboard }: ReportTable, width: number): ReturnType<typeof leaderboardLines> {
  return isLeaderboard === true ? leaderboardLines(width, '--wide shows them') : {};
}

import type { Analysis } from '../core/analysis/analysis.ts';
import { markdownSentence } from '../core/plain-text.ts';
import type { ReportTable } from './analysis-report.ts';
import { analysisSections } from './analysis-sections.ts';
import { NO_ERRORS, type RunErrors } from './errors.ts';

/**
 * Which variant is better and whether the difference is significant, as GitHub Flavored Markdown.
 * @param title its heading; @param failed why trials errored
 */
export function renderAnalysisMarkdown(analysis: Analysis, title: string, failed: RunErrors = NO_ERRORS): string {
  const parts = analysisSections(analysis, failed).map((section) => {
    const sentences = section.sentences.map((sentence) => `- ${markdownSentence(sentence)}`).join('\n');
    const table = section.table === null ? [] : [renderTable(section.table)];
    return [`## ${markdownSentence(section.title)}`, ...table, ...(sentences === '' ? [] : [sentences])].join('\n\n');
  });
  return [`# ${markdownSentence(title)}`, ...parts].join('\n\n');
}

function renderTable({ columns, rows }: ReportTable): string {
  return [
    line(columns.map(({ title }) => markdownSentence(title))),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : ':---'))),
    ...rows.map((row) => line(row.map(markdownSentence))),
  ].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

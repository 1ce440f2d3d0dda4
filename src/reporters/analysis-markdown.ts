import type { Analysis } from '../core/analysis/analysis.ts';
import { markdownSentence } from '../core/plain-text.ts';
import { NO_FACTS, type ReportTable, type RunFacts } from './analysis-report.ts';
import { analysisSections } from './analysis-sections.ts';

/**
 * Which variant is better and whether the difference is significant, as GitHub Flavored Markdown.
 * @param title its heading; @param facts what else is known of the run
 */
export function renderAnalysisMarkdown(analysis: Analysis, title: string, facts: RunFacts = NO_FACTS): string {
  const parts = analysisSections(analysis, facts).map((section) => {
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

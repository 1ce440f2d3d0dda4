import type { Analysis } from '../core/analysis/analysis.ts';
import type { ReportTable } from './analysis-report.ts';
import { analysisSections } from './analysis-sections.ts';
import { noteText } from './analysis-words.ts';
import { NO_ERRORS, type RunErrors } from './errors.ts';

/**
 * Which variant is better and whether that is certain, as GitHub Flavored Markdown.
 * @param title its heading; @param failed why trials errored
 */
export function renderAnalysisMarkdown(analysis: Analysis, title: string, failed: RunErrors = NO_ERRORS): string {
  const parts = analysisSections(analysis, failed).map((section) => {
    const sentences = section.sentences.map((sentence) => `- ${escapeText(sentence)}`).join('\n');
    const table = section.table === null ? [] : [renderTable(section.table)];
    return [`## ${escapeText(section.title)}`, ...table, ...(sentences === '' ? [] : [sentences])].join('\n\n');
  });
  return [`# ${escapeText(noteText(title))}`, ...parts].join('\n\n');
}

function renderTable({ columns, rows }: ReportTable): string {
  return [
    line(columns.map(({ title }) => escapeText(title))),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : ':---'))),
    ...rows.map((row) => line(row.map(escapeText))),
  ].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Names and values come from datasets: nothing of them is to be taken for markup, a link or a mention. */
function escapeText(text: string): string {
  const escaped = text
    .replace(/[\\`*_[\]~|#$]/g, (mark) => `\\${mark}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
  return escaped
    .replace(/^([-+])|^(\d+)(?=[.)]\s)/, '$2\\$1')
    .replace(/(?<!\w)@/g, '&#64;')
    .replace(/(https?|www)([:.])/gi, '$1&#8203;$2');
}

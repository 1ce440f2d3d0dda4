import type { Analysis } from '../core/analysis/analysis.ts';
import { FEW_ROWS } from '../core/analysis/choice-basis.ts';
import { comparisonsWithBest } from './analysis-sections.ts';
import { shortText } from './analysis-words.ts';
import { foldLines } from './fold.ts';

/** Lines of findings below a run's table, including the one that says where the others are. */
const MOST_LINES = 5;

/** How findings are shown. */
interface FindingsStyle {
  /** Columns of the terminal; Infinity for no limit. */
  readonly width: number;
  /** The command that shows the others. */
  readonly more: string;
}

/**
 * A few lines on a run's analysis: first which variants the best one beats by each score, then those without a
 * significant difference; nothing for a single variant.
 */
export function findings(analysis: Analysis, { width, more }: FindingsStyle): readonly string[] {
  const { variants, scorers, rows } = analysis;
  if (variants.length < 2) return [];
  const parts = scorers.map((scorer) => {
    const lead = scorers.length > 1 ? `${shortText(scorer.scorer)}: ` : '';
    const { open, shown } = comparisonsWithBest(scorer, { variants, corrections: scorer.corrections });
    return { open: open.map((sentence) => lead + sentence), shown: shown.map((sentence) => lead + sentence) };
  });
  const significant = parts.flatMap(({ shown }) => shown);
  const others = parts.flatMap(({ open }) => open);
  const sentences = [...significant, ...(rows < FEW_ROWS ? fewRows(rows, significant, others) : others)];
  const lines: string[] = [];
  for (const sentence of sentences) {
    const folded = foldLines(sentence, width).split('\n');
    if (lines.length > 0 && lines.length + folded.length >= MOST_LINES) break;
    lines.push(...folded);
  }
  return lines.length === 0 ? [] : [...lines, `more: ${more}`];
}

/** @param others sentences on variants without a significant difference */
function fewRows(rows: number, significant: readonly string[], others: readonly string[]): readonly string[] {
  if (others.length === 0) return [];
  const what = significant.length === 0 ? 'tell these variants apart' : 'tell the other variants apart';
  return [`${rows === 1 ? '1 row is' : `${rows} rows are`} too few to ${what}; use at least ${FEW_ROWS}`];
}

import type { Analysis } from '../core/analysis/analysis.ts';
import { comparisonsWithBest } from './analysis-sections.ts';
import { shortText } from './analysis-words.ts';
import { foldLines } from './fold.ts';

/** Lines below a run's table that findings take, with the one that says where the others are. */
const MOST_LINES = 5;

/** How findings are shown. */
interface FindingsStyle {
  /** Columns of the terminal; Infinity for as many as a sentence takes. */
  readonly width: number;
  /** The command that shows the others. */
  readonly more: string;
}

/**
 * What a run tells of its analysis in a few lines: first which variants the best one beats by each score, then those that
 * it is not shown to beat; nothing of one variant.
 */
export function findings(analysis: Analysis, { width, more }: FindingsStyle): readonly string[] {
  const { variants, scorers } = analysis;
  if (variants.length < 2) return [];
  const told = scorers.map((scorer) => {
    const lead = scorers.length > 1 ? `${shortText(scorer.scorer)}: ` : '';
    const { open, shown } = comparisonsWithBest(scorer, { variants, corrections: scorer.corrections });
    return { open: open.map((sentence) => lead + sentence), shown: shown.map((sentence) => lead + sentence) };
  });
  const sentences = [...told.flatMap(({ shown }) => shown), ...told.flatMap(({ open }) => open)];
  const lines: string[] = [];
  for (const sentence of sentences) {
    const folded = foldLines(sentence, width).split('\n');
    if (lines.length > 0 && lines.length + folded.length >= MOST_LINES) break;
    lines.push(...folded);
  }
  return lines.length === 0 ? [] : [...lines, `more: ${more}`];
}

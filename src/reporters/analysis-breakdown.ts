import type { Breakdown, GroupFigures, ScorerAnalysis } from '../core/analysis/analysis.ts';
import type { Comparison } from '../core/paired/comparison.ts';
import type { ReportSection, ReportTable } from './analysis-report.ts';
import {
  comparisonSentence,
  correctedFor,
  figureText,
  nameOf,
  type SentenceContext,
  shortText,
} from './analysis-words.ts';
import { formatCount } from './format.ts';

/** Maximum variants that have a column, the best first. */
const MOST_VARIANTS = 4;

/** Minimum width of a value. */
const LEAST_VALUE = 16;

/** Maximum differences shown. */
const MOST_TOLD = 10;

/** A scorer's figures by the values of a column. */
export function breakdownSection(
  { scorer, leaderboard }: ScorerAnalysis,
  breakdown: Breakdown,
  context: SentenceContext,
): ReportSection {
  const { column, groups, corrections } = breakdown;
  const shown = leaderboard.slice(0, MOST_VARIANTS).map(({ variant }) => variant);
  const left = leaderboard.length - shown.length;
  return {
    title: `Score: ${shortText(scorer)}, by ${shortText(column)}`,
    table: groupTable(groups, shown, context),
    sentences: [
      ...significantSentences(groups, { ...context, corrections }),
      ...(left === 0 ? [] : [`${formatCount(left)} further variants are not in this table (--json has each)`]),
      ...otherRows(breakdown),
    ],
  };
}

function groupTable(
  groups: readonly GroupFigures[],
  shown: readonly number[],
  { variants }: SentenceContext,
): ReportTable {
  return {
    columns: [
      { title: 'value', align: 'left', least: LEAST_VALUE },
      { title: 'rows', align: 'right' },
      // In narrow terminals, the last is dropped first; the best stays.
      ...shown.map((variant, rank) => ({
        title: nameOf(variants, variant),
        align: 'right' as const,
        ...(rank === 0 ? {} : { keep: -rank }),
      })),
    ],
    rows: groups.map((group) => {
      const figures = new Map(group.variants.map((figure) => [figure.variant, figureText(figure)]));
      return [valueText(group), formatCount(group.rows), ...shown.map((variant) => figures.get(variant) ?? '–')];
    }),
  };
}

function valueText({ value }: GroupFigures): string {
  return value === null ? '(no value)' : shortText(value);
}

function isSignificant({ verdict }: Comparison): boolean {
  return verdict !== 'none shown';
}

function significantSentences(groups: readonly GroupFigures[], context: SentenceContext): readonly string[] {
  const significant = groups.flatMap((group) =>
    group.comparisons.filter(isSignificant).map((one) => `${valueText(group)}: ${comparisonSentence(one, context)}`),
  );
  if (significant.length === 0) {
    return context.corrections === 0 ? [] : [`no significant difference within any value${correctedFor(context)}`];
  }
  const rest = significant.length - MOST_TOLD;
  return [
    ...significant.slice(0, MOST_TOLD),
    ...(rest > 0 ? [`${formatCount(rest)} further differences are significant (--json has each)`] : []),
  ];
}

function otherRows({ column, otherRows: rows, groups }: Breakdown): readonly string[] {
  if (rows === 0) return [];
  const lead = `only the first ${formatCount(groups.length)} values of ${shortText(column)} are shown`;
  return [`${lead}; ${formatCount(rows)} rows have others`];
}

import type { Analysis, LeaderboardEntry, RowList, ScorerAnalysis } from '../core/analysis/analysis.ts';
import type { AnalysisNote } from '../core/analysis/note.ts';
import { formatDuration } from '../core/duration-text.ts';
import { formatMoney } from '../core/money-text.ts';
import { onlyFailedSentence } from '../core/only-failed.ts';
import type { Comparison } from '../core/paired/comparison.ts';
import { tidyLine } from '../core/plain-text.ts';
import { repeatGates } from '../core/repeat-gate.ts';
import { breakdownSection } from './analysis-breakdown.ts';
import { errorSections } from './analysis-errors.ts';
import type { ReportColumn, ReportSection, ReportTable, RunFacts } from './analysis-report.ts';
import {
  comparisonSentence,
  dominatedSentence,
  figureText,
  groupedSentence,
  nameOf,
  rowsSentence,
  type SentenceContext,
  shortText,
  temperatureSentences,
} from './analysis-words.ts';
import { cheapestSentences } from './cheapest-words.ts';
import { formatCount, formatShare } from './format.ts';
import { renderLost } from './lost.ts';

/** Up to this many variants, every comparison is shown; with more, only the best against each other one. */
const ALL_PAIRS_UP_TO = 4;

/** Possible reason for a row that no variant gets right. */
const FAULT = 'being too hard or wrong';

/** Other possible reason. */
const CUT = 'with answers cut off at the token limit';

/** Maximum variants with the same statement that get a sentence each. */
const MOST_LISTED = 20;

/** Maximum comparisons of the best that are shown. */
const MOST_TOLD = 9;

/**
 * An analysis as a report shows it: a part for each scorer and breakdown, why trials errored, and notes that apply to
 * all.
 */
export function analysisSections(analysis: Analysis, facts: RunFacts): readonly ReportSection[] {
  const scorers = analysis.scorers.flatMap((scorer, place) => {
    const context = { variants: analysis.variants, corrections: scorer.corrections };
    const { breakdown } = scorer;
    const section = scorerSection(scorer, context, analysis);
    const cheapest = place === 0 ? cheapestSentences(analysis) : [];
    return [
      { ...section, sentences: [...cheapest, ...section.sentences] },
      ...(breakdown === null ? [] : [breakdownSection(scorer, breakdown, context)]),
    ];
  });
  const notes = [...analysis.notes.slice(0, MOST_LISTED).map(noteLine), ...untold(analysis.notes.length, 'notes')];
  const general = [...notes, ...explanations(analysis)];
  const errors = errorSections(analysis.variants, facts);
  return [
    ...pickedSections(facts),
    ...scorers,
    ...repeatSections(analysis),
    ...errors,
    ...lostSections(facts),
    ...(general.length === 0 ? [] : [{ title: 'To know', table: null, sentences: general }]),
  ];
}

/** What the costs in the tables leave out. */
function lostSections(facts: RunFacts): readonly ReportSection[] {
  const sentences = renderLost(facts);
  return sentences.length === 0 ? [] : [{ title: 'In no figure', table: null, sentences }];
}

function pickedSections({ onlyFailed }: RunFacts): readonly ReportSection[] {
  if (onlyFailed === undefined) return [];
  return [{ title: 'Picked rows', table: null, sentences: [tidyLine(onlyFailedSentence(onlyFailed))] }];
}

/** Gates on repeats; those on figures are the run's own, and not repeated here. */
function repeatSections({ minRepeats = [], variants }: Analysis): readonly ReportSection[] {
  if (minRepeats.length === 0) return [];
  const names = variants.map(({ name }) => name);
  const gates = minRepeats.flatMap((figures) => repeatGates(figures, names));
  const sentences = gates.map(({ name, passed, why }) =>
    tidyLine(`gate ${name}: ${passed ? 'passed' : 'failed'}: ${why}`),
  );
  return [
    {
      title: 'Repeats',
      table: null,
      sentences: [...sentences.slice(0, MOST_LISTED), ...untold(sentences.length, 'gates')],
    },
  ];
}

function noteLine({ text }: AnalysisNote): string {
  return tidyLine(text);
}

function scorerSection(scorer: ScorerAnalysis, context: SentenceContext, analysis: Analysis): ReportSection {
  const { leaderboard } = scorer;
  return {
    title: `Score: ${shortText(scorer.scorer)}`,
    table: leaderboardTable(leaderboard, analysis),
    sentences: [
      ...scorer.notes.map(noteLine),
      ...comparisonSentences(scorer, context),
      ...scorer.frontiers.flatMap(({ dominated }) => [
        ...dominated.slice(0, MOST_LISTED).map((one) => dominatedSentence(one, context)),
        ...untold(dominated.length, 'variants that another beats at no higher cost'),
      ]),
      ...temperatureSentences(scorer.bestTemperatures.slice(0, MOST_LISTED), context),
      ...untold(scorer.bestTemperatures.length, 'best temperatures'),
      ...rowSentences(scorer),
    ],
  };
}

/** The note on omitted items. @param what they are */
function untold(count: number, what: string): readonly string[] {
  return count <= MOST_LISTED ? [] : [`… and ${formatCount(count - MOST_LISTED)} more ${what}: --json has them all`];
}

function rowSentences({ rows, isPassFail, leaderboard }: ScorerAnalysis): readonly string[] {
  // A partial score may have no passing answer, and then says nothing about its rows.
  const canPass = isPassFail || leaderboard.some(({ passed }) => passed > 0);
  const again = 'scored differently when asked again';
  return [
    ...rowsSentence(rows.separating, ['separates the variants', 'separate the variants, the widest first']),
    ...(canPass ? [...failedSentence(rows.allFailed, FAULT), ...failedSentence(rows.cutOff, CUT)] : []),
    ...rowsSentence(rows.disagreeing, [`is ${again}`, `are ${again}`]),
  ];
}

function failedSentence(rows: RowList, why: string): readonly string[] {
  return rowsSentence(
    rows,
    ['fails', 'fail'].map((verb) => `${verb} with every variant, ${why}`),
  );
}

/**
 * What a leaderboard drops in a narrow terminal, the lowest first; the variant, its score and its cost stay. A count of
 * zero is dropped first.
 */
const KEPT = { zeros: 0, passed: 1, p95: 2, costPerPassed: 3, passAtK: 4, unjudged: 5, n: 6, errored: 7 } as const;

/** Minimum width of a variant's name. */
const LEAST_NAME = 24;

function leaderboardTable(entries: readonly LeaderboardEntry[], { variants, repeats }: Analysis): ReportTable {
  const hasErrors = entries.some(({ errored }) => errored > 0);
  const columns: readonly TableColumn[] = [
    { title: 'variant', align: 'left', least: LEAST_NAME, cell: ({ variant }) => nameOf(variants, variant) },
    right('n', ({ n }) => formatCount(n), KEPT.n),
    right('score', figureText),
    right('passed', ({ passed }) => formatCount(passed), KEPT.passed),
    ...(repeats > 1 ? [anyColumn(repeats), allColumn(repeats)] : []),
    ...(entries.some(({ unjudged }) => unjudged > 0)
      ? [right('unjudged', ({ unjudged }) => formatCount(unjudged), KEPT.unjudged)]
      : []),
    right('errored', ({ errored }) => formatCount(errored), hasErrors ? KEPT.errored : KEPT.zeros),
    right('cost / 1,000 rows', ({ variant }) => moneyText(variants[variant]?.costPerThousandRows)),
    right('cost / passed row', ({ costPerPassedRow }) => moneyText(costPerPassedRow), KEPT.costPerPassed),
    right('p95', ({ variant }) => formatDuration(variants[variant]?.latencyP95Ms ?? null), KEPT.p95),
  ];
  return { columns, rows: entries.map((entry) => columns.map(({ cell }) => cell(entry))), isLeaderboard: true };
}

interface TableColumn extends ReportColumn {
  readonly cell: (entry: LeaderboardEntry) => string;
}

function right(title: string, cell: TableColumn['cell'], keep?: number): TableColumn {
  return { title, align: 'right', cell, ...(keep === undefined ? {} : { keep }) };
}

function anyColumn(k: number): TableColumn {
  return right(`pass@${k}`, ({ passAtK }) => shareText(passAtK.at(-1)?.any), KEPT.passAtK);
}

function allColumn(k: number): TableColumn {
  return right(`pass^${k}`, ({ passAtK }) => shareText(passAtK.at(-1)?.all), KEPT.passAtK);
}

function shareText(share: number | null | undefined): string {
  return share === null || share === undefined ? '–' : formatShare(share);
}

function moneyText(cost: Parameters<typeof formatMoney>[0] | null | undefined): string {
  return cost === null || cost === undefined ? '–' : formatMoney(cost);
}

/** All comparisons if there are few; otherwise those of the best, and a summary of the rest. */
function comparisonSentences(scorer: ScorerAnalysis, context: SentenceContext): readonly string[] {
  const others = scorer.comparisons.filter((comparison) => !isOf(bestOf(scorer), comparison));
  const ofOthers = isShownInFull(scorer)
    ? others.map((comparison) => comparisonSentence(comparison, context))
    : restSentences(others, scorer.notCompared);
  return [...comparisonsOfBest(scorer, context), ...ofOthers];
}

/** The best against each other one, by score. */
function comparisonsOfBest(scorer: ScorerAnalysis, context: SentenceContext): readonly string[] {
  const { open, shown } = comparisonsWithBest(scorer, context);
  return isShownInFull(scorer) ? inOrder(scorer, context) : [...open, ...shown];
}

function inOrder(scorer: ScorerAnalysis, context: SentenceContext): readonly string[] {
  return withBest(scorer).map((comparison) => comparisonSentence(comparison, context));
}

/** Notes on the best against each other one: differences that are not significant, and those that are. */
export function comparisonsWithBest(
  scorer: ScorerAnalysis,
  context: SentenceContext,
): { readonly open: readonly string[]; readonly shown: readonly string[] } {
  const ofBest = withBest(scorer);
  const open = ofBest.filter(isOpen);
  const settled = ofBest.filter((comparison) => !isOpen(comparison));
  // Incomparable ones say the least.
  const shown = settled.toSorted((one, other) => Number(one.points === null) - Number(other.points === null));
  const left = shown.length - MOST_TOLD;
  const each = (comparisons: readonly Comparison[]): readonly string[] =>
    comparisons.map((comparison) => comparisonSentence(comparison, context));
  const grouped = open.length === 0 ? [] : [groupedSentence(open, bestOf(scorer), context)];
  return {
    open: isShownInFull(scorer) ? each(open) : grouped,
    shown: [
      ...each(shown.slice(0, MOST_TOLD)),
      ...(left > 0 ? [`${formatCount(left)} further comparisons with it are not shown here (--json has each)`] : []),
    ],
  };
}

function withBest(scorer: ScorerAnalysis): readonly Comparison[] {
  const { comparisons, leaderboard } = scorer;
  const best = bestOf(scorer);
  const order = new Map(leaderboard.map(({ variant }, rank) => [variant, rank]));
  const rankOf = ({ first, second }: Comparison): number => Math.max(order.get(first) ?? 0, order.get(second) ?? 0);
  return comparisons.filter((one) => isOf(best, one)).sort((one, other) => rankOf(one) - rankOf(other));
}

/** Whether each comparison is shown separately. */
function isShownInFull({ leaderboard }: ScorerAnalysis): boolean {
  return leaderboard.length <= ALL_PAIRS_UP_TO;
}

function bestOf({ leaderboard }: ScorerAnalysis): number {
  return leaderboard[0]?.variant ?? 0;
}

function isOf(variant: number, { first, second }: Comparison): boolean {
  return first === variant || second === variant;
}

function isOpen({ verdict, points }: Comparison): boolean {
  return verdict === 'none shown' && points !== null;
}

function restSentences(rest: readonly Comparison[], notCompared: number): readonly string[] {
  const significant = rest.filter(({ verdict }) => verdict !== 'none shown').length;
  const summary = `${formatCount(rest.length)} further comparisons: ${formatCount(significant)} significant, ${formatCount(rest.length - significant)} not (--json has each)`;
  return [
    ...(rest.length === 0 ? [] : [summary]),
    ...(notCompared === 0 ? [] : [`${formatCount(notCompared)} pairs that the best is not part of are not compared`]),
  ];
}

/** Explanations of the terms that are used. */
function explanations({ scorers, alpha, repeats, clusters }: Analysis): readonly string[] {
  const comparisons = scorers.flatMap((scorer) => scorer.comparisons);
  const isForecast = comparisons.some(({ power }) => (power?.moreRows ?? 0) > 0);
  const hasFigures = scorers.some(({ leaderboard }) => leaderboard.some(({ interval }) => interval !== null));
  const repeated = 'pass@k: a row passes where one of k answers does; pass^k: where all of them do';
  const because =
    clusters === null ? '' : `; rows with the same ${shortText(clusters.column)} count as one piece of evidence`;
  return [
    ...(hasFigures ? [`brackets: 95 % confidence interval${because}`] : []),
    ...(comparisons.some(({ pValue }) => pValue !== null)
      ? [`significant: p ≤ ${alpha} after correction for all comparisons of this report`]
      : []),
    ...(isForecast ? ['rows that detecting a difference needs: with 80 % power'] : []),
    ...(repeats > 1 ? [repeated] : []),
  ];
}

import type { Analysis, LeaderboardEntry, RowList, ScorerAnalysis } from '../core/analysis/analysis.ts';
import type { Comparison } from '../core/paired/comparison.ts';
import { tidyLine } from '../core/plain-text.ts';
import { breakdownSection } from './analysis-breakdown.ts';
import { errorSections } from './analysis-errors.ts';
import type { ReportSection, ReportTable } from './analysis-report.ts';
import {
  comparisonSentence,
  dominatedSentence,
  figureText,
  groupedSentence,
  nameOf,
  rowsSentence,
  shortText,
  type Told,
  temperatureSentences,
} from './analysis-words.ts';
import type { RunErrors } from './errors.ts';
import { formatCount, formatDuration, formatMoney, formatShare } from './format.ts';

/** Up to so many variants every comparison is told; with more, the best against each other one. */
const ALL_PAIRS_UP_TO = 4;

/** What a row that nobody gets right may be. */
const FAULT = 'being too hard or wrong';

/** What else may explain it. */
const CUT = 'with answers cut off at the token limit';

/** Most variants of which the same is told, each in a sentence. */
const MOST_LISTED = 20;

/** Most comparisons of the best that are told. */
const MOST_TOLD = 9;

/** An analysis as a report tells it: a part for each scorer and breakdown, why trials errored, and what holds for all. */
export function analysisSections(analysis: Analysis, failed: RunErrors): readonly ReportSection[] {
  const scorers = analysis.scorers.flatMap((scorer) => {
    const told = { variants: analysis.variants, corrections: scorer.corrections };
    const { breakdown } = scorer;
    return [
      scorerSection(scorer, told, analysis),
      ...(breakdown === null ? [] : [breakdownSection(scorer, breakdown, told)]),
    ];
  });
  const notes = [...analysis.notes.slice(0, MOST_LISTED).map(tidyLine), ...untold(analysis.notes.length, 'notes')];
  const general = [...notes, ...explanations(analysis)];
  const errors = errorSections(analysis.variants, failed);
  return [
    ...scorers,
    ...errors,
    ...(general.length === 0 ? [] : [{ title: 'To know', table: null, sentences: general }]),
  ];
}

function scorerSection(scorer: ScorerAnalysis, told: Told, analysis: Analysis): ReportSection {
  const { leaderboard } = scorer;
  return {
    title: `Score: ${shortText(scorer.scorer)}`,
    table: leaderboardTable(leaderboard, analysis),
    sentences: [
      ...scorer.notes.map(tidyLine),
      ...comparisonSentences(scorer, told),
      ...scorer.frontiers.flatMap(({ dominated }) => [
        ...dominated.slice(0, MOST_LISTED).map((one) => dominatedSentence(one, told)),
        ...untold(dominated.length, 'variants that another beats at no higher cost'),
      ]),
      ...temperatureSentences(scorer.bestTemperatures.slice(0, MOST_LISTED), told),
      ...untold(scorer.bestTemperatures.length, 'best temperatures'),
      ...rowSentences(scorer),
    ],
  };
}

/** What is said where there are more than are told. @param what they are */
function untold(count: number, what: string): readonly string[] {
  return count <= MOST_LISTED ? [] : [`… and ${formatCount(count - MOST_LISTED)} more ${what}: --json has them all`];
}

function rowSentences({ rows, isPassFail, leaderboard }: ScorerAnalysis): readonly string[] {
  // A partial score may have no answer that passes, and then says nothing of its rows.
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

function leaderboardTable(entries: readonly LeaderboardEntry[], { variants, repeats }: Analysis): ReportTable {
  const columns: readonly TableColumn[] = [
    { title: 'variant', align: 'left', cell: ({ variant }) => nameOf(variants, variant) },
    right('n', ({ n }) => formatCount(n)),
    right('score', figureText),
    right('passed', ({ passed }) => formatCount(passed)),
    ...(repeats > 1 ? [anyColumn(repeats), allColumn(repeats)] : []),
    ...(entries.some(({ unjudged }) => unjudged > 0)
      ? [right('unjudged', ({ unjudged }) => formatCount(unjudged))]
      : []),
    right('errored', ({ errored }) => formatCount(errored)),
    right('cost / 1,000 rows', ({ variant }) => moneyText(variants[variant]?.costPerThousandRows)),
    right('cost / passed row', ({ costPerPassedRow }) => moneyText(costPerPassedRow)),
    right('p95', ({ variant }) => formatDuration(variants[variant]?.latencyP95Ms ?? null)),
  ];
  return { columns, rows: entries.map((entry) => columns.map(({ cell }) => cell(entry))) };
}

interface TableColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly cell: (entry: LeaderboardEntry) => string;
}

function right(title: string, cell: TableColumn['cell']): TableColumn {
  return { title, align: 'right', cell };
}

function anyColumn(k: number): TableColumn {
  return right(`pass@${k}`, ({ passAtK }) => shareText(passAtK.at(-1)?.any));
}

function allColumn(k: number): TableColumn {
  return right(`pass^${k}`, ({ passAtK }) => shareText(passAtK.at(-1)?.all));
}

function shareText(share: number | null | undefined): string {
  return share === null || share === undefined ? '–' : formatShare(share);
}

function moneyText(cost: Parameters<typeof formatMoney>[0] | null | undefined): string {
  return cost === null || cost === undefined ? '–' : formatMoney(cost);
}

/** Most findings that a run tells of one score; `promptgrid report` tells them all. */
const MOST_FINDINGS = 3;

/** With fewer rows only a large difference can be significant, and what more rows would show need not be said of each score. */
const FEW_ROWS = 20;

/** What a run tells of its analysis: whom the best beats by each score, as far as that is certain; nothing of one variant. */
export function findings(analysis: Analysis): readonly string[] {
  const { variants, scorers, rows } = analysis;
  if (variants.length < 2) return [];
  const isFew = rows < FEW_ROWS;
  const found = scorers.flatMap((scorer) => {
    const lead = scorers.length > 1 ? `${shortText(scorer.scorer)}: ` : '';
    const shown = isFew ? onlySignificant(scorer) : scorer;
    const told = comparisonsOfBest(shown, { variants, corrections: scorer.corrections });
    return told.slice(0, MOST_FINDINGS).map((sentence) => lead + sentence);
  });
  if (!isFew || !scorers.some(({ comparisons }) => comparisons.some(isOpen))) return found;
  const others = found.length === 0 ? 'tell these variants apart' : 'tell the other variants apart';
  return [...found, `${rows === 1 ? '1 row is' : `${rows} rows are`} too few to ${others}; use at least ${FEW_ROWS}`];
}

function onlySignificant(scorer: ScorerAnalysis): ScorerAnalysis {
  return { ...scorer, comparisons: scorer.comparisons.filter((comparison) => !isOpen(comparison)) };
}

/** All of few comparisons; of many those of the best, and how the rest came out. */
function comparisonSentences(scorer: ScorerAnalysis, told: Told): readonly string[] {
  const others = scorer.comparisons.filter((comparison) => !isOf(bestOf(scorer), comparison));
  const ofOthers = isTold(scorer)
    ? others.map((comparison) => comparisonSentence(comparison, told))
    : restSentences(others, scorer.notCompared);
  return [...comparisonsOfBest(scorer, told), ...ofOthers];
}

/** The best against each other one, those of most score first. */
function comparisonsOfBest(scorer: ScorerAnalysis, told: Told): readonly string[] {
  const { comparisons, leaderboard } = scorer;
  const best = bestOf(scorer);
  const order = new Map(leaderboard.map(({ variant }, rank) => [variant, rank]));
  const rankOf = ({ first, second }: Comparison): number => Math.max(order.get(first) ?? 0, order.get(second) ?? 0);
  const ofBest = comparisons.filter((one) => isOf(best, one)).sort((one, other) => rankOf(one) - rankOf(other));
  if (isTold(scorer)) return ofBest.map((comparison) => comparisonSentence(comparison, told));
  return bestSentences(ofBest, best, told);
}

/** Whether each comparison is told by itself. */
function isTold({ leaderboard }: ScorerAnalysis): boolean {
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

/** What is certain of the best, one by one, and the others that it may not be better than, together. */
function bestSentences(ofBest: readonly Comparison[], best: number, told: Told): readonly string[] {
  const open = ofBest.filter(isOpen);
  const shown = ofBest.filter((comparison) => !isOpen(comparison));
  const left = shown.length - MOST_TOLD;
  return [
    ...(open.length === 0 ? [] : [groupedSentence(open, best, told)]),
    ...shown.slice(0, MOST_TOLD).map((comparison) => comparisonSentence(comparison, told)),
    ...(left > 0 ? [`${formatCount(left)} further comparisons with it are not told here (--json has each)`] : []),
  ];
}

function restSentences(rest: readonly Comparison[], notCompared: number): readonly string[] {
  const certain = rest.filter(({ verdict }) => verdict !== 'none shown').length;
  const told = `${formatCount(rest.length)} further comparisons: ${formatCount(certain)} certain, ${formatCount(rest.length - certain)} without a difference shown (--json has each)`;
  return [
    ...(rest.length === 0 ? [] : [told]),
    ...(notCompared === 0 ? [] : [`${formatCount(notCompared)} pairs that the best is not part of are not compared`]),
  ];
}

/** What the words mean, where they are used. */
function explanations({ scorers, alpha, repeats, clusters }: Analysis): readonly string[] {
  const comparisons = scorers.flatMap((scorer) => scorer.comparisons);
  const isForecast = comparisons.some(({ power }) => (power?.moreRows ?? 0) > 0);
  const hasFigures = scorers.some(({ leaderboard }) => leaderboard.some(({ interval }) => interval !== null));
  const repeated = 'pass@k: a row passes where one of k answers does; pass^k: where all of them do';
  const because =
    clusters === null ? '' : `; rows with the same ${shortText(clusters.column)} count as one piece of evidence`;
  return [
    ...(hasFigures ? [`what stands in brackets holds the true figure 95 times in 100${because}`] : []),
    ...(comparisons.some(({ pValue }) => pValue !== null)
      ? [
          `"certain": were there no differences at all, any would be called so less than ${alpha * 100} times in 100 reports`,
        ]
      : []),
    ...(isForecast ? ['"would show": four times in five, if the true difference is that large'] : []),
    ...(repeats > 1 ? [repeated] : []),
  ];
}

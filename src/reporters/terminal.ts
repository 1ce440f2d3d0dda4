import type { Colors } from 'picocolors/types.js';
import type { LostCalls } from '../core/billed.ts';
import { formatDuration } from '../core/duration-text.ts';
import { oneLine } from '../core/plain-text.ts';
import { providerLabel } from '../core/program-ref.ts';
import { fixedText } from '../core/rounding.ts';
import type { ScoreSummary, Summary, UnusedResults, VariantSummary } from '../core/summary.ts';
import type { Totals } from '../core/totals.ts';
import { variantNames } from '../core/variant-name.ts';
import type { ReportColumn } from './analysis-report.ts';
import { formatCosts, formatCount, formatShare, formatTokens } from './format.ts';
import { renderLost } from './lost.ts';
import { allIn, leaderboardLines, renderTable } from './table.ts';

interface Column extends ReportColumn {
  readonly cell: (variant: VariantSummary) => string;
}

/**
 * What is dropped in a narrow terminal, the lowest first; the name, its first score and its cost stay. Of further
 * scores the last goes first. A count of zero is dropped first.
 */
const KEPT = {
  zeros: 0,
  p50: 1,
  promptTokens: 2,
  completionTokens: 3,
  p95: 4,
  provider: 5,
  scores: 6,
  weighted: 7,
  n: 8,
  cut: 9,
  errored: 10,
} as const;

/** Minimum width of a name, and of a model's, which people copy. */
const LEAST_NAME = 16;
const LEAST_MODEL = 24;

/** How a summary is shown. */
export interface SummaryStyle {
  /** picocolors, or its colourless form. */
  readonly colors: Colors;
  /** Columns of the terminal; Infinity shows every column and many more lines. */
  readonly width: number;
  /** A command that shows all variants. */
  readonly more: string;
}

/** The summary as a table, one line per variant, the best by the first score first. */
export function renderSummary({ variants }: Summary, { colors, width, more }: SummaryStyle): string {
  const columns = chooseColumns(variants, colors);
  const rows = bestFirst(variants).map((variant) => columns.map(({ cell }) => cell(variant)));
  const style = { bold: colors.bold, width, rest: allInSummary, ...leaderboardLines(width, more) };
  return renderTable({ columns, rows }, style);
}

function allInSummary(count: string): string {
  return allIn('summary.json', count);
}

/** Variants without a score come last; equal ones, and those without a scorer, are in plan order. */
function bestFirst(variants: readonly VariantSummary[]): readonly VariantSummary[] {
  return variants.toSorted((one, other) => firstMean(other) - firstMean(one));
}

function firstMean({ scores: [first] }: VariantSummary): number {
  return first?.mean ?? -1;
}

function chooseColumns(variants: readonly VariantSummary[], colors: Colors): readonly Column[] {
  const differs = (pick: (variant: VariantSummary) => unknown): boolean => new Set(variants.map(pick)).size > 1;
  const provider = { ...nameColumn('provider', (variant) => providerLabel(variant.provider)), keep: KEPT.provider };
  const hasErrors = variants.some(({ errored }) => errored > 0);
  return [
    ...(differs((variant) => variant.prompt) ? [nameColumn('prompt', (variant) => variant.prompt)] : []),
    ...(differs((variant) => providerLabel(variant.provider)) ? [provider] : []),
    { ...nameColumn('model', ({ model, label = model }) => label), least: LEAST_MODEL },
    figure('temp', ({ temperature }) => (temperature === null ? '–' : String(temperature))),
    figure('n', ({ n }) => formatCount(n), KEPT.n),
    figure('errored', ({ errored }) => warnAbove(errored, colors), hasErrors ? KEPT.errored : KEPT.zeros),
    // Answers that were truncated at a token limit.
    ...(variants.some(({ cut }) => cut > 0) ? [figure('cut', ({ cut }) => warnAbove(cut, colors), KEPT.cut)] : []),
    ...(variants[0]?.scores ?? []).map((score, place) => scoreColumn(score.name, place)),
    ...(variants.some(({ weightedScore }) => weightedScore !== undefined) ? [WEIGHTED_COLUMN] : []),
    figure('tokens in', ({ tokens, unknownTokens }) => formatTokens(tokens.prompt, unknownTokens), KEPT.promptTokens),
    figure('out', ({ tokens, unknownTokens }) => formatTokens(tokens.completion, unknownTokens), KEPT.completionTokens),
    figure('cost', ({ costs, unknownCosts }) => formatCosts(costs, unknownCosts)),
    figure('p50', ({ latencyMs }) => formatDuration(latencyMs.p50), KEPT.p50),
    figure('p95', ({ latencyMs }) => formatDuration(latencyMs.p95), KEPT.p95),
  ];
}

function nameColumn(title: string, text: Column['cell']): Column {
  return { title, align: 'left', cell: (variant) => oneLine(text(variant)), least: LEAST_NAME };
}

function figure(title: string, cell: Column['cell'], keep?: number): Column {
  return { title, align: 'right', cell, ...(keep === undefined ? {} : { keep }) };
}

function warnAbove(count: number, colors: Colors): string {
  return count === 0 ? '0' : colors.red(formatCount(count));
}

/** @param place among the scores; the first one stays */
function scoreColumn(scorer: string, place: number): Column {
  const cell: Column['cell'] = ({ scores, n }) =>
    formatScore(
      scores.find(({ name }) => name === scorer),
      n,
    );
  return figure(oneLine(scorer), cell, place === 0 ? undefined : KEPT.scores);
}

const WEIGHTED_COLUMN = figure(
  'weighted',
  ({ weightedScore }) => {
    const mean = weightedScore?.mean ?? null;
    return mean === null ? '–' : formatShare(mean);
  },
  KEPT.weighted,
);

/**
 * `95.8% (86–99)`: the mean and, if there is one, its 95 % confidence interval; `95.8% (86–99) n=46` if it is not over
 * all trials, as some errored or have no score. @param trials of the variant
 */
function formatScore(score: ScoreSummary | undefined, trials: number): string {
  if (score === undefined || score.mean === null) return '–';
  const { mean, interval, n } = score;
  const ends = interval === null ? [] : [interval.low, interval.high].map((end) => fixedText(end * 100, 0));
  const of = n === trials ? '' : ` n=${formatCount(n)}`;
  return `${formatShare(mean)}${ends.length === 0 ? '' : ` (${ends.join('–')})`}${of}`;
}

/**
 * `190 of 192 trials: 188 completed, 2 errored · 12.35 ₽ · 1,234 tokens in, 456 out`, and the cost of failed calls.
 * @param lost calls that may have been billed without an answer; null if unknown
 */
export function renderTotals(
  { total, judge, unused, lostResults }: Summary,
  trials: number,
  lost: LostCalls | null = null,
): string {
  const { completed, errored, skipped, cached, tokens, unknownTokens, costs, unknownCosts } = total;
  const counts = [
    `${formatCount(completed)} completed`,
    ...(cached === 0 ? [] : [`${formatCount(cached)} of them cached`]),
    ...(errored === 0 ? [] : [`${formatCount(errored)} errored`]),
    ...(skipped === 0 ? [] : [`${formatCount(skipped)} skipped`]),
  ];
  const done = formatCount(completed + errored + skipped);
  const [prompt, completion] = [tokens.prompt, tokens.completion].map((sum) => formatTokens(sum, unknownTokens));
  const spent = `${prompt} tokens in, ${completion} out`;
  const paid = formatCosts(costs, unknownCosts);
  return [
    `${done} of ${formatCount(trials)} trials: ${counts.join(', ')} · ${paid} · ${spent}`,
    ...(judge === undefined ? [] : [renderJudge(judge)]),
    ...renderCut(total),
    ...renderAside(total),
    ...(unused === undefined ? [] : [renderUnused(unused)]),
    ...renderLost({ lost, lostResults }),
  ].join('\n');
}

/** `24 questions to judges, 2 without an answer · 0.12 ₽ of the cost` */
function renderJudge({ completed, errored, cached, costs, unknownCosts }: Totals): string {
  const failed = errored === 0 ? '' : `, ${formatCount(errored)} without an answer`;
  const known = cached === 0 ? '' : `, ${formatCount(cached)} of them cached`;
  const asked = `${formatCount(completed + errored)} questions to judges${known}${failed}`;
  return `${asked} · ${formatCosts(costs, unknownCosts)} of the cost`;
}

/** How reliable a judge is, one line each: its agreement with people, and the effect of order. */
export function renderTrust({ variants }: Summary): readonly string[] {
  const names = variantNames(variants);
  return variants.flatMap(({ scores }, index) => {
    return scores.flatMap(({ name, agreement, orderEffects }) => {
      const lead = oneLine(`${name} for ${names[index] ?? ''}: `);
      return [
        ...(agreement === undefined ? [] : [lead + describeAgreement(agreement)]),
        ...(orderEffects === undefined ? [] : [lead + describeOrder(orderEffects)]),
      ];
    });
  });
}

type Agreed = NonNullable<ScoreSummary['agreement']>;

function describeAgreement({ n, accuracy, kappa, kappaInterval }: Agreed): string {
  const share = accuracy === null ? 'in no case' : `in ${formatShare(accuracy)}`;
  const ends =
    kappaInterval === null ? '' : ` (${fixedText(kappaInterval.low, 2)} to ${fixedText(kappaInterval.high, 2)})`;
  const beyond = kappa === null ? 'which chance alone would give' : `Cohen's κ ${fixedText(kappa, 2)}${ends}`;
  return `agrees with people ${share} of ${formatCount(n)} answers, ${beyond}`;
}

function describeOrder({ none, first, second }: NonNullable<ScoreSummary['orderEffects']>): string {
  const all = none + first + second;
  const share = formatShare((first + second) / all);
  const which = `the first ${formatCount(first)} times, the second ${formatCount(second)} times`;
  return `${share} of ${formatCount(all)} verdicts turned with the order of the answers (${which}): they count as ties`;
}

/** `12 of 300 answers were cut off …`: their scores say little about the model. */
function renderCut({ cut, completed }: Totals): readonly string[] {
  if (cut === 0) return [];
  const were = `${formatCount(cut)} of ${formatCount(completed)} answers ${cut === 1 ? 'was' : 'were'}`;
  return [`${were} cut off at the token limit (finish_reason length): raise --max-tokens`];
}

/** The cost of failed calls and the saved cost, if there is any. */
function renderAside({ calls, wastedCalls, wastedCosts, savedCosts }: Totals): readonly string[] {
  const wasted = `${formatCount(wastedCalls)} of ${formatCount(calls)} calls failed`;
  const cost = wastedCosts.length === 0 ? '' : `, ${formatCosts(wastedCosts, 0)} paid for them`;
  return [
    ...(wastedCalls === 0 ? [] : [`${wasted}${cost}`]),
    ...(savedCosts.length === 0 ? [] : [`the cache saved ${formatCosts(savedCosts, 0)}`]),
  ];
}

/** `90 results are not part of this run any more: 0.27 ₽ paid for them` */
function renderUnused({ results, costs, unknownCosts }: UnusedResults): string {
  const paid = `not part of this run any more: ${formatCosts(costs, unknownCosts)} paid for`;
  return results === 1 ? `1 result is ${paid} it` : `${formatCount(results)} results are ${paid} them`;
}

import type { Colors } from 'picocolors/types.js';
import type { LostCalls } from '../core/billed.ts';
import { oneLine } from '../core/plain-text.ts';
import type { ScoreSummary, Summary, VariantSummary } from '../core/summary.ts';
import type { Totals } from '../core/totals.ts';
import { variantNames } from '../core/variant-name.ts';
import { formatCosts, formatCount, formatDuration, formatShare, formatTokens } from './format.ts';
import { MOST_LINES, renderTable } from './table.ts';

type Align = 'left' | 'right';

interface Column {
  readonly title: string;
  readonly align: Align;
  readonly cell: (variant: VariantSummary) => string;
}

/** The summary as a table, a line a variant, of many the first. @param colors picocolors, or its colourless form */
export function renderSummary(summary: Summary, colors: Colors): string {
  const columns = chooseColumns(summary.variants, colors);
  const rows = summary.variants.map((variant) => columns.map(({ cell }) => cell(variant)));
  return renderTable({ columns, rows }, { bold: colors.bold, most: MOST_LINES, rest: 'summary.json has them all' });
}

function chooseColumns(variants: readonly VariantSummary[], colors: Colors): readonly Column[] {
  const differs = (pick: (variant: VariantSummary) => unknown): boolean => new Set(variants.map(pick)).size > 1;
  const named: Column = { title: 'model', align: 'left', cell: ({ model }) => oneLine(model) };
  const provider: Column = { title: 'provider', align: 'left', cell: (variant) => oneLine(variant.provider) };
  const prompt: Column = { title: 'prompt', align: 'left', cell: (variant) => oneLine(variant.prompt) };
  return [
    ...(differs((variant) => variant.prompt) ? [prompt] : []),
    ...(differs((variant) => variant.provider) ? [provider] : []),
    named,
    { title: 'temp', align: 'right', cell: ({ temperature }) => (temperature === null ? '–' : String(temperature)) },
    { title: 'n', align: 'right', cell: ({ n }) => formatCount(n) },
    { title: 'errored', align: 'right', cell: ({ errored }) => warnAbove(errored, colors) },
    ...(variants.some(({ cut }) => cut > 0) ? [cutColumn(colors)] : []),
    ...(variants[0]?.scores ?? []).map(({ name }) => scoreColumn(name)),
    ...(variants.some(({ weightedScore }) => weightedScore !== undefined) ? [WEIGHTED_COLUMN] : []),
    {
      title: 'tokens in',
      align: 'right',
      cell: ({ tokens, unknownTokens }) => formatTokens(tokens.prompt, unknownTokens),
    },
    {
      title: 'out',
      align: 'right',
      cell: ({ tokens, unknownTokens }) => formatTokens(tokens.completion, unknownTokens),
    },
    { title: 'cost', align: 'right', cell: ({ costs, unknownCosts }) => formatCosts(costs, unknownCosts) },
    { title: 'p50', align: 'right', cell: ({ latencyMs }) => formatDuration(latencyMs.p50) },
    { title: 'p95', align: 'right', cell: ({ latencyMs }) => formatDuration(latencyMs.p95) },
  ];
}

function warnAbove(count: number, colors: Colors): string {
  return count === 0 ? '0' : colors.red(formatCount(count));
}

/** Answers that were cut off at a token limit. */
function cutColumn(colors: Colors): Column {
  return { title: 'cut', align: 'right', cell: ({ cut }) => warnAbove(cut, colors) };
}

function scoreColumn(name: string): Column {
  return {
    title: oneLine(name),
    align: 'right',
    cell: ({ scores }) => formatScore(scores.find((score) => score.name === name)),
  };
}

const WEIGHTED_COLUMN: Column = {
  title: 'weighted',
  align: 'right',
  cell: ({ weightedScore }) => {
    const mean = weightedScore?.mean ?? null;
    return mean === null ? '–' : formatShare(mean);
  },
};

/**
 * `95.8% (86–99)`: the mean and, where there is one, its interval of 95 %; `95.8% (86–99) n=46` where it is out of
 * fewer answers than there are.
 */
function formatScore(score: ScoreSummary | undefined): string {
  if (score === undefined || score.mean === null) return '–';
  const { mean, interval, n, unjudged, notAsked } = score;
  const ends = interval === null ? [] : [interval.low, interval.high].map((end) => (end * 100).toFixed(0));
  const of = unjudged + notAsked === 0 ? '' : ` n=${formatCount(n)}`;
  return `${formatShare(mean)}${ends.length === 0 ? '' : ` (${ends.join('–')})`}${of}`;
}

/**
 * `190 of 192 trials: 188 completed, 2 errored · 12.35 ₽ · 1,234 tokens in, 456 out`, and what was spent in vain.
 * @param lost calls that may have been billed without an answer; null where that is not known
 */
export function renderTotals({ total, judge }: Summary, trials: number, lost: LostCalls | null = null): string {
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
    ...(lost === null || lost.calls === 0 ? [] : [renderLost(lost)]),
  ].join('\n');
}

/** `24 questions to judges, 2 without an answer · 0.12 ₽ of the cost` */
function renderJudge({ completed, errored, cached, costs, unknownCosts }: Totals): string {
  const failed = errored === 0 ? '' : `, ${formatCount(errored)} without an answer`;
  const known = cached === 0 ? '' : `, ${formatCount(cached)} of them cached`;
  const asked = `${formatCount(completed + errored)} questions to judges${known}${failed}`;
  return `${asked} · ${formatCosts(costs, unknownCosts)} of the cost`;
}

/** What tells whether a judge is to be relied on, a line each: how it agrees with people, and what order does to it. */
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
  const ends = kappaInterval === null ? '' : ` (${kappaInterval.low.toFixed(2)} to ${kappaInterval.high.toFixed(2)})`;
  const beyond = kappa === null ? 'which chance alone would give' : `Cohen's κ ${kappa.toFixed(2)}${ends}`;
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

/** What was spent in vain and what was not spent, where there is any. */
function renderAside({ calls, wastedCalls, wastedCosts, savedCosts }: Totals): readonly string[] {
  const wasted = `${formatCount(wastedCalls)} of ${formatCount(calls)} calls failed`;
  const cost = wastedCosts.length === 0 ? '' : `, ${formatCosts(wastedCosts, 0)} paid for them`;
  return [
    ...(wastedCalls === 0 ? [] : [`${wasted}${cost}`]),
    ...(savedCosts.length === 0 ? [] : [`the cache saved ${formatCosts(savedCosts, 0)}`]),
  ];
}

/** `7 calls got no usable answer and may have been billed: at most 0.84 ₽` */
function renderLost({ calls, isBound, costsAtMost, unbounded }: LostCalls): string {
  const what = `${isBound ? 'up to ' : ''}${formatCount(calls)} ${calls === 1 ? 'call' : 'calls'} got no usable answer and may have been billed`;
  const costs = formatCosts(costsAtMost, unbounded);
  return `${what}: ${costsAtMost.length === 0 ? costs : `at most ${costs}`}`;
}

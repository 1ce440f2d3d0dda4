import type { Colors } from 'picocolors/types.js';
import { formatDuration } from '../core/duration-text.ts';
import type { ErrorCount } from '../core/error-tally.ts';
import {
  type CostRange,
  type CurrencyEstimate,
  costsWithJudges,
  type Estimate,
  type EstimateVerdict,
  type JudgesEstimate,
  openUnknownPrices,
  type TokenOutlook,
  type VariantEstimate,
} from '../core/estimate.ts';
import { shownModel, shownModels } from '../core/model-names.ts';
import { formatDecimal, type Picounits } from '../core/money.ts';
import { formatMoney } from '../core/money-text.ts';
import { mostLostIn } from '../core/paid.ts';
import { oneLine } from '../core/plain-text.ts';
import { providerLabel } from '../core/program-ref.ts';
import type { CostTotal } from '../core/totals.ts';
import { variantNames } from '../core/variant-name.ts';
import type { ReportColumn } from './analysis-report.ts';
import { renderErrors } from './errors.ts';
import { formatCosts, formatCount, formatShare } from './format.ts';
import { renderLost } from './lost.ts';
import { renderTable } from './table.ts';

/** An estimate with its presentation. */
interface ShownEstimate {
  readonly estimate: Estimate;
  readonly balances: readonly { readonly provider: string; readonly available: Picounits; readonly currency: string }[];
  readonly countedRows: number;
  readonly expectedTokens: number | null;
  readonly concurrency: number;
  /** False omits the maximum cost of answers that were not seen. */
  readonly showsCeilings: boolean;
  readonly pilot: ShownPilot | null;
}

interface ShownPilot {
  readonly rows: number;
  readonly paid: readonly CostTotal[];
  readonly unknownCosts: number;
  readonly errored: number;
  readonly errors: readonly ErrorCount[];
  readonly judgeErrors: readonly ErrorCount[];
  readonly rowsNeeded: number | null;
}

/**
 * The estimate as a table, one line per variant, with notes.
 * @param colors picocolors or none; @param width columns of the terminal, default unlimited
 */
export function renderEstimate(shown: ShownEstimate, colors: Colors, width: number = Infinity): string {
  const { estimate, showsCeilings } = shown;
  const lines = [
    renderVariants(shown, colors, width),
    ...renderEstimateLines(estimate, showsCeilings),
    ...renderBatchChoice(estimate),
    ...renderJudgesLine(estimate.judges),
    ...renderTime(shown),
    ...renderRunOn(estimate),
    ...renderPrices(estimate),
    ...renderReasoning(estimate),
    ...renderBalances(shown),
    ...renderPilot(shown),
    ...renderAdvice(shown),
  ];
  return lines.join('\n');
}

interface Column extends ReportColumn {
  readonly cell: (variant: VariantEstimate) => string;
}

/** What is dropped in a narrow terminal, the lowest first; the name and the cost stay. */
const KEPT = { promptTokens: 1, completionTokens: 2, trials: 3, provider: 4, ceiling: 5 } as const;

/** Minimum width of a name, and of a model's, which people copy. */
const LEAST_NAME = 16;
const LEAST_MODEL = 24;

function renderVariants({ estimate, showsCeilings }: ShownEstimate, colors: Colors, width: number): string {
  const { variants, level } = estimate;
  const showsCeiling = ({ cost }: VariantEstimate): boolean => showsCeilings || cost.expected !== null;
  const differs = (pick: (variant: VariantEstimate) => unknown): boolean => new Set(variants.map(pick)).size > 1;
  const range = formatLevel(level);
  const columns: readonly Column[] = [
    ...(differs(({ prompt }) => prompt) ? [nameColumn('prompt', ({ prompt }) => oneLine(prompt))] : []),
    ...(differs(({ provider }) => providerLabel(provider))
      ? [{ ...nameColumn('provider', ({ provider }) => oneLine(providerLabel(provider))), keep: KEPT.provider }]
      : []),
    { ...nameColumn('model', ({ model, label = model }) => oneLine(label)), least: LEAST_MODEL },
    right('temp', ({ temperature }) => (temperature === null ? '–' : String(temperature))),
    right('trials', ({ trials }) => formatCount(trials), KEPT.trials),
    right('tokens in', ({ promptTokens }) => formatPromptTokens(promptTokens), KEPT.promptTokens),
    right(
      `out (${range})`,
      ({ completionTokens }) => formatTokenRange(completionTokens, showsCeilings),
      KEPT.completionTokens,
    ),
    right(`cost (${range})`, ({ cost, currency }) => formatCostRange(cost, currency)),
    ...(variants.some(showsCeiling)
      ? [
          right(
            'at most',
            (variant) => (showsCeiling(variant) ? formatAmount(variant.cost.ceiling, variant.currency) : '–'),
            KEPT.ceiling,
          ),
        ]
      : []),
  ];
  const rows = variants.map((variant) => columns.map(({ cell }) => cell(variant)));
  return renderTable({ columns, rows }, { bold: colors.bold, width });
}

function nameColumn(title: string, cell: Column['cell']): Column {
  return { title, align: 'left', cell, least: LEAST_NAME };
}

function right(title: string, cell: Column['cell'], keep?: number): Column {
  return { title, align: 'right', cell, ...(keep === undefined ? {} : { keep }) };
}

function formatPromptTokens({ isExact, expected }: VariantEstimate['promptTokens']): string {
  return `${isExact ? '' : '~'}${formatCount(expected)}`;
}

/** The line of an estimate, and one of the lost calls that its upper ends include. @param showsCeilings as below */
export function renderEstimateLines(estimate: Estimate, showsCeilings: boolean): readonly string[] {
  return [renderEstimateLine(estimate, showsCeilings), ...renderLost(estimate)];
}

/**
 * One line: `estimate: 12.35 ₽ (10.10–14.90 with 90%), at most 40.00 ₽ · 34,320 tokens in, 1,028 (900–1,200) out`
 * @param showsCeilings false omits the maximum cost of answers that were not seen
 */
export function renderEstimateLine(estimate: Estimate, showsCeilings: boolean): string {
  const { costs, promptTokens, completionTokens, unknownCosts, unknownPrices, level } = estimate;
  const form = { showsCeilings, isExact: promptTokens.isExact };
  const known = costs
    .map((total, place) => formatTotal(total, level, { ...form, unknown: place === 0 ? unknownCosts : 0 }))
    .join(' + ');
  const unknown = shownModels(unknownPrices, estimate.variants);
  const models = oneLine(unknown.join(', '));
  const without = withoutText(unknown, 'is');
  const cost = known === '' ? `cost unknown (no price is known of ${models}; --price gives one)` : `${known}${without}`;
  const tokens = `${promptTokens.isExact ? '' : 'about '}${formatCount(promptTokens.expected)} tokens in`;
  return `estimate: ${cost} · ${tokens}, ${formatTokenRange(completionTokens, showsCeilings)} out`;
}

/** What a cost leaves out, to follow it; empty if that is nothing. */
function withoutText(unknownPrices: readonly string[], verb: 'is' | 'was'): string {
  if (unknownPrices.length === 0) return '';
  return `, without ${oneLine(unknownPrices.join(', '))}, whose price ${verb} not known`;
}

/** One line for a run in batches: `live 23.40 $ now, batch 11.70 $ within 24 h`; none for any other. */
export function renderBatchChoice({ costs, liveCosts = [] }: Estimate): readonly string[] {
  return liveCosts.length === 0 ? [] : [`live ${formatSums(liveCosts)} now, batch ${formatSums(costs)} within 24 h`];
}

function formatSums(costs: readonly CurrencyEstimate[]): string {
  return costs.map(({ cost, currency }) => formatCostRange(cost, currency)).join(' + ');
}

/**
 * One line, or none: `judges: 1.23 ₽ (1.10–1.40 with 90%) on top, 0.20 ₽ of it paid`; `judges: from 0.41 ₽ on top` if
 * no verdict was seen.
 */
export function renderJudgesLine(judges: JudgesEstimate | null): readonly string[] {
  if (judges === null || judges.costs.length + judges.unknownPrices.length === 0) return [];
  const { costs, unknownCosts, unknownPrices, level } = judges;
  const models = oneLine(unknownPrices.join(', '));
  if (costs.length === 0) return [`judges: cost unknown on top (no price is known of ${models}; --price gives one)`];
  const amounts = costs.map(({ cost, currency }) => formatJudging(cost, currency, level)).join(' + ');
  const already = paidText(costs, unknownCosts);
  const without = withoutText(unknownPrices, 'is');
  return [`judges: ${amounts} on top${already}${without}`];
}

/** What is paid of a cost already, to follow it; empty if that is nothing. */
function paidText(costs: readonly Pick<CurrencyEstimate, 'paid' | 'currency'>[], unknownCosts: number): string {
  const known = costs.filter(({ paid }) => paid > 0n);
  if (known.length === 0 && unknownCosts > 0) {
    return `, of which ${formatCount(unknownCosts)} ${unknownCosts === 1 ? 'answer is' : 'answers are'} paid at an unknown cost`;
  }
  const paid = known.map((part) => ({ total: formatDecimal(part.paid), currency: part.currency }));
  return paid.length === 0 ? '' : `, ${formatCosts(paid, unknownCosts)} of it paid`;
}

function formatJudging({ low, expected, high }: CostRange, currency: string, level: number): string {
  if (expected === null) return `from ${formatAmount(low, currency)}`;
  return `${formatAmount(expected, currency)}${rangeText({ low, high }, level)}`;
}

/** The range of a cost, to follow its expected value; without a high end only the low one. */
function rangeText({ low, high }: Pick<CostRange, 'low' | 'high'>, level: number | null): string {
  if (low === high) return '';
  if (high === null) return ` (from ${plain(low)})`;
  return ` (${plain(low)}–${plain(high)}${level === null ? '' : ` with ${formatLevel(level)}`})`;
}

/**
 * Estimated and actual cost: `paid 12.35 ₽, within the estimated 10.10–14.90`; `paid unknown` if that is unknown. An
 * estimate of a part of the models says so.
 */
export function renderVerdicts(
  verdicts: readonly EstimateVerdict[],
  { showsCeilings, hasJudges }: { readonly showsCeilings: boolean; readonly hasJudges: boolean },
): readonly string[] {
  return verdicts.map(({ currency, cost, actual, unknownCosts, unknownPrices, isSaved, isWithin }) => {
    const known = actual === 0n && unknownCosts > 0 ? [] : [{ total: formatDecimal(actual), currency }];
    const paid = `paid ${hasJudges ? 'for answers ' : ''}${formatCosts(known, unknownCosts)}`;
    const range = `the estimated ${plain(cost.low)}–${plain(cost.high)}`;
    if (isWithin !== null) return `${paid}, ${isWithin ? 'within' : 'outside'} ${range}`;
    const without = isSaved ? ', which counts cached answers as paid' : withoutText(unknownPrices, 'was');
    if (without !== '' && cost.expected !== null) {
      const ends = `${plain(cost.low)}–${formatAmount(cost.high, currency)}`;
      return `${paid}; estimated ${cost.low === cost.high ? formatAmount(cost.high, currency) : ends}${without}`;
    }
    return cost.ceiling === null || !showsCeilings
      ? paid
      : `${paid}; estimated at most ${formatAmount(cost.ceiling, currency)}${without}`;
  });
}

interface TotalForm {
  readonly showsCeilings: boolean;
  /** True if the tokens of the prompts are known exactly, and not between two bounds. */
  readonly isExact: boolean;
  /** Answers that are paid already, at an unknown cost. */
  readonly unknown: number;
}

function formatTotal({ cost, currency, paid }: CurrencyEstimate, level: number, form: TotalForm): string {
  const most = cost.ceiling === null ? 'nothing bounds it' : `at most ${formatAmount(cost.ceiling, currency)}`;
  const already = paidText([{ paid, currency }], form.unknown);
  if (cost.expected === null) {
    const answers = form.showsCeilings ? most : 'answers not included';
    const what = paid === 0n ? 'for the prompts' : 'for the prompts and the answers so far';
    return `${form.isExact ? '' : 'from '}${formatAmount(cost.low, currency)} ${what}, ${answers}${already}`;
  }
  return `${formatAmount(cost.expected, currency)}${rangeText(cost, level)}, ${most}${already}`;
}

/** `121 (110–140)`; `? (at most 800)` if no answer was seen. */
function formatTokenRange({ low, expected, high, ceiling }: TokenOutlook, showsCeilings: boolean): string {
  if (expected === null) return ceiling === null || !showsCeilings ? '?' : `? (at most ${formatCount(ceiling)})`;
  if (low === null || high === null || low === high) return formatCount(expected);
  return `${formatCount(expected)} (${formatCount(low)}–${formatCount(high)})`;
}

/** `3.58 ₽ (3.41–3.80)`; `from 3.20 ₽` if no answer was seen. */
function formatCostRange({ low, expected, high }: CostRange, currency: string | null): string {
  if (expected === null) return low === null ? 'unknown' : `from ${formatAmount(low, currency)}`;
  return `${formatAmount(expected, currency)}${rangeText({ low, high }, null)}`;
}

function formatAmount(amount: Picounits | null, currency: string | null): string {
  return amount === null ? '–' : formatMoney({ total: formatDecimal(amount), currency: currency ?? '' }).trim();
}

/** An amount without its currency. */
function plain(amount: Picounits | null): string {
  return formatAmount(amount, null);
}

function formatLevel(level: number): string {
  return `${Number((level * 100).toFixed(1))}%`;
}

function renderTime({ estimate, concurrency }: ShownEstimate): readonly string[] {
  const { seconds, secondsRange, leastSeconds, level } = estimate;
  const limits =
    leastSeconds === 0 ? '' : `, ${formatDuration(leastSeconds * 1000)} of it for --rpm and --tpm at least`;
  if (seconds !== null) {
    const range =
      secondsRange === null || secondsRange.low === secondsRange.high
        ? ''
        : ` (${formatDuration(secondsRange.low * 1000)}–${formatDuration(secondsRange.high * 1000)} with ${formatLevel(level)})`;
    return [`time: about ${formatDuration(seconds * 1000)}${range} with ${concurrency} in flight${limits}`];
  }
  return leastSeconds === 0 ? [] : [`time: at least ${formatDuration(leastSeconds * 1000)} for --rpm and --tpm`];
}

/**
 * If no seen answer was truncated at `--max-tokens`, the effect of a few such answers; the range does not include it.
 */
function renderRunOn({ variants, costs, level }: Estimate): readonly string[] {
  const share = variants.reduce((most, { runOn }) => Math.max(most, runOn?.share ?? 0), 0);
  if (share === 0) return [];
  const tokens = variants.reduce(
    (sum, { runOn, completionTokens }) => sum + (runOn?.completionTokens ?? completionTokens.expected ?? 0),
    0,
  );
  const amounts = costs.flatMap(({ currency, cost }) => {
    if (cost.expected === null) return [];
    const more = variants
      .filter((variant) => variant.currency === currency)
      .reduce((sum, { runOn, cost: own }) => sum + ((runOn?.cost ?? own.expected ?? 0n) - (own.expected ?? 0n)), 0n);
    return [formatAmount(cost.expected + more, currency)];
  });
  const cost = amounts.length === 0 ? '' : ` and ${amounts.join(' + ')}`;
  return [
    `not in the range: answers that run on to --max-tokens, of which none was seen; up to ${formatShare(share)} of rows may (${formatLevel(level)}), which makes ${formatCount(tokens)} tokens out${cost}`,
  ];
}

const MILLION = 1_000_000n;

function renderPrices({ variants }: Estimate): readonly string[] {
  const lines = variants.flatMap((variant) => {
    const { price } = variant;
    if (price === null) return [];
    const { currency, source, date } = price;
    const [input, output] = [price.promptToken, price.completionToken].map((rate) =>
      formatAmount(rate * MILLION, currency),
    );
    return [
      oneLine(
        `price: ${shownModel(variant, variants)} ${input} in, ${output} out per 1,000,000 tokens (${source}, ${date.slice(0, 10)})`,
      ),
    ];
  });
  return [...new Set(lines)];
}

function renderReasoning({ variants }: Estimate): readonly string[] {
  const names = variantNames(variants);
  return variants.flatMap(({ reasoningShare }, index) =>
    reasoningShare === null
      ? []
      : [oneLine(`reasoning: ${formatShare(reasoningShare)} of the tokens out of ${names[index]}, as far as seen`)],
  );
}

function renderBalances({ estimate, balances, showsCeilings }: ShownEstimate): readonly string[] {
  return balances.flatMap(({ provider, available, currency }) => {
    const total = costsWithJudges(estimate).find((costs) => costs.currency === currency);
    const balance = `balance: ${oneLine(provider)} has ${formatAmount(available, currency)} left`;
    if (total === undefined) return [balance];
    const end = total.cost.high ?? (showsCeilings ? total.cost.ceiling : null);
    if (end === null || available <= 0n) return [balance];
    // The balance knows whether lost calls were billed.
    const ahead = end - total.paid - (mostLostIn(estimate.lost, currency) ?? 0n);
    const share = Number(ahead) / Number(available);
    const which = total.cost.high === null ? 'the most it can cost' : 'the high end';
    const own = estimate.variants.filter((variant) => variant.provider === provider);
    const unpriced = shownModels(openUnknownPrices(estimate, own), estimate.variants);
    return [`${balance}; ${which} is ${formatShare(share)} of that${withoutText(unpriced, 'is')}`];
  });
}

function renderPilot({ estimate: { variants }, pilot }: ShownEstimate): readonly string[] {
  if (pilot === null) return [];
  const { rows, paid, unknownCosts, errored, errors, judgeErrors, rowsNeeded } = pilot;
  const failed = errored === 0 ? '' : `; ${formatCount(errored)} trials got no answer`;
  const asked = `pilot: ${formatCount(rows)} rows were run, ${formatCosts(paid, unknownCosts)} paid in all${failed}`;
  const lines = [asked, ...renderErrors({ variants, errors, judge: { errors: judgeErrors } })];
  if (rowsNeeded === null) return lines;
  return [
    ...lines,
    `the range would be as narrow as requested with about ${formatCount(rowsNeeded)} rows: --pilot ${rowsNeeded}`,
  ];
}

/** Tokens of an answer that only the model's capacity bounds. */
const LONG_ANSWER = 16_384;

function renderAdvice({ estimate, countedRows, expectedTokens, showsCeilings }: ShownEstimate): readonly string[] {
  const sampled = countedRows < estimate.rows && countedRows > 0;
  const isUnseen = estimate.variants.some(({ seenRows, done, trials }) => seenRows < 2 && done < trials);
  const isUnjudged = !isUnseen && estimate.judges?.costs.some(({ cost }) => cost.expected === null) === true;
  const isUnbounded =
    (showsCeilings || !isUnseen) &&
    estimate.variants.some(
      ({ completionTokens: { ceiling }, trials }) => ceiling !== null && ceiling / Math.max(1, trials) > LONG_ANSWER,
    );
  const perRow = expectedTokens === null ? null : Math.round(expectedTokens / Math.max(1, countedRows));
  return [
    ...(sampled ? [`prompts were counted of ${formatCount(countedRows)} rows`] : []),
    ...(isUnseen && perRow !== null
      ? [`the expected answers have ${perRow === 1 ? '1 token' : `${formatCount(perRow)} tokens`} per row`]
      : []),
    ...(isUnbounded ? ['"at most" counts answers as long as the models can give: --max-tokens bounds them'] : []),
    ...(isUnseen
      ? [
          'answer length is unknown until some rows have run:',
          '  --pilot 20        runs 20 rows; the run does not repeat them',
          ...(showsCeilings ? [] : ['  --max-tokens 300  bounds every answer']),
          '  --from <run>      learns from the answers of another run',
        ]
      : []),
    ...(isUnjudged ? ['judge cost is unknown until some answers are scored: --pilot 20 scores its rows, too'] : []),
  ];
}

import { lostRecord } from '../../core/billed.ts';
import type {
  CostRange,
  CurrencyEstimate,
  Estimate,
  EstimateVerdict,
  JudgesEstimate,
  VariantEstimate,
} from '../../core/estimate.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, objectOf } from '../../core/json.ts';
import { isNamed, shownModels } from '../../core/model-names.ts';
import { formatDecimal, type Picounits, parseDecimal } from '../../core/money.ts';
import { type Paid, paidForAnswers, paidForJudges, paidIn } from '../../core/paid.ts';
import type { Price } from '../../core/price.ts';
import { priceRecord, RECORDED_TOKENS } from '../../core/price-record.ts';
import type { Summary } from '../../core/summary.ts';
import type { Totals } from '../../core/totals.ts';
import type { ModelRef } from '../../core/variant.ts';

/** The document that `estimate --json` prints. */
export function estimateDocument(estimate: Estimate): JsonObject {
  const { rows, trials, done, level, variants, promptTokens, completionTokens, costs, unknownPrices } = estimate;
  const { liveCosts } = estimate;
  const [only, ...others] = costs;
  const single = only !== undefined && others.length === 0 ? only : null;
  return {
    currency: single?.currency ?? null,
    rows,
    trials,
    done,
    level,
    total: {
      promptTokens: promptTokens.expected,
      promptTokensRange: { low: promptTokens.low, high: promptTokens.high, exact: promptTokens.isExact },
      completionTokens: { ...completionTokens },
      cost: single === null ? NO_COST_KNOWN : costRecord(single.cost),
      paid: single === null ? null : formatDecimal(single.paid),
      unknownCosts: estimate.unknownCosts,
      seconds: estimate.seconds,
      secondsRange: estimate.secondsRange === null ? null : { ...estimate.secondsRange },
      leastSeconds: estimate.leastSeconds,
    },
    totals: costs.map((total) => currencyRecord(total)),
    ...lostRecord(estimate.lost),
    ...(liveCosts === undefined ? {} : { liveTotals: liveCosts.map((total) => currencyRecord(total)) }),
    variants: variants.map(variantRecord),
    unknownPrices,
    judges: judgesRecord(estimate.judges),
  };
}

const NO_COST_KNOWN: JsonObject = { low: null, expected: null, high: null, ceiling: null };

/** Judge cost, as stored and printed; null if there are no judges. */
export function judgesRecord(judges: JudgesEstimate | null): JsonObject | null {
  if (judges === null) return null;
  const { costs, unknownCosts, unknownPrices, seenRows } = judges;
  return { costs: costs.map((total) => currencyRecord(total)), unknownCosts, unknownPrices, seenRows };
}

function currencyRecord({ currency, cost, paid }: CurrencyEstimate): JsonObject {
  return { currency, cost: costRecord(cost), paid: formatDecimal(paid) };
}

function variantRecord(variant: VariantEstimate): JsonObject {
  const { prompt, provider, model, label, temperature, trials, done, promptTokens, completionTokens, cost, price } =
    variant;
  return {
    prompt,
    provider,
    model,
    ...(label === undefined ? {} : { label }),
    temperature,
    trials,
    done,
    promptTokens: promptTokens.expected,
    promptTokensRange: { low: promptTokens.low, high: promptTokens.high, exact: promptTokens.isExact },
    completionTokens: { ...completionTokens },
    reasoningTokens: reasoningTokens(variant),
    cost: costRecord(cost),
    paid: formatDecimal(variant.paid),
    currency: variant.currency,
    seconds: variant.seconds,
    runOn: variant.runOn === null ? null : { ...variant.runOn, cost: decimal(variant.runOn.cost) },
    seenRows: variant.seenRows,
    method: variant.method,
    price: price === null ? null : usualPrice(price),
  };
}

/** The expected part of the completion tokens that is reasoning; null if none was seen. */
function reasoningTokens({ completionTokens: { expected }, reasoningShare }: VariantEstimate): number | null {
  return expected === null || reasoningShare === null ? null : Math.round(expected * reasoningShare);
}

/** The rates of a request without tiers. `per` is a number here, and a text in run.json. */
function usualPrice(price: Price): JsonObject {
  const { input, output, currency, source, date } = priceRecord(price);
  return { input, output, per: RECORDED_TOKENS, currency, source, date };
}

function costRecord({ low, expected, high, ceiling }: CostRange): JsonObject {
  return { low: decimal(low), expected: decimal(expected), high: decimal(high), ceiling: decimal(ceiling) };
}

function decimal(amount: Picounits | null): string | null {
  return amount === null ? null : formatDecimal(amount);
}

/** The part of an estimate that a run stores. @param date when it was made */
export function estimateRecord(estimate: Estimate, date: Date): JsonObject {
  const { level, done, promptTokens, completionTokens, costs, unknownPrices, variants } = estimate;
  return {
    at: date.toISOString(),
    level,
    done,
    promptTokens: promptTokens.expected,
    completionTokens: { ...completionTokens },
    costs: costs.map((total) => currencyRecord(total)),
    unknownPrices,
    judges: judgesRecord(estimate.judges),
    variants: variants.map(storedVariantRecord),
  };
}

/** What is stored about a variant, in plan order. */
function storedVariantRecord(variant: VariantEstimate): JsonObject {
  const { prompt, provider, model, label, temperature, promptTokens, completionTokens, cost, currency } = variant;
  return {
    prompt,
    provider,
    model,
    ...(label === undefined ? {} : { label }),
    temperature,
    promptTokens: promptTokens.expected,
    completionTokens: { ...completionTokens },
    cost: costRecord(cost),
    currency,
  };
}

/**
 * A stored estimate next to the actual cost of the run, separately for answers and judges.
 * @param spent null while results are missing: until then the estimate cannot be checked
 */
export function withActual(estimate: JsonObject, spent: Spent | null): JsonObject {
  if (spent === null) return { ...estimate, actual: null };
  const { total, judge } = spent;
  const promptTokens = total.tokens.prompt - (judge?.tokens.prompt ?? 0);
  const completionTokens = total.tokens.completion - (judge?.tokens.completion ?? 0);
  const judges = judge === undefined ? null : verdictRecords(judgeVerdicts(estimate, judge, spent));
  const costs = verdictRecords(verdictsOf(estimate, spent));
  return { ...estimate, actual: { promptTokens, completionTokens, costs, judges } };
}

function verdictRecords(verdicts: readonly EstimateVerdict[]): readonly JsonObject[] {
  return verdicts.map(({ currency, actual, unknownCosts, isWithin }) => {
    return { total: unknownCosts > 0 ? null : formatDecimal(actual), currency, within: isWithin };
  });
}

/** Estimated and actual judge cost, for each of its currencies. */
function judgeVerdicts({ judges = null }: JsonObject, { cached }: Totals, spent: Spent): readonly EstimateVerdict[] {
  return isJsonObject(judges) ? compared(judges, paidForJudges(spent), cached) : [];
}

/** The actual cost of a run, as far as it is compared with an estimate. */
type Spent = Pick<Summary, 'total' | 'judge' | 'unused'>;

/** Estimated and actual cost of answers, for each of its currencies. */
export function verdictsOf(estimate: JsonObject, spent: Spent): readonly EstimateVerdict[] {
  return compared(estimate, paidForAnswers(spent), spent.total.cached);
}

function compared(estimate: JsonObject, paid: Paid, cached: number): readonly EstimateVerdict[] {
  const { costs = null } = estimate;
  const { unknownCosts } = paid;
  if (!isJsonArray(costs)) return [];
  return costs.flatMap((entry) => {
    const { currency, cost } = objectOf(entry);
    if (typeof currency !== 'string' || !isJsonObject(cost ?? null)) return [];
    const outlook = readCost(cost ?? null);
    const actual = paidIn(paid, currency);
    const { low, expected, high } = outlook;
    const unknownPrices = unpricedIn(estimate, currency);
    const isWhole = unknownCosts === 0 && unknownPrices.length === 0;
    const isKnown = low !== null && expected !== null && high !== null && isWhole;
    // The estimate counts cached answers as paid: they explain a bill below it, and not one above.
    const isSaved = isKnown && actual < low && cached > 0;
    const isWithin = isKnown && !isSaved ? low <= actual && actual <= high : null;
    return [{ currency, cost: outlook, actual, unknownCosts, unknownPrices, isSaved, isWithin }];
  });
}

/** Models that may be billed in a currency and are in no cost of a stored estimate, as the tables name them. */
function unpricedIn({ unknownPrices = null, variants = null }: JsonObject, currency: string): readonly string[] {
  if (!isJsonArray(unknownPrices)) return [];
  const known = isJsonArray(variants) ? variants.map(objectOf).map(storedModel) : [];
  const billedElsewhere = (name: string): boolean => {
    const own = known.filter((variant) => isNamed(variant, name));
    return own.length > 0 && own.every((variant) => (variant.currency ?? currency) !== currency);
  };
  const names = unknownPrices.filter((name) => typeof name === 'string');
  return shownModels(
    names.filter((name) => !billedElsewhere(name)),
    known,
  );
}

function storedModel({ provider, model, currency }: JsonObject): ModelRef & { readonly currency: string | null } {
  return { provider: textOf(provider), model: textOf(model), currency: typeof currency === 'string' ? currency : null };
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function readCost(value: JsonValue): CostRange {
  const { low, expected, high, ceiling } = objectOf(value);
  return { low: amountOf(low), expected: amountOf(expected), high: amountOf(high), ceiling: amountOf(ceiling) };
}

function amountOf(value: JsonValue | undefined): Picounits | null {
  return typeof value === 'string' ? parseDecimal(value) : null;
}

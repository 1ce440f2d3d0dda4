import type { CostOutlook, CurrencyEstimate, Estimate, VariantEstimate } from '../../core/estimate.ts';
import type { JsonObject } from '../../core/json.ts';
import { formatDecimal, type Picounits } from '../../core/money.ts';
import type { Price } from '../../core/price.ts';
import type { Totals } from '../../core/totals.ts';

/** The document that `estimate --json` prints. */
export function estimateDocument(estimate: Estimate): JsonObject {
  const { rows, trials, done, level, variants, promptTokens, completionTokens, costs, unknownPrices } = estimate;
  const [only, ...others] = costs;
  const single = only !== undefined && others.length === 0 ? only : null;
  return {
    ...{ currency: single?.currency ?? null, rows, trials, done, level },
    total: {
      promptTokens: promptTokens.expected,
      promptTokensRange: { low: promptTokens.low, high: promptTokens.high, exact: promptTokens.isExact },
      completionTokens: { ...completionTokens },
      cost: single === null ? NO_COST_KNOWN : costRecord(single.cost),
      paid: single === null ? null : formatDecimal(single.paid),
      seconds: estimate.seconds,
      leastSeconds: estimate.leastSeconds,
    },
    totals: costs.map((total) => currencyRecord(total)),
    variants: variants.map(variantRecord),
    unknownPrices,
  };
}

const NO_COST_KNOWN: JsonObject = { low: null, expected: null, high: null, ceiling: null };

function currencyRecord({ currency, cost, paid }: CurrencyEstimate): JsonObject {
  return { currency, cost: costRecord(cost), paid: formatDecimal(paid) };
}

function variantRecord(variant: VariantEstimate): JsonObject {
  const { prompt, provider, model, temperature, trials, done, promptTokens, completionTokens, cost, price } = variant;
  return {
    ...{ prompt, provider, model, temperature, trials, done },
    promptTokens: promptTokens.expected,
    promptTokensRange: { low: promptTokens.low, high: promptTokens.high, exact: promptTokens.isExact },
    completionTokens: { ...completionTokens },
    cost: costRecord(cost),
    ...{ paid: formatDecimal(variant.paid), currency: variant.currency, seconds: variant.seconds },
    ...{ seenRows: variant.seenRows, method: variant.method },
    price: price === null ? null : priceRecord(price),
  };
}

const PRICE_TOKENS = 1_000_000n;

function priceRecord({ promptToken, completionToken, currency, source, date }: Price): JsonObject {
  const [input, output] = [promptToken, completionToken].map((rate) => formatDecimal(rate * PRICE_TOKENS));
  return { input: input ?? null, output: output ?? null, per: Number(PRICE_TOKENS), currency, source, date };
}

function costRecord({ low, expected, high, ceiling }: CostOutlook): JsonObject {
  return { low: decimal(low), expected: decimal(expected), high: decimal(high), ceiling: decimal(ceiling) };
}

function decimal(amount: Picounits | null): string | null {
  return amount === null ? null : formatDecimal(amount);
}

/** What a run keeps of its estimate. @param date when it was made */
export function estimateRecord(estimate: Estimate, date: Date): JsonObject {
  const { level, done, promptTokens, completionTokens, costs, unknownPrices } = estimate;
  return {
    ...{ at: date.toISOString(), level, done, promptTokens: promptTokens.expected },
    completionTokens: { ...completionTokens },
    costs: costs.map((total) => currencyRecord(total)),
    unknownPrices,
  };
}

/**
 * A kept estimate beside what the run came to.
 * @param isWhole true where the run has every result; before that nothing can be held against the estimate
 */
export function withActual(estimate: JsonObject, isWhole: boolean, { tokens, costs, wastedCosts }: Totals): JsonObject {
  if (!isWhole) return { ...estimate, actual: null };
  const paid = { costs: costs.map((cost) => ({ ...cost })), wastedCosts: wastedCosts.map((cost) => ({ ...cost })) };
  return { ...estimate, actual: { promptTokens: tokens.prompt, completionTokens: tokens.completion, ...paid } };
}

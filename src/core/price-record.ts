import type { JsonObject } from './json.ts';
import { formatDecimal, type Picounits } from './money.ts';
import type { Price, TokenRates } from './price.ts';

/** Tokens that the rates of a record are for. */
export const RECORDED_TOKENS = 1_000_000;

/** Rates as documents have them. */
interface RateRecord extends JsonObject {
  readonly input: string;
  readonly output: string;
}

/** A price as documents have it. */
interface PriceRecord extends RateRecord {
  readonly per: string;
  readonly currency: string;
  readonly source: string;
  readonly date: string;
}

/**
 * A price as documents have it: decimal texts per 1,000,000 tokens, and `request` for one. `cachedInput`,
 * `cacheWriteInput`, `longCacheWriteInput`, `tiers` and `request` are there only where the price has them.
 */
export function priceRecord(price: Price): PriceRecord {
  const { tiers = [], request, currency, source, date } = price;
  const tierRecords = tiers.map((tier) => ({ fromPromptTokens: tier.fromPromptTokens, ...rateRecord(tier) }));
  return {
    ...rateRecord(price),
    per: `${RECORDED_TOKENS} tokens`,
    ...(tierRecords.length === 0 ? {} : { tiers: tierRecords }),
    ...(request === undefined ? {} : { request: formatDecimal(request) }),
    currency,
    source,
    date,
  };
}

function perMillion(rate: Picounits): string {
  return formatDecimal(rate * BigInt(RECORDED_TOKENS));
}

function rateRecord(rates: TokenRates): RateRecord {
  const { promptToken, completionToken, cachedPromptToken, cacheWriteToken, longCacheWriteToken } = rates;
  return {
    input: perMillion(promptToken),
    output: perMillion(completionToken),
    ...(cachedPromptToken === undefined ? {} : { cachedInput: perMillion(cachedPromptToken) }),
    ...(cacheWriteToken === undefined ? {} : { cacheWriteInput: perMillion(cacheWriteToken) }),
    ...(longCacheWriteToken === undefined ? {} : { longCacheWriteInput: perMillion(longCacheWriteToken) }),
  };
}

import type { JsonObject } from './json.ts';
import { formatDecimal, type Picounits } from './money.ts';
import type { Price, TokenRates } from './price.ts';

/** Number of tokens that a record's rates are for. */
export const RECORDED_TOKENS = 1_000_000;

/** Rates as stored in documents. */
interface RateRecord extends JsonObject {
  readonly input: string;
  readonly output: string;
}

/** A price as stored in documents. */
interface PriceRecord extends RateRecord {
  readonly per: string;
  readonly currency: string;
  readonly source: string;
  readonly date: string;
}

/**
 * A price as stored in documents: decimal texts per 1,000,000 tokens, and `request` for one request. `cachedInput`,
 * `cacheWriteInput`, `longCacheWriteInput`, `tiers` and `request` exist only if the price has them.
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

import { divideRounded, type Picounits, parseAmount } from './money.ts';
import { type Cost, UNKNOWN_COST, type Usage } from './usage.ts';

/** A model's token rates, in picounits per token. */
export interface TokenRates {
  readonly promptToken: Picounits;
  readonly completionToken: Picounits;
  /** For prompt tokens read from the provider's cache; absent if unknown: then `promptToken` is used instead. */
  readonly cachedPromptToken?: Picounits | undefined;
  /** For prompt tokens written to the provider's cache; absent if unknown: then `promptToken` is used instead. */
  readonly cacheWriteToken?: Picounits | undefined;
  /** For those that are kept for an hour; absent if unknown: then there is no substitute. */
  readonly longCacheWriteToken?: Picounits | undefined;
}

/** Rates for a whole request, every token of it, once its prompt is long enough. */
export interface PriceTier extends TokenRates {
  /** The shortest prompt to which they apply, in tokens; at least 1. */
  readonly fromPromptTokens: number;
}

/** A model's price; the rates are those of requests below every tier. */
export interface Price extends TokenRates {
  /** In ascending order of `fromPromptTokens`; absent if the rates are the same for every prompt. */
  readonly tiers?: readonly PriceTier[] | undefined;
  /** Picounits per request in addition to its tokens; absent if there is no such fee. */
  readonly request?: Picounits | undefined;
  /** ISO 4217 code. */
  readonly currency: string;
  /** Source of the price. */
  readonly source: string;
  /** When it was read or published, ISO 8601. */
  readonly date: string;
}

/**
 * A price with all its rates at this many percent, from 1 to 100; exact to the picounit.
 * @param cachedPercent of the rate of tokens read from the provider's cache
 */
export function priceShare(price: Price, percent: number, cachedPercent = percent): Price {
  const shareOf: ShareOf = (rate, of = percent) => divideRounded(rate * BigInt(of), 100n);
  const { request, tiers } = price;
  return {
    ...price,
    ...ratesShare(price, shareOf, cachedPercent),
    ...(request === undefined ? {} : { request: shareOf(request) }),
    ...(tiers === undefined
      ? {}
      : { tiers: tiers.map((tier) => ({ ...tier, ...ratesShare(tier, shareOf, cachedPercent) })) }),
  };
}

type ShareOf = (rate: Picounits, percent?: number) => Picounits;

function ratesShare(rates: TokenRates, shareOf: ShareOf, cachedPercent: number): TokenRates {
  const { promptToken, completionToken, cachedPromptToken, cacheWriteToken, longCacheWriteToken } = rates;
  return {
    promptToken: shareOf(promptToken),
    completionToken: shareOf(completionToken),
    ...(cachedPromptToken === undefined ? {} : { cachedPromptToken: shareOf(cachedPromptToken, cachedPercent) }),
    ...(cacheWriteToken === undefined ? {} : { cacheWriteToken: shareOf(cacheWriteToken) }),
    ...(longCacheWriteToken === undefined ? {} : { longCacheWriteToken: shareOf(longCacheWriteToken) }),
  };
}

/** Tokens × price, exact. */
export function tokenCost(tokens: number, pricePerToken: Picounits): Picounits {
  return BigInt(tokens) * pricePerToken;
}

/** Price of one token from a price per thousand, exact to the picounit; null if that is not a price (`parseAmount`). */
export function pricePerThousand(decimal: string | number): Picounits | null {
  return perToken(decimal, 1000n);
}

/** Price of one token from a price per million, as `pricePerThousand`. */
export function pricePerMillion(decimal: string | number): Picounits | null {
  return perToken(decimal, 1_000_000n);
}

function perToken(decimal: string | number, tokens: bigint): Picounits | null {
  const amount = parseAmount(decimal);
  return amount === null ? null : divideRounded(amount, tokens);
}

/** The rates of a request with this many prompt tokens. */
export function ratesFor(price: Price, promptTokens: number): TokenRates {
  return price.tiers?.findLast(({ fromPromptTokens }) => promptTokens >= fromPromptTokens) ?? price;
}

/**
 * The cost of one call from its tokens and a price, exact. Unknown if its tokens are, if some of them are unexplained
 * or something else is charged too, and if cache reads or writes have separate rates (`isCachePricedApart`,
 * `longCacheWriteTokens`) that the price lacks.
 */
export function costOf(price: Price, usage: Usage): Cost {
  const { promptTokens, completionTokens, unexplainedTokens = 0, otherCharge } = usage;
  const { currency, request = 0n } = price;
  if (promptTokens === null || completionTokens === null || unexplainedTokens > 0 || otherCharge !== undefined) {
    return { ...UNKNOWN_COST, currency };
  }
  const rates = ratesFor(price, promptTokens);
  const prompt = promptCost(rates, promptTokens, usage);
  if (prompt === null) return { ...UNKNOWN_COST, currency };
  const completion = tokenCost(completionTokens, rates.completionToken);
  return { prompt, completion, total: prompt + completion + request, currency, source: 'computed' };
}

/** @returns null if a rate without a substitute is missing */
function promptCost(rates: TokenRates, promptTokens: number, usage: Usage): Picounits | null {
  const { promptToken, cachedPromptToken, cacheWriteToken, longCacheWriteToken } = rates;
  const read = Math.min(usage.cachedPromptTokens ?? 0, promptTokens);
  const written = Math.min(usage.cacheWriteTokens ?? 0, promptTokens - read);
  if (read + written === 0) return tokenCost(promptTokens, promptToken);
  const long = Math.min(usage.longCacheWriteTokens ?? 0, written);
  const standIn = usage.isCachePricedApart === true ? null : promptToken;
  let sum = tokenCost(promptTokens - read - written, promptToken);
  const parts = [
    [read, cachedPromptToken ?? standIn],
    [written - long, cacheWriteToken ?? standIn],
    [long, longCacheWriteToken ?? null],
  ] as const;
  for (const [tokens, rate] of parts) {
    if (tokens === 0) continue;
    if (rate === null) return null;
    sum += tokenCost(tokens, rate);
  }
  return sum;
}

/** Maximum number of tokens that calls can spend together. */
interface MostTokens {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Number of these calls; default 1. */
  readonly requests?: number | undefined;
}

/**
 * The maximum cost of calls. Every token counts at the highest rate that a prompt up to that length may have, none of
 * them read from a cache and all of them written to one.
 */
export function worstCostOf(price: Price, { promptTokens, completionTokens, requests = 1 }: MostTokens): Picounits {
  const { promptToken, completionToken } = dearestRates(price, promptTokens);
  const tokens = tokenCost(promptTokens, promptToken) + tokenCost(completionTokens, completionToken);
  return tokens + BigInt(requests) * (price.request ?? 0n);
}

/** The highest rates of requests with up to this many prompt tokens, for new prompt tokens or cache writes. */
export function dearestRates(price: Price, promptTokens: number): TokenRates {
  const reached = (price.tiers ?? []).filter(({ fromPromptTokens }) => promptTokens >= fromPromptTokens);
  const rates = [price, ...reached];
  return {
    promptToken: dearest(rates.map(dearestPromptRate)),
    completionToken: dearest(rates.map(({ completionToken }) => completionToken)),
  };
}

function dearestPromptRate({ promptToken, cacheWriteToken = 0n, longCacheWriteToken = 0n }: TokenRates): Picounits {
  return dearest([promptToken, cacheWriteToken, longCacheWriteToken]);
}

/** The highest of some rates; 0 of none. */
export function dearest(rates: readonly Picounits[]): Picounits {
  return rates.reduce((most, rate) => (rate > most ? rate : most), 0n);
}

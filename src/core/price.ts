import { divideRounded, type Picounits, parseAmount } from './money.ts';
import { type Cost, UNKNOWN_COST, type Usage } from './usage.ts';

/** What a model's tokens cost, in picounits a token. */
export interface TokenRates {
  readonly promptToken: Picounits;
  readonly completionToken: Picounits;
  /** For prompt tokens read from the provider's cache; absent where not known: then `promptToken` stands in for it. */
  readonly cachedPromptToken?: Picounits | undefined;
  /** For prompt tokens written to the provider's cache; absent where not known: then `promptToken` stands in for it. */
  readonly cacheWriteToken?: Picounits | undefined;
  /** For those that are kept for an hour; absent where not known: then nothing stands in for it. */
  readonly longCacheWriteToken?: Picounits | undefined;
}

/** Rates that hold for a whole request, every token of it, once its prompt is long enough. */
export interface PriceTier extends TokenRates {
  /** The shortest prompt that they hold for, in tokens; from 1. */
  readonly fromPromptTokens: number;
}

/** What a model costs; the rates are those of requests below every tier. */
export interface Price extends TokenRates {
  /** From the lowest `fromPromptTokens` up; absent where the rates are the same for every prompt. */
  readonly tiers?: readonly PriceTier[] | undefined;
  /** Picounits for one request besides its tokens; absent where there is no such fee. */
  readonly request?: Picounits | undefined;
  /** ISO 4217 code. */
  readonly currency: string;
  /** Where the price was read. */
  readonly source: string;
  /** When it was read or is from, ISO 8601. */
  readonly date: string;
}

/** Tokens × price, exact. */
export function tokenCost(tokens: number, pricePerToken: Picounits): Picounits {
  return BigInt(tokens) * pricePerToken;
}

/** Price of one token from a price for a thousand, exact to the picounit; null where that is no price (`parseAmount`). */
export function pricePerThousand(decimal: string | number): Picounits | null {
  return perToken(decimal, 1000n);
}

/** Price of one token from a price for a million, as `pricePerThousand`. */
export function pricePerMillion(decimal: string | number): Picounits | null {
  return perToken(decimal, 1_000_000n);
}

function perToken(decimal: string | number, tokens: bigint): Picounits | null {
  const amount = parseAmount(decimal);
  return amount === null ? null : divideRounded(amount, tokens);
}

/** The rates that hold for a request of so many prompt tokens. */
export function ratesFor(price: Price, promptTokens: number): TokenRates {
  return price.tiers?.findLast(({ fromPromptTokens }) => promptTokens >= fromPromptTokens) ?? price;
}

/**
 * The cost of one call from its tokens and a price, exact.
 * Unknown where its tokens are, where some of them are unexplained or something else is charged too, and where cache
 * reads or writes have rates of their own (`isCachePricedApart`, `longCacheWriteTokens`) that the price does not have.
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

/** @returns null where a rate is missing that nothing stands in for */
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

/** The most tokens that calls can spend together. */
interface MostTokens {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** How many calls those are of; default 1. */
  readonly requests?: number | undefined;
}

/**
 * The most that calls can cost: every token at the dearest rate that a prompt up to that length may have, none of them
 * read from a cache and all of them written to one.
 */
export function worstCostOf(price: Price, { promptTokens, completionTokens, requests = 1 }: MostTokens): Picounits {
  const { promptToken, completionToken } = dearestRates(price, promptTokens);
  const tokens = tokenCost(promptTokens, promptToken) + tokenCost(completionTokens, completionToken);
  return tokens + BigInt(requests) * (price.request ?? 0n);
}

/** The dearest rates that requests of up to so many prompt tokens may have, new prompt tokens or written to a cache. */
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

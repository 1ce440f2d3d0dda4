import { divideRounded, type Picounits, parseDecimal } from './money.ts';
import { type Cost, UNKNOWN_COST, type Usage } from './usage.ts';

/** What a model's tokens cost, in picounits a token. */
export interface TokenRates {
  readonly promptToken: Picounits;
  readonly completionToken: Picounits;
  /** For prompt tokens that the provider had in its cache; absent where not known: then they cost `promptToken`. */
  readonly cachedPromptToken?: Picounits | undefined;
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

/** Price of one token from a price for a thousand, exact to the picounit; null where the text is no number. */
export function pricePerThousand(decimal: string | number): Picounits | null {
  const amount = parseDecimal(decimal);
  return amount === null ? null : divideRounded(amount, 1000n);
}

/** The rates that hold for a request of so many prompt tokens. */
export function ratesFor(price: Price, promptTokens: number): TokenRates {
  return price.tiers?.findLast(({ fromPromptTokens }) => promptTokens >= fromPromptTokens) ?? price;
}

/** The cost of one call from its tokens and a price, exact; unknown where its tokens are. */
export function costOf(price: Price, usage: Usage): Cost {
  const { promptTokens, completionTokens, cachedPromptTokens } = usage;
  const { currency, request = 0n } = price;
  if (promptTokens === null || completionTokens === null) return { ...UNKNOWN_COST, currency };
  const { promptToken, completionToken, cachedPromptToken = promptToken } = ratesFor(price, promptTokens);
  const cached = Math.min(cachedPromptTokens ?? 0, promptTokens);
  const prompt = tokenCost(promptTokens - cached, promptToken) + tokenCost(cached, cachedPromptToken);
  const completion = tokenCost(completionTokens, completionToken);
  return { prompt, completion, total: prompt + completion + request, currency, source: 'computed' };
}

/** The most tokens that calls can spend together. */
export interface MostTokens {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** How many calls those are of; default 1. */
  readonly requests?: number | undefined;
}

/**
 * The most that calls can cost: every token at the dearest rate that a prompt up to that length may have, none of them
 * taken for cached.
 */
export function worstCostOf(price: Price, { promptTokens, completionTokens, requests = 1 }: MostTokens): Picounits {
  const reached = (price.tiers ?? []).filter(({ fromPromptTokens }) => promptTokens >= fromPromptTokens);
  const rates = [price, ...reached];
  const prompt = tokenCost(promptTokens, dearest(rates.map(({ promptToken }) => promptToken)));
  const completion = tokenCost(completionTokens, dearest(rates.map(({ completionToken }) => completionToken)));
  return prompt + completion + BigInt(requests) * (price.request ?? 0n);
}

/** The highest of some rates; 0 of none. */
export function dearest(rates: readonly Picounits[]): Picounits {
  return rates.reduce((most, rate) => (rate > most ? rate : most), 0n);
}

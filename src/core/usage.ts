import type { Picounits } from './money.ts';

/** Where a cost figure comes from: told by the provider, computed from tokens × price, or not known. */
export type CostSource = 'provider' | 'computed' | 'unknown';

/** What a call cost. null means not known, which is never the same as 0. */
export interface Cost {
  readonly prompt: Picounits | null;
  readonly completion: Picounits | null;
  readonly total: Picounits | null;
  /** ISO 4217 code; null where the provider has no known currency. */
  readonly currency: string | null;
  readonly source: CostSource;
}

/**
 * Tokens of a call as the provider reports them; null where it does not. Whatever a provider counts beside its prompt or
 * completion tokens (cache reads and writes, reasoning) is included here, so that every token is billed once.
 */
export interface Usage {
  /** The whole prompt, tokens read from and written to a cache included. */
  readonly promptTokens: number | null;
  /** The whole answer, reasoning included. */
  readonly completionTokens: number | null;
  /** The provider's total, or the sum of the two above where that is more. */
  readonly totalTokens: number | null;
  /** Those of `promptTokens` that the provider had in its prompt cache; never more than those. */
  readonly cachedPromptTokens: number | null;
  /** Those of `promptTokens` that the provider wrote into its prompt cache; absent where it does not say. */
  readonly cacheWriteTokens?: number | undefined;
  /** Those of `cacheWriteTokens` that are kept for an hour, which costs more; absent where there are none. */
  readonly longCacheWriteTokens?: number | undefined;
  /**
   * True where cache reads and writes are known to have rates of their own, so that the prompt's rate cannot stand in for
   * them: the provider counts them beside its prompt tokens, or writes as Anthropic does, which charges more for them.
   */
  readonly isCachePricedApart?: true | undefined;
  /** Those of `completionTokens` that the model spent on reasoning; absent where the provider does not say. */
  readonly reasoningTokens?: number | undefined;
  /** Tokens of the provider's own total that none of its other counts explains; absent where there are none. */
  readonly unexplainedTokens?: number | undefined;
  /** Something else than tokens of text that is billed as well, as the provider names it (`audio_tokens`); absent where there is nothing. */
  readonly otherCharge?: string | undefined;
  /** The service tier that the answer was billed at (`default`, `flex`, `priority`, …); absent where it does not say. */
  readonly serviceTier?: string | undefined;
}

/** No call and no model has more tokens: a larger number is an error of its source. */
const MOST_TOKENS = 1_000_000_000;

/** True for what tokens can be counted with: a whole number from 0 to 10⁹. */
export function isTokenCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_TOKENS;
}

/** True for what can bound tokens: a whole number from 1 to 10⁹. */
export function isTokenBound(value: unknown): value is number {
  return isTokenCount(value) && value > 0;
}

/** The cost of a call of which nothing is known. */
export const UNKNOWN_COST: Cost = {
  prompt: null,
  completion: null,
  total: null,
  currency: null,
  source: 'unknown',
};

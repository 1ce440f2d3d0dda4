import type { Picounits } from './money.ts';

/** Source of a cost figure: reported by the provider, computed from tokens × price, or unknown. */
export type CostSource = 'provider' | 'computed' | 'unknown';

/** Cost of a call. null means unknown, which is never the same as 0. */
export interface Cost {
  readonly prompt: Picounits | null;
  readonly completion: Picounits | null;
  readonly total: Picounits | null;
  /** ISO 4217 code; null if the provider has no known currency. */
  readonly currency: string | null;
  readonly source: CostSource;
}

/**
 * Tokens of a call as the provider reports them; null if it does not. Anything that a provider counts in addition to
 * its prompt or completion tokens (cache reads and writes, reasoning) is included here, so that every token is billed
 * once.
 */
export interface Usage {
  /** The whole prompt, including tokens read from and written to a cache. */
  readonly promptTokens: number | null;
  /** The whole answer, including reasoning. */
  readonly completionTokens: number | null;
  /** The provider's total, or the sum of the two above if that is more. */
  readonly totalTokens: number | null;
  /** The part of `promptTokens` that was in the provider's prompt cache; never more than those. */
  readonly cachedPromptTokens: number | null;
  /** The part of `promptTokens` that the provider wrote into its prompt cache; absent if not reported. */
  readonly cacheWriteTokens?: number | undefined;
  /** The part of `cacheWriteTokens` that is kept for an hour, which costs more; absent if there are none. */
  readonly longCacheWriteTokens?: number | undefined;
  /**
   * True if cache reads and writes are known to have separate rates, so that the prompt's rate cannot be used. That is
   * so if the provider counts them in addition to its prompt tokens, or counts writes as Anthropic does, which charges
   * more for them.
   */
  readonly isCachePricedApart?: true | undefined;
  /** The part of `completionTokens` spent on reasoning; absent if not reported. */
  readonly reasoningTokens?: number | undefined;
  /** Tokens of the provider's own total that none of its other counts explains; absent if there are none. */
  readonly unexplainedTokens?: number | undefined;
  /**
   * Anything other than text tokens that is billed as well, as the provider names it (`audio_tokens`); absent if there
   * is nothing.
   */
  readonly otherCharge?: string | undefined;
  /** The service tier at which the answer was billed (`default`, `flex`, `priority`, …); absent if not reported. */
  readonly serviceTier?: string | undefined;
}

/** No call and no model has more tokens: a larger number is an error of its source. */
const MOST_TOKENS = 1_000_000_000;

/** True for a valid token count: an integer from 0 to 10⁹. */
export function isTokenCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_TOKENS;
}

/** True for a valid token limit: an integer from 1 to 10⁹. */
export function isTokenBound(value: unknown): value is number {
  return isTokenCount(value) && value > 0;
}

/** The cost of a call about which nothing is known. */
export const UNKNOWN_COST: Cost = {
  prompt: null,
  completion: null,
  total: null,
  currency: null,
  source: 'unknown',
};

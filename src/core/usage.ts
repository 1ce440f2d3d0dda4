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

/** Tokens of a call as the provider reports them; null where it does not. `promptTokens` includes cached ones. */
export interface Usage {
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly totalTokens: number | null;
  /** Those of `promptTokens` that the provider had in its prompt cache; never more than those. */
  readonly cachedPromptTokens: number | null;
  /** Those of `promptTokens` that the provider wrote into its prompt cache; absent where it does not say. */
  readonly cacheWriteTokens?: number | undefined;
  /** Those of `completionTokens` that the model spent on reasoning; absent where the provider does not say. */
  readonly reasoningTokens?: number | undefined;
  /** Tokens of the provider's own total that none of its other counts explains; absent where there are none. */
  readonly unexplainedTokens?: number | undefined;
}

/** The cost of a call of which nothing is known. */
export const UNKNOWN_COST: Cost = {
  prompt: null,
  completion: null,
  total: null,
  currency: null,
  source: 'unknown',
};

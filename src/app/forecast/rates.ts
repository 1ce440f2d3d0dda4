import type { Picounits } from '../../core/money.ts';
import { type Price, ratesFor, type TokenRates } from '../../core/price.ts';

/**
 * Average cost of a token over requests of these lengths: the price's own rates if it has only one tier, else the mean
 * of the rates for each length.
 * @param lengths prompt tokens of each request
 * @param ratio of the model's tokens to those
 */
export function meanRates(price: Price, lengths: readonly number[], ratio: number): TokenRates {
  if (price.tiers === undefined || lengths.length === 0) return price;
  const rates = lengths.map((length) => ratesFor(price, length * ratio));
  const weights = lengths.map((length) => BigInt(Math.round(length)));
  const tokens = weights.reduce((sum, weight) => sum + weight, 0n);
  const promptSum = rates.reduce((sum, rate, index) => sum + rate.promptToken * (weights[index] ?? 0n), 0n);
  const completionSum = rates.reduce((sum, { completionToken }) => sum + completionToken, 0n);
  return {
    promptToken: tokens === 0n ? price.promptToken : promptSum / tokens,
    completionToken: completionSum / BigInt(lengths.length),
  };
}

/** Tokens × rate, for forecasts: rounded to whole tokens, exact for whole tokens. */
export function costOfTokens(tokens: number, rate: Picounits): Picounits {
  return BigInt(Math.round(tokens)) * rate;
}

/** An amount times an observed share. @param share from 0 */
export function timesShare(amount: Picounits, share: number): Picounits {
  return share === 1 ? amount : (amount * BigInt(Math.round(share * 1e9))) / 1_000_000_000n;
}

import { describe, expect, it } from 'vitest';
import { costOfTokens, meanRates, timesShare } from '../../../src/app/forecast/rates.ts';
import { costOf } from '../../../src/core/price.ts';
import { rubles } from '../estimate/parts.ts';

const TIERED = rubles('1', '4', {
  tiers: [{ fromPromptTokens: 1000, promptToken: 2_000_000_000n, completionToken: 6_000_000_000n }],
});

describe('the rates of many requests', () => {
  it('are the price’s own if it has only one tier, whatever the lengths', () => {
    const flat = rubles('1.35', '2.70');
    const mean = meanRates(flat, [1, 1_000_000], 1);
    expect([mean.promptToken, mean.completionToken]).toEqual([1_350_000_000n, 2_700_000_000n]);
  });

  it('with tiers give each prompt the cost that it has alone', () => {
    const lengths = [500, 999, 1000, 3000];
    const mean = meanRates(TIERED, lengths, 1);
    const alone = lengths.map((promptTokens) => {
      const usage = { promptTokens, completionTokens: 0, totalTokens: null, cachedPromptTokens: null };
      return costOf(TIERED, usage).total ?? 0n;
    });
    const total = alone.reduce((sum, cost) => sum + cost, 0n);
    const tokens = lengths.reduce((sum, length) => sum + length, 0);
    // The mean rate is a whole number of picounits: less than one is lost per token.
    expect(total - costOfTokens(tokens, mean.promptToken)).toBeLessThan(BigInt(tokens));
    expect(total).toBeGreaterThanOrEqual(costOfTokens(tokens, mean.promptToken));
    expect(mean.completionToken).toBe(5_000_000_000n);
  });

  it('with tiers use the model’s tokens and not counted ones', () => {
    expect(meanRates(TIERED, [600], 1).promptToken).toBe(1_000_000_000n);
    expect(meanRates(TIERED, [600], 2).promptToken).toBe(2_000_000_000n);
  });
});

describe('a share of an amount', () => {
  it('is the amount itself at 1, to the last digit', () => {
    expect(timesShare(123_456_789_012_345_678_901n, 1)).toBe(123_456_789_012_345_678_901n);
    expect(timesShare(1_000_000_000_000n, 0.25)).toBe(250_000_000_000n);
  });
});

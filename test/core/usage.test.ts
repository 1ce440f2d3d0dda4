import { describe, expect, it } from 'vitest';
import type { Price } from '../../src/core/money.ts';
import { computeCost, UNKNOWN_COST } from '../../src/core/usage.ts';

const PRICE: Price = {
  promptToken: 1_350_000_000n,
  completionToken: 2_700_000_000n,
  currency: 'RUB',
  source: 'a list',
  date: '2026-01-02T00:00:00Z',
};

describe('a computed cost', () => {
  it('is tokens × price, exact, and says that it was computed', () => {
    expect(computeCost({ promptTokens: 111, completionTokens: 10, totalTokens: 121 }, PRICE)).toEqual({
      prompt: 149_850_000_000n,
      completion: 27_000_000_000n,
      total: 176_850_000_000n,
      currency: 'RUB',
      source: 'computed',
    });
  });

  it.each([
    { promptTokens: null, completionTokens: 10, totalTokens: null },
    { promptTokens: 111, completionTokens: null, totalTokens: 121 },
  ])('is unknown, not 0, where tokens are: %j', (usage) => {
    expect(computeCost(usage, PRICE)).toEqual({ ...UNKNOWN_COST, currency: 'RUB' });
  });
});

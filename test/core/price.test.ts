import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDecimal, parseDecimal } from '../../src/core/money.ts';
import { costOf, type Price, pricePerThousand, ratesFor, tokenCost, worstCostOf } from '../../src/core/price.ts';
import { UNKNOWN_COST, type Usage } from '../../src/core/usage.ts';

const PRICE: Price = {
  promptToken: 1_350_000_000n,
  completionToken: 2_700_000_000n,
  currency: 'RUB',
  source: 'a list',
  date: '2026-01-02T00:00:00Z',
};

/** Cached tokens at a tenth, dearer from 200,001 prompt tokens on, dearer still from 500,000 on, but cheaper answers. */
const TIERED: Price = {
  ...PRICE,
  promptToken: 10n,
  completionToken: 50n,
  cachedPromptToken: 1n,
  tiers: [
    { fromPromptTokens: 200_001, promptToken: 20n, completionToken: 75n, cachedPromptToken: 2n },
    { fromPromptTokens: 500_000, promptToken: 40n, completionToken: 60n },
  ],
};

/** Reading a cache costs a tenth, writing one 1.3 times as much, for an hour twice as much. */
const CACHING: Price = { ...TIERED, cacheWriteToken: 13n, longCacheWriteToken: 20n };

function used(promptTokens: number, completionTokens: number, cachedPromptTokens: number | null = null): Usage {
  return { promptTokens, completionTokens, totalTokens: promptTokens + completionTokens, cachedPromptTokens };
}

describe('the cost of tokens', () => {
  it.each([
    [111, '1.35', '0.14985'],
    [10, '2.70', '0.027'],
  ])('is %i × %s / 1000 = %s', (tokens, perThousand, cost) => {
    expect(formatDecimal(tokenCost(tokens, pricePerThousand(perThousand) ?? 0n))).toBe(cost);
  });

  it('adds up over any number of calls without losing a digit', () => {
    const calls = fc.array(fc.nat({ max: 1_000_000 }), { maxLength: 200 });
    fc.assert(
      fc.property(calls, fc.bigInt({ min: 0n, max: 10n ** 15n }), (tokens, price) => {
        const sum = tokens.map((count) => tokenCost(count, price)).reduce((total, cost) => total + cost, 0n);
        const inAll = tokens.reduce((total, count) => total + count, 0);
        expect(sum).toBe(BigInt(inAll) * price);
      }),
    );
  });

  it('is exact for decimals that binary fractions cannot represent', () => {
    const cost = parseDecimal('0.1') ?? 0n;
    expect(formatDecimal(cost * 3n)).toBe('0.3');
    expect(0.1 * 3).not.toBe(0.3);
  });

  it('does not exist for a price per thousand that is not a number', () => {
    expect(pricePerThousand('free')).toBeNull();
  });
});

describe('a computed cost', () => {
  it('is tokens × price, exact, and says that it was computed', () => {
    expect(costOf(PRICE, used(111, 10))).toEqual({
      prompt: 149_850_000_000n,
      completion: 27_000_000_000n,
      total: 176_850_000_000n,
      currency: 'RUB',
      source: 'computed',
    });
  });

  it.each([
    { ...used(0, 10), promptTokens: null },
    { ...used(111, 0), completionTokens: null },
  ])('is unknown, not 0, if tokens are: %j', (usage) => {
    expect(costOf(PRICE, usage)).toEqual({ ...UNKNOWN_COST, currency: 'RUB' });
  });

  it('is 0 if the model is free', () => {
    const free = { ...PRICE, promptToken: 0n, completionToken: 0n };
    expect(costOf(free, used(111, 10))).toMatchObject({ total: 0n, source: 'computed' });
  });

  it.each([
    ['at the cached rate', TIERED, 60, 40n * 10n + 60n],
    ['at the rate of others where theirs is not known', PRICE, 60, 100n * 1_350_000_000n],
    ['as others where how many is not known', TIERED, null, 1000n],
    ['as the whole prompt where more are told than it has', TIERED, 101, 100n],
  ])('uses cached prompt tokens %s', (_, price, cached, prompt) => {
    expect(costOf(price, used(100, 0, cached))).toMatchObject({ prompt, completion: 0n, total: prompt });
  });

  it.each([
    [200_000, 2_000_000n, 50n],
    [200_001, 4_000_020n, 75n],
    [499_999, 9_999_980n, 75n],
    [500_000, 20_000_000n, 60n],
  ])('of a prompt of %i tokens has every token at the rates of such prompts', (promptTokens, prompt, completion) => {
    expect(costOf(TIERED, used(promptTokens, 1))).toMatchObject({ prompt, completion, total: prompt + completion });
    expect(ratesFor(TIERED, promptTokens).completionToken).toBe(completion);
  });

  it('uses the rate of the tier for cached tokens, and is unknown if the tier has none', () => {
    expect(costOf(TIERED, used(200_001, 0, 200_000)).prompt).toBe(20n + 2n * 200_000n);
    expect(costOf(TIERED, used(500_000, 0, 400_000)).prompt).toBe(40n * 500_000n);
  });

  it.each([
    ['at their own rates', {}, 30n * 10n + 40n + 20n * 13n + 10n * 20n],
    [
      'also where the provider counts them apart',
      { isCachePricedApart: true },
      30n * 10n + 40n + 20n * 13n + 10n * 20n,
    ],
  ] as const)('uses tokens read from and written to a cache %s', (_, apart, prompt) => {
    const usage: Usage = { ...used(100, 1, 40), cacheWriteTokens: 30, longCacheWriteTokens: 10, ...apart };
    expect(costOf(CACHING, usage)).toMatchObject({ prompt, total: prompt + 50n });
  });

  it('counts written tokens like others if no rate for them is known', () => {
    expect(costOf(TIERED, { ...used(100, 0), cacheWriteTokens: 30 }).prompt).toBe(1000n);
  });

  it.each([
    ['read', { cachedPromptTokens: 40 }, { cachedPromptToken: undefined }],
    ['written', { cacheWriteTokens: 40 }, { cacheWriteToken: undefined }],
    ['written for an hour', { cacheWriteTokens: 40, longCacheWriteTokens: 40 }, { longCacheWriteToken: undefined }],
  ])('is unknown if tokens are %s at an unknown rate of their own', (_, tokens, lacking) => {
    const usage: Usage = { ...used(100, 1), isCachePricedApart: true, ...tokens };
    expect(costOf({ ...CACHING, ...lacking }, usage)).toEqual({ ...UNKNOWN_COST, currency: 'RUB' });
    expect(costOf(CACHING, usage).source).toBe('computed');
  });

  it('is unknown if tokens are kept for an hour and only the rate of short writes is known', () => {
    const usage: Usage = { ...used(100, 1), cacheWriteTokens: 40, longCacheWriteTokens: 1 };
    expect(costOf({ ...CACHING, longCacheWriteToken: undefined }, usage).total).toBeNull();
  });

  it('is unknown if the provider’s total has unexplained tokens', () => {
    expect(costOf(PRICE, { ...used(100, 1), unexplainedTokens: 1 })).toEqual({ ...UNKNOWN_COST, currency: 'RUB' });
  });

  it('is unknown if anything other than text is charged too', () => {
    expect(costOf(PRICE, { ...used(100, 1), otherCharge: 'audio_tokens' }).total).toBeNull();
  });

  it('includes the fee per request', () => {
    const cost = costOf({ ...TIERED, request: 5n }, used(10, 1));
    expect(cost).toMatchObject({ prompt: 100n, completion: 50n, total: 155n });
  });
});

describe('the maximum cost of calls', () => {
  it.each([
    [200_000, 10n, 50n],
    [200_001, 20n, 75n],
    [500_000, 40n, 75n],
  ])('with up to %i prompt tokens uses the highest rates that may apply', (promptTokens, prompt, completion) => {
    const worst = worstCostOf(TIERED, { promptTokens, completionTokens: 100 });
    expect(worst).toBe(prompt * BigInt(promptTokens) + completion * 100n);
  });

  it('counts a fee for each request', () => {
    const price = { ...PRICE, request: 7n };
    const tokens = { promptTokens: 0, completionTokens: 0 };
    expect(worstCostOf(price, tokens)).toBe(7n);
    expect(worstCostOf(price, { ...tokens, requests: 3 })).toBe(21n);
  });

  it.each([
    [CACHING, 20n],
    [{ ...CACHING, longCacheWriteToken: undefined }, 13n],
    [{ ...CACHING, longCacheWriteToken: undefined, cacheWriteToken: 1n }, 10n],
  ])('counts every prompt token as written to a cache if that is more expensive', (price, rate) => {
    expect(worstCostOf(price, { promptTokens: 100, completionTokens: 0 })).toBe(100n * rate);
  });

  it('is never below the cost of a call within it', () => {
    const count = fc.nat({ max: 1_000_000 });
    const price = { ...CACHING, request: 3n };
    fc.assert(
      fc.property(count, count, count, (promptTokens, completionTokens, spare) => {
        const most = { promptTokens: promptTokens + spare, completionTokens: completionTokens + spare };
        const cached = Math.min(spare, promptTokens);
        const written = { cacheWriteTokens: promptTokens - cached, longCacheWriteTokens: 0 };
        const { total } = costOf(price, { ...used(promptTokens, completionTokens, cached), ...written });
        expect(total).not.toBeNull();
        expect(worstCostOf(price, most)).toBeGreaterThanOrEqual(total ?? 0n);
      }),
    );
  });
});

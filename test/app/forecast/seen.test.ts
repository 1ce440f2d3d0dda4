import { describe, expect, it } from 'vitest';
import { answerOf, SeenVariant } from '../../../src/app/forecast/seen.ts';
import type { Cost } from '../../../src/core/usage.ts';
import { completed, errored } from '../../core/parts.ts';
import { rubles } from '../estimate/parts.ts';

const PRICE = rubles('1', '2');
const USAGE = { promptTokens: 100, completionTokens: 50, totalTokens: 150, cachedPromptTokens: null };
/** 100 × 0.001 + 50 × 0.002 rubles. */
const LISTED = 200_000_000_000n;

function billed(total: bigint, source: Cost['source'] = 'provider'): Parameters<typeof completed>[0] {
  return { usage: USAGE, cost: { prompt: null, completion: null, total, currency: 'RUB', source } };
}

function shareOf(...results: readonly Parameters<SeenVariant['add']>[0][]): number {
  const seen = new SeenVariant();
  for (const result of results) seen.add(result, PRICE);
  return seen.billedShare;
}

describe('the ratio of billed cost to tokens × price', () => {
  it('is 1 if nothing was billed', () => {
    expect(shareOf()).toBe(1);
    expect(shareOf(errored())).toBe(1);
  });

  it('is the share of the sums', () => {
    expect(shareOf(completed(billed(LISTED)), completed(billed(LISTED / 2n)))).toBe(0.75);
    expect(shareOf(completed(billed(LISTED * 2n)))).toBe(2);
  });

  it('is 1 if it differs by less than a thousandth, so that rounding does not change prices', () => {
    expect(shareOf(completed(billed((LISTED * 10_009n) / 10_000n)))).toBe(1);
    expect(shareOf(completed(billed((LISTED * 10_011n) / 10_000n)))).toBeCloseTo(1.0011, 10);
  });

  it('is not learned from computed costs, nor from cached answers', () => {
    expect(shareOf(completed(billed(1n, 'computed')))).toBe(1);
    expect(shareOf(completed(billed(0n), { cached: true }))).toBe(1);
  });

  it('is not learned without a price', () => {
    const seen = new SeenVariant();
    seen.add(completed(billed(1n)), null);
    expect(seen.billedShare).toBe(1);
  });
});

describe('a variant with answers', () => {
  it('sums tokens and paid amounts, including failed calls, and the mean duration of calls', () => {
    const seen = new SeenVariant();
    seen.add(completed(billed(5n), { latencyMs: 100 }), PRICE);
    seen.add(completed(billed(7n), { latencyMs: 300, wasted: { amount: 2n, currency: 'RUB' } }), PRICE);
    seen.add(completed(billed(0n), { latencyMs: 0, cached: true }), PRICE);
    seen.add(errored({ latencyMs: 9000, wasted: { amount: 1n, currency: 'RUB' } }), PRICE);
    expect(seen).toMatchObject({ done: 4, promptTokens: 300, completionTokens: 150, paid: 15n, currency: 'RUB' });
    expect(seen.latencyMs).toBe(200);
  });

  it('has no duration if no call was answered', () => {
    expect(new SeenVariant().latencyMs).toBeNull();
  });
});

describe('the answer of a row', () => {
  const from = { place: 3, row: '3' };

  it('combines all repeats', () => {
    const results = [completed(billed(5n)), completed(billed(7n))];
    expect(answerOf(results, 2, from)).toEqual({ ...from, promptTokens: 100, completionTokens: 100, cost: 12n });
  });

  it('is missing until every repeat is answered with known tokens', () => {
    expect(answerOf([completed(billed(5n))], 2, from)).toBeNull();
    expect(answerOf([completed(billed(5n)), errored()], 2, from)).toBeNull();
    expect(answerOf([completed({ usage: { ...USAGE, completionTokens: null } })], 1, from)).toBeNull();
  });

  it('has no cost if one of its answers came from the cache, or reports none', () => {
    expect(answerOf([completed(billed(0n), { cached: true })], 1, from)?.cost).toBeNull();
    expect(answerOf([completed({ usage: USAGE })], 1, from)?.cost).toBeNull();
  });
});

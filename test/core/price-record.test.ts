import { describe, expect, it } from 'vitest';
import { priceRecord, RECORDED_TOKENS } from '../../src/core/price-record.ts';

const PRICE = {
  promptToken: 1_500_000n,
  completionToken: 6n,
  currency: 'RUB',
  source: 'the list',
  date: '2026-01-02',
};

describe('a price in a document', () => {
  it('has exact rates per million tokens, and nothing that the price does not have', () => {
    expect(priceRecord(PRICE)).toEqual({
      input: '1.5',
      output: '0.000006',
      per: '1000000 tokens',
      currency: 'RUB',
      source: 'the list',
      date: '2026-01-02',
    });
    expect(RECORDED_TOKENS).toBe(1_000_000);
  });

  it('has rates for the cache, for long prompts and per request if there are any', () => {
    const own = { promptToken: 2n, completionToken: 3n, cachedPromptToken: 1n };
    const record = priceRecord({
      ...PRICE,
      cacheWriteToken: 4n,
      tiers: [{ fromPromptTokens: 9, ...own }],
      request: 5n,
    });
    expect(record).toMatchObject({
      cacheWriteInput: '0.000004',
      tiers: [{ fromPromptTokens: 9, input: '0.000002', output: '0.000003', cachedInput: '0.000001' }],
      request: '0.000000000005',
    });
  });
});

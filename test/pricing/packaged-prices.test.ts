import { readFile } from 'node:fs/promises';
import { calcPrice, waitForUpdate } from '@pydantic/genai-prices';
import { describe, expect, it } from 'vitest';
import { formatDecimal } from '../../src/core/money.ts';
import { costOf, type Price, worstCostOf } from '../../src/core/price.ts';
import { loadPackagedPrices, PACKAGED_DATE, PACKAGED_SOURCE } from '../../src/pricing/packaged-prices.ts';

const NOW = new Date('2026-11-22T12:00:00Z');

async function priceOf(
  provider: { id: string } | { baseUrl: string },
  model: string,
  now = NOW,
): Promise<Price | null> {
  const endpoint =
    'id' in provider
      ? { providerId: provider.id, baseUrl: 'http://127.0.0.1:8000/v1' }
      : { providerId: null, baseUrl: provider.baseUrl };
  return (await loadPackagedPrices(endpoint, now))?.(model) ?? null;
}

/** Dollars for a call of so many tokens. */
function dollars(price: Price | null, promptTokens: number, completionTokens: number, cache: Cached = {}): string {
  if (price === null) return 'unknown';
  const { read: cachedPromptTokens = 0, written: cacheWriteTokens = 0, long: longCacheWriteTokens = 0 } = cache;
  const totalTokens = promptTokens + completionTokens;
  const cached = { cachedPromptTokens, cacheWriteTokens, longCacheWriteTokens };
  return formatDecimal(costOf(price, { promptTokens, completionTokens, totalTokens, ...cached }).total ?? -1n);
}

/** Prompt tokens read from a cache, written to one, and those of the latter that are kept for an hour. */
interface Cached {
  readonly read?: number;
  readonly written?: number;
  readonly long?: number;
}

describe('the packaged price of a model', () => {
  it('is exact, in dollars, and states its source and date', async () => {
    const price = await priceOf({ id: 'openai' }, 'gpt-4o-mini');
    expect(price).toEqual({
      promptToken: 150_000n,
      completionToken: 600_000n,
      cachedPromptToken: 75_000n,
      currency: 'USD',
      source: 'genai-prices 0.1.8 (openai/gpt-4o-mini)',
      date: '2026-09-23',
    });
    expect(dollars(price, 111, 10)).toBe('0.00002265');
    expect(dollars(price, 111, 10, { read: 64 })).toBe('0.00001785');
  });

  it('is that of the requested day', async () => {
    const before = await priceOf({ id: 'openai' }, 'o3', new Date('2025-06-09T23:59:59Z'));
    const after = await priceOf({ id: 'openai' }, 'o3', new Date('2025-06-10T00:00:00Z'));
    expect([before?.promptToken, after?.promptToken]).toEqual([10_000_000n, 2_000_000n]);
  });

  it.each([
    ['openai', 'o3', '2025-06-10'],
    ['anthropic', 'claude-opus-4-6', '2026-03-13'],
    ['deepseek', 'deepseek-v4-flash', '2026-08-17'],
    ['google', 'gemini-3.6-flash', PACKAGED_DATE],
    ['openai', 'gpt-4o', PACKAGED_DATE],
  ])('of %s has the date from which it applies, if the table has one (%s: %s)', async (id, model, date) => {
    expect((await priceOf({ id }, model))?.date).toBe(date);
  });

  it('has rates for cache writes if they are known', async () => {
    expect(await priceOf({ id: 'anthropic' }, 'claude-opus-4-5')).toMatchObject({
      promptToken: 5_000_000n,
      cachedPromptToken: 500_000n,
      cacheWriteToken: 6_250_000n,
      longCacheWriteToken: 10_000_000n,
    });
    expect(await priceOf({ id: 'openai' }, 'gpt-4o')).not.toHaveProperty('cacheWriteToken');
    const tiered = await priceOf({ id: 'openai' }, 'gpt-5.6-sol');
    expect(tiered?.tiers).toMatchObject([{ fromPromptTokens: 272_000, cacheWriteToken: 10_000_000n }]);
  });

  it('is that of the most expensive hour if it depends on the hour', async () => {
    const price = await priceOf({ baseUrl: 'https://api.deepseek.com/v1' }, 'deepseek-v4-flash');
    expect(price).toMatchObject({
      promptToken: 440_000n,
      completionToken: 1_320_000n,
      cachedPromptToken: 14_000n,
      source: expect.stringContaining('(deepseek/deepseek-v4-flash, at its dearest hour)'),
    });
  });

  it.each([
    [271_999, '1.087996'],
    [272_000, '2.176'],
  ])('of a prompt of %i tokens is %s', async (promptTokens, cost) => {
    const price = await priceOf({ id: 'openai' }, 'gpt-5.6-sol');
    expect(price?.tiers?.map(({ fromPromptTokens }) => fromPromptTokens)).toEqual([272_000]);
    expect(dollars(price, promptTokens, 0)).toBe(cost);
  });

  it.each([
    ['a model that the table lacks', { id: 'openai' }, 'gpt-9-of-ours'],
    ['a model of another provider', { id: 'openai' }, 'claude-sonnet-4-5'],
    ['a model without a price in the table', { id: 'openrouter' }, 'deepseek/deepseek-r1:free'],
    ['a model whose reasoning is billed apart', { id: 'perplexity' }, 'sonar-deep-research'],
    ['a provider that the table lacks', { id: 'gptunnel' }, 'gpt-4o'],
    ['a provider whose name is only alike', { id: 'openai-of-ours' }, 'gpt-4o'],
    ['a server on this machine', { baseUrl: 'http://127.0.0.1:8000/v1' }, 'gpt-4o'],
    ['an unknown address', { baseUrl: 'https://llm.example.org/v1' }, 'gpt-4o'],
    ['an address that only begins like a known one', { baseUrl: 'https://api.openai.com.example.org/v1' }, 'gpt-4o'],
    ['another port of a known one', { baseUrl: 'https://api.openai.com:8443/v1' }, 'gpt-4o'],
    ['an address that bills in another currency', { baseUrl: 'https://open.bigmodel.cn/api/paas/v4' }, 'glm-4.5-air'],
  ])('is unknown for %s', async (_, provider, model) => {
    expect(await priceOf(provider, model)).toBeNull();
  });

  it.each([
    ['https://api.openai.com/v1', 'gpt-4o', 'openai/gpt-4o'],
    ['https://api.deepseek.com', 'deepseek-chat', 'deepseek/deepseek-chat'],
    ['https://ours.openai.azure.com/openai/v1', 'gpt-4o', '/gpt-4o'],
    ['https://router.huggingface.co/groq/openai/v1', 'openai/gpt-oss-120b', 'huggingface_groq/'],
  ])('is found by the address %s', async (baseUrl, model, source) => {
    expect((await priceOf({ baseUrl }, model))?.source).toContain(source);
  });

  it('agrees with the table’s own arithmetic for every model, however long the prompt', async () => {
    const providers = (await waitForUpdate()) ?? [];
    let compared = 0;
    for (const { id, models } of providers) {
      const lookUp = await loadPackagedPrices({ providerId: id, baseUrl: '' }, NOW);
      for (const { id: model } of models) {
        const price = lookUp?.(model) ?? null;
        if (price === null || price.source.endsWith('hour)')) continue;
        for (const promptTokens of [1000, 200_000, 200_001, 272_000, 1_000_000]) {
          const long = price.longCacheWriteToken === undefined ? 0 : 100;
          const written = (price.cacheWriteToken === undefined ? 0 : 200) + long;
          const writes = written === 0 ? {} : { cache_write_tokens: written, cache_write_1h_tokens: long };
          const usage = { input_tokens: promptTokens, cache_read_tokens: 400, output_tokens: 100, ...writes };
          const theirs = calcPrice(usage, model, { providerId: id, timestamp: NOW })?.total_price ?? Number.NaN;
          expect(Number(dollars(price, promptTokens, 100, { read: 400, written, long })), `${id} ${model}`).toBeCloseTo(
            theirs,
            9,
          );
          compared += 1;
        }
      }
    }
    expect(compared).toBeGreaterThan(5000);
  });

  it('bounds the cost of a call at any hour', async () => {
    const { models } = (await waitForUpdate())?.find(({ id }) => id === 'deepseek') ?? { models: [] };
    for (const { id: model } of models) {
      const price = await priceOf({ id: 'deepseek' }, model);
      if (price === null) continue;
      const worst = Number(formatDecimal(worstCostOf(price, { promptTokens: 1_000_000, completionTokens: 1_000_000 })));
      for (let hour = 0; hour < 24; hour++) {
        const timestamp = new Date(NOW.getTime() + hour * 3_600_000);
        const usage = { input_tokens: 1_000_000, output_tokens: 1_000_000 };
        const theirs = calcPrice(usage, model, { providerId: 'deepseek', timestamp })?.total_price ?? Number.NaN;
        expect(worst, `${model} at ${timestamp.toISOString()}`).toBeGreaterThanOrEqual(theirs - 1e-9);
      }
    }
    expect(models.length).toBeGreaterThan(3);
  });
});

describe('the packaged table', () => {
  it('has the name of the installed version', async () => {
    const manifest = new URL('../../node_modules/@pydantic/genai-prices/package.json', import.meta.url);
    expect(JSON.parse(await readFile(manifest, 'utf8'))).toMatchObject({ version: PACKAGED_SOURCE.split(' ')[1] });
    expect(PACKAGED_DATE).toMatch(/^\d{4}-\d\d-\d\d$/);
  });
});

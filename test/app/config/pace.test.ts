import { describe, expect, it } from 'vitest';
import { configure, refusal } from './project.ts';

describe('the pace of a run', () => {
  it('has no limits but concurrency by default', async () => {
    expect(await configure({})).toMatchObject({
      concurrency: 32,
      isFixedConcurrency: false,
      limits: { rpm: null, tpm: null },
      modelLimits: [],
    });
  });

  it('warns of limits for a model outside the run', async () => {
    const yaml = 'limits:\n  gpt-4o: { rpm: 5 }\n  gtp-4o: { rpm: 7 }\n';
    expect((await configure({ yaml })).warnings).toEqual([
      'limits of "gtp-4o" are not used: the run has no such model; did you mean gpt-4o?',
    ]);
  });

  it('has limits for all models, and in the file for single models', async () => {
    const yaml = 'tpm: 90000\nlimits:\n  gpt-4o: { rpm: 5 }\n  openai/gpt-4o-mini: { tpm: 7 }\n';
    const config = await configure({ flags: { rpm: '60', concurrency: '4', concurrencyMode: 'fixed' }, yaml });
    expect(config).toMatchObject({
      concurrency: 4,
      isFixedConcurrency: true,
      limits: { rpm: 60, tpm: 90_000 },
      modelLimits: [
        { model: 'gpt-4o', provider: null, value: { rpm: 5, tpm: null } },
        { model: 'openai/gpt-4o-mini', provider: null, value: { rpm: null, tpm: 7 } },
      ],
    });
  });
});

describe('settings of single models', () => {
  it('may name a model with its provider', async () => {
    const flags = { model: ['openai/gpt-4o', 'openrouter/openai/gpt-4o'], price: ['openai/gpt-4o=1,2'] };
    const yaml = 'limits:\n  openai/gpt-4o: { rpm: 5 }\n  openrouter/openai/gpt-4o: { rpm: 7 }\n';
    expect(await configure({ flags, yaml })).toMatchObject({
      // The id of the one is the name of the other: a plain id goes first.
      prices: [{ model: 'openai/gpt-4o', provider: null }],
      modelLimits: [
        { model: 'openai/gpt-4o', provider: null, value: { rpm: 5 } },
        { model: 'openai/gpt-4o', provider: 'openrouter', value: { rpm: 7 } },
      ],
      warnings: [],
    });
    expect(await configure({ flags: { ...flags, model: ['openai/gpt-4o'] } })).toMatchObject({
      prices: [{ model: 'gpt-4o', provider: 'openai' }],
    });
  });

  it('are told to be unused if a flag prices a model outside the run', async () => {
    const flags = { model: ['gpt-4o'], currency: 'USD' };
    const unused = 'is not used: the run has no such model';
    expect((await configure({ flags: { ...flags, price: ['gpt-4=1,2'] } })).warnings).toEqual([
      `--price of "gpt-4" ${unused}; did you mean gpt-4o?`,
    ]);
    expect((await configure({ flags: { ...flags, price: ['other=1,2'] } })).warnings).toEqual([
      `--price of "other" ${unused}`,
    ]);
    // A project may list the prices of all its models, whichever a run takes.
    const yaml = 'price: ["other=1,2", "gpt-4=1,2"]';
    expect((await configure({ flags, yaml })).warnings).toEqual([`--price of "gpt-4" ${unused}; did you mean gpt-4o?`]);
  });
});

describe('a budget', () => {
  it.each([
    [{ flags: { budget: '500' } }, 500_000_000_000_000n],
    [{ flags: { budget: '0.25' } }, 250_000_000_000n],
    [{ env: { PROMPTGRID_BUDGET: '1e-3' } }, 1_000_000_000n],
    [{ yaml: 'budget: 500' }, 500_000_000_000_000n],
    [{ yaml: 'budget: 0.1' }, 100_000_000_000n],
    [{ yaml: 'budget: "0.1"' }, 100_000_000_000n],
    [{}, null],
  ])('of %j is kept exactly', async (given, budget) => {
    expect((await configure(given)).budget).toBe(budget);
  });

  it.each(['0', '-5', 'much', '5 RUB', '1,5', 'NaN', 'Infinity'])('of %s is refused', async (budget) => {
    expect((await refusal({ flags: { budget } })).message).toBe(`--budget must be an amount above 0, got "${budget}"`);
  });
});

describe('user-defined prices', () => {
  it('are given per 1,000,000 tokens and kept per token', async () => {
    const flags = { price: ['gpt-4o=250,1000', 'vendor/m=x=0.5,0'], currency: 'USD' };
    expect(await configure({ flags })).toMatchObject({
      currency: 'USD',
      prices: [
        { model: 'gpt-4o', provider: null, value: { promptToken: 250_000_000n, completionToken: 1_000_000_000n } },
        { model: 'vendor/m=x', provider: null, value: { promptToken: 500_000n, completionToken: 0n } },
      ],
    });
    expect(await configure({})).toMatchObject({ currency: null, prices: [] });
  });

  it('may have rates for cache reads and writes', async () => {
    const flags = { price: ['short=3,15,0.3,3.75', 'long=3,15,0.3,3.75,6'], currency: 'USD' };
    const rates = { promptToken: 3_000_000n, completionToken: 15_000_000n, cachedPromptToken: 300_000n };
    expect((await configure({ flags })).prices.map(({ value }) => value)).toEqual([
      { ...rates, cacheWriteToken: 3_750_000n },
      { ...rates, cacheWriteToken: 3_750_000n, longCacheWriteToken: 6_000_000n },
    ]);
  });

  it.each([
    'gpt-4o',
    'gpt-4o=',
    '=1,2',
    'gpt-4o=1',
    'gpt-4o=1,2,3',
    'gpt-4o=1,2,3,4,5,6',
    'gpt-4o=1,-2',
    'gpt-4o=1,x',
    'gpt-4o=-1,2',
    'gpt-4o=1e300,2',
    'gpt-4o=NaN,2',
    'gpt-4o=1,2,3,-4',
  ])('written %s are refused', async (price) => {
    expect((await refusal({ flags: { price: [price] } })).message).toBe(
      `--price must be model=prompt,completion, got "${price}"`,
    );
  });
});

describe('the response cache', () => {
  it.each([
    [{}, { folder: '.promptgrid/cache', isForAll: false }],
    [{ cache: '' }, { folder: '.promptgrid/cache', isForAll: false }],
    [
      { cache: 'elsewhere', cacheAll: true },
      { folder: 'elsewhere', isForAll: true },
    ],
    [{ cache: false }, null],
    [{ cache: 'elsewhere', simulate: '' }, null],
  ])('with %j is %j', async (flags, cache) => {
    expect((await configure({ flags })).cache).toEqual(cache);
  });
});

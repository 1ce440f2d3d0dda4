import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { it as baseIt, describe, expect } from 'vitest';
import type { Price } from '../../src/core/price.ts';
import type { ModelInfo } from '../../src/core/provider.ts';
import { keepList, type ListPlace, readKeptList } from '../../src/pricing/kept-prices.ts';

const DATE = '2026-11-02T03:04:05.678Z';

const it = baseIt.extend<{ place: ListPlace }>({
  place: async ({ task }, use) => {
    const folder = await mkdtemp(join(tmpdir(), `promptgrid-kept-${task.id}-`));
    await use({ folder: join(folder, 'prices'), provider: 'gptunnel', endpoint: 'https://gptunnel.ru/v1' });
    await rm(folder, { recursive: true, force: true });
  },
});

function priced(id: string, price: Partial<Price> = {}): ModelInfo {
  const rates = { promptToken: 750_000_000n, completionToken: 3_000_000_000n };
  return {
    id,
    title: null,
    maxCapacity: 128_000,
    price: { ...rates, currency: 'RUB', source: 'gptunnel /v1/models', date: DATE, ...price },
  };
}

/** The one file in the folder. */
async function keptFile({ folder }: ListPlace): Promise<string> {
  const names = await readdir(folder);
  expect(names).toHaveLength(1);
  return join(folder, names[0] ?? '');
}

const amount = fc.bigInt({ min: 0n, max: 10n ** 20n });
const rates = fc.record(
  {
    promptToken: amount,
    completionToken: amount,
    cachedPromptToken: amount,
    cacheWriteToken: amount,
    longCacheWriteToken: amount,
  },
  { requiredKeys: ['promptToken', 'completionToken'] },
);
const tier = fc.record({ from: fc.nat(), own: rates }).map(({ from, own }) => ({ fromPromptTokens: from, ...own }));
const price = fc
  .record(
    {
      own: rates,
      tiers: fc.array(tier, { maxLength: 3 }),
      request: amount,
      currency: fc.string(),
      source: fc.string(),
    },
    { requiredKeys: ['own', 'currency', 'source'] },
  )
  .map(({ own, ...rest }): Price => ({ ...own, ...rest, date: DATE }));
const model = fc.record({
  id: fc.string({ unit: 'binary' }),
  title: fc.constant(null),
  maxCapacity: fc.option(fc.integer({ min: 1, max: 1_000_000_000 })),
  price: fc.option(price),
});

describe('a stored list', () => {
  it('is read back unchanged, to the last digit', async ({ place }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(model, { maxLength: 5 }), async (models) => {
        const list = { date: DATE, models: [...models, priced('gpt-4o')] };
        await keepList(place, list);
        expect(await readKeptList(place)).toEqual(list);
      }),
      { numRuns: 50 },
    );
    await keptFile(place);
  });

  it('keeps free models free', async ({ place }) => {
    const free = priced('free', { promptToken: 0n, completionToken: 0n });
    await keepList(place, { date: DATE, models: [free] });
    expect((await readKeptList(place))?.models).toEqual([free]);
  });

  it.for([0, -1, 0.5])('has no capacity if an old list has %d for one', async (maxCapacity, { place }) => {
    await keepList(place, { date: DATE, models: [{ ...priced('gpt-4o'), maxCapacity }] });
    expect((await readKeptList(place))?.models).toEqual([{ ...priced('gpt-4o'), maxCapacity: null }]);
  });

  it('is replaced by the next, and stays if the next has no price', async ({ place }) => {
    await keepList(place, { date: DATE, models: [priced('old')] });
    await keepList(place, { date: '2026-11-03T00:00:00Z', models: [priced('new')] });
    await keepList(place, { date: '2026-11-04T00:00:00Z', models: [{ ...priced('new'), price: null }] });
    expect(await readKeptList(place)).toMatchObject({ date: '2026-11-03T00:00:00Z', models: [{ id: 'new' }] });
  });

  it.for([
    ['provider', { provider: 'custom' }],
    ['address', { endpoint: 'https://gptunnel.example/v1' }],
    ['port', { endpoint: 'https://gptunnel.ru:8443/v1' }],
  ] as const)('is not used for any other %s', async ([, other], { place }) => {
    await keepList(place, { date: DATE, models: [priced('gpt-4o')] });
    expect(await readKeptList({ ...place, ...other })).toBeNull();
  });

  it('is null before one was stored', async ({ place }) => {
    expect(await readKeptList(place)).toBeNull();
  });

  it.for([
    ['cut off', (text: string) => text.slice(0, -5)],
    ['empty', () => ''],
    ['no JSON', () => '\0\0\0'],
    ['of another form', () => '[]'],
    ['of another version', (text: string) => text.replace('"format":1', '"format":2')],
    ['of no date', (text: string) => text.replace(DATE, 'yesterday')],
    ['of another address', (text: string) => text.replace('gptunnel.ru', 'example.org')],
    ['without models', (text: string) => text.replace('"models"', '"prices"')],
    ['of models without ids', (text: string) => text.replace('"id"', '"name"')],
    ['of models that are none', (text: string) => text.replace(/\{"id".*\}/, '7')],
    ['of a price that is no number', (text: string) => text.replace('0.00075', 'much')],
    ['of a price below 0', (text: string) => text.replace('0.00075', '-0.00075')],
    ['of half a price', (text: string) => text.replace('"prompt"', '"input"')],
    ['of no currency', (text: string) => text.replace('"RUB"', 'null')],
    ['of a tier without rates', (text: string) => text.replace('[9,{', '[9,{},{')],
    ['of tiers that are none', (text: string) => text.replace('[[9', '{"a":[[9').replace('}]]', '}]]}')],
    ['of a capacity that is none', (text: string) => text.replace('128000', '"all"')],
  ] as const)('that is broken, being %s, is ignored and replaced', async ([, spoil], { place }) => {
    const tiers = [{ fromPromptTokens: 9, promptToken: 1n, completionToken: 2n }];
    const list = { date: DATE, models: [priced('gpt-4o', { tiers })] };
    await keepList(place, list);
    const file = await keptFile(place);
    const text = await readFile(file, 'utf8');
    expect(spoil(text)).not.toBe(text);
    await writeFile(file, spoil(text));
    expect(await readKeptList(place)).toBeNull();
    await keepList(place, list);
    expect(await readKeptList(place)).toEqual(list);
  });

  it('that cannot be stored or read is not an error', async ({ place }) => {
    await writeFile(place.folder, 'a file where the folder should be');
    await keepList(place, { date: DATE, models: [priced('gpt-4o')] });
    expect(await readKeptList(place)).toBeNull();
    await rm(place.folder);
    await keepList(place, { date: DATE, models: [priced('gpt-4o')] });
    const file = await keptFile(place);
    await rm(file);
    await mkdir(file);
    await keepList(place, { date: DATE, models: [priced('gpt-4o')] });
    expect(await readKeptList(place)).toBeNull();
  });

  it('is one of at most fifty: the oldest are removed', async ({ place }) => {
    const at = (port: number): ListPlace => ({ ...place, endpoint: `http://127.0.0.1:${port}/v1` });
    await keepList(at(1), { date: DATE, models: [priced('gpt-4o')] });
    const oldest = await keptFile(place);
    await utimes(oldest, 1, 1);
    for (let port = 2; port <= 51; port++) await keepList(at(port), { date: DATE, models: [priced('gpt-4o')] });
    expect(await readdir(place.folder)).toHaveLength(50);
    expect(await readKeptList(at(1))).toBeNull();
    expect(await readKeptList(at(2))).not.toBeNull();
    expect(await readKeptList(at(51))).not.toBeNull();
  });
});

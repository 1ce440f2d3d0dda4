import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it as baseIt, describe, expect } from 'vitest';
import { type GivenFlags, resolveFlags } from '../../../src/app/config/from-flags.ts';
import { findPrices, type LanePrices } from '../../../src/app/endpoints/lane-prices.ts';
import { type Lane, openLanes } from '../../../src/app/endpoints/lanes.ts';
import { runEnvironment } from '../../../src/app/run/index.ts';
import type { Price } from '../../../src/core/price.ts';
import { systemClock } from '../../../src/io/clock.ts';
import { openProvider } from '../../../src/providers/chat-completions.ts';
import { custom } from '../../../src/providers/custom.ts';
import type { Ending } from '../../support/http-server.ts';
import { type PriceServer, priceServer } from '../../support/price-server.ts';

const GPT_4O = { id: 'gpt-4o', max_capacity: 128_000, cost_context: '0.75', cost_completion: '3.00' };

interface Opened {
  readonly lane: Lane;
  readonly warnings: readonly string[];
}

interface Opening {
  readonly flags?: GivenFlags;
  readonly mayBeUnreachable?: boolean;
  /** False if the command is refused afterwards; default true. */
  readonly isAccepted?: boolean;
  /** Days from now. */
  readonly days?: number;
  /** The date, where it matters. */
  readonly date?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A list's server, and lanes that are opened with lists stored in a folder of the test. */
class Bench {
  readonly server: PriceServer;
  readonly folder: string;

  constructor(server: PriceServer, folder: string) {
    this.server = server;
    this.folder = folder;
  }

  async open({
    flags = {},
    mayBeUnreachable = false,
    isAccepted = true,
    days = 0,
    date,
    env = {},
  }: Opening = {}): Promise<Opened> {
    const now = (): Date => new Date(date ?? Date.now() + days * 86_400_000);
    const given: GivenFlags = { dataset: 'rows.csv', model: ['gpt-4o'], ...flags };
    const isSimulated = given.simulate !== undefined;
    const address = isSimulated ? {} : { baseUrl: this.server.url };
    const config = await resolveFlags({ ...address, ...given }, { env, folder: tmpdir(), now });
    const warnings: string[] = [];
    const events = { onWarning: (text: string): void => void warnings.push(text) };
    const environment = runEnvironment({ events, clock: { ...systemClock, date: now } });
    const { lanes, keepLists, close } = await openLanes(config, environment, {
      mayBeUnreachable,
      keptFolder: this.folder,
    });
    if (isAccepted) await keepLists();
    await close();
    const [lane] = lanes;
    if (lane === undefined) throw new Error('no lane');
    return { lane, warnings };
  }

  /** Files of stored lists. */
  files(): Promise<readonly string[]> {
    return readdir(this.folder).catch(() => []);
  }
}

const it = baseIt.extend<{ bench: Bench }>({
  bench: async ({ task, onTestFinished }, use) => {
    const folder = await mkdtemp(join(tmpdir(), `promptgrid-lanes-${task.id}-`));
    const server = await priceServer({ onTestFinished }, [GPT_4O]);
    await use(new Bench(server, join(folder, 'prices')));
    await rm(folder, { recursive: true, force: true });
  },
});

const LISTED = { promptToken: 750_000_000n, completionToken: 3_000_000_000n, currency: 'RUB' };
const CUSTOM = { provider: 'custom', currency: 'USD' };
const GIVEN = { price: ['gpt-4o=1.5,6'] };

describe('the price of a model', () => {
  it("comes from the provider's own list, read just now", async ({ bench }) => {
    const { lane, warnings } = await bench.open();
    expect(lane.priceOf('gpt-4o')).toMatchObject({ ...LISTED, source: 'gptunnel /v1/models' });
    expect(Date.now() - Date.parse(lane.priceOf('gpt-4o')?.date ?? '')).toBeLessThan(60_000);
    expect(warnings).toEqual([]);
  });

  it('comes from the list and not from the flag, with a warning', async ({ bench }) => {
    const { lane, warnings } = await bench.open({ flags: GIVEN });
    expect(lane.priceOf('gpt-4o')).toMatchObject(LISTED);
    expect(warnings).toEqual(['--price of gpt-4o is not used: the list of gptunnel has one']);
  });

  it.for([
    ['does not have the model', { id: 'other' }, { modelCheck: false }],
    ['has no price', { id: 'gpt-4o' }, {}],
  ] as const)('comes from the flag if the list %s', async ([, entry, flags], { bench }) => {
    bench.server.models = [entry];
    const { lane, warnings } = await bench.open({ flags: { ...GIVEN, ...flags } });
    expect(lane.priceOf('gpt-4o')).toMatchObject({ promptToken: 1_500_000n, currency: 'RUB', source: '--price' });
    expect(warnings).toEqual([]);
  });

  it('comes from the flag before the packaged table', async ({ bench }) => {
    bench.server.models = [{ id: 'gpt-4o' }];
    const { lane } = await bench.open({ flags: { ...GIVEN, provider: 'openai' } });
    expect(lane.priceOf('gpt-4o')).toMatchObject({ promptToken: 1_500_000n, currency: 'USD', source: '--price' });
  });

  it.for([
    ['openai', 'gpt-4o', 'genai-prices 0.1.8 (openai/gpt-4o)'],
    ['openrouter', 'openai/gpt-4o', 'genai-prices 0.1.8 (openrouter/openai/gpt-4o)'],
  ] as const)('comes from the packaged table if %s reports none', async ([provider, model, source], { bench }) => {
    bench.server.models = [{ id: model }];
    const { lane, warnings } = await bench.open({ flags: { provider, model: [model] }, date: '2026-11-01' });
    expect(lane.priceOf(model)).toMatchObject({ promptToken: 2_500_000n, currency: 'USD', source });
    expect({ currency: lane.currency, warnings }).toEqual({ currency: 'USD', warnings: [] });
  });

  it.for([
    ['o3', '2025-12-07', []],
    ['o3', '2025-12-08', [['o3', '2025-06-10', 181]]],
    ['gpt-4o', '2027-03-23', [['gpt-4o', '2026-09-23', 181]]],
  ] as const)(
    'from the packaged table is called old after half a year: %s on %s',
    async ([model, date, old], { bench }) => {
      bench.server.models = [{ id: model }];
      const { warnings } = await bench.open({ flags: { provider: 'openai', model: [model] }, date });
      expect(warnings).toEqual(
        old.map(([id, from, age]) => {
          const source = `genai-prices 0.1.8 (openai/${id})`;
          return `the price of ${id} is old: from ${from} (${age} days), ${source}; check it, and give another with --price`;
        }),
      );
    },
  );

  it('is unknown if the list has an invalid one, with a warning', async ({ bench }) => {
    bench.server.models = [{ id: 'openai/gpt-4o', pricing: { prompt: '-1', completion: '-1' } }];
    const openrouter = { provider: 'openrouter', model: ['openai/gpt-4o'] };
    const { lane, warnings } = await bench.open({ flags: openrouter });
    expect(lane.priceOf('openai/gpt-4o')).toBeNull();
    expect(warnings).toEqual([
      'the list of openrouter has no price of openai/gpt-4o that can be used (prompt "-1", completion "-1"): it is ' +
        'unknown; --price gives one',
    ]);
    const given = await bench.open({ flags: { ...openrouter, price: ['openai/gpt-4o=1,2'] } });
    expect([given.lane.priceOf('openai/gpt-4o')?.source, given.warnings]).toEqual(['--price', []]);
  });

  it('at a non-default service tier comes from the flag, whatever the list says, and else is unknown', async ({
    bench,
  }) => {
    const { lane } = await bench.open();
    for (const tier of ['auto', 'default', 'standard', undefined]) {
      expect(lane.priceOf('gpt-4o', tier)).toMatchObject(LISTED);
    }
    expect(lane.priceOf('gpt-4o', 'flex')).toBeNull();
    const flex = await bench.open({ flags: { ...GIVEN, param: { service_tier: 'flex' } } });
    expect(flex.lane.priceOf('gpt-4o', 'flex')).toMatchObject({ promptToken: 1_500_000n, source: '--price' });
    expect(flex.lane.priceOf('gpt-4o')).toMatchObject(LISTED);
    expect(flex.warnings).toEqual([]);
  });

  it('given by the flag is for the tier that the request asks for, whatever the answer names', async ({ bench }) => {
    bench.server.models = [{ id: 'm' }];
    const flags = { model: ['m'], provider: 'custom', price: ['m=1.5,2'], currency: 'USD' };
    for (const asked of [undefined, 'auto', 'default']) {
      const { lane } = await bench.open({ flags: { ...flags, param: { service_tier: asked ?? 'auto' } } });
      const sources = [undefined, 'default', 'standard', 'priority', 'flex'].map(
        (answered) => lane.priceOf('m', asked, answered)?.source,
      );
      expect(sources).toEqual(['--price', '--price', '--price', undefined, undefined]);
    }
    const { lane } = await bench.open({ flags: { ...flags, param: { service_tier: 'flex' } } });
    const sources = [undefined, 'flex', 'FLEX', 'default', 'priority'].map(
      (answered) => lane.priceOf('m', 'flex', answered)?.source,
    );
    expect(sources).toEqual(['--price', '--price', '--price', undefined, undefined]);
  });

  it('given by the flag for another tier leaves the list or the table for the usual one', async ({ bench }) => {
    const { lane } = await bench.open({ flags: { ...GIVEN, param: { service_tier: 'flex' } } });
    expect(lane.priceOf('gpt-4o', 'flex', 'default')).toMatchObject(LISTED);
    bench.server.models = [{ id: 'gpt-4o' }];
    const flags = { model: ['gpt-4o'], provider: 'openai', price: ['gpt-4o=1,2'], param: { service_tier: 'flex' } };
    const openai = await bench.open({ flags });
    expect(openai.lane.priceOf('gpt-4o', 'flex')?.source).toBe('--price');
    expect(openai.lane.priceOf('gpt-4o', 'flex', 'default')?.source).not.toBe('--price');
    expect(openai.lane.priceOf('gpt-4o', 'flex', 'default')).not.toBeNull();
  });

  it('is 0 if the list says so', async ({ bench }) => {
    bench.server.models = [{ id: 'a/free', pricing: { prompt: '0', completion: '0' } }];
    const { lane } = await bench.open({ flags: { provider: 'openrouter', model: ['a/free'] } });
    expect(lane.priceOf('a/free')).toMatchObject({ promptToken: 0n, completionToken: 0n });
  });

  it.for([
    ['a ruble endpoint without one', { model: ['gpt-4o'] }],
    ['a model that the table lacks', { model: ['gpt-4o'], provider: 'openrouter' }],
    ['an address that tells no provider', { model: ['gpt-4o'], provider: 'custom' }],
  ] as const)('is unknown, and never 0, for %s', async ([, flags], { bench }) => {
    bench.server.models = [{ id: 'gpt-4o' }];
    expect((await bench.open({ flags })).lane.priceOf('gpt-4o')).toBeNull();
  });
});

/** Asks nobody: the address alone tells whose prices count. */
async function findAt(baseUrl: string, flags: GivenFlags = {}): Promise<LanePrices> {
  const now = new Date();
  const given = { dataset: 'rows.csv', model: ['deepseek-chat', 'ours'], provider: 'custom', baseUrl, ...flags };
  const config = await resolveFlags(given, { env: { CUSTOM_API_KEY: 'key' }, folder: tmpdir(), now: () => now });
  const settings = { baseUrl, apiKey: null, auth: 'bearer', connections: 1, useWalletBalance: false } as const;
  const provider = openProvider(custom, { ...settings, now: Date.now });
  const found = await findPrices({ provider, config, models: ['deepseek-chat', 'ours'], known: [], now });
  await provider.close();
  return found;
}

describe('the packaged table at a custom address', () => {
  it('is used if the address identifies the provider, and makes it a dollar account', async () => {
    const { prices, currency } = await findAt('https://api.deepseek.com/v1');
    expect([...prices.keys()]).toEqual(['deepseek-chat']);
    expect(prices.get('deepseek-chat')).toMatchObject({
      currency: 'USD',
      source: expect.stringMatching(/^genai-prices /),
    });
    expect(currency).toBe('USD');
  });

  it.each([
    ['the address tells none', 'https://llm.example.org/v1', {}, null],
    ['the account pays in something else', 'https://api.deepseek.com/v1', { currency: 'CNY' }, 'CNY'],
  ])('is not used if %s', async (_, baseUrl, flags, currency) => {
    const found = await findAt(baseUrl, flags);
    expect([found.prices.size, found.currency]).toEqual([0, currency]);
  });
});

/** Its models, without the dates of their prices. */
function undated({ known }: Lane) {
  return known.map((model) => ({ ...model, price: { ...model.price, date: null } }));
}

describe('a list that cannot be read', () => {
  const opened = { mayBeUnreachable: true };

  it('is replaced by the saved one, with a note on its age', async ({ bench }) => {
    const { lane: live } = await bench.open();
    bench.server.models = null;
    const { lane, warnings } = await bench.open({ days: 20 });
    // A saved list has the date at which it was saved, a moment after each price was read.
    expect(undated(lane)).toEqual(undated(live));
    expect(lane.priceOf('gpt-4o')).toEqual({ ...live.priceOf('gpt-4o'), date: expect.any(String) });
    const day = live.priceOf('gpt-4o')?.date.slice(0, 10) ?? '';
    expect(warnings).toEqual([
      `price list of gptunnel from ${day} (20 days old); ${bench.server.url} gives none now: HTTP 500: no reason given`,
    ]);
  });

  it.for([
    [0, 'less than a day old'],
    [-3, 'less than a day old'],
    [1, '1 day old'],
  ] as const)('%i days later is reported to be %s', async ([days, age], { bench }) => {
    await bench.open();
    bench.server.models = null;
    expect((await bench.open({ days })).warnings.join()).toContain(`(${age})`);
  });

  it('ends a run if the address is unreachable, but not an estimate', async ({ bench }) => {
    const { lane: live } = await bench.open();
    await bench.server.close();
    await expect(bench.open()).rejects.toMatchObject({ code: 'E_PROVIDER' });
    const { lane, warnings } = await bench.open({ ...opened, days: 2 });
    // The list was read a moment after its prices were.
    expect(lane.priceOf('gpt-4o')).toEqual({ ...live.priceOf('gpt-4o'), date: expect.any(String) });
    expect(warnings).toEqual([
      expect.stringMatching(/^price list of gptunnel from [\d-]{10} \(2 days old\); .*no answer/),
    ]);
  });

  it('leaves prices unknown if none was saved, with a warning', async ({ bench }) => {
    await bench.server.close();
    const { lane, warnings } = await bench.open(opened);
    expect(lane.priceOf('gpt-4o')).toBeNull();
    expect(warnings).toEqual([expect.stringMatching(/^no price list of gptunnel, and none was kept; .*no answer/)]);
  });

  it('is not needed if every price is known without it', async ({ bench }) => {
    bench.server.models = null;
    const { lane, warnings } = await bench.open({ ...opened, flags: { ...CUSTOM, ...GIVEN } });
    expect([lane.priceOf('gpt-4o')?.source, warnings]).toEqual(['--price', []]);
  });

  it('does not refuse a model that a saved one lacks', async ({ bench }) => {
    await bench.open();
    bench.server.models = null;
    const { lane } = await bench.open({ flags: { model: ['newer'] } });
    expect(lane.priceOf('newer')).toBeNull();
  });
});

describe('a list that says which fields a model takes', () => {
  const TAKES = {
    id: 'v/m',
    pricing: { prompt: '0.000001', completion: '0.000002' },
    supported_parameters: ['seed', 'top_p'],
  };
  const flags = { provider: 'openrouter', model: ['v/m'] };

  async function listing(context: Ending): Promise<{ readonly baseUrl: string }> {
    const { url } = await priceServer(context, [TAKES]);
    return { baseUrl: url };
  }

  it('warns of others before a call', async ({ bench, onTestFinished }) => {
    const endpoint = await listing({ onTestFinished });
    const own = { temperature: [0.5], param: { stop: 'x', seed: 1, mine: 1 } };
    const { warnings } = await bench.open({ flags: { ...flags, ...endpoint, ...own } });
    expect(warnings).toEqual(['v/m does not take temperature, stop, as the list of openrouter says']);
  });

  it('refuses equal variants, unless it is not to be asked', async ({ bench, onTestFinished }) => {
    const given = { ...flags, ...(await listing({ onTestFinished })), temperature: [0, 0.5] };
    await expect(bench.open({ flags: given })).rejects.toMatchObject({
      code: 'E_USAGE',
      message: 'v/m takes no temperature, as the list of openrouter says: its 2 variants would be equal',
      hint: expect.stringContaining('--set v/m.temperature=null'),
    });
    await bench.open({ flags: { ...given, set: { 'v/m.temperature': null } } });
    await bench.open({ flags: { ...given, modelCheck: false } });
  });
});

describe('a list that was read', () => {
  it('is saved without the key, and again each time', async ({ bench }) => {
    const env = { GPTUNNEL_API_KEY: 'key-of-ours' };
    await bench.open({ env });
    const [name = '', ...more] = await bench.files();
    expect(more).toEqual([]);
    const text = await readFile(join(bench.folder, name), 'utf8');
    expect(text).toContain(bench.server.url);
    expect(text).not.toContain('key-of-ours');
    await writeFile(join(bench.folder, name), text.slice(0, 40));
    await bench.open({ env });
    const dated = /"date":"[^"]*"/;
    expect((await readFile(join(bench.folder, name), 'utf8')).replace(dated, '')).toBe(text.replace(dated, ''));
  });

  it('is used if it cannot be saved', async ({ bench }) => {
    await writeFile(bench.folder, 'a file where the folder should be');
    const { lane, warnings } = await bench.open();
    expect(lane.priceOf('gpt-4o')).toMatchObject(LISTED);
    expect(warnings).toEqual([]);
  });

  it.for([
    ['a model of the run is refused', { flags: { model: ['gpt-5o'] } }],
    ['the command is refused afterwards', { isAccepted: false }],
  ] as const)('is not saved if %s', async ([, opening], { bench }) => {
    await bench.open(opening).catch((error: unknown) => expect(error).toMatchObject({ code: 'E_USAGE' }));
    expect(await bench.files()).toEqual([]);
  });

  it('is not saved if it is simulated', async ({ bench }) => {
    const { lane } = await bench.open({ flags: { simulate: true } });
    expect(lane.priceOf('gpt-4o')).not.toBeNull();
    expect(await bench.files()).toEqual([]);
  });

  it('is each endpoint’s own', async ({ bench, onTestFinished }) => {
    const other = await priceServer({ onTestFinished }, [{ ...GPT_4O, cost_context: '7' }]);
    const prices: (Price | null)[] = [];
    for (const server of [bench.server, other]) await bench.open({ flags: { baseUrl: server.url } });
    for (const server of [bench.server, other]) {
      server.models = null;
      prices.push((await bench.open({ flags: { baseUrl: server.url } })).lane.priceOf('gpt-4o'));
    }
    expect(prices).toMatchObject([{ promptToken: 750_000_000n }, { promptToken: 7_000_000_000n }]);
  });
});

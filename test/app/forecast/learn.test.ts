import { describe, expect } from 'vitest';
import type { Gateway } from '../../../src/gateway/index.ts';
import { type EstimateOptions, type EstimateOutcome, estimate, type RunSettings, run } from '../../../src/index.ts';
import { type Desk, it } from '../../support/cli.ts';
import { questions } from '../../support/results.ts';

const NO_KEY = { env: {} };

interface Bench {
  readonly gateway: Gateway;
  readonly settings: RunSettings;
  readonly estimated: (options?: Partial<EstimateOptions>, more?: RunSettings) => Promise<EstimateOutcome>;
}

async function bench(desk: Desk, rows: number): Promise<Bench> {
  const gateway = await desk.gateway();
  const dataset = desk.path(await desk.write('rows.csv', questions(rows)));
  const settings = { dataset, out: desk.path('run'), model: ['gpt-4o'], baseUrl: gateway.url };
  return {
    gateway,
    settings,
    estimated: (options = {}, more = {}) => estimate({ ...settings, ...more }, options, NO_KEY),
  };
}

interface Known {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

function known({ estimate: { completionTokens } }: EstimateOutcome): Known {
  const { low, expected, high } = completionTokens;
  if (low === null || expected === null || high === null) throw new TypeError('nothing was learned');
  return { low, expected, high };
}

/** Half the range's width as a share of the expected cost. */
function precision({ estimate: { costs } }: EstimateOutcome): number {
  const cost = costs[0]?.cost;
  if (cost === undefined || cost.high === null || cost.low === null || cost.expected === null) return Infinity;
  return Number(cost.high - cost.low) / 2 / Number(cost.expected);
}

describe('another run', () => {
  it('of the same model and another dataset predicts answer lengths, without calls', async ({ desk }) => {
    const { gateway, settings, estimated } = await bench(desk, 60);
    await run(settings, NO_KEY);
    const { calls, completionTokens } = gateway.stats();
    const other = desk.path(await desk.write('other.csv', questions(30)));
    const elsewhere = { dataset: other, out: desk.path('other'), prompt: ['Well: {{ prompt }}'] };
    const learned = await estimated({ from: desk.path('run') }, elsewhere);
    expect(gateway.stats().calls).toBe(calls);
    expect(learned.estimate).toMatchObject({ trials: 30, done: 0, variants: [{ seenRows: 60, method: 'mean' }] });
    const { low, expected, high } = known(learned);
    expect(expected).toBe(Math.round((completionTokens / 60) * 30));
    expect(low).toBeLessThan(expected);
    expect(high).toBeGreaterThan(expected);
    expect(learned.estimate.seconds).toBeGreaterThan(0);
  });

  it('of the same rows gives their prompt tokens, which cannot be counted beforehand', async ({ desk }) => {
    const { gateway, settings, estimated } = await bench(desk, 30);
    const model = { model: ['deepseek-chat'], out: desk.path('other') };
    const before = (await estimated({}, model)).estimate.promptTokens;
    expect([before.isExact, before.low < before.expected]).toEqual([false, true]);
    await run({ ...settings, ...model, out: desk.path('run') }, NO_KEY);
    const { promptTokens: expected } = gateway.stats();
    const { promptTokens } = (await estimated({ from: desk.path('run') }, model)).estimate;
    expect(promptTokens).toEqual({ low: expected, expected, high: expected, isExact: true });
  });

  it('counts for each repeat, and only for models that it ran', async ({ desk }) => {
    const { gateway, settings, estimated } = await bench(desk, 30);
    await run(settings, NO_KEY);
    const { completionTokens } = gateway.stats();
    const options = { from: desk.path('run') };
    const out = desk.path('other');
    expect(known(await estimated(options, { out, repeat: 3 })).expected).toBe(3 * completionTokens);
    const { estimate: both } = await estimated(options, { out, model: ['gpt-4o', 'gpt-4o-mini'] });
    expect(both.variants.map(({ seenRows, completionTokens: { expected } }) => [seenRows, expected === null])).toEqual([
      [30, false],
      [0, true],
    ]);
    expect(both.completionTokens.expected).toBeNull();
  });

  it('is used only until the run’s own rows are enough', async ({ desk }) => {
    const { settings, estimated } = await bench(desk, 30);
    await run(settings, NO_KEY);
    const own = { out: desk.path('other'), maxTokens: 7 };
    const options = { from: desk.path('run') };
    const few = await estimated({ ...options, pilotRows: 4 }, own);
    expect(few.estimate.variants[0]?.seenRows).toBe(30);
    const enough = await estimated({ ...options, pilotRows: 6 }, own);
    expect(enough.estimate.variants[0]?.seenRows).toBe(6);
    expect(known(enough).high).toBeLessThanOrEqual(30 * 7);
  });
});

describe('a planned volume', () => {
  it('has as many trials, a total in proportion, and a range that is not narrower', async ({ desk }) => {
    const { gateway, estimated } = await bench(desk, 100);
    const finite = await estimated({ pilotRows: 20 });
    const planned = await estimated({ pilotRows: 20, plannedRows: 1_000_000 });
    expect(gateway.stats().calls).toBe(20);
    expect(planned.estimate).toMatchObject({ rows: 1_000_000, trials: 1_000_000, done: 0 });
    const [own, scaled] = [known(finite), known(planned)];
    expect(scaled.expected / own.expected / 10_000).toBeCloseTo(1, 1);
    expect((scaled.high - scaled.low) / scaled.expected).toBeGreaterThanOrEqual((own.high - own.low) / own.expected);
    const { promptTokens } = planned.estimate;
    expect(promptTokens.expected / finite.estimate.promptTokens.expected / 10_000).toBeCloseTo(1, 6);
    expect(promptTokens.isExact).toBe(false);
    expect(planned.estimate.costs[0]?.paid).toBe(0n);
  });

  it('counts no rows twice if it is the dataset itself', async ({ desk }) => {
    const { estimated } = await bench(desk, 100);
    const planned = await estimated({ plannedRows: 100 });
    const own = await estimated();
    expect(planned.estimate.trials).toBe(own.estimate.trials);
    expect(planned.estimate.promptTokens.expected).toBe(own.estimate.promptTokens.expected);
  });
});

describe('a requested precision', () => {
  it('adds rows until the range is that narrow, and the run pays none of them again', async ({ desk }) => {
    const { gateway, settings, estimated } = await bench(desk, 150);
    const outcome = await estimated({ precision: 0.08 });
    expect(outcome.pilot?.rowsNeeded).toBeNull();
    expect(precision(outcome)).toBeLessThanOrEqual(0.08);
    const { calls } = gateway.stats();
    expect(calls).toBe(outcome.pilot?.rows);
    expect(calls).toBeGreaterThan(20);
    expect(calls).toBeLessThan(150);
    await run(settings, NO_KEY);
    expect(gateway.stats().calls).toBe(150);
  });

  it('stops at twenty rows if they are enough', async ({ desk }) => {
    const { gateway, estimated } = await bench(desk, 150);
    const outcome = await estimated({ precision: 0.6 });
    expect(gateway.stats().calls).toBe(20);
    expect(precision(outcome)).toBeLessThanOrEqual(0.6);
  });

  it('reports how many rows it needs if those are more than it may run on its own', async ({ desk }) => {
    const { gateway, estimated } = await bench(desk, 2000);
    const outcome = await estimated({ precision: 0.01 });
    expect(gateway.stats().calls).toBeLessThanOrEqual(200);
    expect(outcome.pilot?.rowsNeeded).toBeGreaterThan(200);
    expect(outcome.pilot?.rowsNeeded).toBeLessThanOrEqual(2000);
  });
});

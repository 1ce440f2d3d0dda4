import { describe, expect } from 'vitest';
import type { Gateway } from '../../../src/gateway/index.ts';
import { type EstimateOptions, type EstimateOutcome, estimate, type RunSettings, run } from '../../../src/index.ts';
import { type Desk, it } from '../../support/cli.ts';
import { equalRows } from '../../support/estimates.ts';
import { comparable, jsonlResults, questions } from '../../support/results.ts';

const NO_KEY = { env: {} };
const PILOT = 20;
const TWICE_TWO = { repeat: 2, prompt: ['{{ prompt }}', 'Please: {{ prompt }}'] };

interface Bench {
  readonly gateway: Gateway;
  readonly settings: RunSettings;
  readonly estimated: (options?: Partial<EstimateOptions>) => Promise<EstimateOutcome>;
}

async function bench(desk: Desk, rows: string, more: RunSettings = {}): Promise<Bench> {
  const gateway = await desk.gateway();
  const dataset = desk.path(await desk.write('rows.csv', rows));
  const files = { dataset, out: desk.path('run'), baseUrl: gateway.url };
  const settings = { ...files, model: ['gpt-4o'], ...more };
  return { gateway, settings, estimated: (options = {}) => estimate(settings, options, NO_KEY) };
}

describe('a pilot', () => {
  it.for([
    ['rows with ids', questions(50), {}, { calls: PILOT, trials: 50 }],
    ['equal rows without ids', equalRows(50), {}, { calls: PILOT, trials: 50 }],
    ['two repeats', questions(30), { repeat: 2 }, { calls: 2 * PILOT, trials: 60 }],
    ['two models', questions(30), { model: ['gpt-4o', 'claude-3-haiku'] }, { calls: 2 * PILOT, trials: 60 }],
    ['the first rows', questions(90), { limit: 40 }, { calls: PILOT, trials: 40 }],
    ['drawn rows', questions(90), { sample: 40, seed: 3 }, { calls: PILOT, trials: 40 }],
    ['all rows', questions(PILOT), {}, { calls: PILOT, trials: PILOT }],
    ['repeated equal rows under two prompts', equalRows(25), TWICE_TWO, { calls: 4 * PILOT, trials: 100 }],
  ] as const)('of %s is paid once, and the run pays the rest', async ([, rows, more, { calls, trials }], { desk }) => {
    const { gateway, settings, estimated } = await bench(desk, rows, { ...more });
    const first = await estimated({ pilotRows: PILOT });
    expect(gateway.stats().calls).toBe(calls);
    expect(first.estimate).toMatchObject({ trials, done: calls });
    expect(first.pilot).toMatchObject({ rows: PILOT, errored: 0, stopped: null, rowsNeeded: null });

    const second = await estimated({ pilotRows: PILOT });
    expect(gateway.stats().calls).toBe(calls);
    expect(second.estimate.costs).toEqual(first.estimate.costs);
    expect(second.estimate.completionTokens).toEqual(first.estimate.completionTokens);

    expect((await run(settings, NO_KEY)).state).toBe('completed');
    expect(gateway.stats()).toMatchObject({ calls: trials, served: trials });
    const results = await jsonlResults(desk, 'run');
    expect(new Set(results.map((line) => line['trial_id'])).size).toBe(trials);
  });

  it('that grows keeps to the budget and the pace of the run in all its requests', async ({ desk }) => {
    const { gateway: priced, settings: whole } = await bench(desk, questions(60));
    await run({ ...whole, out: desk.path('whole'), maxTokens: 80 }, NO_KEY);
    const budget = String(Number(priced.stats().billed) * 0.6);
    const { gateway, estimated } = await bench(desk, questions(60), { maxTokens: 80, budget });
    const { pilot } = await estimated({ pilotRows: 30, precision: 0.0001 });
    expect(pilot).toMatchObject({ stopped: { kind: 'budget' } });
    const { billed, served } = gateway.stats();
    expect(Number(billed)).toBeLessThanOrEqual(Number(budget));
    expect(served).toBeGreaterThan(30);
  });

  it('leaves the run with the same results as without one', async ({ desk }) => {
    const { settings, estimated } = await bench(desk, questions(40));
    await estimated({ pilotRows: PILOT });
    await run(settings, NO_KEY);
    await run({ ...settings, out: desk.path('plain') }, NO_KEY);
    expect(comparable(await jsonlResults(desk, 'run'))).toEqual(comparable(await jsonlResults(desk, 'plain')));
  });

  it('that grows runs only new rows', async ({ desk }) => {
    const { gateway, estimated } = await bench(desk, questions(60));
    for (const pilotRows of [10, 25, 40]) {
      const { pilot, estimate: told } = await estimated({ pilotRows });
      expect(gateway.stats().calls).toBe(pilotRows);
      expect(pilot?.rows).toBe(pilotRows);
      expect(told.variants[0]?.seenRows).toBe(pilotRows);
    }
  });

  it('spreads over the lengths of prompts', async ({ desk }) => {
    const words = Array.from({ length: 64 }, (_, index) => `${index},${'word '.repeat(1 + ((index * 37) % 64))}`);
    const { estimated } = await bench(desk, `id,prompt\n${words.join('\n')}\n`);
    await estimated({ pilotRows: 16 });
    const asked = (await jsonlResults(desk, 'run')).filter((line) => line['status'] !== undefined);
    const sixteenths = asked.map((line) => Math.floor(((Number(line['row_id']) * 37) % 64) / 4));
    expect(new Set(sixteenths).size).toBe(16);
  });

  it('is included in a later estimate without one, and in the run', async ({ desk }) => {
    const { gateway, settings, estimated } = await bench(desk, questions(60));
    const piloted = await estimated({ pilotRows: PILOT });
    const after = await estimated();
    expect(gateway.stats().calls).toBe(PILOT);
    expect(after.estimate.costs).toEqual(piloted.estimate.costs);
    expect(after.estimate.done).toBe(PILOT);
    const told: unknown[] = [];
    await run(settings, { ...NO_KEY, onStart: (start) => told.push(start.estimate?.costs) });
    expect(told).toEqual([piloted.estimate.costs]);
  });

  it('leaves a partial run that can be resumed', async ({ desk }) => {
    const { estimated } = await bench(desk, questions(60));
    await estimated({ pilotRows: PILOT });
    const { state, trials, estimate: kept } = JSON.parse(await desk.read('run/run.json'));
    expect({ state, trials, kept }).toEqual({ state: 'partial', trials: 60, kept: null });
  });
});

describe('the range of a pilot', () => {
  it('holds the actual cost of the run in nearly all of thirty draws', async ({ desk }) => {
    const { settings } = await bench(desk, questions(120), { maxTokens: 200 });
    let held = 0;
    for (let seed = 1; seed <= 30; seed++) {
      const out = desk.path(`run-${seed}`);
      const { estimate: told } = await estimate({ ...settings, out, seed }, { pilotRows: PILOT }, NO_KEY);
      const whole = await estimate({ ...settings, out, seed }, { pilotRows: 120 }, NO_KEY);
      const { low, high } = told.completionTokens;
      const actual = whole.estimate.completionTokens.expected ?? -1;
      if (low !== null && high !== null && low <= actual && actual <= high) held += 1;
    }
    // python3 -c "from scipy.stats import binom; print(binom.ppf(1e-4, 30, .9))" prints 20.0
    expect(held).toBeGreaterThanOrEqual(20);
  });
});

import { EventEmitter, once } from 'node:events';
import { describe, expect } from 'vitest';
import { estimate, type GivenContext, run } from '../../src/index.ts';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { csvResults, jsonLines, parseObject, questions } from '../support/results.ts';

const ROWS = 40;
const ODD = new TypeError('odd: sk-1234');

/** How a callback of a program fails. */
const FAILURES = {
  throws: () => {
    throw ODD;
  },
  'returns a promise that rejects': () => Promise.reject(ODD),
} as const;

type Settings = Parameters<typeof run>[0];

async function setUp(
  desk: Desk,
  more: Partial<Settings> = {},
): Promise<{ readonly gateway: Awaited<ReturnType<Desk['gateway']>>; readonly settings: Settings }> {
  const gateway = await desk.gateway({ latencyMs: 5 });
  await desk.write('rows.csv', questions(ROWS));
  const paths = { dataset: desk.path('rows.csv'), out: desk.path('run'), cache: false };
  return { gateway, settings: { ...paths, model: ['gpt-4o'], baseUrl: gateway.url, concurrency: 3, ...more } };
}

describe.concurrent('a callback of the library', { timeout: 60_000 }, () => {
  it.for(Object.entries(FAILURES))(
    'that %s in the middle of a run stops it with that error, and nothing paid is lost',
    async ([, fail], { desk }) => {
      const { gateway, settings } = await setUp(desk);
      let results = 0;
      const onResult = (): unknown => {
        results += 1;
        return results === 10 ? fail() : undefined;
      };
      await expect(run(settings, { env: {}, onResult })).rejects.toBe(ODD);
      const { served, abandoned } = gateway.stats();
      expect(abandoned).toBe(0);
      expect(served).toBeLessThan(20);
      expect(jsonLines(await desk.read('run/journal.jsonl'))).toHaveLength(served);
      expect(await csvResults(desk, 'run')).toHaveLength(served);
      expect(parseObject(await desk.read('run/run.json'))).toMatchObject({
        state: 'failed',
        stoppedBecause: 'the callback onResult failed (TypeError)',
      });
      expect(await run(settings, { env: {} })).toMatchObject({ state: 'completed' });
      expect(gateway.stats()).toMatchObject({ served: ROWS, duplicates: 0 });
    },
  );

  const events = ['onStart', 'onResult', 'onJudging', 'onJudged', 'onWriting', 'onWarning', 'onDestination'] as const;
  it.for(events.flatMap((name) => Object.entries(FAILURES).map(([how, fail]) => [name, how, fail] as const)))(
    '%s that %s is what the run ends with, and the run can be resumed',
    async ([name, , fail], { desk }) => {
      const judged = { score: ['judge'], judgeModel: 'gpt-4o-mini', limit: 3, header: ['x-key: secret'] };
      const { gateway, settings } = await setUp(desk, { ...judged, price: ['unused=1,2'] });
      await expect(run(settings, { env: {}, [name]: fail })).rejects.toBe(ODD);
      expect(await run(settings, { env: {} })).toMatchObject({ state: 'completed', trials: 3 });
      expect(gateway.stats()).toMatchObject({ served: 6, duplicates: 0 });
    },
  );

  it('whose promise rejects late is waited for', async ({ desk }) => {
    const { settings } = await setUp(desk, { limit: 3 });
    const writing = new EventEmitter();
    const late = once(writing, 'written');
    const context = { env: {}, onResult: () => late, onWriting: () => writing.emit('error', ODD) };
    await expect(run(settings, context)).rejects.toBe(ODD);
  });

  it.for(Object.entries(FAILURES))('that %s ends an estimate too', async ([, fail], { desk }) => {
    const { gateway, settings } = await setUp(desk, { limit: 6 });
    await expect(estimate(settings, { pilotRows: 3 }, { env: {}, onResult: fail })).rejects.toBe(ODD);
    const { served } = gateway.stats();
    expect(jsonLines(await desk.read('run/journal.jsonl'))).toHaveLength(served);
  });

  it('is called with the object that has it', async ({ desk }) => {
    const { settings } = await setUp(desk, { limit: 3 });
    const results: string[] = [];
    const context = {
      env: {},
      onResult(this: GivenContext, { rowId }: { readonly rowId: string }): void {
        results.push(`${rowId} ${typeof this.onResult}`);
      },
    };
    await run(settings, context);
    expect(results.toSorted()).toEqual(['r1 function', 'r2 function', 'r3 function']);
  });
});

import { describe, expect } from 'vitest';
import { estimate, PromptgridError, type Result, run } from '../../src/index.ts';
import { it } from '../support/in-process.ts';
import { comparable, csvResults, parseObject, questions } from '../support/results.ts';

describe.concurrent('run() of the library', () => {
  it('does what the command does', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(4));
    const words = ['run', 'rows.csv', '-m', 'gpt-4o,yandexgpt', '-t', '0.1', '--base-url', gateway.url];
    await desk.pass([...words, '--score', 'contains', '--out', 'command']);
    const { billed } = gateway.stats();
    const results: Result[] = [];
    const outcome = await run(
      {
        dataset: desk.path('rows.csv'),
        model: ['gpt-4o', 'yandexgpt'],
        temperature: [0.1],
        score: ['contains'],
        baseUrl: gateway.url,
        out: desk.path('library'),
      },
      { env: {}, onResult: (result) => results.push(result) },
    );
    expect(outcome).toMatchObject({
      state: 'completed',
      trials: 8,
      stoppedBecause: null,
      summary: { total: { completed: 8, errored: 0, costs: [{ total: billed, currency: 'RUB' }] } },
    });
    const rows = await csvResults(desk, 'library');
    expect(comparable(rows)).toEqual(comparable(await csvResults(desk, 'command')));
    expect(results).toHaveLength(rows.length);
    expect(new Set(results.map(({ trialId }) => trialId))).toEqual(new Set(rows.map((row) => row['trial_id'])));
  });

  it('ends early when its signal aborts, keeps what was paid, and resumes when called again', async ({ desk }) => {
    const gateway = await desk.gateway({ latencyMs: 5 });
    await desk.write('rows.csv', questions(40));
    const settings = {
      dataset: desk.path('rows.csv'),
      model: ['gpt-4o'],
      baseUrl: gateway.url,
      concurrency: 3,
      out: desk.path('run'),
    };
    const controller = new AbortController();
    let results = 0;
    const onResult = (): void => {
      results += 1;
      if (results === 10) controller.abort();
    };
    const outcome = await run(settings, { env: {}, signal: controller.signal, onResult });
    const { served } = gateway.stats();
    expect(outcome).toMatchObject({ state: 'interrupted', trials: 40, summary: { total: { completed: served } } });
    expect(served).toBeLessThanOrEqual(12);
    expect(await csvResults(desk, 'run')).toHaveLength(served);
    expect(parseObject(await desk.read('run/run.json'))).toMatchObject({ state: 'interrupted' });

    expect(await run(settings, { env: {} })).toMatchObject({ state: 'completed' });
    expect(gateway.stats()).toMatchObject({ served: 40, duplicates: 0 });
  });

  it('makes no call if its signal has aborted already', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(2));
    const settings = { dataset: desk.path('rows.csv'), model: ['gpt-4o'], baseUrl: gateway.url, out: desk.path('run') };
    expect(await run(settings, { env: {}, signal: AbortSignal.abort() })).toMatchObject({ state: 'interrupted' });
    expect(gateway.stats().calls).toBe(0);
  });

  it('takes options and parts of the context that are undefined as omitted', async ({ desk }) => {
    await desk.write('rows.csv', questions(4));
    const settings = { dataset: desk.path('rows.csv'), model: ['gpt-4o'], simulate: true, maxTokens: 20 };
    const omitted = { level: undefined, isExact: undefined, pilotRows: undefined, from: undefined };
    const context = { env: undefined, signal: undefined, onResult: undefined, configFolder: undefined };
    const { level, costs } = (await estimate(settings, { plannedRows: 100 })).estimate;
    expect(level).toBe(0.9);
    const { estimate: told } = await estimate(settings, { plannedRows: 100, ...omitted }, context);
    expect([told.level, told.costs]).toEqual([level, costs]);
    const undefinedSettings = { temperature: undefined, limits: undefined, price: undefined };
    const outcome = await run({ ...settings, ...undefinedSettings, out: desk.path('run') }, context);
    expect(outcome).toMatchObject({ state: 'completed', trials: 4 });
  });

  it('throws an error with a code and a hint for invalid input', async ({ desk }) => {
    const failure = run({ dataset: desk.path('gone.csv'), model: ['gpt-4o'], simulate: true, out: desk.path('run') });
    await expect(failure).rejects.toBeInstanceOf(PromptgridError);
    await expect(failure).rejects.toMatchObject({ code: 'E_DATASET', hint: expect.any(String) });
    expect(await desk.list()).toEqual([]);
  });
});

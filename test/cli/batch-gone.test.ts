import { describe, expect } from 'vitest';
import { objectOf, parseJson } from '../../src/core/json.ts';
import { type BatchServer, openAiBatchServer, type Step } from '../support/batch-server.ts';
import type { Desk } from '../support/cli.ts';
import type { Ending } from '../support/http-server.ts';
import { fastIt as it } from '../support/in-process.ts';
import { mistralBatchServer } from '../support/mistral-batch-server.ts';
import { csvResults, questions } from '../support/results.ts';

const ROWS = 8;
const ENV = { OPENAI_API_KEY: 'batch-key', MISTRAL_API_KEY: 'batch-key' };

interface Scene {
  readonly server: BatchServer;
  readonly words: readonly string[];
  /** The step whose object the server does not know any more. */
  readonly lose: (step: Step | null) => void;
}

async function scene(desk: Desk, context: Ending, name: 'openai' | 'mistral'): Promise<Scene> {
  let lost: Step | null = null;
  await desk.write('rows.csv', questions(ROWS));
  const open = name === 'openai' ? openAiBatchServer : mistralBatchServer;
  const server = await open(context, {
    isOver: () => true,
    refusal: (step) => (step === lost ? { status: 404, body: { error: { message: 'No such object' } } } : null),
  });
  const model = ['-m', `${name}/test-model`, '--price', 'test-model=2.5,10', '--max-tokens', '9'];
  const address = ['--provider', name, '--base-url', server.url, '--budget', '1'];
  const words = ['run', 'rows.csv', ...model, ...address, '--batch', '--no-cache', '--out', 'run'];
  const lose = (step: Step | null): void => {
    lost = step;
  };
  return { server, words, lose };
}

describe.concurrent('a batch that the provider does not have any more', () => {
  it.for([
    ['mistral', 'look', ', which keeps results for 24 hours'],
    ['openai', 'download', ''],
  ] as const)('is closed on request (%s, %s)', async ([name, step, kept], { desk, onTestFinished }) => {
    const { server, words, lose } = await scene(desk, { onTestFinished }, name);
    await desk.run([...words, '--no-wait'], { env: ENV });
    lose(step);
    const left = await desk.run([...words, '--no-wait'], { env: ENV });
    expect(left.status).toBe(4);
    expect(left.stderr).toContain(
      `the results of the batch batch_0 (${name}) are gone at the provider${kept}: HTTP 404: No such object; ` +
        'with --cancel-batches what is missing counts as lost, and can be asked again',
    );
    const { status, stderr } = await desk.run([...words, '--cancel-batches'], { env: ENV });
    expect(status).toBe(4);
    expect(stderr).toContain('what is missing counts as lost, at its maximum; nothing was submitted');
    expect(stderr).not.toContain('being cancelled');
    const summary = objectOf(parseJson(await desk.read('run/summary.json')));
    expect(summary).toMatchObject({ lostCalls: ROWS, lostCostsAtMost: [{ currency: 'USD' }] });
    lose(null);
    await desk.pass(words, { env: ENV });
    expect(server.batches.map(({ lines }) => lines.length)).toEqual([ROWS, ROWS]);
    expect(await csvResults(desk, 'run')).toHaveLength(ROWS);
  });

  it('is looked for a while, as it may be a new one', async ({ desk, onTestFinished }) => {
    const { server, words, lose } = await scene(desk, { onTestFinished }, 'openai');
    lose('look');
    const running = desk.start(words, { env: ENV });
    await running.until(() => server.steps.look >= 2);
    lose(null);
    expect((await running.ended).status).toBe(0);
    expect(server.batches).toHaveLength(1);
    expect(await csvResults(desk, 'run')).toHaveLength(ROWS);
  });
});

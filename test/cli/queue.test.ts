import { describe, expect } from 'vitest';
import { chatAnswer, openAiBatchServer } from '../support/batch-server.ts';
import { type ChatCall, type ChatServer, chatServer } from '../support/chat-server.ts';
import { type Desk, untilHolds } from '../support/cli.ts';
import type { Ending } from '../support/http-server.ts';
import { it } from '../support/in-process.ts';
import { QueueScene, WORKER_KEY } from '../support/queue-scene.ts';
import { HAS_REDIS } from '../support/redis.ts';
import {
  comparable,
  csvResults,
  jsonLines,
  jsonlResults,
  objectAt,
  parseObject,
  questions,
} from '../support/results.ts';

/** A run of these rows, whose last word is the name of its folder. */
function runOf(baseUrl: string, ...words: readonly string[]): readonly string[] {
  return ['run', 'rows.csv', '-m', 'gpt-4o,gpt-4o-mini', '-t', '0,0.7', '--no-cache', '--base-url', baseUrl, ...words];
}

describe.skipIf(!HAS_REDIS)('a run with a queue (needs redis-server)', { concurrent: true }, () => {
  it('leaves the files of a run without one, but for times, ids and attempts', async ({ desk, onTestFinished }) => {
    const gateway = await desk.gateway();
    const scene = await QueueScene.open(desk, { onTestFinished }, { workers: 2 });
    await desk.write('rows.csv', questions(50));
    const grid = [...runOf(gateway.url), '--score', 'contains', '--format', 'csv,jsonl'];
    await desk.pass([...grid, '--out', 'live'], { env: WORKER_KEY });
    // The planner needs no key.
    await desk.pass([...grid, '--out', 'queued', '--queue', scene.redis.url]);
    const [live, queued] = [await jsonlResults(desk, 'live'), await jsonlResults(desk, 'queued')];
    expect(queued).toHaveLength(200);
    expect(comparable(queued)).toEqual(comparable(live));
    const summaries = await Promise.all(['live', 'queued'].map((name) => desk.read(`${name}/summary.json`)));
    const totals = summaries.map((text) => objectAt(parseObject(text), 'total'));
    expect(totals[1]).toMatchObject({
      completed: 200,
      tokens: totals[0]?.['tokens'],
      costs: totals[0]?.['costs'],
    });
  });

  it('is judged by workers too', async ({ desk, onTestFinished }) => {
    const gateway = await desk.gateway();
    const scene = await QueueScene.open(desk, { onTestFinished }, { workers: 1 });
    await desk.write('rows.csv', questions(3));
    const words = runOf(gateway.url, '--score', 'judge', '--judge-model', 'gpt-4o', '--out', 'run');
    await desk.run([...words, '--queue', scene.redis.url]);
    const judged = jsonLines(await desk.read('run/journal.jsonl')).filter((line) => line['judge_of'] !== undefined);
    expect(judged).toHaveLength(12);
    expect(gateway.stats().served).toBe(24);
  });

  it('says that no worker is there, and needs none that was never begun to end', async ({ desk, onTestFinished }) => {
    const gateway = await desk.gateway();
    const scene = await QueueScene.open(desk, { onTestFinished });
    await desk.write('rows.csv', questions(5));
    const words = runOf(gateway.url, '--out', 'run', '--queue', scene.redis.url);
    const run = desk.start(words);
    await run.until(() => run.stderr.includes('no worker is connected'));
    expect(run.stderr).toContain(`start one with: promptgrid worker --queue ${scene.redis.url}`);
    run.signal('SIGINT');
    expect((await run.ended).status).toBe(130);
    expect(gateway.stats().served).toBe(0);
    await scene.worker();
    await desk.pass(words);
    expect(gateway.stats().served).toBe(20);
  });
});

/** Trials that a server was asked for, and how often: each question names its row, and each variant differs. */
function asked(calls: readonly { readonly body: object }[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { body } of calls) {
    const key = JSON.stringify(body);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function answerOf({ content, body }: ChatCall): string {
  const isJudge = JSON.stringify(body).includes('Reply with one JSON object');
  return isJudge ? '{"reason": "right", "score": 1}' : `to ${content}`;
}

/** Waits until a server was asked more often than that. */
async function askedMoreThan(server: ChatServer, calls: number): Promise<void> {
  await untilHolds(() => server.calls.length > calls);
}

/** Fails unless every trial has its own answer, once. */
async function expectWhole(desk: Desk, rows: number): Promise<void> {
  const results = await csvResults(desk, 'run');
  expect(results).toHaveLength(rows * 4);
  expect(new Set(results.map((row) => row['trial_id'])).size).toBe(rows * 4);
  for (const row of results) expect(row['output']).toBe(`to ${row['row.prompt'] ?? ''}`);
}

describe.skipIf(!HAS_REDIS)('a queue that is hit (needs redis-server)', { concurrent: true }, () => {
  const CONCURRENCY = 24;

  async function hitRun(
    desk: Desk,
    context: Ending,
    rows: number,
    given: { workers?: number; processes?: number; isDurable?: boolean; lockSeconds?: number; latencyMs?: number } = {},
  ) {
    const server = await chatServer(context, answerOf, { latencyMs: 20, ...given });
    const scene = await QueueScene.open(desk, context, { workers: 2, ...given });
    await desk.write('rows.csv', questions(rows));
    const words = runOf(server.url, '--out', 'run', '--concurrency', `${CONCURRENCY}`, '--no-model-check');
    return { server, scene, words: [...words, '--queue', scene.redis.url] };
  }

  it('loses nothing when workers are killed, and pays twice at most what they had in flight', async ({
    desk,
    onTestFinished,
  }) => {
    const { server, scene, words } = await hitRun(desk, { onTestFinished }, 80, {
      workers: 0,
      processes: 2,
      lockSeconds: 2,
    });
    const run = desk.start(words);
    const kills = 2;
    for (let kill = 1; kill <= kills; kill++) {
      await run.until(() => server.calls.length > kill * 80);
      await scene.replaceWorker();
    }
    expect((await run.ended).status).toBe(0);
    await expectWhole(desk, 80);
    const counts = [...asked(server.calls).values()];
    expect(counts).toHaveLength(320);
    const twice = counts.reduce((sum, count) => sum + count - 1, 0);
    expect(twice).toBeLessThanOrEqual(kills * 16);
    // What may have been paid in vain is told.
    const { lostCalls } = parseObject(await desk.read('run/summary.json'));
    expect(lostCalls).toBeGreaterThanOrEqual(twice);
  });

  it('asks nothing twice when the planner is killed and started again', async ({ desk, onTestFinished }) => {
    const { server, words } = await hitRun(desk, { onTestFinished }, 100);
    for (const calls of [60, 200]) {
      const run = desk.start(words);
      await run.until(() => server.calls.length > calls);
      run.signal('SIGKILL');
      await run.ended;
    }
    await desk.pass(words);
    await expectWhole(desk, 100);
    // Of calls that were noted when the planner was killed, and not yet in Redis, nobody knows whether they were made.
    expect(parseObject(await desk.read('run/summary.json'))['lostCalls']).toBeLessThanOrEqual(2 * CONCURRENCY);
    expect([...asked(server.calls).values()].every((count) => count === 1)).toBe(true);
  });

  it('takes the answers that wait before a budget decides, of trials and of judges', async ({
    desk,
    onTestFinished,
  }) => {
    const { server, words: run } = await hitRun(desk, { onTestFinished }, 7, { workers: 1, latencyMs: 60 });
    // The calls in flight may cost all of it.
    const money = ['--price', 'gpt-4o=1,2', '--price', 'gpt-4o-mini=1,2', '--currency', 'USD', '--budget', '0.006'];
    const words = [...run, ...money, '--max-tokens', '500', '--score', 'judge', '--judge-model', 'gpt-4o'];
    const all = questions(9).split('\n');
    // Kills it amid its answers, then amid its verdicts. Each time a row comes before those that are under way.
    for (const [from, calls] of [
      [3, 12],
      [2, 44],
    ] as const) {
      await desk.write('rows.csv', all.toSpliced(1, from - 1).join('\n'));
      const killed = desk.start(words);
      await killed.until(() => server.calls.length > calls);
      killed.signal('SIGKILL');
      await killed.ended;
    }
    await desk.write('rows.csv', all.join('\n'));
    await desk.pass(words);
    await expectWhole(desk, 9);
    // One for each trial, and one for each verdict. A call that was noted and not yet queued may count as lost.
    expect(server.calls).toHaveLength(72);
  });

  it('counts what a second Ctrl-C leaves in Redis until its answers are taken', async ({ desk, onTestFinished }) => {
    const { server, words } = await hitRun(desk, { onTestFinished }, 20, { workers: 1, latencyMs: 1000 });
    const run = desk.start(words);
    // The doors of the four variants are open, and some calls wait for a place in the worker.
    await run.until(() => server.calls.length > 8);
    run.signal('SIGINT');
    await run.until(() => run.stderr.includes('once more ends at once'));
    run.signal('SIGINT');
    const { status, stdout } = await run.ended;
    expect([status, stdout]).toEqual([
      130,
      expect.stringMatching(/^\d+ calls? got no usable answer and may have been/m),
    ]);
    const before = server.calls.length;
    expect(await desk.read('run/holds.jsonl')).not.toContain('"as":"lost"');
    const { stderr } = await desk.pass(words);
    // The estimate that it begins with counts as open the trials whose answers wait.
    expect(stderr).toContain('estimate: ');
    expect(stderr).not.toContain('may have been billed');
    expect(before).toBeLessThan(80);
    expect([...asked(server.calls).values()]).toEqual(Array.from({ length: 80 }, () => 1));
    expect(parseObject(await desk.read('run/summary.json'))).toMatchObject({ lostCalls: 0, lostCostsAtMost: [] });
  });

  it('keeps everything when Redis is restarted', async ({ desk, onTestFinished }) => {
    const { server, scene, words } = await hitRun(desk, { onTestFinished }, 100, { workers: 1, isDurable: true });
    const run = desk.run(words);
    await askedMoreThan(server, 100);
    await scene.redis.stop();
    await scene.redis.start();
    expect((await run).status).toBe(0);
    await expectWhole(desk, 100);
    expect([...asked(server.calls).values()].every((count) => count === 1)).toBe(true);
  });

  it('counts the calls that a restarted Redis has lost, and makes them again', async ({ desk, onTestFinished }) => {
    const { server, scene, words } = await hitRun(desk, { onTestFinished }, 30, { workers: 1 });
    // A call may cost a thousandth at least, for its answer.
    const priced = ['--price', 'gpt-4o=1,2', '--price', 'gpt-4o-mini=1,2', '--max-tokens', '500', '--budget', '1'];
    const run = desk.run([...words, ...priced, '--currency', 'USD']);
    for (const calls of [20, 50]) {
      await askedMoreThan(server, calls);
      await scene.redis.stop();
      await scene.redis.start();
    }
    const { status, stderr } = await run;
    expect([status, stderr]).toEqual([0, expect.anything()]);
    await expectWhole(desk, 30);
    const twice = [...asked(server.calls).values()].reduce((sum, count) => sum + count - 1, 0);
    const { lostCalls, lostCostsAtMost } = parseObject(await desk.read('run/summary.json'));
    expect(Number(lostCalls)).toBeGreaterThanOrEqual(Math.max(twice, 2));
    expect(Number(lostCalls)).toBeLessThanOrEqual(2 * CONCURRENCY);
    const [most] = lostCostsAtMost as [{ readonly total: string }];
    expect(Number(most.total)).toBeGreaterThanOrEqual(Number(lostCalls) / 1000);
  });

  it('ends with 4 when Redis stays away, and goes on where it was', async ({ desk, onTestFinished }) => {
    const { server, scene, words } = await hitRun(desk, { onTestFinished }, 60, { workers: 1, isDurable: true });
    // A process: what it left in Redis names it, and must be gone with it.
    const run = desk.start([...words, '--stop-after-wait', '0.5']);
    await run.until(() => server.calls.length > 60);
    await scene.redis.stop();
    const { status, stderr } = await run.ended;
    expect(status).toBe(4);
    expect(stderr).toContain(`redis://127.0.0.1:${scene.redis.port}: Redis was away for 0.5 s`);
    await scene.redis.start();
    await desk.pass(words);
    await expectWhole(desk, 60);
    expect([...asked(server.calls).values()].every((count) => count === 1)).toBe(true);
  });

  it('is never above --rpm and --budget, however many workers there are', async ({ desk, onTestFinished }) => {
    const gateway = await desk.gateway();
    const scene = await QueueScene.open(desk, { onTestFinished }, { workers: 2 });
    await desk.write('rows.csv', questions(100));
    const words = runOf(gateway.url, '--max-tokens', '20', '--out', 'run', '--queue', scene.redis.url);
    const { status, stderr } = await desk.run([...words, '--budget', '0.5']);
    expect(status).toBe(4);
    expect(stderr).toContain('the budget of 0.5 RUB is reached');
  });
});

describe.skipIf(!HAS_REDIS)('a grid that is asked by every executor (needs redis-server)', { concurrent: true }, () => {
  it('gives the same results but for times, ids and what batches cost', async ({ desk, onTestFinished }) => {
    const server = await openAiBatchServer(
      { onTestFinished },
      {
        fate: ({ body }) => `answer to ${JSON.stringify(body['messages'])} at ${JSON.stringify(body['temperature'])}`,
        chat: (body) => {
          const text = `answer to ${JSON.stringify(body['messages'])} at ${JSON.stringify(body['temperature'])}`;
          return { body: chatAnswer('live', text, body['model']) };
        },
      },
    );
    const env = { OPENAI_API_KEY: 'batch-key' };
    const scene = await QueueScene.open(desk, { onTestFinished });
    await scene.worker(env);
    await desk.write('rows.csv', questions(8));
    const model = [
      '-m',
      'openai/gpt-test',
      '--provider',
      'openai',
      '--base-url',
      server.url,
      '--price',
      'gpt-test=2,8',
    ];
    const grid = ['run', 'rows.csv', ...model, '-t', '0,0.7', '--repeat', '2', '--score', 'contains', '--no-cache'];
    await desk.pass([...grid, '--out', 'live'], { env });
    await desk.pass([...grid, '--out', 'batch', '--batch'], { env });
    await desk.pass([...grid, '--out', 'queue', '--queue', scene.redis.url], { env });
    const [live = [], batch, queue] = await Promise.all(
      ['live', 'batch', 'queue'].map(async (name) => comparable(await jsonlResults(desk, name))),
    );
    expect(live).toHaveLength(32);
    expect(queue).toEqual(live);
    const half = { prompt_cost: '0.000012', completion_cost: '0.00002', total_cost: '0.000032' };
    expect(batch).toEqual(live.map((line) => ({ ...line, ...half })));
  });
});

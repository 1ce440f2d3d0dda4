import { once } from 'node:events';
import { describe, expect } from 'vitest';
import { type JsonObject, listOf, objectOf } from '../../src/core/json.ts';
import { type ChatServer, chatServer } from '../support/chat-server.ts';
import type { Desk } from '../support/cli.ts';
import type { Ending } from '../support/http-server.ts';
import { it } from '../support/in-process.ts';
import { QueueScene, WORKER_KEY } from '../support/queue-scene.ts';
import { HAS_REDIS } from '../support/redis.ts';
import { jsonLines, parseObject, questions } from '../support/results.ts';

/** The most that a call costs, in rubles, without its prompt. */
const ANSWER_MOST = (500 * 2) / 1e6;
const ROWS = 10;
/** Those that are asked in parallel: the first row opens the door. */
const LEFT = ROWS - 1;

interface Scene {
  readonly server: ChatServer;
  readonly words: readonly string[];
  readonly queue: readonly string[];
}

/** A run whose planner was killed with all rows but the first under way, and whose rows are others now. */
async function replaced(desk: Desk, context: Ending): Promise<Scene> {
  const gate = new AbortController();
  const server = await chatServer(context, async ({ content, before }) => {
    if (before > 0 && !gate.signal.aborted) await once(gate.signal, 'abort');
    return `to ${content}`;
  });
  const scene = await QueueScene.open(desk, context, { workers: 1 });
  const money = ['--price', 'gpt-4o=1,2', '--max-tokens', '500'];
  const grid = ['rows.csv', '-m', 'gpt-4o', '--no-cache', '--no-model-check', '--base-url', server.url, '--out', 'run'];
  const words = [...grid, ...money, '--concurrency-mode', 'fixed'];
  const queue = ['--queue', scene.redis.url];
  await desk.write('rows.csv', questions(ROWS));
  const killed = desk.start(['run', ...words, ...queue]);
  await killed.until(() => server.calls.length === ROWS);
  killed.signal('SIGKILL');
  await killed.ended;
  gate.abort();
  await desk.write(
    'rows.csv',
    questions(ROWS + 3)
      .split('\n')
      .toSpliced(1, ROWS)
      .join('\n'),
  );
  return { server, words, queue };
}

async function documentOf(desk: Desk, words: readonly string[]): Promise<JsonObject> {
  return parseObject((await desk.run([...words, '--json'], { env: WORKER_KEY })).stdout);
}

function lostIn({ lostCalls = null, lostCostsAtMost = null, unknownLostCosts = null }: JsonObject): JsonObject {
  return { lostCalls, lostCostsAtMost, unknownLostCosts };
}

describe.skipIf(!HAS_REDIS)('calls in a queue whose rows are gone (needs redis-server)', { concurrent: true }, () => {
  it('are lost for every session and reader, until their rows are back and their answers are taken', async ({
    desk,
    onTestFinished,
  }) => {
    const { server, words, queue } = await replaced(desk, { onTestFinished });
    const first = await documentOf(desk, ['run', ...words, ...queue]);
    expect(first).toMatchObject({ state: 'completed', completed: 3, unused: { results: 1 }, lostCalls: LEFT });
    const lost = lostIn(first);
    const [most] = listOf(lost['lostCostsAtMost']).map(objectOf);
    expect(Number(most?.['total'])).toBeGreaterThanOrEqual(LEFT * ANSWER_MOST);
    // Also if nothing is left to do, with the queue and without it, and in each order.
    for (const session of [queue, [], queue, []]) {
      expect(lostIn(await documentOf(desk, ['run', ...words, ...session]))).toEqual(lost);
      expect(lostIn(parseObject(await desk.read('run/summary.json')))).toEqual(lost);
      expect(lostIn(await documentOf(desk, ['report', 'run']))).toEqual(lost);
      expect(lostIn(await documentOf(desk, ['watch', 'run']))).toEqual(lost);
      expect(lostIn(await documentOf(desk, ['score', 'run', '--score', 'exact']))).toEqual(lost);
    }
    await desk.write('rows.csv', questions(ROWS));
    const back = await documentOf(desk, ['run', ...words, ...queue]);
    expect(back).toMatchObject({ state: 'completed', completed: ROWS, lostCalls: 0, lostCostsAtMost: [] });
    // Ten rows and three others, each once.
    expect(server.calls).toHaveLength(ROWS + 3);
    expect(jsonLines(await desk.read('run/journal.jsonl'))).toHaveLength(ROWS + 3);
  });

  it('are the calls of unknown cost that a reached budget tells of', async ({ desk, onTestFinished }) => {
    const { words, queue } = await replaced(desk, { onTestFinished });
    const run = ['run', ...words, ...queue, '--budget', String(LEFT * ANSWER_MOST * 1.05)];
    const { status, stderr, stdout } = await desk.run([...run, '--json']);
    const told = /([\d.]+) RUB counted for (\d+) calls whose cost is unknown/.exec(stderr);
    expect([status, told?.[2]]).toEqual([4, `${LEFT}`]);
    const lost = { lostCalls: LEFT, lostCostsAtMost: [{ total: told?.[1], currency: 'RUB' }], unknownLostCosts: 0 };
    expect(parseObject(stdout)).toMatchObject({ state: 'stopped', ...lost });
    expect(parseObject(await desk.read('run/summary.json'))).toMatchObject(lost);
  });
});

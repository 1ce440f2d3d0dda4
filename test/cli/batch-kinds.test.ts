import { describe, expect } from 'vitest';
import { objectOf } from '../../src/core/json.ts';
import { anthropicBatchServer } from '../support/anthropic-batch-server.ts';
import { type BatchScript, type BatchServer, chatAnswer, openAiBatchServer } from '../support/batch-server.ts';
import type { Desk } from '../support/cli.ts';
import { geminiBatchServer } from '../support/gemini-batch-server.ts';
import type { Ending } from '../support/http-server.ts';
import { fastIt as it } from '../support/in-process.ts';
import { csvResults, jsonLines, questions } from '../support/results.ts';

const ENV = { OPENAI_API_KEY: 'batch-key', ANTHROPIC_API_KEY: 'batch-key', GEMINI_API_KEY: 'batch-key' };
/** 12 and 5 tokens at half of 2.5 and 10 a million, and at the whole price. */
const [HALF_COST, WHOLE_COST] = ['0.00004', '0.00008'];
const DOT = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

interface Scene {
  readonly server: BatchServer;
  readonly words: readonly string[];
}

async function scene(desk: Desk, context: Ending, rows: number, script: BatchScript = {}): Promise<Scene> {
  await desk.write('rows.csv', questions(rows));
  const server = await openAiBatchServer(context, script);
  const model = ['-m', 'openai/gpt-test', '--provider', 'openai', '--base-url', server.url];
  const price = ['--price', 'gpt-test=2.5,10', '--max-tokens', '20'];
  return { server, words: ['rows.csv', '--no-cache', '--batch', ...model, ...price] };
}

describe.concurrent('a run in batches', () => {
  it('sends images as one by one', async ({ desk, onTestFinished }) => {
    await desk.write('dot.png', Buffer.from(DOT, 'base64'));
    await desk.write('images.csv', 'id,what,image\na,a dot,dot.png\nb,nothing,\n');
    const servers = [
      ['openai', await openAiBatchServer({ onTestFinished })],
      ['anthropic', await anthropicBatchServer({ onTestFinished })],
      ['gemini', await geminiBatchServer({ onTestFinished })],
    ] as const;
    for (const [name, server] of servers) {
      const model = ['-m', `${name}/m`, '--provider', name, '--base-url', server.url, '--price', 'm=2.5,10'];
      const prompt = ['--prompt', 'What is in {{ what }}?', '--image-column', 'image', '--max-tokens', '9'];
      await desk.pass(['run', 'images.csv', ...model, ...prompt, '--batch', '--out', name], { env: ENV });
      const sent = server.batches[0]?.lines.map(({ body }) => JSON.stringify(body)) ?? [];
      expect(sent.map((text) => text.includes(DOT))).toEqual([true, false]);
      expect((await csvResults(desk, name)).map((row) => row['status'])).toEqual(['completed', 'completed']);
      expect(await desk.read(`${name}/batches.jsonl`)).not.toContain(DOT);
    }
  });

  it('asks two providers side by side', async ({ desk, onTestFinished }) => {
    await desk.write('rows.csv', questions(6));
    const [one, other] = [await openAiBatchServer({ onTestFinished }), await anthropicBatchServer({ onTestFinished })];
    const providers = `providers:\n  openai: {baseUrl: '${one.url}'}\n  anthropic: {baseUrl: '${other.url}'}\n`;
    await desk.write('promptgrid.yaml', providers);
    const models = ['-m', 'openai/gpt-test,anthropic/claude-test', '--max-tokens', '9', '--trust-config'];
    const prices = ['--price', 'gpt-test=2.5,10', '--price', 'claude-test=2.5,10'];
    const words = ['run', 'rows.csv', ...models, ...prices, '--batch', '--no-cache', '--out', 'run'];
    const left = await desk.run([...words, '--no-wait'], { env: ENV });
    expect(left.status).toBe(4);
    expect(left.stderr).toContain('not over yet: batch_0 (openai), batch_0 (anthropic)');
    await desk.pass(words, { env: ENV });
    expect([one, other].map(({ batches }) => batches.map(({ lines }) => lines.length))).toEqual([[6], [6]]);
    const rows = await csvResults(desk, 'run');
    expect(rows.map((row) => row['total_cost'])).toEqual(Array.from({ length: 12 }, () => HALF_COST));
  });

  it('asks judges one by one afterwards, at the usual price', async ({ desk, onTestFinished }) => {
    const { server, words } = await scene(desk, { onTestFinished }, 5, {
      chat: (body) => ({ body: chatAnswer('judge', '{"reason": "right", "pass": true}', body['model']) }),
    });
    const judge = ['--score', 'judge:Is it polite?', '--judge-model', 'gpt-test', '--budget', '1'];
    await desk.pass(['run', ...words, ...judge, '--out', 'run'], { env: ENV });
    expect(server.chats()).toBe(5);
    expect(server.batches).toHaveLength(1);
    const rows = await csvResults(desk, 'run');
    expect(rows.map((row) => [row['total_cost'], row['score.judge']])).toEqual(
      Array.from({ length: 5 }, () => [HALF_COST, '1.0']),
    );
    const judged = jsonLines(await desk.read('run/journal.jsonl')).filter((line) => line['judge_of'] !== undefined);
    expect(judged.map((line) => line['total_cost'])).toEqual(Array.from({ length: 5 }, () => WHOLE_COST));
  });

  it('asks repeats apart, also at temperature 0', async ({ desk, onTestFinished }) => {
    const { server, words } = await scene(desk, { onTestFinished }, 3);
    const cached = [...words.filter((word) => word !== '--no-cache'), '--cache', 'cache'];
    await desk.pass(['run', ...cached, '--out', 'run', '--repeat', '3', '-t', '0'], { env: ENV });
    expect(server.batches.map(({ lines }) => lines.length)).toEqual([9]);
    const rows = await csvResults(desk, 'run');
    expect(rows.map((row) => row['cached'])).toEqual(Array.from({ length: 9 }, () => 'false'));
  });

  it('resumes a pilot that was asked one by one', async ({ desk, onTestFinished }) => {
    const { server, words } = await scene(desk, { onTestFinished }, 20, {
      chat: (body) => ({ body: chatAnswer('live', 'live', body['model']) }),
    });
    const { stdout } = await desk.pass(['estimate', ...words, '--pilot', '4', '--out', 'run', '--json'], { env: ENV });
    const estimate = objectOf(JSON.parse(stdout));
    expect(server.chats()).toBe(4);
    expect(estimate['liveTotals']).toBeDefined();
    await desk.pass(['run', ...words, '--out', 'run'], { env: ENV });
    expect(server.batches.map(({ lines }) => lines.length)).toEqual([16]);
    const rows = await csvResults(desk, 'run');
    expect(rows.filter((row) => row['output'] === 'live').map((row) => row['total_cost'])).toEqual(
      Array.from({ length: 4 }, () => WHOLE_COST),
    );
    expect(rows.filter((row) => row['output'] === 'yes').map((row) => row['total_cost'])).toEqual(
      Array.from({ length: 16 }, () => HALF_COST),
    );
  });
});

import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { describe, expect } from 'vitest';
import { it } from '../support/cli.ts';
import { type Ending, localServer } from '../support/http-server.ts';
import { csvResults, parseObject, questions } from '../support/results.ts';

const MEBIBYTE = 1024 * 1024;
const ANSWERS = 6;

/** A server whose every answer has a text of so many MiB; counts its calls. */
async function largeServer(
  context: Ending,
  mebibytes: number,
): Promise<{ readonly url: string; readonly calls: () => number }> {
  let calls = 0;
  const server = await localServer(context, async (request, response) => {
    await text(request);
    if (request.method === 'POST') calls += 1;
    await answer(response, mebibytes);
  });
  return { url: server.url, calls: () => calls };
}

/** As far as the other side reads it. */
async function answer(response: ServerResponse, mebibytes: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  await pipeline(bodyOf(mebibytes), response).catch(() => undefined);
}

function* bodyOf(mebibytes: number): Generator<string> {
  const part = 'a'.repeat(MEBIBYTE);
  yield '{"id":"x","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"';
  for (let written = 0; written < mebibytes; written++) yield part;
  yield '"}}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}';
}

/** Little more than the program takes without any answers. */
const SMALL_HEAP = { NODE_OPTIONS: '--max-old-space-size=240', CUSTOM_API_KEY: 'x' };

const words = (url: string, ...more: readonly string[]): readonly string[] => [
  'run',
  'rows.csv',
  '-m',
  'm',
  '--provider',
  'custom',
  '--base-url',
  url,
  '--no-model-check',
  '--out',
  'run',
  '--concurrency',
  String(ANSWERS),
  '--score',
  'contains',
  '--json',
  ...more,
];

describe('six large answers at once', { timeout: 120_000 }, () => {
  it('of 60 MiB are errored one by one with the reason, without retries, and end no run', async ({
    desk,
    onTestFinished,
  }) => {
    const server = await largeServer({ onTestFinished }, 60);
    await desk.write('rows.csv', questions(ANSWERS));
    const { status, stdout } = await desk.run(words(server.url), { env: SMALL_HEAP });
    expect(status).toBe(3);
    expect(parseObject(stdout)).toMatchObject({ state: 'completed', completed: 0, errored: ANSWERS });
    for (const line of await csvResults(desk, 'run')) {
      expect(line).toMatchObject({
        status: 'errored',
        output: '',
        attempts: '1',
        error_code: 'invalid_response',
        error_message: 'the answer is too large: more than 16 MiB',
      });
    }
    expect(server.calls()).toBe(ANSWERS);
  });

  it.for([
    ['a row each', ANSWERS, []],
    ['one row', 1, ['--repeat', String(ANSWERS)]],
  ] as const)(
    'of 15 MiB are kept in bounded memory, %s, and can be scored and reported',
    async ([, rows, more], { desk, onTestFinished }) => {
      const server = await largeServer({ onTestFinished }, 15);
      await desk.write('rows.csv', questions(rows));
      const { stdout } = await desk.pass(words(server.url, ...more), { env: SMALL_HEAP });
      expect(parseObject(stdout)).toMatchObject({ state: 'completed', completed: ANSWERS });
      expect(server.calls()).toBe(ANSWERS);
      await desk.pass(['score', 'run', '--score', 'word-count:1-20'], { env: SMALL_HEAP });
      await desk.pass(['report', 'run'], { env: SMALL_HEAP });
      // A letter for each MiB of an answer: csv-parse takes long for 90 MiB.
      const shortened = (await desk.read('run/results.csv')).replaceAll('a'.repeat(MEBIBYTE), 'M');
      await desk.write('shortened/results.csv', shortened);
      expect((await csvResults(desk, 'shortened')).map(({ output }) => output)).toEqual(
        Array.from({ length: ANSWERS }, () => 'M'.repeat(15)),
      );
    },
  );
});

import { describe, expect } from 'vitest';
import { objectOf, parseJson } from '../../src/core/json.ts';
import { BATCH_ROWS, BATCH_VENDORS, batchScene } from '../support/batch-scene.ts';
import { type BatchScript, type BatchServer, UNDONE } from '../support/batch-server.ts';
import type { Desk } from '../support/cli.ts';
import { contentOf } from '../support/gemini-batch-server.ts';
import { fastIt as it } from '../support/in-process.ts';
import { csvResults, jsonLines } from '../support/results.ts';

type Vendor = (typeof BATCH_VENDORS)[number];

const [OPENAI] = BATCH_VENDORS;

type Context = Parameters<typeof batchScene>[0];

function scene(context: Context, vendor: Vendor, script: BatchScript): ReturnType<typeof batchScene> {
  return batchScene(context, vendor, script, ['--budget', '1']);
}

/** The first lines of a file. */
function head(text: string, lines: number): string {
  return text.split('\n').slice(0, lines).join('\n').concat('\n');
}

/** The same with ids of others in the first lines. */
function foreign(text: string, lines: number): string {
  const rest = text.slice(head(text, lines).length);
  return `${head(text, lines).replaceAll('"custom_id":"', '"custom_id":"foreign-')}${rest}`;
}

async function expectPaidOnce(desk: Desk, server: BatchServer): Promise<void> {
  expect(server.batches).toHaveLength(1);
  const rows = await csvResults(desk, 'run');
  expect(rows.map((row) => row['status'])).toEqual(Array.from({ length: BATCH_ROWS }, () => 'completed'));
  expect(jsonLines(await desk.read('run/journal.jsonl'))).toHaveLength(BATCH_ROWS);
}

const SHORT: readonly (readonly [string, (results: string) => string])[] = [
  ['is empty', () => ''],
  ['is an error under HTTP 200', () => '{"error": {"message": "internal"}}\n'],
  ['ends at the end of a line', (results) => head(results, 3)],
];

describe.concurrent('results that are not complete', () => {
  it.for(SHORT)('are read again if a download %s', async ([, short], { desk, onTestFinished }) => {
    const { server, words, env } = await scene({ desk, onTestFinished }, OPENAI, {
      served: (results, number) => (number === 1 ? short(results) : results),
    });
    await desk.pass(words, { env });
    expect(server.steps.download).toBe(2);
    await expectPaidOnce(desk, server);
  });

  it.for(BATCH_VENDORS)('are read again from %s', async (vendor, { desk, onTestFinished }) => {
    const { server, words, env } = await scene({ desk, onTestFinished }, vendor, {
      served: (results, number) => (number === 1 ? head(results, 3) : results),
    });
    await desk.pass(words, { env });
    await expectPaidOnce(desk, server);
  });

  it('are waited for while a batch that is over names no file', async ({ desk, onTestFinished }) => {
    const { server, words, env } = await scene({ desk, onTestFinished }, OPENAI, { isLate: ({ looks }) => looks < 5 });
    await desk.pass(words, { env });
    await expectPaidOnce(desk, server);
  });

  it('leave the batch open, and the same command collects the rest', async ({ desk, onTestFinished }) => {
    let isWhole = false;
    const { server, words, env } = await scene({ desk, onTestFinished }, OPENAI, {
      served: (results) => (isWhole ? results : foreign(results, 3)),
    });
    const { status, stderr } = await desk.run(words, { env });
    expect(status).toBe(4);
    expect(stderr).toContain('the batch batch_0 (openai) is over, but not all of its results: 5 of 8 were there');
    expect(stderr).toMatch(
      /results of the batch batch_0 \(openai\): 3 lines have the id of no request in it, the\s+first is \/files\/batch_0-output\/content:1/,
    );
    expect(server.steps.download).toBe(7);
    expect(server.files.size).toBe(2);
    const once = await desk.run([...words, '--no-wait'], { env });
    expect(once.status).toBe(4);
    expect(server.steps.download).toBe(8);
    isWhole = true;
    await desk.pass(words, { env });
    await expectPaidOnce(desk, server);
  });

  it('are given up on request: they count as lost and can be asked again', async ({ desk, onTestFinished }) => {
    const { server, words, env } = await scene({ desk, onTestFinished }, OPENAI, {
      isOver: () => true,
      served: (results) => head(results, 5),
    });
    await desk.run([...words, '--no-wait'], { env });
    const { status, stderr } = await desk.run([...words, '--cancel-batches'], { env });
    expect(status).toBe(4);
    expect(stderr).toContain(
      '5 of 8 were there; what is missing counts as lost, at its maximum; nothing was submitted',
    );
    const summary = objectOf(parseJson(await desk.read('run/summary.json')));
    // A prompt of some 15 bytes and 9 tokens of an answer, at half price.
    expect(summary).toMatchObject({
      lostCalls: 3,
      lostCostsAtMost: [{ total: expect.stringMatching(/^0\.000\d+$/), currency: 'USD' }],
    });
    // Five answers cost 0.0002.
    const poor = words.map((word, index) => (words[index - 1] === '--budget' ? '0.0005' : word));
    const refused = await desk.run(poor, { env });
    expect(refused.stderr).toMatch(/0\.0002 USD paid, [\d.]+ USD counted for 3 calls whose cost is\s+unknown/);
    expect(server.batches).toHaveLength(1);
    await desk.pass(words, { env });
    expect(server.batches.map(({ lines }) => lines.length)).toEqual([BATCH_ROWS, 3]);
  });

  it('count as lost if Gemini keeps none of what it answered', async ({ desk, onTestFinished }) => {
    const { server, words, env } = await scene({ desk, onTestFinished }, BATCH_VENDORS[2], {
      fate: (line, { number }) => (number === 0 && contentOf(line).includes('What is 3 ') ? UNDONE : 'yes'),
    });
    await desk.pass(words, { env });
    expect(server.batches.map(({ lines }) => lines.length)).toEqual([BATCH_ROWS, BATCH_ROWS]);
    const summary = objectOf(parseJson(await desk.read('run/summary.json')));
    expect(summary).toMatchObject({ lostCalls: BATCH_ROWS - 1, total: { completed: BATCH_ROWS } });
  });
});

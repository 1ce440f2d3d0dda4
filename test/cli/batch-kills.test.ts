import { describe, expect } from 'vitest';
import { type BatchServer, openAiBatchServer, type Step } from '../support/batch-server.ts';
import type { Desk } from '../support/cli.ts';
import type { Ending } from '../support/http-server.ts';
import { fastIt as it } from '../support/in-process.ts';
import { csvResults, questions } from '../support/results.ts';

const KEY = { OPENAI_API_KEY: 'batch-key' };
const ROWS = 12;

interface Held {
  readonly server: BatchServer;
  readonly words: readonly string[];
  /** True once a request is held. */
  readonly isHeld: () => boolean;
}

/** A server that never answers the first request of a step: before it does the work, or after. */
async function holding(desk: Desk, context: Ending, step: Step, when: 'before' | 'after'): Promise<Held> {
  let isHeld = false;
  const hold = (current: Step): void | Promise<void> => {
    if (current !== step || isHeld) return;
    isHeld = true;
    return new Promise(() => undefined);
  };
  await desk.write('rows.csv', questions(ROWS));
  const server = await openAiBatchServer(context, { [when]: hold });
  const address = ['--provider', 'openai', '--base-url', server.url];
  const words = ['run', 'rows.csv', '-m', 'openai/gpt-test', '--price', 'gpt-test=2,8', '--batch', '--out', 'run'];
  return { server, words: [...words, ...address], isHeld: () => isHeld };
}

const MOMENTS = [
  ['upload', 'before'],
  ['upload', 'after'],
  ['create', 'before'],
  ['create', 'after'],
  ['look', 'after'],
  ['download', 'before'],
  ['download', 'after'],
] as const;

describe.concurrent('a run in batches that is killed', () => {
  it.for(MOMENTS)('at %s, %s the answer, buys everything once', async ([step, when], { desk, onTestFinished }) => {
    const { server, words, isHeld } = await holding(desk, { onTestFinished }, step, when);
    const killed = desk.start(words, { env: KEY });
    await killed.until(isHeld);
    killed.signal('SIGKILL');
    await killed.ended;
    // The longest search in real time; the other searches end in moments.
    const isLongest = step === 'create' && when === 'before';
    const { status: ended } = await (isLongest ? desk.start(words, { env: KEY }).ended : desk.run(words, { env: KEY }));
    expect(ended).toBe(0);
    const rows = await csvResults(desk, 'run');
    expect(rows.filter(({ status }) => status === 'completed')).toHaveLength(ROWS);
    expect(server.batches).toHaveLength(1);
    expect([...server.billed.values()]).toEqual(Array.from({ length: ROWS }, () => 1));
  });
});

describe.concurrent('a run in batches that is interrupted', () => {
  it('leaves its batches and says how to collect them', async ({ desk, onTestFinished }) => {
    let isOver = false;
    await desk.write('rows.csv', questions(ROWS));
    const server = await openAiBatchServer({ onTestFinished }, { isOver: () => isOver });
    const address = ['--provider', 'openai', '--base-url', server.url, '--price', 'gpt-test=2,8'];
    const words = ['run', 'rows.csv', '-m', 'openai/gpt-test', '--batch', '--out', 'run', ...address];
    const waiting = desk.start(words, { env: KEY });
    await waiting.until(() => server.steps.look > 0);
    waiting.signal('SIGINT');
    const { status, stderr } = await waiting.ended;
    expect(status).toBe(130);
    expect(stderr).toContain('these batches go on, and the same command collects them: batch_0 (openai)');
    expect(stderr).toContain('resume with: npx promptgrid run rows.csv');
    isOver = true;
    await desk.pass(words, { env: KEY });
    expect(server.batches).toHaveLength(1);
    expect(await csvResults(desk, 'run')).toHaveLength(ROWS);
  });
});

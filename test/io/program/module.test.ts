import { describe, expect, it } from 'vitest';
import type { Program } from '../../../src/io/program/program.ts';
import { moduleProgram } from '../../support/programs.ts';

function ask(program: Program, text: string, signal = new AbortController().signal): Promise<unknown> {
  return program.ask(`"text":${JSON.stringify(text)}`, signal);
}

const value = (output: unknown) => ({ kind: 'value', value: output });

/** Ends the thread in the way that the text names. */
const FRAGILE = `
import { setTimeout as delay } from 'node:timers/promises';
export default async ({ text }) => {
  if (text === 'exit') process.exit(7);
  if (text === 'crash') setTimeout(() => { throw new Error('boom'); });
  if (text === 'reject') void Promise.reject(new Error('left alone'));
  if (text === 'block') for (;;);
  if (text !== 'fine') await delay(60_000, undefined, { ref: false });
  return text;
};`;

describe.concurrent('a module in a thread', { timeout: 60_000 }, () => {
  it('is asked with the members of the request, and answers', async ({ onTestFinished }) => {
    const text =
      'export default ({ text, id, signal }) => ({ text, id: id ?? null, aborted: signal.aborted, own: process.env.OWN });';
    const { program } = await moduleProgram(text, onTestFinished);
    expect(await ask(program, 'hello')).toEqual(value({ text: 'hello', id: null, aborted: false, own: 'own' }));
  });

  it('answers many requests at a time, in any order', async ({ onTestFinished }) => {
    const text = `let waiting = [];
      export default ({ text }) => new Promise((resolve) => {
        waiting.push(() => resolve(text));
        if (waiting.length === 100) for (const go of waiting.reverse()) go();
      });`;
    const { program } = await moduleProgram(text, onTestFinished);
    const texts = Array.from({ length: 100 }, (_, index) => String(index));
    expect(await Promise.all(texts.map((one) => ask(program, one)))).toEqual(texts.map(value));
  });

  it('gives what it threw, whatever that was', async ({ onTestFinished }) => {
    const text = `export default ({ text }) => {
      if (text === 'error') throw Object.assign(new Error('slow down', { cause: new Error('why') }), { status: 429, cost: 0.25, usage: { promptTokens: 5 }, headers: new Headers({ 'retry-after': '3' }) });
      if (text === 'text') throw 'plain';
      if (text === 'hostile') throw new Proxy({}, { get() { throw new Error('no'); }, ownKeys() { throw new Error('no'); } });
      return 1n;
    };`;
    const { program } = await moduleProgram(text, onTestFinished);
    const bill = { cost: 0.25, usage: { promptTokens: 5 } };
    const facts = { name: 'Error', status: 429, message: 'slow down', cause: 'why', retryAfter: '3', ...bill };
    expect(await ask(program, 'error')).toEqual({ kind: 'thrown', value: facts });
    expect(await ask(program, 'text')).toEqual({ kind: 'thrown', value: { message: 'plain' } });
    expect(await ask(program, 'hostile')).toEqual({
      kind: 'thrown',
      value: { message: 'it threw something other than an error' },
    });
    expect(await ask(program, 'big')).toMatchObject({ kind: 'thrown', value: { name: 'TypeError' } });
  });

  it('gives nothing for nothing, and says that a reply is too large', async ({ onTestFinished }) => {
    const text = "export default ({ text }) => text === 'large' ? 'x'.repeat(17 * 1024 * 1024) : undefined;";
    const { program } = await moduleProgram(text, onTestFinished);
    expect(await ask(program, 'nothing')).toEqual(value(undefined));
    expect(await ask(program, 'large')).toEqual({ kind: 'too_large' });
  });

  it('fails its requests where it ends, and starts again', async ({ onTestFinished }) => {
    const { program } = await moduleProgram(FRAGILE, onTestFinished);
    const [waiting, ending] = await Promise.allSettled([ask(program, 'wait'), ask(program, 'exit')]);
    const reason = { message: 'it ended with exit code 7', hasStarted: true };
    expect(ending).toMatchObject({ status: 'rejected', reason });
    expect(waiting).toMatchObject({ status: 'rejected', reason });
    expect(await ask(program, 'fine')).toEqual(value('fine'));
  });

  it.for<readonly [way: string, message: string]>([
    ['crash', 'boom'],
    ['reject', 'left alone'],
  ])('fails its requests by an error that nothing caught (%s), and continues', async ([way, message], test) => {
    const text = FRAGILE.replace("'fine') await", "'fine' && text !== 'count') await").replace(
      'return text;',
      'globalThis.calls = (globalThis.calls ?? 0) + 1; return globalThis.calls;',
    );
    const { program, lines } = await moduleProgram(text, test.onTestFinished);
    expect(await ask(program, 'count')).toEqual(value(1));
    const thrown = { kind: 'thrown', value: { name: 'Error', message } };
    expect(await Promise.all([ask(program, 'wait'), ask(program, way)])).toEqual([thrown, thrown]);
    expect(await ask(program, 'count')).toEqual(value(2));
    await expect.poll(() => lines).toEqual([`it let an error go that nothing caught: ${message}`]);
  });

  it('is ended where it blocks its thread once a request is cancelled, and starts again', async ({
    onTestFinished,
  }) => {
    const { program } = await moduleProgram(FRAGILE, onTestFinished);
    expect(await ask(program, 'fine')).toEqual(value('fine'));
    const controller = new AbortController();
    const blocking = ask(program, 'block', controller.signal);
    const other = ask(program, 'other');
    setTimeout(() => controller.abort(new Error('too late')), 50);
    await expect(blocking).rejects.toThrow('too late');
    await expect(other).rejects.toThrow('it blocked its thread');
    expect(await ask(program, 'fine')).toEqual(value('fine'));
  });

  it('hears of a cancelled request, and is left alone where it answers others', async ({ onTestFinished }) => {
    const text = `let heard = 0;
      export default ({ text, signal }) => {
        if (text !== 'wait') return heard;
        return new Promise(() => signal.addEventListener('abort', () => { heard += 1; }));
      };`;
    const { program } = await moduleProgram(text, onTestFinished);
    const controller = new AbortController();
    const waiting = ask(program, 'wait', controller.signal);
    expect(await ask(program, 'how often')).toEqual(value(0));
    controller.abort(new Error('not wanted'));
    await expect(waiting).rejects.toThrow('not wanted');
    expect(await ask(program, 'how often')).toEqual(value(1));
  });

  it('is not asked by a signal that is aborted', async ({ onTestFinished }) => {
    const { program } = await moduleProgram('export default () => 1;', onTestFinished);
    await expect(ask(program, 'a', AbortSignal.abort(new Error('over')))).rejects.toThrow('over');
  });

  it.for<readonly [what: string, text: string, reason: string]>([
    ['a syntax error', 'export default (', 'Unexpected'],
    ['no default export', 'export const answer = () => 1;', 'it has no function as its default export'],
    ['an error while it is loaded', "throw new Error('not today');", 'not today'],
    ['an end while it is loaded', 'process.exit(3);', 'it ended with exit code 3'],
    ['an import that is not there', "import './gone.mjs'; export default () => 1;", 'gone.mjs'],
  ])('cannot be started with %s', async ([, text, reason], { onTestFinished }) => {
    const { program } = await moduleProgram(text, onTestFinished);
    await expect(program.start()).rejects.toMatchObject({
      hasStarted: false,
      message: expect.stringContaining(reason),
    });
    await expect(ask(program, 'a')).rejects.toMatchObject({ hasStarted: false });
  });

  it('has its lines shown, from both of its outputs', async ({ onTestFinished }) => {
    const text =
      "console.log('one'); console.error('two'); export default () => { console.log('x'.repeat(9999)); return 1; };";
    const { program, lines } = await moduleProgram(text, onTestFinished);
    await ask(program, 'a');
    await program.close();
    expect([...lines].sort()).toEqual(['one', 'two', 'x'.repeat(500)]);
  });

  it('may post messages of its own without harm', async ({ onTestFinished }) => {
    const text = `import { parentPort } from 'node:worker_threads';
      export default ({ text }) => {
        for (const message of [null, [1], 'hello', '99 value {}', '1 value {', '\\n', { a: 1 }]) parentPort.postMessage(message);
        return text;
      };`;
    const { program } = await moduleProgram(text, onTestFinished);
    expect(await ask(program, 'a')).toEqual(value('a'));
  });
});

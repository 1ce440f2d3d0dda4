import { describe, expect, it } from 'vitest';
import { isRunning } from '../../../src/io/processes.ts';
import { openProcess } from '../../../src/io/program/process-link.ts';
import type { Program } from '../../../src/io/program/program.ts';
import { COMMAND_HEAD, commandProgram, programOf } from '../../support/programs.ts';

function ask(program: Program, text: string, signal = new AbortController().signal): Promise<unknown> {
  return program.ask(`"text":${JSON.stringify(text)}`, signal);
}

/** Answers what it is asked, unless the text names another thing to do. */
const FRAGILE = `${COMMAND_HEAD}
serve(({ id, text }) => {
  if (text === 'exit') { console.error('giving up'); process.exit(7); }
  if (text === 'pid') write({ id, pid: process.pid });
  if (text === 'fine') write({ id, text, own: process.env.OWN });
});`;

describe.concurrent('a command as a process', { timeout: 60_000 }, () => {
  it('answers lines in any order', async ({ onTestFinished }) => {
    const text = `${COMMAND_HEAD}
      const all = [];
      serve((request) => { if (all.push(request) === 50) for (const { id, text } of all.reverse()) write({ id, text }); });`;
    const { program } = await commandProgram(text, onTestFinished);
    const texts = Array.from({ length: 50 }, (_, index) => `text ${index}\n`);
    const replies = await Promise.all(texts.map((one) => ask(program, one)));
    expect(replies).toEqual(texts.map((one, index) => ({ kind: 'value', value: { id: index + 1, text: one } })));
  });

  it('stays the same process', async ({ onTestFinished }) => {
    const { program } = await commandProgram(FRAGILE, onTestFinished);
    const [first, second] = [await ask(program, 'pid'), await ask(program, 'pid')];
    expect(first).toMatchObject({ value: { pid: expect.any(Number) } });
    expect(second).toMatchObject({ value: { pid: pidOf(first) } });
  });

  it('fails its requests with its last words where it ends, and starts again', async ({ onTestFinished }) => {
    const { program, lines } = await commandProgram(FRAGILE, onTestFinished);
    const [waiting, ending] = await Promise.allSettled([ask(program, 'wait'), ask(program, 'exit')]);
    const reason = 'it ended with exit code 7: giving up';
    expect(ending).toMatchObject({ status: 'rejected', reason: { message: reason, hasStarted: true } });
    expect(waiting).toMatchObject({ status: 'rejected', reason: { message: reason } });
    expect(lines).toEqual(['giving up']);
    expect(await ask(program, 'fine')).toEqual({ kind: 'value', value: { id: 3, text: 'fine', own: 'own' } });
  });

  it('starts again after kill -9', async ({ onTestFinished }) => {
    const { program } = await commandProgram(FRAGILE, onTestFinished);
    const pid = pidOf(await ask(program, 'pid'));
    const waiting = ask(program, 'wait');
    // The request is on its way once another one is answered.
    await ask(program, 'fine');
    process.kill(pid, 'SIGKILL');
    await expect(waiting).rejects.toThrow('it was ended by SIGKILL');
    const again = await ask(program, 'pid');
    expect(pidOf(again)).not.toBe(pid);
  });

  it('is ended where it answers nothing until a request is cancelled, and starts again', async ({
    expect: own,
    onTestFinished,
  }) => {
    const { program } = await commandProgram(FRAGILE, onTestFinished);
    const pid = pidOf(await ask(program, 'pid'));
    const controller = new AbortController();
    const waiting = ask(program, 'wait', controller.signal);
    setTimeout(() => controller.abort(new Error('too late')), 100);
    await expect(waiting).rejects.toThrow('too late');
    await own.poll(() => isRunning(pid, null)).toBe(false);
    expect(await ask(program, 'fine')).toMatchObject({ value: { text: 'fine' } });
  });

  it('is left alone where it answered others meanwhile', async ({ onTestFinished }) => {
    const { program } = await commandProgram(FRAGILE, onTestFinished);
    const controller = new AbortController();
    const waiting = ask(program, 'wait', controller.signal);
    const pid = pidOf(await ask(program, 'pid'));
    controller.abort(new Error('too late'));
    await expect(waiting).rejects.toThrow('too late');
    expect(pidOf(await ask(program, 'pid'))).toBe(pid);
  });

  it('may write what is no answer, which is shown', async ({ onTestFinished }) => {
    const text = `${COMMAND_HEAD}
      write('starting'); write('[1]'); write('{"id":"x"}'); write({ id: 99, text: 'for nobody' });
      serve(({ id, text }) => { write({ id, text }); write({ id, text: 'again' }); });`;
    const { program, lines } = await commandProgram(text, onTestFinished);
    expect(await ask(program, 'a')).toMatchObject({ value: { text: 'a' } });
    expect(await ask(program, 'b')).toMatchObject({ value: { text: 'b' } });
    expect(lines).toEqual(['not an answer: starting', 'not an answer: [1]', 'not an answer: {"id":"x"}']);
  });

  it('has a line that is too long refused, and the next ones read', async ({ onTestFinished }) => {
    const text = `${COMMAND_HEAD}
      serve(({ id, text }) => write({ id, text: text === 'large' ? 'x'.repeat(17 * 1024 * 1024) : text }));`;
    const { program } = await commandProgram(text, onTestFinished);
    expect(await ask(program, 'large')).toEqual({ kind: 'too_large' });
    expect(await ask(program, 'a')).toMatchObject({ value: { text: 'a' } });
  });

  it('ends with its input, and what it started with it', async ({ expect: own, onTestFinished }) => {
    const text = `${COMMAND_HEAD}
      import { spawn } from 'node:child_process';
      const { pid } = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      serve(({ id }) => write({ id, own: process.pid, other: pid }));
      process.stdin.on('end', () => process.exit());`;
    const { program } = await commandProgram(text, onTestFinished);
    const reply = await ask(program, 'a');
    await program.close();
    for (const name of ['own', 'other']) await own.poll(() => isRunning(pidOf(reply, name), null)).toBe(false);
  });

  it('is ended by force where it stays', async ({ expect: own, onTestFinished }) => {
    const text = `${COMMAND_HEAD}
      process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000);
      serve(({ id }) => write({ id, pid: process.pid }));`;
    const { program } = await commandProgram(text, onTestFinished);
    const pid = pidOf(await ask(program, 'a'));
    await program.close();
    await own.poll(() => isRunning(pid, null)).toBe(false);
  });

  it('cannot be started where there is none', async ({ onTestFinished }) => {
    const words = ['promptgrid-no-such-command'];
    const { program } = programOf((events) => openProcess({ words, environment: {} }, events), onTestFinished);
    await expect(program.start()).rejects.toMatchObject({
      hasStarted: false,
      message: 'spawn promptgrid-no-such-command ENOENT',
    });
  });
});

function pidOf(reply: unknown, name = 'pid'): number {
  const { value } = reply as { readonly value: Readonly<Record<string, number>> };
  return value[name] ?? 0;
}

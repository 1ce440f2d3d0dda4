import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Ended } from './cli.ts';
import { runInProcess } from './in-process.ts';

/** A script for `sh` that stands for the program: a shell starts that instead, which takes a hundredth of the time. */
export const ASK_TEST = fileURLToPath(new URL('ask-test.sh', import.meta.url));

/** Where a shell runs, and its whole environment. */
export interface ShellPlace {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Runs a shell to its end. All of it is real but the program: where the shell starts `sh` with ASK_TEST and words,
 * `promptgrid <words>` runs in this process, with the folder, the variables and the input that the shell gives it.
 * @param command the shell and its words
 */
export async function runShell([shell = 'sh', ...words]: readonly string[], place: ShellPlace): Promise<Ended> {
  const folder = await mkdtemp(join(tmpdir(), 'promptgrid-asked-'));
  const env = { ...place.env, ASKED_FOLDER: folder };
  const child = spawn(shell, words, { cwd: place.cwd, env, stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'] });
  const [, out, err, requests, replies] = child.stdio;
  if (!(out && err && requests instanceof Readable && replies instanceof Writable)) throw new Error('no such pipes');
  const left = once(child, 'close');
  try {
    const [stdout, stderr] = await Promise.all([text(out), text(err), answerAll(requests, replies), left]);
    return { status: child.exitCode, signal: child.signalCode, stdout, stderr };
  } finally {
    child.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs what the scripts of a shell ask for, one command after another. */
async function answerAll(requests: Readable, replies: Writable): Promise<void> {
  for await (const asked of createInterface(requests)) replies.write(`${asked} ${await carryOut(asked)}\n`);
}

/** Runs what a script has written down, and leaves what it printed. @returns its exit status */
async function carryOut(asked: string): Promise<number> {
  const read = (name: string): Promise<string> => readFile(join(asked, name), 'utf8');
  const input = existsSync(join(asked, 'stdin')) ? { input: await readFile(join(asked, 'stdin')) } : {};
  const ended = await runInProcess((await read('words')).split('\0').slice(0, -1), {
    cwd: (await read('folder')).trimEnd(),
    env: variablesOf(await read('env')),
    ...input,
  });
  await writeFile(join(asked, 'stdout'), ended.stdout);
  await writeFile(join(asked, 'stderr'), ended.stderr);
  if (ended.status === null) throw new Error('a command in the process of the test has a status');
  return ended.status;
}

/** What `env` prints, but for what is said to processes only: output that is no terminal has no colours anyway. */
function variablesOf(printed: string): Readonly<Record<string, string>> {
  const pairs = printed
    .trimEnd()
    .split('\n')
    .map((line): [string, string] => {
      const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new Error(`no variable in one line: ${line}`);
      return [name, value];
    });
  return Object.fromEntries(pairs.filter(([name]) => name !== 'NO_COLOR'));
}

import { Readable, Writable } from 'node:stream';
import type { Host, runProgram } from '../../src/cli/program.ts';
import { type Clock, systemClock } from '../../src/io/clock.ts';
import { type CliOptions, type Ended, environmentOf, PROGRAM_FOLDER, testWithDesk } from './cli.ts';
import { FastClock } from './fast-clock.ts';

/** A process reads these where no host can set them. */
const OF_A_PROCESS = /^(?:NODE_.*|TMPDIR|FORCE_COLOR|NO_COLOR|TZ)$/;

/** What surrounds a command line in this process. */
export interface Surroundings extends CliOptions {
  readonly cwd: string;
  /** Those of the terminal that stdout is; a pipe without. */
  readonly columns?: number;
  /** Default the machine's. */
  readonly clock?: Clock;
}

/** The built program, once loaded. */
let loaded: Promise<{ readonly runProgram: typeof runProgram }> | null = null;
/** The working folder belongs to the whole process, so that one command line runs at a time. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs `promptgrid <words>` in a folder to its end, in this process. For tests of what a command prints and writes. A
 * test of what only a process has starts one: signals, terminals, pipes, several commands at a time.
 */
export function runInProcess(words: readonly string[], options: Surroundings): Promise<Ended> {
  // The parser and the process print it, and no host.
  if (words.includes('--version') || words.includes('-v')) throw new Error('the version is printed by a process only');
  const ended = last.then(() => runNow(words, options));
  last = ended.catch(() => undefined);
  return ended;
}

/** `it` with a desk whose `run` and `pass` stay in this process. */
export const it = testWithDesk(runInProcess);

/** Times that time is faster there. */
const FACTOR = 30;

/** The same, where pauses and limits pass in moments. For tests of what happens after a wait, not of how long it is. */
export const fastIt = testWithDesk((words, options) =>
  runInProcess(words, { ...options, clock: new FastClock(FACTOR) }),
);

async function runNow(words: readonly string[], options: Surroundings): Promise<Ended> {
  loaded ??= import(new URL('program.js', PROGRAM_FOLDER).href);
  const program = await loaded;
  const folder = process.cwd();
  process.chdir(options.cwd);
  try {
    return await new Promise<Ended>((resolve, reject) => {
      program.runProgram(words, hostOf(options, resolve)).catch(reject);
    });
  } finally {
    process.chdir(folder);
  }
}

function hostOf(
  { env = {}, input, cwd, columns, clock = systemClock }: Surroundings,
  end: (ended: Ended) => void,
): Host {
  const refused = Object.keys(env).find((name) => OF_A_PROCESS.test(name));
  if (refused !== undefined) throw new Error(`${refused} is read by a process: start one`);
  const [stdout, stderr] = [new Pipe(columns), new Pipe()];
  return {
    env: environmentOf(cwd, columns === undefined ? env : { COLUMNS: '', ...env }),
    folder: process.cwd(),
    stdin: stdinOf(input),
    stdout,
    stderr,
    clock,
    watch: () => undefined,
    exit: (status) => end({ status, signal: null, stdout: stdout.text(), stderr: stderr.text() }),
  };
}

function stdinOf(input: CliOptions['input']): Readable {
  if (typeof input === 'string' || input instanceof Uint8Array) return Readable.from([Buffer.from(input)]);
  return input === undefined ? Readable.from([]) : new Readable({ read: () => undefined });
}

/** What a pipe is to a program, or a terminal of so many columns. */
class Pipe extends Writable {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly #parts: Buffer[] = [];

  constructor(columns?: number) {
    super();
    this.isTTY = columns !== undefined;
    this.columns = columns ?? 0;
  }

  override _write(part: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#parts.push(part);
    done();
  }

  text(): string {
    return Buffer.concat(this.#parts).toString('utf8');
  }
}

import { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
import type { Host, runProgram } from '../../src/cli/program.ts';
import { type Clock, systemClock } from '../../src/io/clock.ts';
import { type CliOptions, type Ended, environmentOf, PROGRAM_FOLDER, testWithDesk, untilHolds } from './cli.ts';
import { FastClock } from './fast-clock.ts';

/** A process reads these where no host can set them. */
const OF_A_PROCESS = /^(?:NODE_.*|TMPDIR|FORCE_COLOR|NO_COLOR|TZ)$/;

/** What surrounds a command line in this process. */
export interface Surroundings extends CliOptions {
  readonly cwd: string;
  /** Those of the terminal that stdout is; a pipe without. */
  readonly columns?: number;
  /** What a person types at the first `[y/N]`; stdin, stdout and stderr are a terminal then. */
  readonly typed?: string;
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
  return new RunningHere(words, options).ended;
}

/**
 * A command line while it runs in this process, for what follows a signal; that signals arrive is tested of processes.
 * No other command line runs here before it ends.
 */
export class RunningHere {
  readonly ended: Promise<Ended>;
  readonly #streams: Streams;
  readonly #signals = new EventEmitter();
  #hasEnded = false;

  constructor(words: readonly string[], options: Surroundings) {
    // The parser and the process print it, and no host.
    if (words.includes('--version') || words.includes('-v'))
      throw new Error('the version is printed by a process only');
    this.#streams = streamsOf(options);
    this.ended = last
      .then(() => runNow(words, { options, streams: this.#streams, signals: this.#signals }))
      .finally(() => {
        this.#hasEnded = true;
      });
    last = this.ended.catch(() => undefined);
  }

  get stderr(): string {
    return this.#streams.stderr.text();
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Fails where nothing listens, which would end a process. */
  signal(name: NodeJS.Signals): void {
    if (!this.#signals.emit(name)) throw new Error(`nothing listens to ${name}`);
  }

  /** Waits for a condition while the command runs; fails where it ends before the condition holds. */
  until(condition: () => boolean): Promise<void> {
    return untilHolds(condition, this);
  }
}

/** `it` with a desk whose `run` and `pass` stay in this process. */
export const it = testWithDesk(runInProcess);

/** Times that time is faster there. */
const FACTOR = 30;

/** The same, where pauses and limits pass in moments. For tests of what happens after a wait, not of how long it is. */
export const fastIt = testWithDesk((words, options) =>
  runInProcess(words, { ...options, clock: new FastClock(FACTOR) }),
);

interface Streams {
  readonly stdin: Readable;
  readonly stdout: Screen;
  readonly stderr: Screen;
}

/** Of one command line. */
interface Parts {
  readonly options: Surroundings;
  readonly streams: Streams;
  readonly signals: EventEmitter;
}

async function runNow(words: readonly string[], parts: Parts): Promise<Ended> {
  loaded ??= import(new URL('program.js', PROGRAM_FOLDER).href);
  const program = await loaded;
  const folder = process.cwd();
  process.chdir(parts.options.cwd);
  try {
    return await new Promise<Ended>((resolve, reject) => {
      program.runProgram(words, hostOf(parts, resolve)).catch(reject);
    });
  } finally {
    process.chdir(folder);
  }
}

function hostOf({ options, streams, signals }: Parts, end: (ended: Ended) => void): Host {
  const { env = {}, cwd, columns, clock = systemClock } = options;
  const { stdout, stderr } = streams;
  const refused = Object.keys(env).find((name) => OF_A_PROCESS.test(name));
  if (refused !== undefined) throw new Error(`${refused} is read by a process: start one`);
  return {
    env: environmentOf(cwd, columns === undefined ? env : { COLUMNS: '', ...env }),
    folder: process.cwd(),
    ...streams,
    clock,
    watch: (ending) => ending.watch(signals),
    exit: (status) => end({ status, signal: null, stdout: stdout.text(), stderr: stderr.text() }),
  };
}

function streamsOf({ input, columns, typed }: Surroundings): Streams {
  if (typed === undefined) return { stdin: stdinOf(input), stdout: new Screen(columns), stderr: new Screen() };
  const keyboard = new Keyboard();
  const stderr = new Screen(columns ?? COLUMNS);
  stderr.onceShown('[y/N]', () => keyboard.push(typed));
  return { stdin: keyboard, stdout: new Screen(columns ?? COLUMNS), stderr };
}

function stdinOf(input: CliOptions['input']): Readable {
  if (typeof input === 'string' || input instanceof Uint8Array) return Readable.from([Buffer.from(input)]);
  return input === undefined ? Readable.from([]) : new Readable({ read: () => undefined });
}

/** Those of a terminal whose width does not matter. */
const COLUMNS = 80;

/** What a terminal's input is to a program. */
class Keyboard extends Readable {
  readonly isTTY = true;

  override _read(): void {
    // What is typed comes when it comes.
  }
}

/** What a pipe is to a program, or a terminal of so many columns. */
class Screen extends Writable {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly #parts: Buffer[] = [];
  #awaited: { readonly text: string; readonly act: () => void } | null = null;

  constructor(columns?: number) {
    super();
    this.isTTY = columns !== undefined;
    this.columns = columns ?? 0;
  }

  override _write(part: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#parts.push(part);
    done();
    if (this.#awaited === null || !this.text().includes(this.#awaited.text)) return;
    const { act } = this.#awaited;
    this.#awaited = null;
    act();
  }

  /** Calls back at the first sight of a text. */
  onceShown(text: string, act: () => void): void {
    this.#awaited = { text, act };
  }

  text(): string {
    return Buffer.concat(this.#parts).toString('utf8');
  }
}

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { CutLines } from './cut-lines.ts';
import { jsonOf } from './json-of.ts';
import { type LinkEvents, MAX_REPLY_UNITS, type ProgramLink } from './link.ts';

/** How a command is run. */
interface ProcessSettings {
  /** The command and its arguments, which no shell sees. */
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** How long it may take to end once its input has ended, and then once it is asked to end. */
const LEAVE_MS = 2000;
const TERMINATE_MS = 1000;
/** How long its output may stay open after it has ended: a process that it started may have it too. */
const CLOSE_MS = 300;
/** Longest line for people that is shown. */
const MAX_LINE = 500;
/** Where the id of a reply that is too long is looked for. */
const HEAD = 1000;
/** A group of its own: Ctrl-C on a terminal is for promptgrid, which waits for answers that are paid for. */
const HAS_GROUP = process.platform !== 'win32';

/**
 * Runs a command as a process that reads a request from each line and writes each reply as a line. If it has answered
 * nothing since a request was sent that is cancelled, it is ended.
 */
export function openProcess(settings: ProcessSettings, events: LinkEvents): ProgramLink {
  return new ProcessLink(settings, events);
}

class ProcessLink implements ProgramLink {
  readonly isDoubted = false;
  readonly #events: LinkEvents;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #said: CutLines;
  readonly #answers: CutLines;
  #lastReplyMs = 0;
  #lastLine = '';
  /** Why it is gone; null while it runs. */
  #reason: string | null = null;
  #closing: NodeJS.Timeout | undefined;
  #isGone = false;
  #onGone: (() => void)[] = [];
  readonly #killNow = (): void => this.#kill('SIGKILL');

  constructor({ words, environment }: ProcessSettings, events: LinkEvents) {
    const [command = '', ...args] = words;
    this.#events = events;
    this.#said = new CutLines(MAX_LINE, (line) => {
      this.#lastLine = line;
      events.onLine(line);
    });
    this.#answers = new CutLines(MAX_REPLY_UNITS, (line, isCut) => this.#noteReply(line, isCut));
    this.#child = spawn(command, args, { env: { ...environment }, stdio: 'pipe', detached: HAS_GROUP });
    process.once('exit', this.#killNow);
    this.#listen(this.#child);
  }

  send(requests: readonly string[]): void {
    this.#child.stdin.write(`${requests.join('\n')}\n`);
  }

  cancel(_id: number, sentMs: number): void {
    if (this.#lastReplyMs >= sentMs) return;
    this.#reason ??= 'it was ended, as it had stopped answering';
    // It must get no further requests.
    this.#gone();
  }

  /** By the end of its input, else by a signal, else by one that it cannot refuse. */
  end(): Promise<void> {
    if (this.#isGone) return Promise.resolve();
    this.#child.stdin.end();
    const timers = [
      setTimeout(() => this.#kill('SIGTERM'), LEAVE_MS),
      setTimeout(this.#killNow, LEAVE_MS + TERMINATE_MS),
    ];
    return new Promise((resolve) => {
      this.#onGone.push(() => {
        for (const timer of timers) clearTimeout(timer);
        resolve();
      });
    });
  }

  #listen(child: ChildProcessWithoutNullStreams): void {
    child.stdout.setEncoding('utf8').on('data', (text: string) => this.#answers.feed(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => this.#said.feed(text));
    // A process that does not read any more ends soon, and that is reported.
    child.stdin.on('error', () => undefined);
    child.once('spawn', this.#events.onReady);
    child.once('error', (error) => {
      this.#reason ??= error.message;
      if (child.pid === undefined) this.#gone();
    });
    child.once('exit', (code, signal) => {
      this.#reason ??= signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`;
      this.#closing = setTimeout(() => this.#gone(), CLOSE_MS);
    });
    child.once('close', () => this.#gone());
  }

  #noteReply(line: string, isCut: boolean): void {
    this.#lastReplyMs = performance.now();
    if (!giveReply(line, isCut, this.#events)) this.#events.onLine(`not an answer: ${line.slice(0, MAX_LINE)}`);
  }

  #gone(): void {
    if (this.#isGone) return;
    clearTimeout(this.#closing);
    this.#answers.end();
    this.#said.end();
    this.#isGone = true;
    process.off('exit', this.#killNow);
    // What it started may still run.
    this.#killNow();
    const reason = this.#reason ?? 'it ended';
    this.#events.onEnd(this.#lastLine === '' ? reason : `${reason}: ${this.#lastLine.trim()}`);
    for (const done of this.#onGone) done();
  }

  #kill(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(HAS_GROUP ? -pid : pid, signal);
    } catch {
      // It is gone.
    }
  }
}

/** @returns false if the line is not a reply */
function giveReply(line: string, isCut: boolean, { onReply }: LinkEvents): boolean {
  if (isCut) {
    const [, id] = /"id"\s*:\s*(\d{1,15})\b/.exec(line.slice(0, HEAD)) ?? [];
    if (id !== undefined) onReply(Number(id), { kind: 'too_large' });
    return id !== undefined;
  }
  const value = jsonOf(line);
  if (typeof value !== 'object' || value === null || !('id' in value) || typeof value.id !== 'number') return false;
  onReply(value.id, { kind: 'value', value });
  return true;
}

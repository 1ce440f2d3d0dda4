import { Presets, SingleBar } from 'cli-progress';
import type { Result } from '../core/result.ts';
import { Tally } from '../core/totals.ts';
import { formatCosts, formatCount, formatDuration, formatTokens } from './format.ts';

/** A terminal, a file or a pipe. */
export type ProgressStream = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** Where progress is shown. */
export interface ProgressOutput {
  readonly stream: ProgressStream;
  /** True shows nothing. */
  readonly isQuiet: boolean;
  /** Monotonic milliseconds. */
  readonly elapsedMs: () => number;
}

/** Shows how far a run is. */
export interface Progress {
  /** @param alreadyDone trials that have a result from an earlier session */
  start(trials: number, alreadyDone: number): void;
  add(result: Result): void;
  /** An answer was judged. @param asked what judges were asked about it */
  addJudged(asked: readonly Result[]): void;
  stop(): void;
}

const LINE_INTERVAL_MS = 10_000;
const BAR_UPDATES_PER_SECOND = 5;
const BAR_WIDTH = 24;

/** A bar for a terminal, a line every ten seconds for anything else. */
export function createProgress(output: ProgressOutput): Progress {
  if (output.isQuiet) return SILENT;
  return output.stream.isTTY === true ? new BarProgress(output) : new LineProgress(output);
}

const SILENT: Progress = {
  start: () => undefined,
  add: () => undefined,
  addJudged: () => undefined,
  stop: () => undefined,
};

/** Counts what a session has done since it began. */
class Meter {
  #tally = new Tally();
  readonly #elapsedMs: () => number;
  #startedMs = 0;
  #trials = 0;
  #alreadyDone = 0;
  #done = 0;

  constructor(elapsedMs: () => number) {
    this.#elapsedMs = elapsedMs;
  }

  start(trials: number, alreadyDone: number): void {
    this.#startedMs = this.#elapsedMs();
    this.#trials = trials;
    this.#alreadyDone = alreadyDone;
    this.#done = 0;
    this.#tally = new Tally();
  }

  add(result: Result): void {
    this.#tally.add(result);
    this.#done += 1;
  }

  addJudged(asked: readonly Result[]): void {
    for (const result of asked) this.#tally.add(result);
    this.#done += 1;
  }

  get value(): number {
    return this.#alreadyDone + this.#done;
  }

  /** `120/400 · 34.5/s · 12,345 tokens · 1.23 ₽ · 0 errored · 8.1 s left` */
  describe(): string {
    const { tokens, unknownTokens, costs, unknownCosts, errored } = this.#tally.totals();
    const perSecond = this.#done / Math.max(0.001, (this.#elapsedMs() - this.#startedMs) / 1000);
    const leftMs = this.#done === 0 ? null : ((this.#trials - this.value) / perSecond) * 1000;
    return [
      `${formatCount(this.value)}/${formatCount(this.#trials)}`,
      `${perSecond.toFixed(1)}/s`,
      `${formatTokens(tokens.prompt + tokens.completion, unknownTokens)} tokens`,
      formatCosts(costs, unknownCosts),
      `${formatCount(errored)} errored`,
      `${formatDuration(leftMs)} left`,
    ].join(' · ');
  }
}

class BarProgress implements Progress {
  readonly #meter: Meter;
  readonly #bar: SingleBar;
  #timer: NodeJS.Timeout | null = null;

  constructor({ stream, elapsedMs }: ProgressOutput) {
    this.#meter = new Meter(elapsedMs);
    this.#bar = new SingleBar(
      {
        stream,
        format: '{bar} {text}',
        barsize: BAR_WIDTH,
        hideCursor: true,
        clearOnComplete: true,
        fps: BAR_UPDATES_PER_SECOND,
        // Signals are the command line's own affair.
        gracefulExit: false,
      },
      Presets.shades_classic,
    );
  }

  start(trials: number, alreadyDone: number): void {
    this.#meter.start(trials, alreadyDone);
    this.#bar.start(trials, alreadyDone, { text: this.#meter.describe() });
    this.#timer = setInterval(() => this.#update(), 1000 / BAR_UPDATES_PER_SECOND).unref();
  }

  add(result: Result): void {
    this.#meter.add(result);
  }

  addJudged(asked: readonly Result[]): void {
    this.#meter.addJudged(asked);
  }

  stop(): void {
    if (this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
    this.#update();
    this.#bar.stop();
  }

  #update(): void {
    this.#bar.update(this.#meter.value, { text: this.#meter.describe() });
  }
}

class LineProgress implements Progress {
  readonly #meter: Meter;
  readonly #stream: ProgressStream;
  #timer: NodeJS.Timeout | null = null;

  constructor({ stream, elapsedMs }: ProgressOutput) {
    this.#meter = new Meter(elapsedMs);
    this.#stream = stream;
  }

  start(trials: number, alreadyDone: number): void {
    this.#meter.start(trials, alreadyDone);
    this.#timer = setInterval(() => this.#stream.write(`${this.#meter.describe()}\n`), LINE_INTERVAL_MS).unref();
  }

  add(result: Result): void {
    this.#meter.add(result);
  }

  addJudged(asked: readonly Result[]): void {
    this.#meter.addJudged(asked);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}

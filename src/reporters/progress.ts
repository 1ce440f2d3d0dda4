import { Presets, SingleBar } from 'cli-progress';
import type { Result } from '../core/result.ts';
import { Meter, type ShownPause } from './progress-meter.ts';

/** A terminal, a file or a pipe. */
type ProgressStream = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** Where progress is shown. */
interface ProgressOutput {
  readonly stream: ProgressStream;
  /** True shows nothing. */
  readonly isQuiet: boolean;
  /** Monotonic milliseconds. */
  readonly elapsedMs: () => number;
}

/** Shows the progress of a run. */
export interface Progress {
  /** @param alreadyDone trials with a result from an earlier session */
  start(trials: number, alreadyDone: number): void;
  add(result: Result): void;
  /** An answer was judged. @param asked the judge requests about it */
  addJudged(asked: readonly Result[]): void;
  /** Calls wait until a pause ends; call it again whenever the end changes. */
  pause(pause: ShownPause): void;
  stop(): void;
}

const LINE_INTERVAL_MS = 10_000;
/** A shorter pause is over before anybody reads about it, and its end must move by as much for another line. */
const TOLD_PAUSE_MS = 5000;
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
  pause: () => undefined,
  stop: () => undefined,
};

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
        // The command line handles signals.
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

  pause(pause: ShownPause): void {
    this.#meter.pause(pause);
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
  readonly #elapsedMs: () => number;
  #timer: NodeJS.Timeout | null = null;
  /** End of the last pause for which a line was written. */
  #toldUntilMs = Number.NEGATIVE_INFINITY;

  constructor({ stream, elapsedMs }: ProgressOutput) {
    this.#meter = new Meter(elapsedMs);
    this.#stream = stream;
    this.#elapsedMs = elapsedMs;
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

  pause(pause: ShownPause): void {
    this.#meter.pause(pause);
    const untilMs = this.#meter.pausedUntilMs;
    if (this.#timer === null || untilMs === null) return;
    const isLong = untilMs - this.#elapsedMs() >= TOLD_PAUSE_MS;
    if (!isLong || untilMs < this.#toldUntilMs + TOLD_PAUSE_MS) return;
    this.#toldUntilMs = untilMs;
    this.#stream.write(`${this.#meter.describe(true)}\n`);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}

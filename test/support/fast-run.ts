import { setTimeout as delay } from 'node:timers/promises';
import { type GivenFlags, resolveFlags } from '../../src/app/config/from-flags.ts';
import { executeRun, type RunEnvironment, type RunOutcome, runEnvironment } from '../../src/app/run/index.ts';
import type { Clock } from '../../src/io/clock.ts';
import type { Desk } from './cli.ts';

/** The machine's clock, on which time passes so many times faster; servers may go by it too. */
export class FastClock implements Clock {
  readonly #factor: number;
  readonly #startMs = performance.now();
  readonly #startDate = Date.now();

  constructor(factor: number) {
    this.#factor = factor;
  }

  readonly elapsedMs = (): number => (performance.now() - this.#startMs) * this.#factor;

  readonly date = (): Date => new Date(this.#startDate + this.elapsedMs());

  readonly sleep = (durationMs: number, signal: AbortSignal): Promise<void> =>
    delay(durationMs / this.#factor, undefined, { signal }).catch(() => undefined);
}

/** What surrounds such a run. */
export interface FastEnvironment extends Partial<RunEnvironment> {
  /** Environment variables; default none. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs rows.csv of the desk into its folder `run`, in this process, where pauses and limits go by the clock. */
export async function fastRun(
  desk: Desk,
  clock: Clock,
  flags: GivenFlags,
  { env = {}, ...parts }: FastEnvironment = {},
): Promise<RunOutcome> {
  const given = { dataset: desk.path('rows.csv'), out: desk.path('run'), cache: false, ...flags };
  const config = await resolveFlags(given, { env, folder: desk.folder, now: clock.date });
  return executeRun(config, runEnvironment({ clock, ...parts }));
}

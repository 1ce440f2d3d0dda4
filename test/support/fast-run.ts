import { type GivenFlags, resolveFlags } from '../../src/app/config/from-flags.ts';
import {
  executeRun,
  type RunEnvironment,
  runEnvironment,
  type WrittenOutcome,
  writtenOutcome,
} from '../../src/app/run/index.ts';
import type { Clock } from '../../src/io/clock.ts';
import type { Desk } from './cli.ts';

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
): Promise<WrittenOutcome> {
  const given = { dataset: desk.path('rows.csv'), out: desk.path('run'), cache: false, ...flags };
  const config = await resolveFlags(given, { env, folder: desk.folder, now: clock.date });
  return writtenOutcome(await executeRun(config, runEnvironment({ clock, ...parts })));
}

import type { Readable } from 'node:stream';
import { type JsonObject, objectOf } from '../core/json.ts';
import { RunControl } from '../engine/control.ts';
import { mergeSettings, resolveRunConfig } from './config/resolve.ts';
import type { RunConfig } from './config/run-config.ts';
import { checkSettings, type GivenSettings } from './config/schema.ts';
import type { Environment } from './config/variables.ts';
import {
  type EstimateOutcome,
  executeEstimate,
  type GivenEstimateOptions,
  givenEstimateOptions,
} from './estimate/index.ts';
import type { RunEvents } from './events.ts';
import { executeRun, type RunEnvironment, runEnvironment } from './run/index.ts';
import { type WrittenOutcome, writtenOutcome } from './run/outcome.ts';
import { stateFolder } from './state-folder.ts';

/** A run's settings: the keys of promptgrid.yaml and the flags of `promptgrid run`, in camelCase. */
export type RunSettings = GivenSettings;

/** The environment of a run. */
export interface RunContext extends RunEvents {
  /**
   * When it aborts, no new call starts. Results of calls in flight are kept, files are written, the state is
   * `interrupted`.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * Variables that hold keys and PROMPTGRID_… settings. Runs with `rpm` or `tpm` count their requests together in a
   * folder below XDG_STATE_HOME, else HOME; without either, each run counts its own.
   */
  readonly env: Environment;
  /** Folder that may hold a promptgrid.yaml; null, the default, reads none. */
  readonly configFolder?: string | null | undefined;
  /** The input if the dataset is `-`; default the process's standard input. */
  readonly stdin?: Readable | undefined;
}

/** The environment of a run as a program gives it. */
export type GivenContext = Omit<RunContext, 'env'> & { readonly env?: Environment | undefined };

/**
 * Does what `promptgrid run` does.
 * @throws PromptgridError if an input cannot be used; nothing has been paid in that case
 */
export function runGrid(settings: RunSettings, context: RunContext): Promise<WrittenOutcome> {
  // An abort signal lets the files be written.
  return withContext(settings, context, async (config, environment) => {
    return writtenOutcome(await executeRun(config, environment));
  });
}

/**
 * Does what `promptgrid estimate` does; pays only if `options.pilotRows` or `options.precision` request a pilot.
 * @throws PromptgridError if an input cannot be used
 */
export async function estimateRun(
  settings: RunSettings,
  options: GivenEstimateOptions,
  context: RunContext,
): Promise<EstimateOutcome> {
  const whole = givenEstimateOptions(options);
  return withContext(settings, context, (config, environment) => executeEstimate(config, whole, environment));
}

async function withContext<Outcome>(
  settings: RunSettings,
  context: RunContext,
  work: (config: RunConfig, environment: RunEnvironment) => Promise<Outcome>,
): Promise<Outcome> {
  const { signal, env, configFolder = null, stdin, ...events } = context;
  const control = new RunControl();
  const onAbort = (): void => control.stop({ kind: 'interrupted' });
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const resolving = { env, folder: configFolder, now: new Date() };
    const given = { settings: checkSettings(definedValues(settings), { kind: 'library' }), configFile: null };
    const config = await resolveRunConfig(await mergeSettings(given, resolving), resolving);
    const parts = { control, events, stateFolder: stateFolder(env) };
    return await work(config, runEnvironment(stdin === undefined ? parts : { ...parts, stdin }));
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Settings without undefined fields, as JSON values. */
function definedValues(settings: RunSettings): JsonObject {
  const values: unknown = JSON.parse(JSON.stringify(settings));
  return objectOf(values);
}

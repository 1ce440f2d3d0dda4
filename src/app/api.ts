import { RunControl } from '../engine/control.ts';
import { Callbacks } from './callbacks.ts';
import { settingsValues } from './config/library-settings.ts';
import { mergeSettings, resolveRunConfig } from './config/resolve.ts';
import type { RunConfig } from './config/run-config.ts';
import { checkSettings, type GivenSettings } from './config/schema.ts';
import {
  type EstimateOutcome,
  executeEstimate,
  type GivenEstimateOptions,
  givenEstimateOptions,
} from './estimate/index.ts';
import type { RunContext } from './library-context.ts';
import { executeRun, type RunEnvironment, runEnvironment } from './run/index.ts';
import { type WrittenOutcome, writtenOutcome } from './run/outcome.ts';
import { stateFolder } from './state-folder.ts';

/** A run's settings: the keys of promptgrid.yaml and the flags of `promptgrid run`, in camelCase. */
export type RunSettings = GivenSettings;

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
  const callbacks = new Callbacks(events, control);
  const onAbort = (): void => control.stop({ kind: 'interrupted' });
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const resolving = { env, folder: configFolder, now: new Date() };
    const given = { settings: checkSettings(settingsValues(settings), { kind: 'library' }), configFile: null };
    const config = await resolveRunConfig(await mergeSettings(given, resolving), resolving);
    const parts = { control, events: callbacks.events, stateFolder: stateFolder(env) };
    const environment = runEnvironment(stdin === undefined ? parts : { ...parts, stdin });
    return await callbacks.during(() => work(config, environment));
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

import { optionSpec } from './options.ts';
import { mergeSettings, resolveRunConfig } from './resolve.ts';
import type { RunConfig } from './run-config.ts';
import type { FileSettings } from './schema.ts';
import type { VariableContext } from './variables.ts';

/** Where flags were given. */
export interface FlagContext extends VariableContext {
  /** The working folder. */
  readonly folder: string;
  readonly now: () => Date;
}

/** Settings of a command line, as they are read. */
export interface GivenFlags extends FileSettings {
  /** The settings file. */
  readonly config?: string | undefined;
}

/** Options of a command that are settings, from all that it was given. */
export function settingsOf(flags: GivenFlags): FileSettings {
  const settings = Object.entries(flags).filter(([name]) => name === 'dataset' || optionSpec(name) !== undefined);
  return Object.fromEntries(settings);
}

/** The configuration of a run from a command line. @throws UsageError, ConfigError or PromptError for what cannot be run */
export async function resolveFlags(
  flags: GivenFlags,
  { env, projectVariables, folder, now }: FlagContext,
): Promise<RunConfig> {
  const context = { env, projectVariables, folder, now: now() };
  const given = { settings: settingsOf(flags), configFile: flags.config ?? null };
  return resolveRunConfig(await mergeSettings(given, context), context);
}

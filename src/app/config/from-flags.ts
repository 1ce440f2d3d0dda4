import { optionSpec } from './options.ts';
import { mergeSettings, resolveRunConfig } from './resolve.ts';
import type { RunConfig } from './run-config.ts';
import type { FileSettings } from './schema.ts';
import type { VariableContext } from './variables.ts';

/** Where the flags were given. */
export interface FlagContext extends VariableContext {
  /** The working folder. */
  readonly folder: string;
  readonly now: () => Date;
}

/** Settings of a command line, parsed. */
export interface GivenFlags extends FileSettings {
  /** The settings file. */
  readonly config?: string | undefined;
}

/** The options of a command that are settings, from all its options. */
export function settingsOf(flags: GivenFlags): FileSettings {
  const settings = Object.entries(flags).filter(([name]) => name === 'dataset' || optionSpec(name) !== undefined);
  return Object.fromEntries(settings);
}

/**
 * The configuration of a run from a command line. @throws UsageError, ConfigError or PromptError for a configuration
 * that cannot run
 */
export async function resolveFlags(
  flags: GivenFlags,
  { env, projectVariables, folder, now, onMissingKey }: FlagContext,
): Promise<RunConfig> {
  const context = { env, projectVariables, folder, now: now(), onMissingKey };
  const given = { settings: settingsOf(flags), configFile: flags.config ?? null };
  return resolveRunConfig(await mergeSettings(given, context), context);
}

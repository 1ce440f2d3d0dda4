import { mergeSettings, resolveRunConfig } from './resolve.ts';
import type { RunConfig } from './run-config.ts';
import { readFlags } from './settings.ts';
import type { VariableContext } from './variables.ts';

/** Where flags were given. */
export interface FlagContext extends VariableContext {
  /** The working folder. */
  readonly folder: string;
  readonly now: () => Date;
}

/**
 * The configuration of a run from a command line.
 * @param flags parsed flags by their camelCase names, `dataset` and `config` among them
 * @throws UsageError, ConfigError or PromptError for what cannot be run
 */
export async function resolveFlags(
  flags: Readonly<Record<string, unknown>>,
  { env, projectVariables, folder, now }: FlagContext,
): Promise<RunConfig> {
  const { dataset, config } = flags;
  const values = { ...readFlags(flags), ...(typeof dataset === 'string' ? { dataset } : {}) };
  const configFile = typeof config === 'string' ? config : null;
  const context = { env, projectVariables, folder, now: now() };
  return resolveRunConfig(await mergeSettings({ values, source: { kind: 'flags' }, configFile }, context), context);
}

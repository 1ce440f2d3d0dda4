import { type FlagContext, type GivenFlags, settingsOf } from './from-flags.ts';
import { resolveScoring } from './judges.ts';
import { mergeSettings } from './resolve.ts';
import type { ScoringConfig } from './run-config.ts';

/**
 * The scorers of a command line, else of its settings file. @throws UsageError or ConfigError for scorers that cannot
 * be used
 */
export async function readScoring(
  flags: GivenFlags,
  { env, projectVariables, folder, now }: FlagContext,
): Promise<ScoringConfig> {
  const given = { settings: settingsOf(flags), configFile: flags.config ?? null };
  return resolveScoring(await mergeSettings(given, { env, projectVariables, folder, now: now() }));
}

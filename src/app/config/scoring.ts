import type { FlagContext } from './from-flags.ts';
import { resolveScoring } from './judges.ts';
import { mergeSettings } from './resolve.ts';
import type { ScoringConfig } from './run-config.ts';
import { readFlags } from './settings.ts';

/** The scorers of a command line, else of its settings file. @throws UsageError or ConfigError for what cannot be used */
export async function readScoring(
  flags: Readonly<Record<string, unknown>>,
  { env, projectVariables, folder, now }: FlagContext,
): Promise<ScoringConfig> {
  const configFile = typeof flags['config'] === 'string' ? flags['config'] : null;
  const given = { values: readFlags(flags), source: { kind: 'flags' }, configFile } as const;
  return resolveScoring(await mergeSettings(given, { env, projectVariables, folder, now: now() }));
}

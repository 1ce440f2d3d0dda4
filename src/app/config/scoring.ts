import type { GivenScorer } from '../../scorers/spec.ts';
import type { FlagContext } from './from-flags.ts';
import { mergeSettings } from './resolve.ts';
import { readFlags } from './settings.ts';

/** How answers are scored. */
export interface Scoring {
  readonly scorers: readonly GivenScorer[];
  readonly expectedColumn: string;
}

/** The scorers of a command line, else of its settings file. @throws UsageError or ConfigError for what cannot be used */
export async function readScoring(
  flags: Readonly<Record<string, unknown>>,
  { env, folder, now }: FlagContext,
): Promise<Scoring> {
  const configFile = typeof flags['config'] === 'string' ? flags['config'] : null;
  const given = { values: readFlags(flags), source: { kind: 'flags' }, configFile } as const;
  const { score = [], expected = 'expected' } = await mergeSettings(given, { env, folder, now: now() });
  return { scorers: score, expectedColumn: expected };
}

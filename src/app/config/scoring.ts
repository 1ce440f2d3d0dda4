import { formatModelRef, type ModelRef } from '../../core/variant.ts';
import { parseModelRef } from './endpoints.ts';
import { type FlagContext, type GivenFlags, settingsOf } from './from-flags.ts';
import { type ReadModel, resolveScoring } from './judges.ts';
import { mergeSettings } from './resolve.ts';
import type { ScoringConfig } from './run-config.ts';

/** The models and providers of a run, for names without a provider. */
export interface KnownModels {
  readonly models: readonly ModelRef[];
  readonly providers: readonly { readonly name: string; readonly kind: string }[];
}

/**
 * The scorers of a command line, else of its settings file. A model named without a provider is that of the run, unless
 * a provider is given.
 * @throws UsageError or ConfigError for scorers that cannot be used
 */
export async function readScoring(
  flags: GivenFlags,
  { env, projectVariables, folder, now }: FlagContext,
  known: KnownModels,
): Promise<ScoringConfig> {
  const given = { settings: settingsOf(flags), configFile: flags.config ?? null };
  const merged = await mergeSettings(given, { env, projectVariables, folder, now: now() });
  const ofRun = Object.fromEntries(known.providers.map(({ name, kind }) => [name, { kind }]));
  const [only, ...others] = known.providers;
  const settings = {
    ...merged,
    provider: merged.provider ?? (others.length === 0 ? only?.name : undefined),
    providers: { ...ofRun, ...merged.providers },
  };
  return resolveScoring(settings, merged.provider === undefined ? amongKnown(known) : parseModelRef);
}

/** Of models that the run has with one provider, that one. */
function amongKnown({ models }: KnownModels): ReadModel {
  return (name, settings) => {
    const found = models.filter(({ model }) => model === name);
    const [one] = found;
    const isOne = one !== undefined && new Set(found.map(formatModelRef)).size === 1;
    return isOne ? one : parseModelRef(name, settings);
  };
}

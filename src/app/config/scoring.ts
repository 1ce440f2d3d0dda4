import { formatModelRef, type ModelRef } from '../../core/variant.ts';
import { parseModelRef } from './endpoints.ts';
import { type FlagContext, type GivenFlags, settingsOf } from './from-flags.ts';
import { type ReadModel, resolveScoring } from './judges.ts';
import { mergeSettings } from './resolve.ts';
import type { ScoringConfig } from './run-config.ts';
import type { FileSettings } from './schema.ts';

/** What a run says of its scoring, but for the scorers. */
export interface StoredScoring {
  /** All models that it asked, judges too. */
  readonly models: readonly ModelRef[];
  readonly providers: readonly { readonly name: string; readonly kind: string }[];
  /** Settings that apply where no other source gives them. */
  readonly settings: FileSettings;
  /** The column with human verdicts; null for none. It is kept where no scorer asks a judge. */
  readonly judgeAgainst: string | null;
}

/**
 * How a run is scored again: by the scorers of a command line, else of its settings file. What neither flags nor
 * environment nor file say stays as the run has it. A model named without a provider is that of the run, unless a
 * provider is given.
 * @throws UsageError or ConfigError for scorers that cannot be used
 */
export async function readScoring(
  flags: GivenFlags,
  { env, projectVariables, folder, now }: FlagContext,
  run: StoredScoring,
): Promise<ScoringConfig> {
  const given = { settings: settingsOf(flags), configFile: flags.config ?? null };
  const merged = await mergeSettings(given, { env, projectVariables, folder, now: now() });
  const ofRun = Object.fromEntries(run.providers.map(({ name, kind }) => [name, { kind }]));
  const [only, ...others] = run.providers;
  const settings = {
    ...run.settings,
    ...merged,
    provider: merged.provider ?? (others.length === 0 ? only?.name : undefined),
    providers: { ...ofRun, ...merged.providers },
  };
  const read = readerOf(run, merged.provider === undefined);
  const { judge, ...scoring } = resolveScoring(settings, { read, callsModels: false });
  return { ...scoring, judge: { ...judge, against: judge.against ?? run.judgeAgainst } };
}

/** Of models that the run has with one provider, that one; always the one whose whole name is given. */
function readerOf({ models }: StoredScoring, takesPlainNames: boolean): ReadModel {
  return (name, settings) => {
    const whole = models.find((ref) => formatModelRef(ref) === name);
    if (whole !== undefined) return whole;
    const found = takesPlainNames ? models.filter(({ model }) => model === name) : [];
    const [one] = found;
    const isOne = one !== undefined && new Set(found.map(formatModelRef)).size === 1;
    return isOne ? one : parseModelRef(name, settings);
  };
}

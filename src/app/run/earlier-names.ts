import { formatModelRef, type GridModel } from '../../core/variant.ts';
import { findRun } from '../../store/run-folder.ts';
import type { RunConfig } from '../config/run-config.ts';

/** What names models, and may replace a run. */
interface NamedConfig extends Pick<RunConfig, 'models'> {
  readonly output: Pick<RunConfig['output'], 'overwrite'>;
}

/** A configuration with the names that its run was begun with. */
interface EarlierNames<Config> {
  readonly config: Config;
  /** About names that do not tell models apart. */
  readonly warnings: readonly string[];
}

/**
 * Leaves the providers out of the models' names if the run in the folder was begun without them: names are part of
 * trial ids, and answers that are paid must be found again.
 */
export async function withEarlierNames<Config extends NamedConfig>(
  config: Config,
  folder: string,
): Promise<EarlierNames<Config>> {
  const named = config.output.overwrite ? [] : config.models.filter(isNamedByProvider);
  const earlier = named.length === 0 ? null : await findRun(folder).catch(() => null);
  const isOld = ({ ref }: GridModel): boolean =>
    earlier?.variants.some(
      ({ model, label }) => label === undefined && formatModelRef(model) === formatModelRef(ref),
    ) ?? false;
  if (!named.some(isOld)) return { config, warnings: [] };
  const models = config.models.map((model) => (isNamedByProvider(model) ? { ...model, label: undefined } : model));
  const what = `result files of this run do not tell ${named.map(({ label }) => label).join(' and ')} apart`;
  return { config: { ...config, models }, warnings: [`${what}: it was begun so; --overwrite begins anew`] };
}

function isNamedByProvider({ ref, label }: GridModel): boolean {
  return label === formatModelRef(ref);
}

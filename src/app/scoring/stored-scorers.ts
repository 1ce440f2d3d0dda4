import { UsageError } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { TrialKey } from '../../core/result.ts';
import type { Row } from '../../core/row.ts';
import { literalTemplate } from '../../scorers/definition.ts';
import { scorers as definitions } from '../../scorers/index.ts';
import { parseScorer, rowFilter, type ScorerSpec, scoreNames } from '../../scorers/spec.ts';
import { firstRecord, namesBehind, type ResultsFile } from '../../store/result-files.ts';
import type { StoredSettings } from '../../store/run-file.ts';
import { rowAssertions, rowThreshold } from './row-assertions.ts';

/** What is known about a score in a result file. */
export interface StoredScorer {
  readonly name: string;
  /** Its key in a record of a result file. */
  readonly key: string;
  /** Whether a trial's answer was scored by it. */
  readonly isAsked: (row: Row, place: TrialKey) => boolean;
  /** Value from which an answer passes; undefined for 1. */
  readonly thresholdOf: (row: Row) => number | undefined;
}

const PREFIX = 'score.';

/** The scores of a result file, with the run's settings for them. */
export async function storedScorers(
  { file, format }: ResultsFile,
  settings: StoredSettings,
): Promise<readonly StoredScorer[]> {
  const specs = specsByName(settings.scorers);
  const names = namesBehind(PREFIX, (await firstRecord(file, format)) ?? {});
  return Promise.all(
    names.map(async (name) => {
      const [key, spec] = [PREFIX + name, specs?.get(name)];
      return spec === undefined ? assertionScore(name, key) : { name, key, ...(await specFacts(spec)) };
    }),
  );
}

/**
 * Value from which an answer passes by each scorer of a run's settings.
 * @param given the scorers as run.json has them
 * @returns null if this version does not know one of them: scores are numbered by the names of all
 */
export function scorerThresholds(given: readonly JsonValue[]): ReadonlyMap<string, number> | null {
  const specs = specsByName(given);
  return specs && new Map([...specs].map(([name, spec]) => [name, specThreshold(spec) ?? 1]));
}

function specsByName(given: readonly JsonValue[]): ReadonlyMap<string, ScorerSpec> | null {
  const usable = given.filter((item): item is string | JsonObject => typeof item === 'string' || isJsonObject(item));
  try {
    const specs = usable.map((item) => parseScorer(item, definitions));
    const names = scoreNames(specs);
    return new Map(specs.map((spec, index) => [names[index] ?? '', spec]));
  } catch (error) {
    // A run of another promptgrid version may name an unknown scorer: the file still has its scores.
    if (error instanceof UsageError) return null;
    throw error;
  }
}

function specThreshold({ common, definition }: ScorerSpec): number | undefined {
  return common.threshold ?? definition.threshold;
}

async function specFacts(spec: ScorerSpec): Promise<Pick<StoredScorer, 'isAsked' | 'thresholdOf'>> {
  const { definition, options, label } = spec;
  const appliesTo = rowFilter(spec);
  // Only those that use models skip answers; no model is called here.
  const tools = { template: literalTemplate, hiddenColumns: [], label };
  const parts = definition.asksModel === true ? await definition.create(options, tools) : null;
  const threshold = specThreshold(spec);
  return {
    isAsked: (row, place) => appliesTo(row) && parts?.asks?.skips(place) !== true,
    thresholdOf: () => threshold,
  };
}

/** A score that no setting names comes from row assertions. */
function assertionScore(name: string, key: string): StoredScorer {
  const isAsked = (row: Row): boolean => rowAssertions(row).has(name);
  return { name, key, isAsked, thresholdOf: (row) => assertionThreshold(row, name) };
}

/** Value from which an answer to a row passes by a score of its assertions; undefined if the row does not say. */
export function assertionThreshold(row: Row, name: string): number | undefined {
  try {
    const threshold = rowThreshold(row);
    return threshold !== null && rowAssertions(row).has(name) ? threshold : undefined;
  } catch (error) {
    // The run refused such rows; this one was edited since.
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

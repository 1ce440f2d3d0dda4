import { shortDigest } from '../core/digest.ts';
import {
  canonicalJson,
  type JsonObject,
  type JsonValue,
  listOf,
  numberOf,
  objectOf,
  textOf,
  textOr,
  textsOf,
} from '../core/json.ts';
import type { OnlyFailed } from '../core/only-failed.ts';
import { readOnlyFailed, type StoredPrompt, type StoredRun } from './run-file.ts';

/** What is known about the origin of results; null if unknown. */
export interface SourceFacts {
  /** Path of the dataset as given to the run. */
  readonly dataset: string | null;
  /** SHA-256 of the dataset's bytes. */
  readonly datasetSha256: string | null;
  /** How the dataset was read, as run.json says; empty if nothing does. */
  readonly datasetRecord: JsonObject;
  /** Digests of the prompts' templates by prompt name. */
  readonly prompts: ReadonlyMap<string, string> | null;
  /** The prompts with their templates; empty for files other than run folders. */
  readonly templates: readonly StoredPrompt[];
  /** The other request fields, as canonical JSON. */
  readonly params: string | null;
  readonly repeat: number | null;
  readonly simulated: boolean | null;
  readonly expectedColumn: string | null;
  /** The scorers of a run as its run.json has them; null if nothing says. */
  readonly givenScorers: readonly JsonValue[] | null;
  /** Minimum value at which an answer passes, by scorer name, as a baseline says; null for other files. */
  readonly savedThresholds: ReadonlyMap<string, number> | null;
  /** The column that groups rows, as the settings name it. */
  readonly clusterColumn: string | null;
  /**
   * Digests of rows in a baseline are computed from these columns; null for other files, which have the columns
   * themselves.
   */
  readonly contentColumns: readonly string[] | null;
  /** Currency of a baseline's costs; null for other files, which state it on each line. */
  readonly currency: string | null;
  /** The earlier run whose failed rows were run; null if all rows were, or nothing says so. */
  readonly onlyFailed: OnlyFailed | null;
}

/** A bare result file offers nothing beyond its content. */
export const NO_FACTS: SourceFacts = {
  dataset: null,
  datasetSha256: null,
  datasetRecord: {},
  prompts: null,
  templates: [],
  params: null,
  repeat: null,
  simulated: null,
  expectedColumn: null,
  givenScorers: null,
  savedThresholds: null,
  contentColumns: null,
  currency: null,
  clusterColumn: null,
  onlyFailed: null,
};

/** Facts from run.json. */
export function runFacts({ dataset, settings, prompts, params, repeat, simulated, ...run }: StoredRun): SourceFacts {
  const { expectedColumn, clusterColumn, scorers } = settings;
  return {
    dataset: dataset.path,
    datasetSha256: dataset.sha256,
    datasetRecord: dataset.record,
    prompts: new Map(prompts.map((prompt) => [prompt.name, shortDigest(templateOf(prompt))])),
    templates: prompts,
    params: canonicalJson(params),
    repeat,
    simulated,
    expectedColumn,
    clusterColumn,
    givenScorers: scorers,
    savedThresholds: null,
    contentColumns: null,
    currency: null,
    onlyFailed: run.onlyFailed,
  };
}

function templateOf({ template }: StoredPrompt): string {
  return textOf(template) ?? canonicalJson(template);
}

/** Facts from a baseline's first line, including its columns and scorers. */
export function baselineFacts(header: JsonObject): {
  readonly facts: SourceFacts;
  readonly columns: readonly string[];
  readonly scorers: readonly string[];
  readonly hasOwnIds: boolean;
} {
  const dataset = objectOf(header['dataset']);
  const prompts = listOf(header['prompts']).map(objectOf);
  const contentColumns = textsOf(header['content_columns']);
  const thresholds = Object.entries(objectOf(header['thresholds']));
  const facts: SourceFacts = {
    dataset: textOf(dataset['path']),
    datasetSha256: textOf(dataset['sha256']),
    datasetRecord: dataset,
    prompts:
      header['prompts'] === null
        ? null
        : new Map(prompts.map(({ name, digest }) => [textOr(name, ''), textOr(digest, '')])),
    templates: [],
    params: header['params'] === null ? null : canonicalJson(header['params'] ?? null),
    repeat: numberOf(header['repeat']),
    simulated: typeof header['simulated'] === 'boolean' ? header['simulated'] : null,
    expectedColumn: textOf(header['expected_column']),
    clusterColumn: textOf(header['cluster_column']),
    givenScorers: null,
    savedThresholds: new Map(thresholds.flatMap(([name, value]) => (typeof value === 'number' ? [[name, value]] : []))),
    contentColumns,
    currency: textOf(header['currency']),
    onlyFailed: readOnlyFailed(objectOf(header['only_failed'])),
  };
  return {
    facts,
    columns: contentColumns,
    scorers: textsOf(header['scorers']),
    hasOwnIds: header['row_ids'] === 'column',
  };
}

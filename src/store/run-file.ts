import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RunFolderError } from '../core/errors.ts';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  listOf,
  numberOf,
  numberOr,
  objectOf,
  parseJson,
  textOf,
  textOr,
  textsOf,
} from '../core/json.ts';
import type { OnlyFailed } from '../core/only-failed.ts';
import type { LeastRepeats } from '../core/repeat-gate.ts';
import type { UnusedResults } from '../core/summary.ts';
import type { Totals } from '../core/totals.ts';
import type { FileDigest } from '../io/file-digest.ts';
import { type Derivation, readDerivation, readDigest } from './derivation.ts';
import { type ForeignResults, readForeign } from './foreign-results.ts';
import { type JournalRecord, lostResults, readJournalRecord, type StoredJournal } from './journal-loss.ts';
import { readVariants, type StoredVariant } from './stored-variants.ts';

/**
 * Version of run.json and journal.jsonl; raised when an older promptgrid cannot read them. Since version 2, journal
 * lines have checksums and ids of trials begin with a letter. Older runs keep their original version.
 */
export const FORMAT_VERSION = 2;

/**
 * State of a run. `partial`: some trials were intentionally not run yet, as in a pilot; `stopped`: by key, balance,
 * budget or address; `failed`: by a storage error or an internal one.
 */
export type RunState = 'running' | 'completed' | 'partial' | 'interrupted' | 'stopped' | 'failed';

/** run.json: the resolved configuration without secrets, and the outcome of the run. */
export interface RunFile {
  readonly formatVersion: number;
  readonly promptgridVersion: string;
  /** Commit of the git repository around the dataset in its last session; null if unknown. */
  readonly revision: string | null;
  readonly state: RunState;
  /** Why the run ended early, in words; null if it did not. */
  readonly stoppedBecause: string | null;
  /** True if answers came from promptgrid's own gateway and not from a model. */
  readonly simulated: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Identifies the run; a resumed run must have the same identity. */
  readonly identity: JsonObject;
  readonly dataset: JsonObject;
  readonly settings: JsonObject;
  readonly prices: readonly JsonObject[];
  readonly trials: number;
  /** Of its journal; absent for none. */
  readonly foreign?: ForeignResults;
  /** Only if its rows were picked because they failed in an earlier run. */
  readonly onlyFailed?: OnlyFailed;
  /** The estimate before the calls of the last session that made any; null if there was none. */
  readonly estimate: JsonObject | null;
  readonly totals: Totals | null;
  /** Of results that are not part of the run any more; absent if nothing was paid for any. */
  readonly unused?: UnusedResults | undefined;
  /** True if the possible cost of lost calls was recorded from the run's first session on. */
  readonly keepsLostCalls: boolean;
  readonly files: readonly string[];
  /** The journal when this was written; one with fewer results has lost some. */
  readonly journal: JournalRecord;
  /** The result files as last written, by name. */
  readonly results: Readonly<Record<string, FileDigest>>;
  /** Of the journal, from which they were made; absent before they were. */
  readonly madeFromBytes?: number;
  /** What the files were made from; null unless every trial had its result, so that nothing is left to do. */
  readonly derivation: Derivation | null;
}

/** A run as described by its run.json. */
export interface StoredRun {
  readonly folder: string;
  /** Version of its format, from 1 to the current one. */
  readonly formatVersion: number;
  readonly identity: JsonObject;
  readonly createdAt: string;
  /** Version of promptgrid that wrote it; null if it does not say. */
  readonly promptgridVersion: string | null;
  /** Its state, in the words of run.json. */
  readonly state: string;
  /** Why it ended early, in words; null if it did not. */
  readonly stoppedBecause: string | null;
  /** True if answers came from promptgrid's own gateway. */
  readonly simulated: boolean;
  readonly dataset: StoredDataset;
  readonly settings: StoredSettings;
  readonly prompts: readonly StoredPrompt[];
  /** In plan order. */
  readonly variants: readonly StoredVariant[];
  /** The other request fields. */
  readonly params: JsonValue;
  /** Repeats per trial; null if it does not say. */
  readonly repeat: number | null;
  /** Trials of its plan; 0 if it does not say. */
  readonly trials: number;
  /** Trials with a result when it ended; 0 if it did not end. */
  readonly done: number;
  /** False if its last session ended without result files, or did not end: those in the folder are older. */
  readonly wroteFiles: boolean;
  /** Results of its journal that are not of its trials. */
  readonly foreign: ForeignResults;
  /** The earlier run whose failed rows took part; null if all rows did. */
  readonly onlyFailed: OnlyFailed | null;
  /** The estimate before its calls; null if there was none. */
  readonly estimate: JsonObject | null;
  /** True if the possible cost of lost calls was recorded from the run's first session on. */
  readonly keepsLostCalls: boolean;
  /** null in runs of format 1. */
  readonly journal: StoredJournal | null;
  /** The result files as written, by name; null in runs of format 1. */
  readonly results: Readonly<Record<string, FileDigest>> | null;
  /** Bytes of the journal from which they were made; null before they were, and in runs that did not record it. */
  readonly madeFromBytes: number | null;
  /** Paths of the files that its last session wrote. */
  readonly files: readonly string[];
  /** null unless every trial has its result, and in runs of versions that did not record it. */
  readonly derivation: Derivation | null;
  /** The complete run.json, for rewriting it: keys that this version does not know are kept. */
  readonly document: JsonObject;
}

/** The dataset of a run; null for what run.json does not say. */
interface StoredDataset {
  /** As named in the run's identity. */
  readonly name: string | null;
  /** As given to the run. */
  readonly path: string | null;
  readonly sha256: string | null;
  /** Rows of the whole file; null in runs of old versions. */
  readonly rows: number | null;
  /** The sheet of a workbook, as named; null for the first. */
  readonly sheet: string | null;
  /** True if rows have ids of their own, false if they are known by their position. */
  readonly hasOwnIds: boolean | null;
  /** The dataset's part of run.json, which says how it was read. */
  readonly record: JsonObject;
}

/** A prompt of a run. */
export interface StoredPrompt {
  readonly name: string;
  readonly template: JsonValue;
}

/** The settings needed to read a run's results. */
export interface StoredSettings {
  /** The requested scorers: each as a text or an object of promptgrid.yaml. */
  readonly scorers: readonly JsonValue[];
  /** Model of judges that name none, `provider/model`; null if there is none. */
  readonly judgeModel: string | null;
  /** The column with human verdicts that judges are compared with; null for none. */
  readonly judgeAgainst: string | null;
  /** Model of embeddings of scorers that name none, `provider/model`; null if there is none. */
  readonly embeddingModel: string | null;
  /** Models that judged or made embeddings, each `provider/model`; empty in runs that did not record them. */
  readonly judges: readonly string[];
  /** Where its calls went: names of providers in the run, and of the registry. */
  readonly endpoints: readonly { readonly name: string; readonly kind: string }[];
  /** null if they do not say. */
  readonly expectedColumn: string | null;
  /** The column that groups rows; null for none. */
  readonly clusterColumn: string | null;
  /** Percentage points below the best that are good enough; null if they do not say. */
  readonly goodEnoughPoints: number | null;
  /** True if thoughts are part of the output in result files. */
  readonly keepThoughts: boolean;
  /** How often each row must pass over its repeats. */
  readonly minRepeats: readonly LeastRepeats[];
}

/** What a folder is opened for: to begin or resume a run there, or to read one. Readers offer nothing that replaces it. */
export type FolderUse = 'run' | 'read';

/**
 * Parses the text of a run.json.
 * @param use decides what an error advises. @throws RunFolderError if a later promptgrid wrote it, or it is damaged
 */
export function parseRunFile(text: string, folder: string, use: FolderUse = 'read'): StoredRun {
  const run = objectOf(parseJson(text));
  const { identity, createdAt, formatVersion, estimate, settings, keepsLostCalls } = run;
  // Checks the version first, because files of a later version may look damaged to this one.
  checkVersion(run, folder, use);
  const isKnown = typeof formatVersion === 'number' && Number.isInteger(formatVersion) && formatVersion >= 1;
  if (!isKnown || !isJsonObject(identity) || typeof createdAt !== 'string') {
    throw new RunFolderError(`${folder}: run.json is damaged`, {
      hint:
        use === 'run'
          ? 'restore it, choose another folder with --out, or replace the run with --overwrite'
          : 'restore it from a copy; compare reads a result file that is named by itself',
    });
  }
  // Earlier versions recorded them only in sessions with a budget.
  const hadBudget = typeof objectOf(settings)['budget'] === 'string';
  return {
    folder,
    formatVersion,
    identity,
    createdAt,
    promptgridVersion: textOf(run['promptgridVersion']),
    state: textOr(run['state'], 'in an unknown state'),
    stoppedBecause: textOf(run['stoppedBecause']),
    simulated: run['simulated'] === true,
    dataset: readDataset(identity['dataset'], objectOf(run['dataset'])),
    settings: readSettings(objectOf(settings)),
    prompts: listOf(identity['prompts']).map(objectOf).map(readPrompt),
    variants: readVariants(identity),
    params: identity['params'] ?? null,
    repeat: numberOf(identity['repeat']),
    trials: numberOr(run['trials'], 0),
    done: doneOf(objectOf(run['totals'])),
    wroteFiles: isJsonObject(run['totals']),
    foreign: readForeign(objectOf(run['foreign'])),
    onlyFailed: readOnlyFailed(objectOf(run['onlyFailed'])),
    estimate: isJsonObject(estimate) ? estimate : null,
    keepsLostCalls: keepsLostCalls === true || (keepsLostCalls === undefined && hadBudget),
    journal: readJournalRecord(objectOf(run['journal'])),
    results: formatVersion === 1 ? null : readDigests(objectOf(run['results'])),
    madeFromBytes: numberOf(run['madeFromBytes']),
    files: textsOf(run['files']),
    derivation: readDerivation(objectOf(run['derivation'])),
    document: run,
  };
}

function readDataset(name: JsonValue | undefined, record: JsonObject): StoredDataset {
  const { path, sha256, rows, sheet, rowIds } = record;
  const place = { name: textOf(name), path: textOf(path), sheet: textOf(sheet) };
  const hasOwnIds = typeof rowIds === 'string' ? rowIds === 'column' : null;
  return { ...place, sha256: textOf(sha256), rows: numberOf(rows), hasOwnIds, record };
}

/** The mark of a run over failed rows, from run.json or a baseline; null if there is none. */
export function readOnlyFailed({ run, rows }: JsonObject): OnlyFailed | null {
  return typeof run === 'string' && typeof rows === 'number' ? { run, rows } : null;
}

function readPrompt({ name, template = null }: JsonObject): StoredPrompt {
  return { name: textOr(name, ''), template };
}

function readSettings({
  scorers,
  judgeModel,
  judgeAgainst,
  embeddingModel,
  judges,
  endpoints,
  expectedColumn,
  cluster,
  goodEnoughPoints,
  keepThoughts,
  minRepeats,
}: JsonObject): StoredSettings {
  return {
    scorers: listOf(scorers),
    judgeModel: textOf(judgeModel),
    judgeAgainst: textOf(judgeAgainst),
    embeddingModel: textOf(embeddingModel),
    judges: textsOf(judges),
    endpoints: listOf(endpoints).map(objectOf).flatMap(readEndpoint),
    expectedColumn: textOf(expectedColumn),
    clusterColumn: textOf(cluster),
    goodEnoughPoints: numberOf(goodEnoughPoints),
    keepThoughts: keepThoughts === true,
    minRepeats: listOf(minRepeats).map(objectOf).flatMap(readLeastRepeats),
  };
}

function readLeastRepeats({ scorer, least, of }: JsonObject): readonly LeastRepeats[] {
  return typeof scorer === 'string' && typeof least === 'number' && typeof of === 'number'
    ? [{ scorer, least, of }]
    : [];
}

/** The kind is written where it is not the name. */
function readEndpoint({ provider, kind = provider ?? null }: JsonObject): StoredSettings['endpoints'] {
  return typeof provider === 'string' && typeof kind === 'string' ? [{ name: provider, kind }] : [];
}

/**
 * Rejects a folder that a later version wrote; one without a run.json passes.
 * @param name of run.json
 * @throws RunFolderError
 */
export async function checkRunVersion(folder: string, name: string): Promise<void> {
  checkVersion(objectOf(parseJson(await readFile(join(folder, name), 'utf8').catch(() => 'null'))), folder, 'read');
}

function checkVersion({ formatVersion, promptgridVersion }: JsonObject, folder: string, use: FolderUse): void {
  if (typeof formatVersion !== 'number' || formatVersion <= FORMAT_VERSION) return;
  const writer = typeof promptgridVersion === 'string' ? `promptgrid ${promptgridVersion}` : 'a later promptgrid';
  throw new RunFolderError(
    `${folder}: has format ${formatVersion}, written by ${writer}; this version reads formats 1 to ${FORMAT_VERSION}`,
    {
      hint: `use that version of promptgrid or a later one${use === 'run' ? ', or choose another folder with --out' : ''}`,
    },
  );
}

function doneOf({ completed, errored, skipped }: JsonObject): number {
  return numberOr(completed, 0) + numberOr(errored, 0) + numberOr(skipped, 0);
}

function readDigests(value: JsonObject): Readonly<Record<string, FileDigest>> {
  const digests: Record<string, FileDigest> = {};
  for (const [name, found] of Object.entries(value)) {
    const digest = readDigest(objectOf(found));
    if (digest !== null) digests[name] = digest;
  }
  return digests;
}

/** Results that its journal has lost, by what its last session found. */
export function lostFrom({ journal }: Pick<StoredRun, 'journal'>): number {
  return journal === null ? 0 : lostResults(journal);
}

/** Results in the journal when run.json was written. */
function storedResults({ state, done, journal }: StoredRun): number {
  // Runs of format 1 do not record the journal's length; one that ended has a line for each result.
  return journal?.results ?? (state === 'running' ? 0 : done);
}

/**
 * Resuming a run whose journal is gone would pay for it again from the start, which needs an explicit request.
 * @param use decides what an error advises
 * @throws RunFolderError if the journal is missing or empty and run.json says that it had results
 */
export async function checkJournalPresent(earlier: StoredRun, journalName: string, use: FolderUse): Promise<void> {
  if (storedResults(earlier) === 0) return;
  const found = await stat(join(earlier.folder, journalName)).catch(() => null);
  if (found === null) throw journalLost(earlier, `${journalName} is missing`, use);
  if (found.size === 0) throw journalLost(earlier, `${journalName} is empty`, use);
}

const OR_PAY =
  '; or give the run command with --pay-again, which pays again for what is lost, or with --overwrite, which pays for every trial again';

/** @param what is wrong with the journal, as a clause */
export function journalLost(earlier: StoredRun, what: string, use: FolderUse): RunFolderError {
  const names = Object.keys(earlier.results ?? {});
  const files = names.length === 0 ? '' : `; result files: ${names.join(', ')}`;
  const results = storedResults(earlier);
  // The run.json of a killed session may be older than any result.
  const said = results === 0 ? '' : `run.json says ${earlier.state} with ${results} results, but `;
  return new RunFolderError(`${earlier.folder}: ${said}${what}${files}`, {
    hint: `restore it from a copy${use === 'run' ? OR_PAY : ''}`,
  });
}

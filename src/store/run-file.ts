import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RunFolderError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../core/json.ts';
import type { Totals } from '../core/totals.ts';
import type { FileDigest } from '../io/atomic-file.ts';
import type { JournalExtent } from './journal.ts';

/**
 * Version of run.json and journal.jsonl; raised when an older promptgrid could not read them. Since 2 lines of the
 * journal have checksums and ids of trials begin with a letter. Older runs keep the version that they were begun with.
 */
export const FORMAT_VERSION = 2;

/**
 * How far a run has come. `partial`: some trials were not to be asked yet, as in a pilot; `stopped`: by key, balance,
 * budget or address; `failed`: by an error of storage or of our own.
 */
export type RunState = 'running' | 'completed' | 'partial' | 'interrupted' | 'stopped' | 'failed';

/** run.json: the resolved configuration without secrets, and what came of the run. */
export interface RunFile {
  readonly formatVersion: number;
  readonly promptgridVersion: string;
  readonly state: RunState;
  /** Why the run ended early, in words; null where it did not. */
  readonly stoppedBecause: string | null;
  /** True where answers came from promptgrid's own gateway and from no model. */
  readonly simulated: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** What makes it this run and no other; a resumed run must have the same. */
  readonly identity: JsonObject;
  readonly dataset: JsonObject;
  readonly settings: JsonObject;
  readonly prices: readonly JsonObject[];
  readonly trials: number;
  /** What was estimated before the calls of the last session that made any; null where nothing was. */
  readonly estimate: JsonObject | null;
  readonly totals: Totals | null;
  /** True where what lost calls may have cost was kept from the run's first session on. */
  readonly keepsLostCalls: boolean;
  readonly files: readonly string[];
  /** How much of the journal there was when this was written; a shorter one has lost results. */
  readonly journal: JournalExtent;
  /** The result files as they were written last, by name. */
  readonly results: Readonly<Record<string, FileDigest>>;
}

/** What an earlier session wrote down about the run in a folder. */
export interface EarlierRun {
  /** Version of its format, from 1 to that of this promptgrid. */
  readonly formatVersion: number;
  readonly identity: JsonObject;
  readonly createdAt: string;
  /** How far it came, in the words of run.json. */
  readonly state: string;
  /** Trials with a result when it ended; 0 where it did not end. */
  readonly done: number;
  /** Trials of its plan; 0 where it does not say. */
  readonly trials: number;
  /** What was estimated before its calls; null where nothing was. */
  readonly estimate: JsonObject | null;
  /** True where what lost calls may have cost was kept from the run's first session on. */
  readonly keepsLostCalls: boolean;
  /** How much of the journal there was; null in runs of format 1. */
  readonly journal: JournalExtent | null;
  /** The result files as they were written, by name; null in runs of format 1. */
  readonly results: Readonly<Record<string, FileDigest>> | null;
}

/**
 * Reads the text of a run.json.
 * @throws RunFolderError where a later promptgrid wrote it, or it is damaged
 */
export function parseRunFile(text: string, folder: string): EarlierRun {
  const value = parseJson(text);
  const run = value !== undefined && isJsonObject(value) ? value : {};
  const { identity, createdAt, formatVersion, estimate, state, settings, keepsLostCalls } = run;
  // The version first: what a later one writes may look damaged to this one.
  checkVersion(run, folder);
  const isKnown = typeof formatVersion === 'number' && Number.isInteger(formatVersion) && formatVersion >= 1;
  if (!isKnown || identity === undefined || !isJsonObject(identity) || typeof createdAt !== 'string') {
    throw new RunFolderError(`${folder}: run.json is damaged`, {
      hint: 'restore it, choose another folder with --out, or replace the run with --overwrite',
    });
  }
  // Earlier versions kept them in sessions with a budget only.
  const hadBudget = settings !== undefined && isJsonObject(settings) && typeof settings['budget'] === 'string';
  return {
    formatVersion,
    identity,
    createdAt,
    state: typeof state === 'string' ? state : 'in an unknown state',
    done: doneOf(run['totals']),
    trials: typeof run['trials'] === 'number' ? run['trials'] : 0,
    estimate: isJsonObject(estimate) ? estimate : null,
    keepsLostCalls: keepsLostCalls === true || (keepsLostCalls === undefined && hadBudget),
    journal: readExtent(run['journal']),
    results: formatVersion === 1 ? null : readDigests(run['results']),
  };
}

/**
 * Refuses a folder that a later version wrote; one without a run.json may be anything.
 * @param name of run.json
 * @throws RunFolderError
 */
export async function checkRunVersion(folder: string, name: string): Promise<void> {
  const value = parseJson(await readFile(join(folder, name), 'utf8').catch(() => 'null'));
  if (value !== undefined && isJsonObject(value)) checkVersion(value, folder);
}

function checkVersion({ formatVersion, promptgridVersion }: JsonObject, folder: string): void {
  if (typeof formatVersion !== 'number' || formatVersion <= FORMAT_VERSION) return;
  const writer = typeof promptgridVersion === 'string' ? `promptgrid ${promptgridVersion}` : 'a later promptgrid';
  throw new RunFolderError(
    `${folder}: has format ${formatVersion}, written by ${writer}; this version reads formats 1 to ${FORMAT_VERSION}`,
    { hint: 'use that version of promptgrid or a later one, or choose another folder with --out' },
  );
}

function doneOf(totals: JsonValue | undefined): number {
  if (totals === undefined || !isJsonObject(totals)) return 0;
  const counts = [totals['completed'], totals['errored'], totals['skipped']];
  return counts.reduce<number>((sum, count) => sum + (typeof count === 'number' ? count : 0), 0);
}

function readExtent(value: JsonValue | undefined): JournalExtent | null {
  if (value === undefined || !isJsonObject(value)) return null;
  const { lines, bytes } = value;
  return typeof lines === 'number' && typeof bytes === 'number' ? { lines, bytes } : null;
}

function readDigests(value: JsonValue | undefined): Readonly<Record<string, FileDigest>> {
  const digests: Record<string, FileDigest> = {};
  for (const [name, digest] of Object.entries(value !== undefined && isJsonObject(value) ? value : {})) {
    if (!isJsonObject(digest)) continue;
    const { bytes, sha256 } = digest;
    if (typeof bytes === 'number' && typeof sha256 === 'string') digests[name] = { bytes, sha256 };
  }
  return digests;
}

/** Results that were in the journal when run.json was written. */
function storedResults({ state, done, journal }: EarlierRun): number {
  // Runs of format 1 do not say how long the journal was; one that ended has a line for each result.
  return journal?.lines ?? (state === 'running' ? 0 : done);
}

/**
 * A run whose journal is gone would be paid for again from its beginning, which is not done unasked.
 * @throws RunFolderError where the journal is missing or empty and run.json says that it had results
 */
export async function checkJournalPresent(folder: string, earlier: EarlierRun, journalName: string): Promise<void> {
  if (storedResults(earlier) === 0) return;
  const found = await stat(join(folder, journalName)).catch(() => null);
  if (found === null) throw journalLost(folder, earlier, `${journalName} is missing`);
  if (found.size === 0) throw journalLost(folder, earlier, `${journalName} is empty`);
}

/** @param what is wrong with the journal, as a clause */
export function journalLost(folder: string, earlier: EarlierRun, what: string): RunFolderError {
  const names = Object.keys(earlier.results ?? {});
  const files = names.length === 0 ? '' : `; result files: ${names.join(', ')}`;
  return new RunFolderError(
    `${folder}: run.json says ${earlier.state} with ${storedResults(earlier)} results, but ${what}${files}`,
    {
      hint: 'restore it from a copy; or replace the run with --overwrite, which pays for every trial again',
    },
  );
}

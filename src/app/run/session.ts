import { existsSync } from 'node:fs';
import { FolderLostError, StorageError } from '../../core/errors.ts';
import { Budget } from '../../engine/budget.ts';
import type { LockSettings } from '../../engine/folder-lock.ts';
import { HoldFile } from '../../engine/hold-file.ts';
import { Journal } from '../../engine/journal.ts';
import type { RunConfig } from '../config/run-config.ts';
import { type Calls, openCalls } from './call-phase.ts';
import type { RunEnvironment } from './environment.ts';
import { type Prepared, prepare, type Refuse } from './prepare.ts';
import { openRateBooks } from './rate-books.ts';
import { RUN_FILES, RunFolder, watchNotice } from './run-folder.ts';

/** What is done in a run's folder. */
interface FolderWork<Outcome> {
  readonly refuse?: Refuse;
  readonly work: (prepared: Prepared) => Promise<Outcome>;
}

/**
 * Locks a run's folder, looks at everything that can be refused, hands it over, and gives all of it back.
 * @throws PromptgridError where something cannot be used; the folder is left as it was
 */
export async function inRunFolder<Outcome>(
  config: RunConfig,
  environment: RunEnvironment,
  { refuse = () => undefined, work }: FolderWork<Outcome>,
): Promise<Outcome> {
  const { control } = environment;
  const folder = await RunFolder.open(config.output.folder, lockSettings(config, environment));
  folder.lock.onLost((error) => {
    control.stop({ kind: 'failed', error });
    // What is in flight could not be stored.
    control.kill();
  });
  const prepared = await prepare(config, folder, environment, refuse).catch(async (error: unknown) => {
    await folder.abandon();
    throw error;
  });
  try {
    return await work(prepared);
  } finally {
    await prepared.cache?.close();
    await prepared.lanes.close();
    await folder.abandon();
  }
}

function lockSettings({ output: { folder, takeOver } }: RunConfig, { events }: RunEnvironment): LockSettings {
  return { takeOver, onWatch: (owner, watchMs) => events.onWarning?.(watchNotice(folder, owner, watchMs)) };
}

/**
 * Opens the run's journal and tells of what was wrong with it. From here on the folder is this run's: one that it
 * replaces is gone. @throws StorageError
 */
export async function openJournal({ config, folder }: Prepared, { clock, events }: RunEnvironment): Promise<Journal> {
  if (config.output.overwrite) await folder.clear();
  const path = folder.file(RUN_FILES.journal);
  const journal = await Journal.open(path, clock, folder.lock).catch((cause: unknown) => {
    throw notBegun(folder, cause);
  });
  const { badLines, tornBytes } = journal.recovery;
  if (tornBytes > 0) events.onWarning?.(`${path}: an unfinished last line was cut off; its trial is asked again`);
  if (badLines.length > 0) {
    const [first] = badLines;
    events.onWarning?.(`${path}:${first}: no result; ${badLines.length} such lines are not used, all others are`);
  }
  return journal;
}

/** Writes down that the run is under way. @throws StorageError */
export async function beginBook({ book, folder }: Prepared): Promise<void> {
  await book.begin().catch((cause: unknown) => {
    throw notBegun(folder, cause);
  });
}

function notBegun({ path }: RunFolder, cause: unknown): StorageError | FolderLostError {
  if (cause instanceof FolderLostError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StorageError(`${path}: cannot be written to: ${reason}`, {
    hint: 'make room, then run the same command again: this time nothing was paid',
    cause,
  });
}

/** Opens the calls of a session for some work: all that it has made are within one budget and at one pace. */
export async function withCalls<Outcome>(
  prepared: Prepared,
  journal: Journal,
  environment: RunEnvironment,
  work: (calls: Calls) => Promise<Outcome>,
): Promise<Outcome> {
  const { config, cache } = prepared;
  const { control, clock, random, events } = environment;
  const { lanes } = prepared.lanes;
  const holds = await openHolds(prepared, journal);
  const rates = await openRateBooks(config, environment);
  try {
    const budget = openBudget(prepared, journal, holds);
    const calls = openCalls({ config, lanes, journal, budget, holds, cache, rates, control, clock, random, events });
    const outcome = await work(calls);
    calls.conclude();
    return outcome;
  } finally {
    await rates?.close();
    await holds?.close();
  }
}

/** Also where this session has no budget: what an earlier one left open is to be ended before its trials are asked. */
async function openHolds({ config, folder }: Prepared, journal: Journal): Promise<HoldFile | null> {
  const path = folder.file(RUN_FILES.holds);
  if (config.budget === null && !existsSync(path)) return null;
  const isAnswered = (trialId: string): boolean => journal.index.get(trialId)?.status === 'completed';
  return HoldFile.open(path, isAnswered, folder.lock).catch((cause: unknown) => {
    throw notBegun(folder, cause);
  });
}

/** A budget is for the whole run: what earlier sessions paid counts, and what their lost calls may have cost. */
function openBudget({ config, lanes }: Prepared, journal: Journal, holds: HoldFile | null): Budget | null {
  if (config.budget === null) return null;
  const currency = lanes.lanes[0]?.currency ?? '';
  return new Budget(config.budget, journal.paid.of(currency) + (holds?.lost(currency) ?? 0n));
}

import { access } from 'node:fs/promises';
import { StorageError } from '../../core/errors.ts';
import { Budget } from '../../engine/budget.ts';
import { HoldFile } from '../../engine/hold-file.ts';
import { Journal } from '../../engine/journal.ts';
import type { RunConfig } from '../config/run-config.ts';
import type { RunEnvironment } from './environment.ts';
import { type Prepared, prepare, type Refuse } from './prepare.ts';
import { RUN_FILES, RunFolder } from './run-folder.ts';

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
  const folder = await RunFolder.open(config.output.folder);
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

/**
 * Opens the run's journal and tells of what was wrong with it. From here on the folder is this run's: one that it
 * replaces is gone. @throws StorageError
 */
export async function openJournal({ config, folder }: Prepared, { clock, events }: RunEnvironment): Promise<Journal> {
  if (config.output.overwrite) await folder.clear();
  const path = folder.file(RUN_FILES.journal);
  const journal = await Journal.open(path, clock).catch((cause: unknown) => {
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

function notBegun({ path }: RunFolder, cause: unknown): StorageError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StorageError(`${path}: cannot be written to: ${reason}`, {
    hint: 'make room, then run the same command again: this time nothing was paid',
    cause,
  });
}

/** What a run may spend, and where what is held of it is written down. */
export interface RunBudget {
  /** null where the run has none. */
  readonly budget: Budget | null;
  /** null where neither this session nor an earlier one has a budget. */
  readonly holds: HoldFile | null;
}

/** A budget is for the whole run: what earlier sessions paid counts, and what their lost calls may have cost. */
export async function openBudget({ config, folder, lanes }: Prepared, journal: Journal): Promise<RunBudget> {
  const path = folder.file(RUN_FILES.holds);
  const isWanted = config.budget !== null || (await isThere(path));
  const isAnswered = (trialId: string): boolean => journal.index.get(trialId)?.status === 'completed';
  const holds = isWanted ? await HoldFile.open(path, isAnswered) : null;
  if (config.budget === null) return { budget: null, holds };
  const currency = lanes.lanes[0]?.currency ?? '';
  return { budget: new Budget(config.budget, journal.paid.of(currency) + (holds?.lost(currency) ?? 0n)), holds };
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

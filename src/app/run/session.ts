import { FolderLostError, PromptgridError, StorageError, UsageError } from '../../core/errors.ts';
import { Budget } from '../../engine/budget.ts';
import type { RateBooks } from '../../engine/rate-book.ts';
import type { CallQueue } from '../../queue/call-queue.ts';
import { BatchFile } from '../../store/batch-file.ts';
import { HoldFile } from '../../store/hold-file.ts';
import { Journal } from '../../store/journal.ts';
import type { ScannedJournal } from '../../store/journal-scan.ts';
import { reportedBy } from '../../store/recorded-calls.ts';
import { type FolderSettings, RUN_FILES, RunFolder, watchNotice } from '../../store/run-folder.ts';
import type { OutputConfig, RunConfig } from '../config/run-config.ts';
import { openRateBooks } from '../endpoints/rate-books.ts';
import type { RunEnvironment } from '../environment.ts';
import { openDatasetInput } from '../plan/dataset-input.ts';
import { findForeign } from '../plan/open-trials.ts';
import { withShape } from '../plan/shaped-rows.ts';
import { withScorers } from '../scoring/scorer-tools.ts';
import { type Calls, openCalls } from './call-phase.ts';
import { checkNotLost, hasOpen, holdWarnings, journalWarnings } from './damage-warnings.ts';
import { type PlannedRun, type Prepared, prepare, type Refuse, type RunInputs } from './prepare.ts';
import { openQueue } from './queue-calls.ts';
import { earlierSpending } from './spent.ts';

/** What is done in a run's folder. */
interface FolderWork<Outcome> {
  readonly refuse?: Refuse;
  /** The outcome if nothing is left to do, so that nothing needs to be prepared; null otherwise. */
  readonly settled?: (config: RunConfig, inputs: RunInputs) => Promise<Outcome | null>;
  readonly work: (prepared: Prepared) => Promise<Outcome>;
}

/**
 * Locks a run's folder, makes all checks, calls the work unless nothing is left to do, and releases everything.
 * @throws PromptgridError if something cannot be used; the folder stays unchanged
 */
export async function inRunFolder<Outcome>(
  config: RunConfig,
  environment: RunEnvironment,
  given: FolderWork<Outcome>,
): Promise<Outcome> {
  const { control } = environment;
  const { output } = config;
  const settings = folderSettings(output, environment);
  const folder = await (output.isNamed
    ? RunFolder.open(output.folder, settings)
    : RunFolder.openNew(output.folder, settings));
  folder.lock.onLost((error) => {
    control.stop({ kind: 'failed', error });
    // Results of calls in flight could not be stored.
    control.kill();
  });
  try {
    return await inLockedFolder(config, folder, environment, given);
  } finally {
    await folder.abandon();
  }
}

async function inLockedFolder<Outcome>(
  given: RunConfig,
  folder: RunFolder,
  environment: RunEnvironment,
  work: FolderWork<Outcome>,
): Promise<Outcome> {
  const { stdin, control, events } = environment;
  const input = await openDatasetInput(given.dataset, { stdin, folder: folder.path, signal: control.draining });
  try {
    const config = await withShape({ ...given, dataset: input.dataset });
    const { onWarning } = events;
    return await withScorers(config, { onWarning, killing: control.killing }, (scorers) =>
      withInputs(config, { folder, scorers, input }, environment, work),
    );
  } catch (error) {
    // What is accepted is the run's, and stays.
    await input.discard();
    throw error;
  }
}

async function withInputs<Outcome>(
  config: RunConfig,
  inputs: RunInputs,
  environment: RunEnvironment,
  { refuse = () => undefined, settled, work }: FolderWork<Outcome>,
): Promise<Outcome> {
  const outcome = (await settled?.(config, inputs)) ?? null;
  if (outcome !== null) {
    await inputs.input.discard();
    return outcome;
  }
  const prepared = await prepare(config, inputs, environment, refuse);
  try {
    return await work(prepared);
  } finally {
    await prepared.cache?.close();
    await prepared.lanes.close();
  }
}

function folderSettings({ folder, takeOver, isPrivate }: OutputConfig, { events }: RunEnvironment): FolderSettings {
  return { takeOver, isPrivate, onWatch: (owner, watchMs) => events.onWarning?.(watchNotice(folder, owner, watchMs)) };
}

/** Where a session records its calls, and what limits them. */
export interface Books {
  readonly journal: Journal;
  readonly holds: HoldFile;
  /** The batches that the run has bought. */
  readonly batches: BatchFile;
  /** null if this session has none. */
  readonly budget: Budget | null;
  /** Where calls are counted for limits; null if the run sets none. */
  readonly rates: RateBooks | null;
  /** Has the calls made by workers; null if they are made from here. */
  readonly queue: CallQueue | null;
  /** @throws StorageError if results could not be stored */
  readonly close: () => Promise<void>;
}

/**
 * Opens the files that record calls, and warns of damage in them. From here on the folder belongs to this run: one that
 * it replaces is gone.
 * @throws StorageError
 * @throws UsageError if a budget cannot be kept because the cost of earlier sessions is unknown
 */
export async function openBooks(prepared: Prepared, environment: RunEnvironment): Promise<Books> {
  const journal = await openJournal(prepared, environment, (found) => hasOpen(prepared, found));
  let holds: HoldFile | null = null;
  let batches: BatchFile | null = null;
  let rates: RateBooks | null = null;
  let queue: CallQueue | null = null;
  const close = async (): Promise<void> => {
    await queue?.close();
    await rates?.close();
    await batches?.close();
    await holds?.close();
    await journal.close();
  };
  try {
    queue = await openQueue(prepared, environment);
    holds = await openHolds(prepared, journal, queue);
    batches = await openBatchFile(prepared);
    const budget = await openBudget(prepared, { journal, holds });
    for (const warning of holdWarnings(prepared, holds)) environment.events.onWarning?.(warning);
    rates = await openRateBooks(prepared.config, environment);
    return { journal, holds, batches, budget, rates, queue, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Opens the file that records what calls may cost.
 * @param queue of the run: a call whose answer may wait there is not lost
 * @throws StorageError
 */
export function openHolds(
  { folder, earlier }: PlannedRun,
  { index }: Journal,
  queue: CallQueue | null = null,
): Promise<HoldFile> {
  const isAwaited = (trialId: string): boolean => queue?.expects(trialId) === true;
  const path = folder.file(RUN_FILES.holds);
  return HoldFile.open(path, reportedBy(index, earlier), folder.lock, isAwaited).catch((cause: unknown) => {
    throw notBegun(folder, cause);
  });
}

/**
 * Opens the file of the run's batches.
 * @throws UsageError if batches are open and this session asks one by one: it would buy their answers again
 */
async function openBatchFile({ folder, config }: PlannedRun): Promise<BatchFile> {
  const batches = await BatchFile.open(folder.file(RUN_FILES.batches), folder.lock);
  const { open } = batches;
  if (open.length === 0 || config.batch !== null) return batches;
  const names = open.map(({ id, provider }) => `${id ?? 'one that may have been created'} (${provider})`);
  throw new UsageError(`${folder.path}: batches of this run are not collected yet: ${names.join(', ')}`, {
    hint: 'add --batch, which collects them; with --cancel-batches too, it cancels them',
  });
}

/**
 * Opens the journal of a run, and warns of damage in it.
 * @param isOpen says whether anything is left to run
 * @throws StorageError
 */
export async function openJournal(
  prepared: PlannedRun,
  { clock, events }: RunEnvironment,
  isOpen: (journal: Pick<Journal, 'index'>) => Promise<boolean>,
): Promise<Journal> {
  const { config, folder } = prepared;
  if (config.output.overwrite) await folder.clear();
  const path = folder.file(RUN_FILES.journal);
  const asking = prepared.scorers.filter(({ asks }) => asks !== null).length;
  const requests = prepared.trials * (1 + asking);
  const accept = (found: ScannedJournal): Promise<void> => checkNotLost(prepared, found, () => isOpen(found));
  const opening = { expected: requests, stored: prepared.earlier?.journal, accept };
  const journal = await Journal.open(path, clock, folder.lock, opening).catch((cause: unknown) => {
    throw cause instanceof PromptgridError ? cause : notBegun(folder, cause);
  });
  try {
    for (const warning of await journalWarnings(prepared, journal, () => isOpen(journal))) events.onWarning?.(warning);
    return journal;
  } catch (error) {
    await journal.close();
    throw error;
  }
}

/** A budget is for the whole run: the cost of earlier sessions counts, whether they had a budget or not. */
async function openBudget(prepared: Prepared, earlier: Pick<Books, 'journal' | 'holds'>): Promise<Budget | null> {
  const { config, lanes } = prepared;
  if (config.budget === null) return null;
  const currency = lanes.lanes[0]?.currency ?? '';
  return new Budget({ amount: config.budget, currency }, await earlierSpending(prepared, earlier, currency));
}

/**
 * Records that the run is in progress.
 * @param foreign number of results of no trial of the plan
 * @throws StorageError
 */
export async function beginBook({ book, folder, plan }: Prepared, journal: Journal, foreign: number): Promise<void> {
  if (foreign > 0) book.noteForeign(await findForeign(plan, journal, folder.file(RUN_FILES.journal)));
  await book.begin(journal).catch((cause: unknown) => {
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

/** Opens the calls of a session: all of them share one budget and one pace. */
export function callsOf(
  { config, cache, lanes }: Prepared,
  { journal, budget, holds, batches, rates, queue }: Books,
  { control, clock, random, events }: RunEnvironment,
): Calls {
  return openCalls({
    config,
    lanes: lanes.lanes,
    journal,
    budget,
    holds,
    batches,
    cache,
    rates,
    queue,
    control,
    clock,
    random,
    events,
  });
}

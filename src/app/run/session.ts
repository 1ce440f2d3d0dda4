import { existsSync } from 'node:fs';
import { StorageError } from '../../core/errors.ts';
import { Budget } from '../../engine/budget.ts';
import { HoldFile } from '../../engine/hold-file.ts';
import { Journal } from '../../engine/journal.ts';
import type { RunConfig } from '../config/run-config.ts';
import { type Calls, openCalls } from './call-phase.ts';
import { journalLost } from './earlier-run.ts';
import type { RunEnvironment } from './environment.ts';
import { type Prepared, prepare, type Refuse } from './prepare.ts';
import { openRateBooks } from './rate-books.ts';
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
export async function openJournal(prepared: Prepared, environment: RunEnvironment): Promise<Journal> {
  const { config, folder } = prepared;
  const { clock, events } = environment;
  if (config.output.overwrite) await folder.clear();
  const path = folder.file(RUN_FILES.journal);
  const journal = await Journal.open(path, clock).catch((cause: unknown) => {
    throw notBegun(folder, cause);
  });
  try {
    checkNotLost(prepared, journal);
  } catch (error) {
    await journal.close();
    throw error;
  }
  for (const warning of journalWarnings(prepared, journal)) events.onWarning?.(warning);
  return journal;
}

/** @throws RunFolderError where nothing is left of a run that had results */
function checkNotLost({ folder, earlier }: Prepared, { index, recovery }: Journal): void {
  const { badLines } = recovery;
  if (earlier === null || index.size > 0 || badLines.length === 0) return;
  throw journalLost(
    folder.path,
    earlier,
    `${RUN_FILES.journal} holds no result: all ${badLines.length} lines are damaged`,
  );
}

function journalWarnings({ folder, earlier }: Prepared, { extent, recovery }: Journal): readonly string[] {
  const path = folder.file(RUN_FILES.journal);
  const warnings: string[] = [];
  if (recovery.tornBytes > 0) warnings.push(`${path}: an unfinished last line was cut off; its trial runs again`);
  if (recovery.badLines.length > 0) {
    const [first] = recovery.badLines;
    const lines = shownLines(recovery.badLines);
    warnings.push(`${path}:${first}: ${lines} damaged or without a result, not used; their trials run again`);
  }
  const before = earlier?.journal ?? null;
  if (before !== null && extent.lines < before.lines) {
    const count = `${extent.lines} of ${before.lines} lines`;
    warnings.push(`${path}: is shorter than run.json says: ${count}; the trials of the others run again`);
  }
  return warnings;
}

const SHOWN_LINES = 10;

function shownLines(lines: readonly number[]): string {
  const shown = lines.slice(0, SHOWN_LINES).join(', ');
  const more = lines.length > SHOWN_LINES ? ` and ${lines.length - SHOWN_LINES} more` : '';
  return lines.length === 1 ? '1 line' : `${lines.length} lines (${shown}${more})`;
}

/** Writes down that the run is under way. @throws StorageError */
export async function beginBook({ book, folder }: Prepared, journal: Journal): Promise<void> {
  await book.begin(journal.extent).catch((cause: unknown) => {
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
  if (holds !== null && holds.badLines.length > 0) {
    const path = prepared.folder.file(RUN_FILES.holds);
    const lines = shownLines(holds.badLines);
    events.onWarning?.(
      `${path}:${holds.badLines[0]}: ${lines} damaged, not used; what they held is not counted in the budget`,
    );
  }
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
  return HoldFile.open(path, isAnswered).catch((cause: unknown) => {
    throw notBegun(folder, cause);
  });
}

/** A budget is for the whole run: what earlier sessions paid counts, and what their lost calls may have cost. */
function openBudget({ config, lanes }: Prepared, journal: Journal, holds: HoldFile | null): Budget | null {
  if (config.budget === null) return null;
  const currency = lanes.lanes[0]?.currency ?? '';
  return new Budget(config.budget, journal.paid.of(currency) + (holds?.lost(currency) ?? 0n));
}

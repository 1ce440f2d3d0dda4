import { StorageError } from '../../core/errors.ts';
import { Budget } from '../../engine/budget.ts';
import { Journal } from '../../engine/journal.ts';
import type { RunConfig } from '../config/run-config.ts';
import { countDone, makeCalls } from './call-phase.ts';
import type { RunEnvironment } from './environment.ts';
import type { RunEvents } from './events.ts';
import { finish } from './finish.ts';
import type { RunOutcome } from './outcome.ts';
import { type Prepared, prepare } from './prepare.ts';
import { RUN_FILES, RunFolder } from './run-folder.ts';
import { balanceWarnings } from './worst-case.ts';

export { type RunEnvironment, runEnvironment } from './environment.ts';
export type { RunEvents, RunStart } from './events.ts';
export { exitStatusOf, outcomeDocument, type RunOutcome } from './outcome.ts';

/**
 * Carries out a run: checks everything, makes the calls that are still to be made, writes the result files.
 * Ends early, with a state that says so, when `environment.control` is stopped.
 * @throws PromptgridError before the first call where something cannot be used
 * @throws StorageError where results could not be stored; what is in the journal is kept
 */
export async function executeRun(config: RunConfig, environment: RunEnvironment): Promise<RunOutcome> {
  for (const warning of config.warnings) environment.events.onWarning?.(warning);
  const folder = await RunFolder.open(config.output.folder);
  const prepared = await prepare(config, folder, environment).catch(async (error: unknown) => {
    await folder.abandon();
    throw error;
  });
  try {
    return await carryOut(prepared, environment);
  } finally {
    await prepared.cache?.close();
    await prepared.lanes.close();
    await folder.release();
  }
}

async function carryOut(prepared: Prepared, environment: RunEnvironment): Promise<RunOutcome> {
  const { config, plan, folder, lanes, cache, book } = prepared;
  const { control, clock, random, events } = environment;
  const journal = await Journal.open(folder.file(RUN_FILES.journal), clock).catch((cause: unknown) => {
    throw notBegun(folder, cause);
  });
  try {
    reportRecovery(journal, folder, events);
    for (const warning of await balanceWarnings(prepared, lanes.lanes)) events.onWarning?.(warning);
    await book.begin().catch((cause: unknown) => {
      throw notBegun(folder, cause);
    });
    await announce(prepared, journal, events);
    const budget = openBudget(prepared, journal);
    await makeCalls({ plan, config, lanes: lanes.lanes, journal, budget, cache, control, clock, random, events });
  } finally {
    // Connections hold memory that the result files can use.
    await lanes.close();
    await journal.close();
  }
  return finish(prepared, journal, environment);
}

function notBegun({ path }: RunFolder, cause: unknown): StorageError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StorageError(`${path}: cannot be written to: ${reason}`, {
    hint: 'make room, then run the same command again: this time nothing was paid',
    cause,
  });
}

/** A budget is for the whole run: what earlier sessions paid counts. */
function openBudget({ config, lanes }: Prepared, journal: Journal): Budget | null {
  if (config.budget === null) return null;
  return new Budget(config.budget, journal.paid.of(lanes.lanes[0]?.currency ?? ''));
}

async function announce(prepared: Prepared, journal: Journal, { onStart }: RunEvents): Promise<void> {
  const { config, plan, folder, rows, trials } = prepared;
  const alreadyDone = await countDone(plan, journal, config);
  const simulated = config.simulation !== null;
  onStart?.({ folder: folder.path, rows, variants: plan.grid.variants.length, trials, alreadyDone, simulated });
}

function reportRecovery({ recovery }: Journal, folder: RunFolder, { onWarning }: RunEvents): void {
  const { badLines, tornBytes } = recovery;
  const path = folder.file(RUN_FILES.journal);
  if (tornBytes > 0) onWarning?.(`${path}: an unfinished last line was cut off; its trial is asked again`);
  if (badLines.length === 0) return;
  const [first] = badLines;
  onWarning?.(`${path}:${first}: no result; ${badLines.length} such lines are not used, all others are`);
}

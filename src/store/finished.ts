import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RunFolderError } from '../core/errors.ts';
import type { JournalIndex } from './journal-index.ts';
import { readJournalIndex } from './journal-reader.ts';
import { restoringHint } from './restoring.ts';
import type { StoredRun } from './run-file.ts';
import { findRun, RUN_FILES } from './run-folder.ts';
import { seenState } from './run-state.ts';

const RESUME = 'resume it with the same run command';

/**
 * Nothing is checked if the folder has no run.json.
 * @throws RunFolderError if trials of the folder's run have no result yet, as after a kill
 */
export async function checkFinished(folder: string): Promise<void> {
  const run = await findRun(folder, 'read');
  if (run === null || run.state === 'completed') return;
  const done = await countResults(run);
  if (done !== run.trials) throw await unfinished(run, done, `${RESUME}: no result is paid again`);
}

/** Also refuses a run whose state says that it did not end. @throws RunFolderError */
export async function checkCompleted(run: StoredRun): Promise<void> {
  if (run.state === 'completed') return;
  await checkOwnTrials(run);
  const hint = `${RESUME}, or compare the existing results with --allow-partial`;
  throw await unfinished(run, await countResults(run), hint);
}

/**
 * Result files that an earlier session left do not show what the run is now, if the last one changed that.
 * @throws RunFolderError for such files; nothing is checked if the folder has no run.json
 */
export async function checkFilesCurrent(folder: string): Promise<void> {
  const run = await findRun(folder, 'read');
  if (run !== null && areOlder(run) && (await hasChanged(run))) throw await withOlderFiles(run);
}

/**
 * A part of a run is results of its trials, which older files have no more once some of their rows are gone.
 * @throws RunFolderError for such files
 */
export async function checkOwnTrials(run: StoredRun): Promise<void> {
  if (areOlder(run) && run.foreign.trials > 0) throw await withOlderFiles(run);
}

function areOlder({ state, wroteFiles }: StoredRun): boolean {
  return state !== 'completed' && !wroteFiles;
}

async function withOlderFiles(run: StoredRun): Promise<RunFolderError> {
  const hint = `${RESUME}, which writes its result files: those there are older`;
  return unfinished(run, await countResults(run), hint);
}

/** False for sessions that added no result to what the files have, and dropped none. */
async function hasChanged({ folder, madeFromBytes, journal, foreign }: StoredRun): Promise<boolean> {
  if (foreign.trials > 0) return true;
  const found = await stat(join(folder, RUN_FILES.journal)).catch(() => null);
  return found !== null && found.size > (madeFromBytes ?? journal?.bytes ?? 0);
}

/** Trials of the run, as it is now, that have a result in its journal. @param index of that journal; null for none */
export function trialsDone({ foreign }: Pick<StoredRun, 'foreign'>, index: Pick<JournalIndex, 'asked'> | null): number {
  return Math.max(0, (index?.asked ?? 0) - foreign.trials);
}

async function countResults(run: StoredRun): Promise<number> {
  return trialsDone(run, await readJournalIndex(join(run.folder, RUN_FILES.journal)));
}

async function unfinished(run: StoredRun, done: number, usual: string): Promise<RunFolderError> {
  const { folder, trials } = run;
  const seen = await seenState(run);
  const planned = trials === 0 ? done : trials;
  // Earlier versions did not record results of rows that are gone.
  const counted =
    done > planned ? 'how many trials have a result is not known' : `${done} of ${planned} trials have a result`;
  if (seen.state === 'running' && seen.why === null) {
    return new RunFolderError(`${folder}: the run is not finished: ${counted} (still running)`, {
      hint: 'wait for its end, which promptgrid watch shows',
    });
  }
  // Nothing shows whether a process of another machine still runs.
  const shown = seen.state === 'running' ? 'killed, or still running' : seen.state;
  return new RunFolderError(`${folder}: the run is not finished: ${counted} (${shown})`, {
    hint: await restoringHint(run, usual),
  });
}

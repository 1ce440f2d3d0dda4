import { join } from 'node:path';
import { RunFolderError } from '../core/errors.ts';
import { readJournalIndex } from './journal-reader.ts';
import type { StoredRun } from './run-file.ts';
import { findRun, RUN_FILES } from './run-folder.ts';

/**
 * Nothing is checked if the folder has no run.json.
 * @throws RunFolderError if trials of the folder's run have no result yet, as after a kill
 */
export async function checkFinished(folder: string): Promise<void> {
  const run = await findRun(folder, 'read');
  if (run === null || run.state === 'completed') return;
  const done = await countResults(run);
  if (done < run.trials) throw unfinished(run, done, 'resume it with the same run command: no result is paid again');
}

/** Also refuses a run whose state says that it did not end. @throws RunFolderError */
export async function checkCompleted(run: StoredRun): Promise<void> {
  if (run.state === 'completed') return;
  const hint = 'resume it with the same run command, or compare the existing results with --allow-partial';
  throw unfinished(run, await countResults(run), hint);
}

async function countResults({ folder }: StoredRun): Promise<number> {
  return (await readJournalIndex(join(folder, RUN_FILES.journal)))?.asked ?? 0;
}

function unfinished({ folder, state, trials }: StoredRun, done: number, hint: string): RunFolderError {
  // A process that was killed leaves this state behind.
  const shown = state === 'running' ? 'killed, or still running' : state;
  const planned = trials === 0 ? done : trials;
  return new RunFolderError(
    `${folder}: the run is not finished: ${done} of ${planned} trials have a result (${shown})`,
    { hint },
  );
}

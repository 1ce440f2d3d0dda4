import { type FolderHolder, folderHolder } from './folder-holder.ts';
import type { StoredRun } from './run-file.ts';
import { findRun } from './run-folder.ts';

/** The state of a run, by its run.json and the locks of its folder. */
export interface SeenState {
  /** As in run.json; `killed` if it says `running` and no process writes to the folder. */
  readonly state: string;
  /** True once no more results can come. */
  readonly ended: boolean;
  /** What the locks say about it; null for nothing. */
  readonly why: string | null;
}

/** The state of a run whose folder this process does not hold. Reads the locks, and takes none. */
export async function seenState(run: StoredRun): Promise<SeenState> {
  if (run.state !== 'running') return { state: run.state, ended: true, why: null };
  const holder = await folderHolder(run.folder);
  const seen = stateBy(run, holder);
  if (seen.state !== 'killed') return seen;
  // It may have ended, and released the folder, after its run.json was read.
  const now = await findRun(run.folder, 'read');
  return now === null ? seen : stateBy(now, holder);
}

/** The state of a run whose folder this process holds: nobody else writes to it. */
export function heldState({ state }: Pick<StoredRun, 'state'>): string {
  return state === 'running' ? 'killed' : state;
}

/** The same as `seenState` with a holder that was found already. */
export function stateBy({ state }: Pick<StoredRun, 'state'>, holder: FolderHolder): SeenState {
  const isRunning = state === 'running';
  switch (holder.kind) {
    case 'alive':
      return { state, ended: false, why: isRunning ? null : `${holder.text} works in the folder` };
    case 'unseen':
      return {
        state,
        ended: !isRunning,
        why: isRunning ? `written by ${holder.text}, which cannot be seen from here` : null,
      };
    case 'gone':
    case 'none': {
      if (!isRunning) return { state, ended: true, why: null };
      const who = holder.kind === 'gone' ? `${holder.text} is gone` : 'its process is gone';
      return {
        state: heldState({ state }),
        ended: true,
        why: `${who}, and nothing writes to this folder any more; resume with the same run command`,
      };
    }
  }
}

import type { FolderHolder } from './folder-holder.ts';
import type { StoredRun } from './run-file.ts';

/** What a run is doing. */
interface StateNow {
  /** As in run.json; `killed` if it says `running` and no process writes to the folder. */
  readonly state: string;
  /** True once no more results can come. */
  readonly ended: boolean;
  /** Why it ended early, or who is gone; null for nothing to say. */
  readonly why: string | null;
}

/**
 * What run.json and the locks of the folder say together.
 * @param holder seen before run.json was read: what a process wrote before it released the folder is in there then
 */
export function stateNow({ state }: Pick<StoredRun, 'state'>, holder: FolderHolder): StateNow {
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
        state: 'killed',
        ended: true,
        why: `${who}, and nothing writes to this folder any more; resume with the same run command`,
      };
    }
  }
}

import { hostname } from 'node:os';
import { RunFolderError } from '../core/errors.ts';
import type { Owner } from '../io/process-owner.ts';
import { BOOT_ID } from '../io/processes.ts';

const WAIT_HINT = 'wait until it has ended, or choose another folder with --out';

/** A folder in which a process is known to run. */
export function inUse(folder: string, { pid }: Owner): RunFolderError {
  return new RunFolderError(`${folder}: process ${pid} is running in this folder`, { hint: WAIT_HINT });
}

/**
 * A folder whose owner is not visible from here.
 * @param silentMs since its last heartbeat, by the clock of the folder
 */
export function maybeInUse(folder: string, owner: Owner, silentMs: number): RunFolderError {
  const ago = Math.max(0, Math.round(silentMs / 1000));
  return new RunFolderError(
    `${folder}: ${describePlace(owner)} may be running in this folder; last sign of life ${ago} s ago by this folder's clock`,
    {
      hint: 'wait until it has ended; if it is gone (killed, restarted, or the folder is a copy), run the same command with --take-over',
    },
  );
}

/** A folder whose owner was declared gone but still works. */
export function stillInUse(folder: string, owner: Owner, watchMs: number): RunFolderError {
  return new RunFolderError(
    `${folder}: ${describePlace(owner)} is running in this folder: it renewed its lock within ${watchMs / 1000} s`,
    { hint: 'wait until it has ended, or end it there; --take-over is for an owner that is gone' },
  );
}

/** Where the owner of a lock runs, or ran. */
export function describePlace({ host, boot }: Owner): string {
  if (boot !== null && boot === BOOT_ID) return `another container on this machine (host ${host})`;
  if (host === hostname()) return `this machine before its last restart, or another one of its name (host ${host}),`;
  return `another machine (host ${host})`;
}

import { fstatSync } from 'node:fs';
import { FolderLostError, StorageError } from '../core/errors.ts';

/** Stops a writer that has lost its run folder from writing there. */
export interface Fence {
  /**
   * Call before a write: null if the folder was recently seen to be ours, which avoids a promise.
   * @throws FolderLostError by its promise, if another process has taken the folder
   */
  check(): Promise<void> | null;
}

/** For files that no other process can reach. */
export const NO_FENCE: Fence = { check: () => null };

/** A file that a process appends to. */
interface AppendedFile {
  readonly path: string;
  readonly fd: number;
  /** Bytes in it as far as this process knows. */
  readonly end: number;
}

/**
 * Detects writes to a file by another process. One system call and no promise, because it runs for every batch of
 * results.
 * @throws FolderLostError if its length differs, StorageError if it was removed
 */
export function checkUnshared({ path, fd, end }: AppendedFile): void {
  const stats = fstatSync(fd);
  const { size, nlink } = stats;
  // A removed file accepts every write and keeps none.
  if (nlink === 0) throw removedError(path);
  // A device has no length.
  if (size === end || !stats.isFile()) return;
  throw new FolderLostError(
    `${path}: has ${size} bytes, and this run knows of ${end}: another process writes to this folder`,
    { hint: LOST_HINT },
  );
}

/** What to do after a folder is lost. */
export const LOST_HINT =
  'this run has stopped and leaves the folder as it is; when no other process works there, resume with the same command';

/** @param path of a file that was removed while this process wrote to it */
export function removedError(path: string): StorageError {
  return new StorageError(`${path}: was removed while the run was writing to it, and the results with it`, {
    hint: 'the run ended so that nothing more is paid; restore the folder, or run the same command again to begin anew',
  });
}

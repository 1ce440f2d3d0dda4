import { fstatSync } from 'node:fs';
import { FolderLostError, StorageError } from '../core/errors.ts';

/** Keeps a writer that has lost its run folder from writing there. */
export interface Fence {
  /**
   * To be called before a write: null where the folder was seen to be ours a moment ago, which costs no promise.
   * @throws FolderLostError by its promise, where the folder is another process's now
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
 * Refuses a file that anybody else has written to. One system call, and no promise: it runs for every batch of results.
 * @throws FolderLostError where it has another length, StorageError where it was removed
 */
export function checkUnshared({ path, fd, end }: AppendedFile): void {
  const stats = fstatSync(fd);
  const { size, nlink } = stats;
  // A file that was removed takes every write and keeps none.
  if (nlink === 0) throw removedError(path);
  // A device has no length of its own.
  if (size === end || !stats.isFile()) return;
  throw new FolderLostError(
    `${path}: has ${size} bytes, and this run knows of ${end}: another process writes to this folder`,
    { hint: LOST_HINT },
  );
}

/** What to do once a folder is lost. */
export const LOST_HINT =
  'this run has stopped and leaves the folder as it is; when no other process works there, resume with the same command';

/** @param path of a file that was removed while this process wrote to it */
export function removedError(path: string): StorageError {
  return new StorageError(`${path}: was removed while the run was writing to it, and the results with it`, {
    hint: 'the run ended so that nothing more is paid; restore the folder, or run the same command again to begin anew',
  });
}

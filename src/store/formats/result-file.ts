import { StorageError } from '../../core/errors.ts';
import { type AtomicFile, openAtomicFile } from '../../io/atomic-file.ts';
import type { FileDigest } from '../../io/file-digest.ts';

/** An atomic file whose errors say what the user can do. */
export class ResultFile {
  readonly #path: string;
  readonly #file: AtomicFile;

  private constructor(path: string, file: AtomicFile) {
    this.#path = path;
    this.#file = file;
  }

  /** @throws StorageError */
  static async open(path: string): Promise<ResultFile> {
    return new ResultFile(path, await storing(path, openAtomicFile(path)));
  }

  /** A promise only if the caller should wait. @throws StorageError, and again at `commit` */
  write(text: string): void | Promise<void> {
    return this.#told(this.#file.write(text));
  }

  /** The same for bytes. @throws StorageError, and again at `commit` */
  writeBytes(bytes: Uint8Array): void | Promise<void> {
    return this.#told(this.#file.writeBytes(bytes));
  }

  #told(writing: void | Promise<void>): void | Promise<void> {
    if (writing === undefined) return;
    const written = storing(this.#path, writing);
    // A caller that does not await this write gets its error from commit.
    written.catch(() => undefined);
    return written;
  }

  /** @returns what was written. @throws StorageError */
  commit(): Promise<FileDigest> {
    return storing(this.#path, this.#file.commit());
  }

  /** Removes what was written. */
  discard(): Promise<void> {
    return storing(this.#path, this.#file.discard());
  }
}

async function storing<Value>(path: string, work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageError(`${path} cannot be written: ${reason}`, {
      hint: 'make room or allow writing there, then run the same command again: answers in the journal are kept',
      cause: error,
    });
  }
}

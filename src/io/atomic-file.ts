import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { removeAbandonedFiles, temporaryPath } from './temporary.ts';

/** Buffered text is written out when it has this many UTF-16 code units. */
const FLUSH_UNITS = 32 * 1024;

const DONE = Promise.resolve();

/** What is in a file. */
export interface FileDigest {
  readonly bytes: number;
  /** SHA-256 in lower-case hexadecimal. */
  readonly sha256: string;
}

/**
 * A file that appears under its name whole or not at all: written beside the target under a temporary name and renamed
 * over it at the end.
 */
export interface AtomicFile {
  /**
   * Appends text. Settles at once while text is only buffered, otherwise when it is written; a caller that awaits it
   * holds no more than one buffer. An error is told again by `commit`, so that none is lost.
   */
  write(text: string): Promise<void>;
  /**
   * Writes what is left, forces it to the disk and puts it in the target's place. On an error the target is as before.
   * @returns what was written
   */
  commit(): Promise<FileDigest>;
  /** Removes what was written; the target is as before. Does nothing after `commit` or a second time. */
  discard(): Promise<void>;
}

/**
 * Begins a file that will replace `path`. What killed writers left in its folder is removed.
 * @param mode rights of the file, less the umask; default those of any file
 * @throws the file system's error where a file cannot be made in that folder
 */
export async function openAtomicFile(path: string, mode?: number): Promise<AtomicFile> {
  removeAbandonedFiles(dirname(path));
  const aside = temporaryPath(path);
  return new TemporaryFile(path, aside, await open(aside, 'w', mode));
}

/** Where names stand for what a process has open (`/dev/stdout`, `/dev/fd/3`), whatever is behind them. */
const OPENED_PLACES = /^\/(?:dev|proc)\//;

/**
 * Begins a file that a user named to be written. A device, a pipe or a terminal (`/dev/stdout`, `/dev/null`, a named pipe)
 * is written to: a file renamed over it would take it away from every other process. Anything else is replaced as
 * `openAtomicFile` does.
 * @throws the file system's error where it cannot be written
 */
export async function openNamedFile(path: string): Promise<AtomicFile> {
  const found = await stat(path).catch(() => null);
  const isReplaceable = found === null || found.isDirectory() || (found.isFile() && !OPENED_PLACES.test(resolve(path)));
  return isReplaceable ? openAtomicFile(path) : new TemporaryFile(path, null, await open(path, 'a'));
}

/** Replaces a file's text, whole or not at all. @param mode as `openAtomicFile` takes it */
export async function writeFileAtomic(path: string, text: string, mode?: number): Promise<void> {
  await writeWhole(await openAtomicFile(path, mode), text);
}

/** Writes a text to what a user named, as `openNamedFile` does. */
export async function writeNamedFile(path: string, text: string): Promise<void> {
  await writeWhole(await openNamedFile(path), text);
}

async function writeWhole(file: AtomicFile, text: string): Promise<void> {
  try {
    await file.write(text);
  } catch (error) {
    await file.discard();
    throw error;
  }
  await file.commit();
}

class TemporaryFile implements AtomicFile {
  readonly #path: string;
  /** null where the target itself is written to. */
  readonly #temporaryPath: string | null;
  readonly #handle: FileHandle;
  #buffer: string[] = [];
  #bufferedUnits = 0;
  /** Every write so far; one failed write fails all that follow. */
  #writes = DONE;
  #isOpen = true;
  #bytes = 0;
  readonly #hash: Hash = createHash('sha256');
  /** Room for texts of twice the size at which they are written out, in UTF-8. */
  readonly #encoded = Buffer.allocUnsafeSlow(FLUSH_UNITS * 2 * 3);

  constructor(path: string, aside: string | null, handle: FileHandle) {
    this.#path = path;
    this.#temporaryPath = aside;
    this.#handle = handle;
  }

  write(text: string): Promise<void> {
    this.#buffer.push(text);
    this.#bufferedUnits += text.length;
    return this.#bufferedUnits < FLUSH_UNITS ? DONE : this.#flush();
  }

  async commit(): Promise<FileDigest> {
    if (!this.#isOpen) throw new Error(`${this.#path} is finished already`);
    try {
      await this.#flush();
      // Devices and pipes have nothing to force to a disk.
      if (this.#temporaryPath !== null) await this.#handle.sync();
      await this.#close();
      if (this.#temporaryPath !== null) await rename(this.#temporaryPath, this.#path);
      return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
    } catch (error) {
      // What failed first is what the caller must hear of.
      await this.#remove().catch(() => undefined);
      throw error;
    }
  }

  async discard(): Promise<void> {
    if (!this.#isOpen) return;
    await this.#writes.catch(() => undefined);
    await this.#remove();
  }

  #flush(): Promise<void> {
    const text = this.#buffer.join('');
    this.#buffer = [];
    this.#bufferedUnits = 0;
    this.#writes = this.#writes.then(() => this.#writeOut(text));
    // A caller that does not await this write learns of its error from commit.
    this.#writes.catch(() => undefined);
    return this.#writes;
  }

  /** Encodes into one buffer again and again: a new one each time would double the memory of a run. */
  async #writeOut(text: string): Promise<void> {
    if (text.length > FLUSH_UNITS * 2) {
      this.#note(text, Buffer.byteLength(text));
      return this.#handle.writeFile(text);
    }
    const length = this.#encoded.write(text);
    this.#note(this.#encoded.subarray(0, length), length);
    for (let from = 0; from < length; ) {
      from += (await this.#handle.write(this.#encoded, from, length - from)).bytesWritten;
    }
  }

  #note(content: string | Uint8Array, bytes: number): void {
    this.#hash.update(content);
    this.#bytes += bytes;
  }

  async #remove(): Promise<void> {
    try {
      await this.#close();
    } finally {
      if (this.#temporaryPath !== null) await rm(this.#temporaryPath, { force: true });
    }
  }

  async #close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#handle.close();
  }
}

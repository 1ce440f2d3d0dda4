import { writeSync } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { openChecksum } from './checksum.ts';
import type { FileDigest } from './file-digest.ts';
import { removeAbandonedFiles, temporaryPath } from './temporary.ts';

/** Text is written once it has this many bytes. */
const FLUSH_BYTES = 64 * 1024;
const BUFFER_BYTES = 2 * FLUSH_BYTES;
/** A UTF-16 code unit takes at most this many bytes. */
const MOST_UNIT_BYTES = 3;

/**
 * A file that appears under its name completely or not at all: written next to the target under a temporary name and
 * renamed over it at the end.
 */
export interface AtomicFile {
  /**
   * Appends text. A promise only if the caller should wait: then it holds no more than one buffer. `commit` throws any
   * error again, so that none is lost.
   */
  write(text: string): void | Promise<void>;
  /** Appends bytes, behind all text so far. */
  writeBytes(bytes: Uint8Array): void | Promise<void>;
  /**
   * Writes what is left, syncs it to disk and moves it to the target's path. On an error the target stays unchanged.
   * @returns what was written
   */
  commit(): Promise<FileDigest>;
  /** Removes what was written; the target stays unchanged. Does nothing after `commit` or a second time. */
  discard(): Promise<void>;
}

/**
 * Begins a file that will replace `path`. Temporary files of killed writers are removed from its folder.
 * @param mode file mode before the umask; default that of any file
 * @throws the file system's error if a file cannot be created in that folder
 */
export async function openAtomicFile(path: string, mode?: number): Promise<AtomicFile> {
  removeAbandonedFiles(dirname(path));
  const aside = temporaryPath(path);
  return new TemporaryFile(path, aside, await open(aside, 'w', mode));
}

/** Paths under which names stand for a process's open files (`/dev/stdout`, `/dev/fd/3`), whatever they refer to. */
const OPENED_PLACES = /^\/(?:dev|proc)\//;

/**
 * Begins an output file that the user named. A device, a pipe or a terminal (`/dev/stdout`, `/dev/null`, a named pipe)
 * is written to directly: renaming a file over it would take it away from all other processes. Anything else is
 * replaced as `openAtomicFile` does.
 * @throws the file system's error if it cannot be written
 */
export async function openNamedFile(path: string): Promise<AtomicFile> {
  const found = await stat(path).catch(() => null);
  const isReplaceable = found === null || found.isDirectory() || (found.isFile() && !OPENED_PLACES.test(resolve(path)));
  return isReplaceable ? openAtomicFile(path) : new TemporaryFile(path, null, await open(path, 'a'));
}

/**
 * Replaces a file's text, completely or not at all.
 * @param mode as `openAtomicFile` takes it
 * @returns what was written
 */
export async function writeFileAtomic(path: string, text: string, mode?: number): Promise<FileDigest> {
  const file = await openAtomicFile(path, mode);
  try {
    await file.write(text);
  } catch (error) {
    await file.discard();
    throw error;
  }
  return file.commit();
}

class TemporaryFile implements AtomicFile {
  readonly #path: string;
  /** null if the target itself is written to. */
  readonly #temporaryPath: string | null;
  readonly #handle: FileHandle;
  /** All writes that are under way; one failed write fails all that follow. */
  #writes: Promise<void> = Promise.resolve();
  #isFailed = false;
  #isOpen = true;
  #bytes = 0;
  readonly #checksum = openChecksum('crc32');
  /** Text that is not written yet; one buffer, because a new one each time would double the memory of a run. */
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #buffered = 0;

  constructor(path: string, aside: string | null, handle: FileHandle) {
    this.#path = path;
    this.#temporaryPath = aside;
    this.#handle = handle;
  }

  write(text: string): void | Promise<void> {
    const mostBytes = text.length * MOST_UNIT_BYTES;
    if (mostBytes > BUFFER_BYTES - this.#buffered) void this.#flush();
    if (mostBytes > BUFFER_BYTES) return this.#writeOut(Buffer.from(text));
    this.#buffered += this.#buffer.write(text, this.#buffered);
    if (this.#buffered >= FLUSH_BYTES) return this.#flush();
  }

  writeBytes(bytes: Uint8Array): void | Promise<void> {
    void this.#flush();
    return this.#writeOut(bytes);
  }

  async commit(): Promise<FileDigest> {
    if (!this.#isOpen) throw new Error(`${this.#path} is finished already`);
    try {
      await this.#flush();
      await this.#writes;
      // Devices and pipes cannot be synced to disk.
      if (this.#temporaryPath !== null) await this.#handle.sync();
      await this.#close();
      if (this.#temporaryPath !== null) await rename(this.#temporaryPath, this.#path);
      return { bytes: this.#bytes, checksum: this.#checksum.text() };
    } catch (error) {
      // The caller must get the first failure.
      await this.#remove().catch(() => undefined);
      throw error;
    }
  }

  async discard(): Promise<void> {
    if (!this.#isOpen) return;
    await this.#writes.catch(() => undefined);
    await this.#remove();
  }

  #flush(): void | Promise<void> {
    const bytes = this.#buffer.subarray(0, this.#buffered);
    this.#buffered = 0;
    if (bytes.length > 0) return this.#writeOut(bytes);
  }

  #writeOut(bytes: Uint8Array): void | Promise<void> {
    if (this.#isFailed) return this.#writes;
    try {
      if (this.#temporaryPath !== null) return this.#writeNow(bytes);
    } catch (error) {
      this.#isFailed = true;
      return this.#track(failing(error));
    }
    // A reader that is slow to empty a pipe must not stop the whole process; meanwhile the buffer takes other text.
    const own = Uint8Array.from(bytes);
    return this.#track(this.#writes.then(() => this.#writeLater(own)));
  }

  #track(writes: Promise<void>): Promise<void> {
    this.#writes = writes;
    // A caller that does not await this write gets its error from commit.
    writes.catch(() => undefined);
    return writes;
  }

  async #writeLater(bytes: Uint8Array): Promise<void> {
    this.#note(bytes);
    for (let from = 0; from < bytes.length; ) {
      from += (await this.#handle.write(bytes, from, bytes.length - from)).bytesWritten;
    }
  }

  /** Synchronous: bytes go to the page cache, which takes less time than handing them to another thread. */
  #writeNow(bytes: Uint8Array): void {
    this.#note(bytes);
    for (let from = 0; from < bytes.length; ) from += writeSync(this.#handle.fd, bytes, from);
  }

  #note(bytes: Uint8Array): void {
    this.#checksum.update(bytes);
    this.#bytes += bytes.length;
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

async function failing(error: unknown): Promise<never> {
  throw error;
}

import { readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Bytes that are read from any position. */
export interface RandomBytes {
  /** Number of bytes. */
  readonly size: number;
  /** The bytes from `start` up to `end`, fewer if the source ends before, in a buffer of their own. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** Bytes that can also be read at once, which is for a few of them. */
export interface SyncBytes extends RandomBytes {
  /** Reads bytes from `start` on into the target. @returns how many: fewer than it has if the source ends before */
  readSync(start: number, target: Uint8Array): number;
}

/** An open file that is read from any position. */
export class RandomFile implements SyncBytes {
  readonly size: number;
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.size = size;
  }

  /** @throws the file system's error if the path cannot be opened */
  static async open(path: string): Promise<RandomFile> {
    const handle = await open(path, 'r');
    try {
      return new RandomFile(handle, (await handle.stat()).size);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(Math.max(0, Math.min(end, this.size) - start));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await this.#handle.read(bytes, filled, bytes.length - filled, start + filled);
      if (bytesRead === 0) return bytes.slice(0, filled);
      filled += bytesRead;
    }
    return bytes;
  }

  readSync(start: number, target: Uint8Array): number {
    let filled = 0;
    while (filled < target.length) {
      const count = readSync(this.#handle.fd, target, filled, target.length - filled, start + filled);
      if (count === 0) break;
      filled += count;
    }
    return filled;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

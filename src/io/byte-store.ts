import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { temporaryPath } from './temporary.ts';

const BLOCK_BYTES = 1024 * 1024;
/** Blocks of the file that are kept after reading: neighbours are usually wanted next. */
const KEPT_BLOCKS = 8;

/** Bytes that are appended once and read from any position; beyond a limit they are in a temporary file. */
export class ByteStore {
  readonly #memoryBlocks: number;
  /** Blocks in memory, in order; those behind them are in the file. */
  readonly #blocks: Buffer[] = [];
  #last = Buffer.allocUnsafe(BLOCK_BYTES);
  #lastBytes = 0;
  #size = 0;
  #file: { readonly descriptor: number; readonly path: string } | null = null;
  /** Blocks of the file that were read, the latest last. */
  readonly #kept = new Map<number, Buffer>();

  /** @param memoryBytes kept in memory at most */
  constructor(memoryBytes: number) {
    this.#memoryBlocks = Math.floor(memoryBytes / BLOCK_BYTES);
  }

  /** Bytes that were appended. */
  get size(): number {
    return this.#size;
  }

  append(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#lastBytes === BLOCK_BYTES) this.#finishBlock();
      const count = Math.min(BLOCK_BYTES - this.#lastBytes, bytes.length - at);
      this.#last.set(bytes.subarray(at, at + count), this.#lastBytes);
      this.#lastBytes += count;
      at += count;
    }
    this.#size += bytes.length;
  }

  /** The text of the UTF-8 bytes from `start` up to `end`, which were appended. */
  text(start: number, end: number): string {
    const index = Math.floor(start / BLOCK_BYTES);
    const offset = start - index * BLOCK_BYTES;
    if (offset + end - start <= BLOCK_BYTES) return this.#block(index).toString('utf8', offset, offset + end - start);
    const parts: Buffer[] = [];
    for (let at = start; at < end; ) {
      const block = Math.floor(at / BLOCK_BYTES);
      const from = at - block * BLOCK_BYTES;
      const part = this.#block(block).subarray(from, Math.min(BLOCK_BYTES, from + end - at));
      parts.push(part);
      at += part.length;
    }
    return Buffer.concat(parts).toString('utf8');
  }

  /** Removes the temporary file. */
  close(): void {
    const file = this.#file;
    this.#file = null;
    if (file === null) return;
    closeSync(file.descriptor);
    tryUnlink(file.path);
  }

  #finishBlock(): void {
    this.#lastBytes = 0;
    if (this.#blocks.length < this.#memoryBlocks) {
      this.#blocks.push(this.#last);
      this.#last = Buffer.allocUnsafe(BLOCK_BYTES);
      return;
    }
    this.#file ??= openTemporary();
    writeSync(this.#file.descriptor, this.#last);
  }

  #block(index: number): Buffer {
    const inMemory = this.#blocks[index];
    if (inMemory !== undefined) return inMemory;
    if (index === Math.floor((this.#size - this.#lastBytes) / BLOCK_BYTES)) return this.#last;
    return this.#kept.get(index) ?? this.#readBlock(index);
  }

  #readBlock(index: number): Buffer {
    const block = Buffer.allocUnsafe(BLOCK_BYTES);
    const position = (index - this.#blocks.length) * BLOCK_BYTES;
    if (this.#file === null) throw new RangeError(`there is no block ${index}`);
    readSync(this.#file.descriptor, block, 0, BLOCK_BYTES, position);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size < KEPT_BLOCKS) break;
      this.#kept.delete(oldest);
    }
    this.#kept.set(index, block);
    return block;
  }
}

function openTemporary(): { readonly descriptor: number; readonly path: string } {
  const path = temporaryPath(join(tmpdir(), 'texts'));
  const descriptor = openSync(path, 'wx+', 0o600);
  // Without a name it is gone when this process ends, however it ends.
  tryUnlink(path);
  return { descriptor, path };
}

function tryUnlink(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Gone already, or the system keeps the name of an open file.
  }
}

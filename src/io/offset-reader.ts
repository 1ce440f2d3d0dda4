import { readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

const BLOCK_BYTES = 64 * 1024;

/** Blocks kept (1 MiB): offsets may deviate this far from ascending order before blocks are read again. */
const KEPT_BLOCKS = 16;

const NEWLINE = 0x0a;

/**
 * Reads lines of a file by their byte offsets, in any order; fastest if the offsets are nearly ascending, because each
 * block that was read serves every line in it. Synchronous: what was written a while ago is in the page cache, from
 * where it takes less time than handing the read to another thread.
 */
export class OffsetLineReader {
  readonly #handle: FileHandle;
  /** Blocks by their index in the file; the least recently used first. */
  readonly #blocks = new Map<number, Buffer>();
  #lastIndex = -1;
  #lastBlock: Buffer = Buffer.alloc(0);

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** @throws the file system's error if the path cannot be opened */
  static async open(path: string): Promise<OffsetLineReader> {
    return new OffsetLineReader(await open(path, 'r'));
  }

  /**
   * The line that begins at `offset` (bytes, from 0), without its `\n`; the last line may lack one. Valid only until the
   * next one is read.
   * @throws RangeError if the file has no byte at that offset
   */
  read(offset: number): Buffer {
    const pieces: Buffer[] = [];
    let from = offset % BLOCK_BYTES;
    for (let index = Math.floor(offset / BLOCK_BYTES); ; index++) {
      let block = this.#block(index);
      let newline = block.indexOf(NEWLINE, from);
      if (newline < 0 && block.length < BLOCK_BYTES) {
        // The file may have grown since.
        block = this.#load(index);
        newline = block.indexOf(NEWLINE, from);
      }
      const piece = block.subarray(from, newline < 0 ? block.length : newline);
      if (newline >= 0 && pieces.length === 0) return piece;
      // The block's bytes are overwritten once it is no longer kept.
      pieces.push(newline < 0 ? Buffer.from(piece) : piece);
      if (newline < 0 && pieces.length === 1 && from >= block.length) break;
      if (newline >= 0 || block.length < BLOCK_BYTES) return Buffer.concat(pieces);
      from = 0;
    }
    throw new RangeError(`the file ends before byte ${offset}`);
  }

  /** Closes the file. */
  async close(): Promise<void> {
    await this.#handle.close();
  }

  #block(index: number): Buffer {
    // The next line is nearly always in the block of the last one.
    if (index === this.#lastIndex) return this.#lastBlock;
    const kept = this.#blocks.get(index);
    return kept === undefined ? this.#load(index) : this.#keep(index, kept);
  }

  #load(index: number): Buffer {
    this.#blocks.delete(index);
    return this.#keep(index, this.#readBlock(index * BLOCK_BYTES, this.#takeBuffer()));
  }

  /** As the most recently used one. */
  #keep(index: number, block: Buffer): Buffer {
    this.#blocks.delete(index);
    this.#blocks.set(index, block);
    this.#lastIndex = index;
    this.#lastBlock = block;
    return block;
  }

  /** The buffer of the least recently used block, once enough are kept. */
  #takeBuffer(): Buffer {
    const [oldest] = this.#blocks;
    if (this.#blocks.size < KEPT_BLOCKS || oldest === undefined) return Buffer.allocUnsafeSlow(BLOCK_BYTES);
    const [index, block] = oldest;
    this.#blocks.delete(index);
    return Buffer.from(block.buffer);
  }

  #readBlock(start: number, block: Buffer): Buffer {
    let length = 0;
    while (length < BLOCK_BYTES) {
      const bytesRead = readSync(this.#handle.fd, block, length, BLOCK_BYTES - length, start + length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return block.subarray(0, length);
  }
}

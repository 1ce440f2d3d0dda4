import { type FileHandle, open } from 'node:fs/promises';

const BLOCK_BYTES = 64 * 1024;

/** Blocks kept (1 MiB): offsets may deviate this far from ascending order before blocks are read again. */
const KEPT_BLOCKS = 16;

const NEWLINE = 0x0a;

/**
 * Reads lines of a UTF-8 file by their byte offsets, in any order; fastest if the offsets are nearly ascending, because
 * each block that was read serves every line in it.
 */
export class OffsetLineReader {
  readonly #handle: FileHandle;
  /** Blocks by their index in the file; the least recently used first. */
  readonly #blocks = new Map<number, Buffer>();

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** @throws the file system's error if the path cannot be opened */
  static async open(path: string): Promise<OffsetLineReader> {
    return new OffsetLineReader(await open(path, 'r'));
  }

  /** The line that begins at `offset` (bytes, from 0), without its `\n`; undefined if it must be read first. */
  readCached(offset: number): string | undefined {
    const index = Math.floor(offset / BLOCK_BYTES);
    const from = offset % BLOCK_BYTES;
    const block = this.#kept(index);
    if (block === undefined) return undefined;
    const newline = block.indexOf(NEWLINE, from);
    if (newline >= 0) return block.toString('utf8', from, newline);
    const next = block.length === BLOCK_BYTES ? this.#kept(index + 1) : undefined;
    const end = next?.indexOf(NEWLINE) ?? -1;
    if (next === undefined || end < 0) return undefined;
    return Buffer.concat([block.subarray(from), next.subarray(0, end)]).toString('utf8');
  }

  /**
   * The line that begins at `offset` (bytes, from 0), without its `\n`; the last line may lack one.
   * @throws RangeError if the file has no byte at that offset
   */
  async read(offset: number): Promise<string> {
    return this.readCached(offset) ?? (await this.#load(offset));
  }

  /** Closes the file. */
  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #load(offset: number): Promise<string> {
    const pieces: Buffer[] = [];
    let from = offset % BLOCK_BYTES;
    for (let index = Math.floor(offset / BLOCK_BYTES); ; index++) {
      const block = await this.#block(index);
      const newline = block.indexOf(NEWLINE, from);
      const piece = block.subarray(from, newline < 0 ? block.length : newline);
      // The block's bytes are overwritten once it is no longer kept.
      pieces.push(newline < 0 ? Buffer.from(piece) : piece);
      if (newline < 0 && pieces.length === 1 && from >= block.length) break;
      if (newline >= 0 || block.length < BLOCK_BYTES) return Buffer.concat(pieces).toString('utf8');
      from = 0;
    }
    throw new RangeError(`the file ends before byte ${offset}`);
  }

  async #block(index: number): Promise<Buffer> {
    const kept = this.#kept(index);
    // The file may have grown after a block that was not full.
    if (kept?.length === BLOCK_BYTES) return kept;
    const block = await this.#readBlock(index * BLOCK_BYTES, this.#takeBuffer());
    this.#blocks.set(index, block);
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

  async #readBlock(start: number, block: Buffer): Promise<Buffer> {
    let length = 0;
    while (length < BLOCK_BYTES) {
      const { bytesRead } = await this.#handle.read(block, length, BLOCK_BYTES - length, start + length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return block.subarray(0, length);
  }

  #kept(index: number): Buffer | undefined {
    const block = this.#blocks.get(index);
    if (block !== undefined) {
      this.#blocks.delete(index);
      this.#blocks.set(index, block);
    }
    return block;
  }
}

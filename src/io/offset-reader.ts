import { type FileHandle, open } from 'node:fs/promises';

const BLOCK_BYTES = 64 * 1024;

/** Blocks kept: lines that stand far apart from their neighbours must not push out the block that others still need. */
const KEPT_BLOCKS = 4;

const NEWLINE = 0x0a;

interface Block {
  /** Offset of the first byte in the file. */
  readonly start: number;
  readonly bytes: Buffer;
}

/**
 * Reads lines of a UTF-8 file by the byte offset at which they begin, in any order; fastest where the offsets nearly
 * ascend, because a block that was read serves every line that is whole in it.
 */
export class OffsetLineReader {
  readonly #handle: FileHandle;
  readonly #blocks: Block[] = [];

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** @throws the file system's error where the path cannot be opened */
  static async open(path: string): Promise<OffsetLineReader> {
    return new OffsetLineReader(await open(path, 'r'));
  }

  /** The line that begins at `offset` (bytes, from 0), without its `\n`; undefined where it must be read first. */
  readCached(offset: number): string | undefined {
    for (const { start, bytes } of this.#blocks) {
      const from = offset - start;
      if (from < 0 || from >= bytes.length) continue;
      const newline = bytes.indexOf(NEWLINE, from);
      if (newline >= 0) return bytes.toString('utf8', from, newline);
    }
    return undefined;
  }

  /**
   * The line that begins at `offset` (bytes, from 0), without its `\n`; the last line may lack one.
   * @throws RangeError where the file has no byte at that offset
   */
  async read(offset: number): Promise<string> {
    return this.readCached(offset) ?? (await this.#load(offset));
  }

  /** Ends the use of the file. */
  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #load(offset: number): Promise<string> {
    const pieces: Buffer[] = [];
    for (let start = offset; ; ) {
      const bytes = await this.#readBlock(start);
      if (bytes.length === 0) break;
      const newline = bytes.indexOf(NEWLINE);
      if (newline >= 0) {
        this.#keep({ start, bytes });
        pieces.push(bytes.subarray(0, newline));
        break;
      }
      pieces.push(bytes);
      start += bytes.length;
    }
    if (pieces.length === 0) throw new RangeError(`the file ends before byte ${offset}`);
    return Buffer.concat(pieces).toString('utf8');
  }

  async #readBlock(start: number): Promise<Buffer> {
    const { buffer, bytesRead } = await this.#handle.read(Buffer.allocUnsafe(BLOCK_BYTES), 0, BLOCK_BYTES, start);
    return buffer.subarray(0, bytesRead);
  }

  #keep(block: Block): void {
    this.#blocks.unshift(block);
    if (this.#blocks.length > KEPT_BLOCKS) this.#blocks.pop();
  }
}

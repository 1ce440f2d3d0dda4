import { type FileHandle, open } from 'node:fs/promises';

const BLOCK_BYTES = 256 * 1024;
const LINE_FEED = 10;

/**
 * Reads the lines that are appended to a file, each once and only when it is whole: from the end of the last whole line
 * on, without any lock. A file that was replaced or cut is read from its start again.
 */
export class GrowingLines {
  readonly #path: string;
  #offset = 0;
  #inode: number | null = null;
  #restarts = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Times that reading began again because the file was replaced or cut. */
  get restarts(): number {
    return this.#restarts;
  }

  /**
   * The new lines, without their line feeds, in batches; none if the file does not exist. Each batch is valid only until
   * the next one is asked for, and is read when that is. Read it to its end.
   */
  async *read(): AsyncGenerator<readonly Buffer[], void> {
    const file = await openIfThere(this.#path);
    if (file === null) return;
    try {
      const { size, ino } = await file.stat();
      if (this.#inode !== null && (ino !== this.#inode || size < this.#offset)) {
        this.#offset = 0;
        this.#restarts += 1;
      }
      this.#inode = ino;
      yield* this.#lines(file);
    } finally {
      await file.close();
    }
  }

  async *#lines(file: FileHandle): AsyncGenerator<readonly Buffer[], void> {
    const block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    let unfinished: Buffer[] = [];
    for (let position = this.#offset; ; ) {
      const { bytesRead } = await file.read(block, 0, BLOCK_BYTES, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      let start = 0;
      const lines: Buffer[] = [];
      for (let end = block.indexOf(LINE_FEED); end !== -1 && end < bytesRead; end = block.indexOf(LINE_FEED, start)) {
        const piece = block.subarray(start, end);
        const line = unfinished.length === 0 ? piece : Buffer.concat([...unfinished, piece]);
        unfinished = [];
        this.#offset += line.length + 1;
        start = end + 1;
        lines.push(line);
      }
      if (lines.length > 0) yield lines;
      if (start < bytesRead) unfinished.push(Buffer.from(block.subarray(start, bytesRead)));
    }
  }
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

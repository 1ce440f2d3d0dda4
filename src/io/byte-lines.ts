import { closeSync, openSync, readSync } from 'node:fs';
import { each } from './each.ts';

/** A line of bytes, without its line feed; valid only until the next lines are asked for. */
export interface ByteLine {
  readonly bytes: Buffer;
  /** Its offset in the file. */
  readonly offset: number;
  /** From 1. */
  readonly line: number;
  /** False for a last line without a line feed. */
  readonly ended: boolean;
}

const LINE_FEED = 10;

/**
 * Lines of a byte stream with their offsets; linear time, however long a line is.
 * @param onBytes sees the bytes, in order
 */
export function readByteLines(
  blocks: AsyncIterable<unknown>,
  onBytes?: (block: Uint8Array) => void,
): AsyncIterableIterator<ByteLine> {
  return each(byteLineBatches(blocks, onBytes));
}

/** The same lines, in batches: those that end in each block, made one by one, so that few are in memory at once. */
export async function* byteLineBatches(
  blocks: AsyncIterable<unknown>,
  onBytes?: (block: Uint8Array) => void,
): AsyncGenerator<Iterable<ByteLine>> {
  const splitter = new LineSplitter();
  for await (const block of blocks) {
    if (!Buffer.isBuffer(block)) throw new TypeError('the stream gives no bytes');
    onBytes?.(block);
    if (block.includes(LINE_FEED)) yield splitter.lines(block);
    // The block's bytes may be overwritten by those of the next.
    splitter.keepOpen(Buffer.from(block.subarray(block.lastIndexOf(LINE_FEED) + 1)));
  }
  yield splitter.rest();
}

const BLOCK_BYTES = 256 * 1024;

/**
 * The lines of a file, read synchronously: for code that rarely needs them, and cannot wait.
 * @throws the file system's error if it cannot be read
 */
export function* byteLinesNow(path: string): Generator<ByteLine> {
  const file = openSync(path, 'r');
  try {
    const splitter = new LineSplitter();
    const buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    for (let bytes = readSync(file, buffer); bytes > 0; bytes = readSync(file, buffer)) {
      const block = buffer.subarray(0, bytes);
      yield* splitter.lines(block);
      splitter.keepOpen(Buffer.from(block.subarray(block.lastIndexOf(LINE_FEED) + 1)));
    }
    yield* splitter.rest();
  } finally {
    closeSync(file);
  }
}

class LineSplitter {
  /** Of the unfinished line. */
  #parts: Buffer[] = [];
  #offset = 0;
  #line = 1;

  *lines(block: Buffer): Generator<ByteLine> {
    let start = 0;
    for (let end = block.indexOf(LINE_FEED); end !== -1; end = block.indexOf(LINE_FEED, start)) {
      yield this.#take(block.subarray(start, end), true);
      start = end + 1;
    }
  }

  keepOpen(part: Buffer): void {
    if (part.length > 0) this.#parts.push(part);
  }

  *rest(): Generator<ByteLine> {
    if (this.#parts.length > 0) yield this.#take(Buffer.alloc(0), false);
  }

  #take(last: Buffer, ended: boolean): ByteLine {
    const bytes = this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last]);
    const taken = { bytes, offset: this.#offset, line: this.#line, ended };
    this.#parts = [];
    this.#offset += bytes.length + 1;
    this.#line += 1;
    return taken;
  }
}

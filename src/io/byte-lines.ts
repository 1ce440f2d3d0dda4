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

/** The same lines, in batches: those that end in each chunk. */
export async function* byteLineBatches(
  blocks: AsyncIterable<unknown>,
  onBytes?: (block: Uint8Array) => void,
): AsyncGenerator<readonly ByteLine[]> {
  let parts: Buffer[] = [];
  let offset = 0;
  let line = 1;
  const take = (last: Buffer, ended: boolean): ByteLine => {
    const bytes = parts.length === 0 ? last : Buffer.concat([...parts, last]);
    const taken = { bytes, offset, line, ended };
    parts = [];
    offset += bytes.length + 1;
    line += 1;
    return taken;
  };
  for await (const buffer of blocks) {
    if (!Buffer.isBuffer(buffer)) throw new TypeError('the stream gives no bytes');
    onBytes?.(buffer);
    const lines: ByteLine[] = [];
    let start = 0;
    for (let end = buffer.indexOf(LINE_FEED); end !== -1; end = buffer.indexOf(LINE_FEED, start)) {
      lines.push(take(buffer.subarray(start, end), true));
      start = end + 1;
    }
    if (lines.length > 0) yield lines;
    // The block's bytes may be overwritten by those of the next.
    if (start < buffer.length) parts.push(Buffer.from(buffer.subarray(start)));
  }
  if (parts.length > 0) yield [take(Buffer.alloc(0), false)];
}

import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';

/** Receives bytes in order. */
type Sink = (bytes: Uint8Array) => void | Promise<void>;

/** A file in the archive, once it is complete. */
interface Entry {
  readonly name: Buffer;
  readonly offset: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
}

/** An archive or a file in it is larger than the fields of the format can say. */
export class ZipTooLargeError extends Error {
  override readonly name = 'ZipTooLargeError';
}

const deflate = promisify(deflateRaw);

/** Text is packed in pieces of this many UTF-16 code units. */
const PIECE_UNITS = 128 * 1024;

/** Sizes and offsets have 32 bits. */
const MOST_BYTES = 2 ** 32 - 1;

/** UTF-8 names; sizes follow the data. */
const FLAGS = 0x08_08;
const DEFLATED = 8;
const VERSION = 20;
/** 1 January 1980, the earliest: equal results make equal files. */
const DOS_DATE = 0x00_21;

/** An empty last block: the pieces before it are not last ones. */
const LAST_BLOCK = Buffer.from([0x03, 0x00]);

/**
 * Writes a zip archive of text files from front to back, holding one piece of text. Each call must be awaited before the
 * next. Source: PKWARE's APPNOTE 6.3.10, sections 4.3 and 4.4.
 */
export class ZipWriter {
  readonly #sink: Sink;
  readonly #entries: Entry[] = [];
  #offset = 0;
  #open: { readonly name: Buffer; readonly offset: number; crc: number; packedBytes: number; bytes: number } | null =
    null;
  #pieces: string[] = [];
  #units = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** Begins a file; the one before must be closed. */
  async open(name: string): Promise<void> {
    const bytes = Buffer.from(name);
    this.#open = { name: bytes, offset: this.#offset, crc: 0, packedBytes: 0, bytes: 0 };
    await this.#put(header(0x04034b50, [VERSION, FLAGS, DEFLATED, 0, DOS_DATE], [0, 0, 0], [bytes.length, 0]), bytes);
  }

  /** Appends text to the open file; it waits when a piece is full. @throws ZipTooLargeError */
  write(text: string): void | Promise<void> {
    this.#pieces.push(text);
    this.#units += text.length;
    if (this.#units >= PIECE_UNITS) return this.#pack();
  }

  /** Ends the open file. @throws ZipTooLargeError */
  async close(): Promise<void> {
    await this.#pack();
    const entry = this.#open;
    if (entry === null) return;
    entry.packedBytes += LAST_BLOCK.length;
    await this.#put(LAST_BLOCK, header(0x08074b50, [], [entry.crc, entry.packedBytes, entry.bytes], []));
    this.#entries.push(entry);
    this.#open = null;
  }

  /** Writes a whole file. @throws ZipTooLargeError */
  async add(name: string, text: string): Promise<void> {
    await this.open(name);
    await this.write(text);
    await this.close();
  }

  /** Writes the list of files, which ends the archive. @throws ZipTooLargeError */
  async finish(): Promise<void> {
    const start = this.#offset;
    for (const { name, offset, crc, packedBytes, bytes } of this.#entries) {
      const fixed = header(
        0x02014b50,
        [VERSION, VERSION, FLAGS, DEFLATED, 0, DOS_DATE],
        [crc, packedBytes, bytes],
        [name.length, 0, 0, 0, 0],
      );
      await this.#put(fixed, header(null, [], [0, offset], []), name);
    }
    const count = this.#entries.length;
    await this.#put(header(0x06054b50, [0, 0, count, count], [this.#offset - start, start], [0]));
  }

  async #pack(): Promise<void> {
    const bytes = Buffer.from(this.#pieces.join(''));
    this.#pieces = [];
    this.#units = 0;
    if (this.#open === null || bytes.length === 0) return;
    this.#open.crc = crc32(bytes, this.#open.crc);
    this.#open.bytes += bytes.length;
    if (this.#open.bytes > MOST_BYTES) throw new ZipTooLargeError('a file in it would be larger than 4 GiB');
    // Each piece ends at a byte, so that pieces can follow each other.
    const packed = await deflate(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
    this.#open.packedBytes += packed.length;
    await this.#put(packed);
  }

  async #put(...parts: readonly Uint8Array[]): Promise<void> {
    for (const part of parts) this.#offset += part.length;
    if (this.#offset > MOST_BYTES) throw new ZipTooLargeError('it would be larger than 4 GiB');
    for (const part of parts) await this.#sink(part);
  }
}

/** A signature, fields of 16 bits, of 32 bits and again of 16 bits. */
function header(
  signature: number | null,
  before: readonly number[],
  middle: readonly number[],
  after: readonly number[],
): Buffer {
  const longs = signature === null ? [] : [signature];
  const bytes = Buffer.alloc(4 * (longs.length + middle.length) + 2 * (before.length + after.length));
  let at = 0;
  for (const value of longs) at = bytes.writeUInt32LE(value, at);
  for (const value of before) at = bytes.writeUInt16LE(value, at);
  for (const value of middle) at = bytes.writeUInt32LE(value, at);
  for (const value of after) at = bytes.writeUInt16LE(value, at);
  return bytes;
}

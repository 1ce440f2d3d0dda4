import { crc32, createInflateRaw } from 'node:zlib';
import type { RandomBytes } from './random-bytes.ts';
import { through } from './unpack/gzip.ts';
import { type UnpackLimits, UnpackMeter } from './unpack/limits.ts';
import { UnpackError } from './unpack/unpack-error.ts';

/** A file in an archive. */
export interface ZipEntry {
  /** Its path, with `/` between folders and none at its beginning. */
  readonly name: string;
  /** Bytes in the archive. */
  readonly packed: number;
  /** Bytes when unpacked, as the archive says. */
  readonly unpacked: number;
  readonly crc: number;
  readonly method: number;
  readonly isEncrypted: boolean;
  /** Where its header begins. */
  readonly offset: number;
}

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const LONGEST_COMMENT_BYTES = 65_535;
const END64_SIGNATURE = 0x06064b50;
const LOCATOR64_SIGNATURE = 0x07064b50;
const LOCATOR64_BYTES = 20;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_BYTES = 46;
const HEADER_SIGNATURE = 0x04034b50;
const HEADER_BYTES = 30;
const LARGEST_DIRECTORY_BYTES = 64 * 1024 * 1024;
const BLOCK_BYTES = 64 * 1024;
const STORED = 0;
const DEFLATED = 8;
/** Stands for a number that is in the 64-bit fields. */
const IN_64_BITS = 0xffffffff;

/** A ZIP archive, of which single entries are read as they are unpacked. */
export class ZipArchive {
  readonly entries: readonly ZipEntry[];
  readonly #bytes: RandomBytes;

  private constructor(bytes: RandomBytes, entries: readonly ZipEntry[]) {
    this.#bytes = bytes;
    this.entries = entries;
  }

  /** Reads the list of entries. @throws UnpackError if the archive is cut off or damaged */
  static async open(bytes: RandomBytes): Promise<ZipArchive> {
    const { start, size } = await findDirectory(bytes);
    if (size > LARGEST_DIRECTORY_BYTES) throw new UnpackError('too-large', 'its list of files is longer than 64 MiB');
    const directory = await bytes.read(start, start + size);
    if (directory.length < size) throw new UnpackError('damaged', 'its list of files is not where it should be');
    return new ZipArchive(bytes, readDirectory(directory));
  }

  /** The entry of that name, whatever its case; undefined if there is none. */
  find(name: string): ZipEntry | undefined {
    const wanted = name.toLowerCase();
    return this.entries.find((entry) => entry.name.toLowerCase() === wanted);
  }

  /**
   * The bytes of an entry, as they are unpacked.
   * @throws UnpackError if it is damaged, encrypted, or unpacks to more than it may
   */
  async *read(entry: ZipEntry, limits: UnpackLimits): AsyncGenerator<Uint8Array, void, undefined> {
    if (entry.isEncrypted) throw new UnpackError('damaged', `${entry.name} is encrypted`);
    const meter = new UnpackMeter(limits);
    let crc = 0;
    for await (const block of this.#content(entry, meter)) {
      crc = crc32(block, crc);
      yield block;
    }
    if (crc !== entry.crc) throw new UnpackError('damaged', `the checksum of ${entry.name} is wrong`);
  }

  async *#content(entry: ZipEntry, meter: UnpackMeter): AsyncGenerator<Uint8Array, void, undefined> {
    const packed = this.#packed(entry);
    switch (entry.method) {
      case STORED:
        yield* packed;
        return;
      case DEFLATED:
        try {
          yield* through(packed, createInflateRaw({ chunkSize: BLOCK_BYTES }), meter);
        } catch (error) {
          throw explain(error, entry);
        }
        return;
      default:
        throw new UnpackError('damaged', `${entry.name} is compressed with method ${entry.method}`);
    }
  }

  async *#packed({ name, offset, packed }: ZipEntry): AsyncGenerator<Uint8Array, void, undefined> {
    const header = viewOf(await this.#bytes.read(offset, offset + HEADER_BYTES));
    if (header.byteLength < HEADER_BYTES || header.getUint32(0, true) !== HEADER_SIGNATURE) {
      throw new UnpackError('damaged', `${name} is not where it should be`);
    }
    let at = offset + HEADER_BYTES + header.getUint16(26, true) + header.getUint16(28, true);
    const end = at + packed;
    while (at < end) {
      const block = await this.#bytes.read(at, Math.min(end, at + BLOCK_BYTES));
      if (block.length === 0) throw new UnpackError('cut-off', `the archive ends inside ${name}`);
      yield block;
      at += block.length;
    }
  }
}

function explain(error: unknown, { name }: ZipEntry): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  return error.code.startsWith('Z_') ? new UnpackError('damaged', `${name}: ${error.message}`, error) : error;
}

interface Directory {
  readonly start: number;
  readonly size: number;
}

async function findDirectory(bytes: RandomBytes): Promise<Directory> {
  const tailStart = Math.max(0, bytes.size - END_BYTES - LONGEST_COMMENT_BYTES - LOCATOR64_BYTES);
  const tail = viewOf(await bytes.read(tailStart, bytes.size));
  for (let at = tail.byteLength - END_BYTES; at >= 0; at--) {
    if (tail.getUint32(at, true) !== END_SIGNATURE) continue;
    const size = tail.getUint32(at + 12, true);
    const start = tail.getUint32(at + 16, true);
    const locator = at - LOCATOR64_BYTES;
    if (locator >= 0 && tail.getUint32(locator, true) === LOCATOR64_SIGNATURE) {
      return read64(bytes, Number(tail.getBigUint64(locator + 8, true)));
    }
    // Where the archive begins after other bytes, all positions are off by so many.
    return { start: start + size <= tailStart + at ? start : tailStart + at - size, size };
  }
  throw new UnpackError('cut-off', 'the list of files at its end is missing');
}

async function read64(bytes: RandomBytes, at: number): Promise<Directory> {
  const end = viewOf(await bytes.read(at, at + 56));
  if (end.byteLength < 56 || end.getUint32(0, true) !== END64_SIGNATURE) {
    throw new UnpackError('damaged', 'its list of files is not where it should be');
  }
  return { size: Number(end.getBigUint64(40, true)), start: Number(end.getBigUint64(48, true)) };
}

function readDirectory(directory: Uint8Array): readonly ZipEntry[] {
  const view = viewOf(directory);
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at + ENTRY_BYTES <= view.byteLength && view.getUint32(at, true) === ENTRY_SIGNATURE) {
    const nameBytes = view.getUint16(at + 28, true);
    const extraBytes = view.getUint16(at + 30, true);
    const nameAt = at + ENTRY_BYTES;
    const extraAt = nameAt + nameBytes;
    const next = extraAt + extraBytes + view.getUint16(at + 32, true);
    if (next > view.byteLength) break;
    const name = Buffer.from(directory.subarray(nameAt, extraAt)).toString('utf8');
    const large = new LargeNumbers(viewOf(directory.subarray(extraAt, extraAt + extraBytes)));
    // In this order, as the 64-bit fields have it.
    const unpacked = large.of(view.getUint32(at + 24, true));
    const packed = large.of(view.getUint32(at + 20, true));
    const offset = large.of(view.getUint32(at + 42, true));
    entries.push({
      name: name.replaceAll('\\', '/').replace(/^\//, ''),
      isEncrypted: (view.getUint16(at + 8, true) & 1) !== 0,
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed,
      unpacked,
      offset,
    });
    at = next;
  }
  return entries;
}

/** The 64-bit fields of an entry, which hold only what has no place in 32 bits. */
class LargeNumbers {
  readonly #extra: DataView;
  #at: number;
  readonly #end: number;

  constructor(extra: DataView) {
    this.#extra = extra;
    let at = 0;
    while (at + 4 <= extra.byteLength && extra.getUint16(at, true) !== 1) at += 4 + extra.getUint16(at + 2, true);
    const isFound = at + 4 <= extra.byteLength;
    this.#at = at + 4;
    this.#end = isFound ? Math.min(extra.byteLength, at + 4 + extra.getUint16(at + 2, true)) : 0;
  }

  of(small: number): number {
    if (small !== IN_64_BITS || this.#at + 8 > this.#end) return small;
    const value = Number(this.#extra.getBigUint64(this.#at, true));
    this.#at += 8;
    return value;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';

/** A file that is not a zip archive, or one that is cut off or of a kind that is not read. */
export class ZipError extends Error {
  override readonly name = 'ZipError';
}

interface Entry {
  readonly offset: number;
  readonly packedBytes: number;
  readonly method: number;
}

/** Reads files of a zip archive on demand. Archives above 4 GiB and encrypted ones are not read. */
export class ZipReader {
  readonly #path: string;
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor(path: string, entries: ReadonlyMap<string, Entry>) {
    this.#path = path;
    this.#entries = entries;
  }

  /** @throws ZipError, or the file system's error */
  static async open(path: string): Promise<ZipReader> {
    const file = await open(path, 'r');
    try {
      return new ZipReader(path, await readDirectory(file));
    } finally {
      await file.close();
    }
  }

  /** True if the archive has a file of that name. */
  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** The text of a file, in pieces. @throws ZipError if it is missing or damaged */
  async *read(name: string): AsyncGenerator<string, void, undefined> {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new ZipError(`it has no ${name}`);
    const start = await this.#dataStart(entry);
    const decoder = new TextDecoder('utf-8', { fatal: true });
    if (entry.packedBytes === 0) return;
    const packed = createReadStream(this.#path, { start, end: start + entry.packedBytes - 1 });
    try {
      for await (const block of unpacked(packed, entry, name)) yield decoder.decode(block, { stream: true });
      yield decoder.decode();
    } catch (cause) {
      throw cause instanceof ZipError ? cause : new ZipError(`${name} in it is damaged`, { cause });
    } finally {
      packed.destroy();
    }
  }

  async #dataStart({ offset }: Entry): Promise<number> {
    const file = await open(this.#path, 'r');
    try {
      const head = await readAt(file, offset, LOCAL_BYTES);
      if (head.length < LOCAL_BYTES || head.readUInt32LE(0) !== LOCAL_HEADER) throw damaged();
      return offset + LOCAL_BYTES + head.readUInt16LE(26) + head.readUInt16LE(28);
    } finally {
      await file.close();
    }
  }
}

const LOCAL_HEADER = 0x04034b50;
const LOCAL_BYTES = 30;
const CENTRAL_HEADER = 0x02014b50;
const CENTRAL_BYTES = 46;
const END_HEADER = 0x06054b50;
const END_BYTES = 22;
const LONGEST_COMMENT_BYTES = 65_535;

function damaged(): ZipError {
  return new ZipError('it is cut off or damaged');
}

async function* unpacked(packed: Readable, { method }: Entry, name: string): AsyncGenerator<Buffer, void, undefined> {
  if (method !== 0 && method !== 8) throw new ZipError(`${name} in it is packed in a way that is not read (${method})`);
  const inflate = createInflateRaw();
  packed.on('error', (error) => inflate.destroy(error));
  const blocks: AsyncIterable<Buffer> = method === 0 ? packed : packed.pipe(inflate);
  try {
    yield* blocks;
  } finally {
    inflate.destroy();
  }
}

async function readDirectory(file: FileHandle): Promise<ReadonlyMap<string, Entry>> {
  const { size } = await file.stat();
  const tailBytes = Math.min(size, END_BYTES + LONGEST_COMMENT_BYTES);
  const tail = await readAt(file, size - tailBytes, tailBytes);
  const at = endPlace(tail);
  if (at === null) throw damaged();
  const [count, bytes, offset] = [tail.readUInt16LE(at + 10), tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
  if (offset + bytes > size) throw damaged();
  const directory = await readAt(file, offset, bytes);
  const entries = new Map<string, Entry>();
  let place = 0;
  for (let index = 0; index < count; index++) {
    if (place + CENTRAL_BYTES > directory.length || directory.readUInt32LE(place) !== CENTRAL_HEADER) throw damaged();
    const nameBytes = directory.readUInt16LE(place + 28);
    const name = directory.toString('utf8', place + CENTRAL_BYTES, place + CENTRAL_BYTES + nameBytes);
    entries.set(name, {
      method: directory.readUInt16LE(place + 10),
      packedBytes: directory.readUInt32LE(place + 20),
      offset: directory.readUInt32LE(place + 42),
    });
    place += CENTRAL_BYTES + nameBytes + directory.readUInt16LE(place + 30) + directory.readUInt16LE(place + 32);
  }
  return entries;
}

/** Where the record begins that ends the archive: behind it is only a comment. */
function endPlace(tail: Buffer): number | null {
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) === END_HEADER) return at;
  }
  return null;
}

async function readAt(file: FileHandle, position: number, bytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, position);
  return buffer.subarray(0, bytesRead);
}

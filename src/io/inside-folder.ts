import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';

/** Why a path does not lead to a file in a folder. */
export type InsideFault = 'absolute' | 'outside' | 'missing';

/** A file that was looked at. */
export interface InspectedFile {
  readonly bytes: number;
  /** SHA-256 of its content, hexadecimal. */
  readonly sha256: string;
  /** Its first bytes, at most 1,024. */
  readonly head: Uint8Array;
}

/**
 * Where a file in a folder is, with every link followed. What is outside is not looked at.
 * @param name its path relative to the folder
 */
export function pathInside(folder: string, name: string): { readonly path: string } | InsideFault {
  if (isAbsolute(name)) return 'absolute';
  if (!isWithin(resolve(folder), resolve(folder, name))) return 'outside';
  try {
    const root = realpathSync(folder);
    const path = realpathSync(resolve(root, name));
    return isWithin(root, path) ? { path } : 'outside';
  } catch {
    return 'missing';
  }
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** A path that has become a link or a pipe since it was resolved is not followed, and waits for nobody. */
const READ_PLAINLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

const HEAD_BYTES = 1024;
const BLOCK_BYTES = 64 * 1024;
const block = Buffer.allocUnsafeSlow(BLOCK_BYTES);

/** Files that were looked at, by what tells them apart as long as nobody writes to them. */
const inspected = new Map<string, InspectedFile>();
const MOST_INSPECTED = 4096;

/**
 * Size, digest and beginning of a file, in the memory of one block.
 * @param mostBytes a larger file is not read
 * @returns its size alone if it is larger; null if it is not a regular file
 * @throws the file system's error if it cannot be read
 */
export function inspectFile(path: string, mostBytes: number): InspectedFile | { readonly bytes: number } | null {
  const file = openSync(path, READ_PLAINLY);
  try {
    const found = fstatSync(file, { bigint: true });
    if (!found.isFile()) return null;
    const bytes = Number(found.size);
    if (bytes > mostBytes) return { bytes };
    const key = [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ');
    const known = inspected.get(key) ?? digestOf(file);
    inspected.delete(key);
    inspected.set(key, known);
    if (inspected.size > MOST_INSPECTED) for (const oldest of inspected.keys()) return forget(oldest, known);
    return known;
  } finally {
    closeSync(file);
  }
}

function forget(key: string, found: InspectedFile): InspectedFile {
  inspected.delete(key);
  return found;
}

function digestOf(file: number): InspectedFile {
  const hash = createHash('sha256');
  let bytes = 0;
  let head = Buffer.alloc(0);
  for (let read = readSync(file, block); read > 0; read = readSync(file, block)) {
    if (bytes === 0) head = Buffer.from(block.subarray(0, Math.min(read, HEAD_BYTES)));
    bytes += read;
    hash.update(block.subarray(0, read));
  }
  return { bytes, sha256: hash.digest('hex'), head };
}

/**
 * The content of a file that was looked at.
 * @returns null if it is another one by now
 * @throws the file system's error if it cannot be read
 */
export async function readInspected(
  path: string,
  { bytes, sha256 }: Omit<InspectedFile, 'head'>,
): Promise<Buffer | null> {
  const file = await open(path, READ_PLAINLY);
  try {
    const found = await file.stat();
    if (!found.isFile() || found.size !== bytes) return null;
    const content = await file.readFile();
    return createHash('sha256').update(content).digest('hex') === sha256 ? content : null;
  } finally {
    await file.close();
  }
}

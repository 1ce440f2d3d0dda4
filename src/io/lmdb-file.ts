import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { type LmdbEntry, type LmdbPages, type LmdbTree, LmdbWalk, salvageEntries } from './lmdb-walk.ts';

const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
const MIN_PAGE_BYTES = 256;
const MAGIC_AT = 24;
const VERSION_AT = 28;
const META_BYTES = 160;
const PAGE_SIZE_AT = 48;
const MAX_PAGE_BYTES = 64 * 1024;
/** The two trees of every file, free pages and entries: where the header describes them, and their flags. */
const TREES = [
  { at: 48, flags: 8 },
  { at: 96, flags: 0 },
] as const;
const TREE_FLAGS_AT = 4;
/** LMDB keeps this flag in the header of a file that was used. */
const IN_USE = 0x1000;
const LAST_PAGE_AT = 144;
const TRANSACTION_AT = 152;
/**
 * Checks the header of an LMDB file, and every page of its trees, before it is mapped. A file that is foreign, of
 * another version, truncated or overwritten could end the whole process with a signal. The layout is that of MDB_meta
 * and MDB_page in the LMDB version inside lmdb-js 3 (data version 2, 64-bit, little-endian).
 * @returns a short description of the fault; null if there is none, or the file is missing or empty
 */
export function lmdbFault(path: string): string | null {
  if (!existsSync(path)) return null;
  const file = openSync(path, 'r');
  try {
    return fstatSync(file).size === 0 ? null : (headFault(file) ?? treeFault(file));
  } finally {
    closeSync(file);
  }
}

function headFault(file: number): string | null {
  const first = read(file, META_BYTES, 0);
  if (first === null) return 'too short';
  if (first.readUInt32LE(MAGIC_AT) !== MAGIC) return 'no LMDB file';
  if (first.readUInt16LE(VERSION_AT) !== DATA_VERSION) return 'of another LMDB version';
  const pageSize = pageSizeOf(first);
  if (pageSize < MIN_PAGE_BYTES || !Number.isInteger(Math.log2(pageSize))) return 'damaged';
  return headInForce(file) === null ? 'cut off' : null;
}

function treeFault(file: number): string | null {
  const head = headInForce(file);
  if (head === null || areTreesSound(file, head)) return null;
  // Another writing process may have reused pages since the header was read.
  const isOld = headInForce(file)?.equals(head) !== true;
  if (isOld) return null;
  return lastPageOf(file, head) < numberAt(head, LAST_PAGE_AT) ? 'cut off' : 'damaged';
}

function areTreesSound(file: number, head: Buffer): boolean {
  const walk = new LmdbWalk(pagesOf(file, head));
  return TREES.every(({ at, flags }) => {
    const found = head.readUInt16LE(at + TREE_FLAGS_AT) & ~IN_USE;
    return found === flags && walk.isSound(treeAt(head, at));
  });
}

function pagesOf(file: number, head: Buffer): LmdbPages {
  return { file, pageSize: pageSizeOf(head), lastPage: lastPageOf(file, head) };
}

/**
 * The last page in use that exists in the file. A page that was taken and freed again in one transaction is never
 * written, so a sound file may end before the last page its header names. It is truncated only if a tree continues
 * beyond its end.
 */
function lastPageOf(file: number, head: Buffer): number {
  const written = Math.floor(fstatSync(file).size / pageSizeOf(head)) - 1;
  return Math.min(written, numberAt(head, LAST_PAGE_AT));
}

function treeAt(head: Buffer, at: number): LmdbTree {
  return {
    depth: head.readUInt16LE(at + 6),
    branchPages: numberAt(head, at + 8),
    leafPages: numberAt(head, at + 16),
    overflowPages: numberAt(head, at + 24),
    entries: numberAt(head, at + 32),
    root: head.readBigUInt64LE(at + 40),
  };
}

/**
 * Recovers the entries in sound pages of a damaged file; values may be damaged or outdated. Empty if the header cannot
 * be read.
 */
export function* lmdbEntries(path: string): Generator<LmdbEntry> {
  const file = openSync(path, 'r');
  try {
    const first = read(file, META_BYTES, 0);
    const pageSize = first === null ? 0 : pageSizeOf(first);
    if (pageSize < MIN_PAGE_BYTES || pageSize > MAX_PAGE_BYTES || !Number.isInteger(Math.log2(pageSize))) return;
    yield* salvageEntries({ file, pageSize, lastPage: Math.floor(fstatSync(file).size / pageSize) - 1 });
  } finally {
    closeSync(file);
  }
}

/** Two headers fill the first two pages; the one of the later transaction is valid. null if the file ends before. */
function headInForce(file: number): Buffer | null {
  const first = read(file, META_BYTES, 0);
  const second = first === null ? null : read(file, META_BYTES, pageSizeOf(first));
  if (first === null || second === null) return null;
  return numberAt(second, TRANSACTION_AT) > numberAt(first, TRANSACTION_AT) ? second : first;
}

function read(file: number, bytes: number, position: number): Buffer | null {
  const buffer = Buffer.alloc(bytes);
  return readSync(file, buffer, 0, bytes, position) === bytes ? buffer : null;
}

function pageSizeOf(head: Buffer): number {
  return head.readUInt32LE(PAGE_SIZE_AT);
}

function numberAt(head: Buffer, at: number): number {
  return Number(head.readBigUInt64LE(at));
}

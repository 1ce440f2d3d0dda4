import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
const MIN_PAGE_BYTES = 256;
const MAGIC_AT = 24;
const VERSION_AT = 28;
const META_BYTES = 160;
const PAGE_SIZE_AT = 48;
/** Root pages of the two trees that every file has: of free pages, and of entries. */
const ROOTS_AT = [88, 136] as const;
const NO_PAGE = 2n ** 64n - 1n;
const LAST_PAGE_AT = 144;
const TRANSACTION_AT = 152;
const PAGE_HEADER_BYTES = 24;
/** Within a page's header: what it is, and the bounds of its free room. */
const [FLAGS_AT, LOWER_AT, UPPER_AT] = [18, 20, 22] as const;
const [BRANCH, LEAF] = [1, 2] as const;

/**
 * Looks at the head of an LMDB file, and at the roots of its trees, before it is mapped: one that is foreign, of another
 * version, cut off or overwritten could end the whole process with a signal. The layout is that of MDB_meta and MDB_page
 * in the LMDB that lmdb-js 3 carries (data version 2, 64-bit, little-endian).
 * @returns what is wrong with it in a few words; null where nothing is, or the file is not there or empty
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
  const head = headInForce(file);
  const neededBytes = head === null ? Number.POSITIVE_INFINITY : (numberAt(head, LAST_PAGE_AT) + 1) * pageSize;
  // Looked at last: another process may be making the file longer.
  return fstatSync(file).size < neededBytes ? 'cut off' : null;
}

function treeFault(file: number): string | null {
  const head = headInForce(file);
  if (head === null || ROOTS_AT.every((at) => isRoot(file, head, head.readBigUInt64LE(at)))) return null;
  // Another process that writes may have used the page again since the head was read.
  const isOld = headInForce(file)?.equals(head) !== true;
  return isOld ? null : 'damaged';
}

function isRoot(file: number, head: Buffer, page: bigint): boolean {
  if (page === NO_PAGE) return true;
  const pageSize = pageSizeOf(head);
  const header = read(file, PAGE_HEADER_BYTES, Number(page) * pageSize);
  if (header === null || header.readBigUInt64LE(0) !== page) return false;
  const [flags, lower, upper] = [FLAGS_AT, LOWER_AT, UPPER_AT].map((at) => header.readUInt16LE(at));
  return (flags === BRANCH || flags === LEAF) && Number(lower) <= Number(upper) && Number(upper) <= pageSize;
}

/** Two heads fill the first two pages; that of the later transaction is in force. null where the file ends before. */
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

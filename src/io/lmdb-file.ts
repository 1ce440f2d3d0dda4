import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';

const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
const MIN_PAGE_BYTES = 256;
/** Two of them, in the first two pages; the one of the later transaction is in force. */
const META_COUNT = 2;
const MAGIC_AT = 24;
const VERSION_AT = 28;
const META_BYTES = 160;
const PAGE_SIZE_AT = 48;
const LAST_PAGE_AT = 144;
const TRANSACTION_AT = 152;

/**
 * Looks at the head of an LMDB file before it is mapped: one that is foreign, of another version or cut off would end
 * the whole process with a signal. The layout is that of MDB_meta in the LMDB that lmdb-js 3 carries (data version 2,
 * 64-bit, little-endian).
 * @returns what is wrong with it in a few words; null where nothing is, or the file is not there or empty
 */
export function lmdbFault(path: string): string | null {
  if (!existsSync(path)) return null;
  const { size } = statSync(path);
  if (size === 0) return null;
  const file = openSync(path, 'r');
  try {
    const first = readMeta(file, 0);
    if (first === null) return 'too short';
    if (first.readUInt32LE(MAGIC_AT) !== MAGIC) return 'no LMDB file';
    if (first.readUInt16LE(VERSION_AT) !== DATA_VERSION) return 'of another LMDB version';
    const pageSize = first.readUInt32LE(PAGE_SIZE_AT);
    if (pageSize < MIN_PAGE_BYTES || !Number.isInteger(Math.log2(pageSize))) return 'damaged';
    const metas = Array.from({ length: META_COUNT }, (_, index) => readMeta(file, index * pageSize));
    return size < neededBytes(metas, pageSize) ? 'cut off' : null;
  } finally {
    closeSync(file);
  }
}

function readMeta(file: number, position: number): Buffer | null {
  const meta = Buffer.alloc(META_BYTES);
  return readSync(file, meta, 0, META_BYTES, position) === META_BYTES ? meta : null;
}

function neededBytes(metas: readonly (Buffer | null)[], pageSize: number): number {
  const whole = metas.filter((meta) => meta !== null);
  if (whole.length < META_COUNT) return Number.POSITIVE_INFINITY;
  const inForce = whole.reduce((best, meta) => (transactionOf(meta) > transactionOf(best) ? meta : best));
  return (Number(inForce.readBigUInt64LE(LAST_PAGE_AT)) + 1) * pageSize;
}

function transactionOf(meta: Buffer): bigint {
  return meta.readBigUInt64LE(TRANSACTION_AT);
}

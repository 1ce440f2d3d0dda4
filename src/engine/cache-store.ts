import { open, type RootDatabase, TransactionFlags } from 'lmdb';

/** Texts by key in a folder, on LMDB: memory-mapped, safe for several processes. Every part throws on a fault. */
export interface CacheStore {
  get(key: string): string | undefined;
  /** Stores them all or none. */
  put(entries: Iterable<readonly [key: string, value: string]>): void;
  entries(): Iterable<{ readonly key: string; readonly value: string }>;
  remove(keys: Iterable<string>): void;
  close(): Promise<void>;
}

const COMMIT_NOW_SYNC_LATER = TransactionFlags.SYNCHRONOUS_COMMIT | TransactionFlags.NO_SYNC_FLUSH;

/** Opens the store of a folder whose file was found sound. */
export function openStore(folder: string): CacheStore {
  const database: RootDatabase<string, string> = open({ path: folder, encoding: 'string', noSubdir: false });
  // lmdb-js writes by itself in another thread, but what fails there it prints, and ends the process.
  const write = (change: () => void): void => {
    database.transactionSync(change, COMMIT_NOW_SYNC_LATER);
  };
  return {
    get: (key) => database.get(key),
    put: (entries) =>
      write(() => {
        for (const [key, value] of entries) void database.put(key, value);
      }),
    entries: () => database.getRange(),
    remove: (keys) =>
      write(() => {
        for (const key of keys) void database.remove(key);
      }),
    close: () => database.close(),
  };
}

/** True for an error that says that the file itself is broken. */
export function isBrokenStore(error: unknown): boolean {
  return (
    error instanceof Error && /^MDB_(CORRUPTED|PAGE_NOTFOUND|INVALID|PANIC|VERSION_MISMATCH)\b/.test(error.message)
  );
}

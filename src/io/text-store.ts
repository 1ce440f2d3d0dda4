import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { open, type RootDatabase, TransactionFlags } from 'lmdb';
import { assurePrivateFile, PRIVATE_FILE_MODE } from './private-folder.ts';
import { temporaryPath } from './temporary.ts';

/** Texts by key in a folder, on LMDB: memory-mapped, safe for several processes. Every method throws on a fault. */
export interface TextStore {
  get(key: string): string | undefined;
  /** Stores all of them or none. */
  put(entries: Iterable<readonly [key: string, value: string]>): void;
  /** Replaces a text in one atomic step; undefined means no text. */
  update(key: string, change: (value: string | undefined) => string | undefined): void;
  entries(): Iterable<{ readonly key: string; readonly value: string }>;
  remove(keys: Iterable<string>): void;
  /** False if its files were removed or replaced since it was opened: nobody else can read what is stored then. */
  isInPlace(): boolean;
  close(): Promise<void>;
}

const COMMIT_NOW_SYNC_LATER = TransactionFlags.SYNCHRONOUS_COMMIT | TransactionFlags.NO_SYNC_FLUSH;

/** Settings of a store. */
interface StoreOptions {
  /** False never waits for the disk: a power failure may damage the file. Default true. */
  readonly isDurable?: boolean;
}

/** LMDB maps sparse files: without disk space for them, the system ends the process with a signal. */
const ROOM_BYTES = 128 * 1024;

/** LMDB creates them readable by everyone. */
const FILES = ['data.mdb', 'lock.mdb'] as const;

/** Opens the store of a folder whose file was found sound. @throws if there is no space for it */
export function openStore(folder: string, { isDurable = true }: StoreOptions = {}): TextStore {
  assureRoom(folder);
  for (const name of FILES) assurePrivateFile(join(folder, name));
  const place = placeOf(folder);
  const database: RootDatabase<string, string> = open({
    path: folder,
    encoding: 'string',
    noSubdir: false,
    ...(isDurable ? {} : { noSync: true, overlappingSync: false }),
  });
  // lmdb-js can write in another thread, but it prints failures there and ends the process.
  const write = (change: () => void): void => {
    database.transactionSync(change, COMMIT_NOW_SYNC_LATER);
  };
  return {
    get: (key) => database.get(key),
    put: (entries) =>
      write(() => {
        for (const [key, value] of entries) void database.put(key, value);
      }),
    update: (key, change) =>
      write(() => {
        const before = database.get(key);
        const after = change(before);
        if (after === before) return;
        if (after === undefined) void database.remove(key);
        else void database.put(key, after);
      }),
    entries: () => database.getRange(),
    remove: (keys) =>
      write(() => {
        for (const key of keys) void database.remove(key);
      }),
    isInPlace: () => placeOf(folder) === place,
    close: () => database.close(),
  };
}

/** Which files are in a folder: no other file has the number of one that is open. Empty if one is missing. */
function placeOf(folder: string): string {
  const found = FILES.map((name) => statSync(join(folder, name), { bigint: true, throwIfNoEntry: false }));
  return found.every((file) => file !== undefined) ? found.map(({ dev, ino }) => `${dev}:${ino}`).join(' ') : '';
}

function assureRoom(folder: string): void {
  const path = temporaryPath(join(folder, 'room'));
  try {
    writeFileSync(path, Buffer.alloc(ROOM_BYTES, 1), { mode: PRIVATE_FILE_MODE });
  } finally {
    rmSync(path, { force: true });
  }
}

/** True for an error that means that the file itself is broken. */
export function isBrokenStore(error: unknown): boolean {
  return (
    error instanceof Error && /^MDB_(CORRUPTED|PAGE_NOTFOUND|INVALID|PANIC|VERSION_MISMATCH)\b/.test(error.message)
  );
}

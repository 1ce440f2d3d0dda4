import { open, type RootDatabase } from 'lmdb';

/** Texts by key in a folder, on LMDB: memory-mapped, safe for several processes. */
export interface CacheStore {
  get(key: string): string | undefined;
  put(key: string, value: string): void;
  entries(): Iterable<{ readonly key: string; readonly value: string }>;
  remove(keys: Iterable<string>): Promise<void>;
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the store of a folder whose file was found sound. */
export function openStore(folder: string): CacheStore {
  const database: RootDatabase<string, string> = open({ path: folder, encoding: 'string', noSubdir: false });
  return {
    get: (key) => database.get(key),
    put: (key, value) => void database.put(key, value),
    entries: () => database.getRange(),
    async remove(keys) {
      await database.batch(() => {
        for (const key of keys) void database.remove(key);
      });
    },
    clear: () => database.clearAsync(),
    async close() {
      await database.flushed;
      await database.close();
    },
  };
}

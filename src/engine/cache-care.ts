import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../core/errors.ts';
import type { CostTotal } from '../core/totals.ts';
import { CurrencyTotals } from '../core/totals.ts';
import { lmdbFault } from '../io/lmdb-file.ts';
import { openStore, type TextStore } from '../io/text-store.ts';
import { CACHE_FILES, CACHE_FORMAT, markAsCache, notePruned } from './cache-folder.ts';
import { readStoredAnswer } from './stored-answer.ts';

/** Contents of a response cache. */
interface CacheStats {
  readonly folder: string;
  readonly answers: number;
  /** Size of the file. */
  readonly bytes: number;
  /** When the oldest and the newest answers were received, ISO 8601; null if there are none. */
  readonly oldest: string | null;
  readonly newest: string | null;
  /** What the answers cost when they were received. */
  readonly worth: readonly CostTotal[];
}

/** Counts the contents of a cache. @throws UsageError if the folder is not a cache */
export async function cacheStats(folder: string): Promise<CacheStats> {
  return withStore(folder, (store) => {
    const worth = new CurrencyTotals();
    let answers = 0;
    const span: { oldest: string | null; newest: string | null } = { oldest: null, newest: null };
    for (const { key, value } of store.entries()) {
      const answer = readStoredAnswer(key, value);
      if (answer === null) continue;
      answers += 1;
      const { total, currency } = answer.completion.cost;
      if (total !== null && currency !== null) worth.add({ amount: total, currency });
      if (span.oldest === null || answer.at < span.oldest) span.oldest = answer.at;
      if (span.newest === null || answer.at > span.newest) span.newest = answer.at;
    }
    const bytes = statSync(join(folder, CACHE_FILES.data)).size;
    return { folder, answers, bytes, ...span, worth: worth.totals() };
  });
}

/**
 * Removes answers received before a given time.
 * @param before ISO 8601
 * @returns how many were removed
 */
export async function pruneCache(folder: string, before: string): Promise<number> {
  const removed = await withStore(folder, (store) => {
    const old: string[] = [];
    for (const { key, value } of store.entries()) {
      const answer = readStoredAnswer(key, value);
      if (answer === null || answer.at < before) old.push(key);
    }
    store.remove(old);
    return old.length;
  });
  await notePruned(folder, before);
  return removed;
}

/**
 * Removes a cache's answers with their files, including broken ones; anything else in the folder stays. What is left is
 * an empty cache: a run that has the files open notices, and creates new ones. @throws UsageError if it is not a cache
 */
export function clearCache(folder: string): void {
  if (!existsSync(join(folder, CACHE_FILES.format))) throw notACache(folder);
  const { lock, data, broken, pruned } = CACHE_FILES;
  // Nobody may write to new data under an old lock.
  for (const name of [lock, data, broken, pruned]) rmSync(join(folder, name), { force: true });
  markAsCache(folder);
}

async function withStore<T>(folder: string, use: (store: TextStore) => T): Promise<T> {
  if (!existsSync(join(folder, CACHE_FILES.format))) throw notACache(folder);
  const fault = cacheFault(folder);
  if (fault !== null) throw unusable(folder, fault);
  let store: TextStore | null = null;
  try {
    store = openStore(folder);
    return use(store);
  } catch (cause) {
    throw unusable(folder, `the response cache fails: ${cause instanceof Error ? cause.message : String(cause)}`);
  } finally {
    await store?.close();
  }
}

function unusable(folder: string, fault: string): UsageError {
  return new UsageError(`${folder}: ${fault}`, {
    hint: 'name the folder with --cache; promptgrid cache clear empties it',
  });
}

function notACache(folder: string): UsageError {
  return new UsageError(`${folder}: is not a response cache`, { hint: 'name the folder of one with --cache' });
}

function cacheFault(folder: string): string | null {
  if (readFileSync(join(folder, CACHE_FILES.format), 'utf8') !== CACHE_FORMAT)
    return 'is a response cache of another format';
  const fault = lmdbFault(join(folder, CACHE_FILES.data));
  return fault === null ? null : `the response cache is broken (${fault})`;
}

import { cacheStats, clearCache, pruneCache } from '../engine/cache-care.ts';

export { cacheStats, clearCache };

/** Removes answers that are older. @returns how many were removed */
export function pruneOlderThan(folder: string, ageMs: number, now: Date): Promise<number> {
  return pruneCache(folder, new Date(now.getTime() - ageMs).toISOString());
}

import { cacheStats, clearCache, pruneCache } from '../engine/cache-care.ts';

export { cacheStats, clearCache };

/** Removes older answers. @returns the number removed */
export function pruneOlderThan(folder: string, ageMs: number, now: Date): Promise<number> {
  return pruneCache(folder, new Date(now.getTime() - ageMs).toISOString());
}

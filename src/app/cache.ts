import { UsageError } from '../core/errors.ts';
import { cacheStats, clearCache, pruneCache } from '../engine/cache-care.ts';

export { cacheStats, clearCache };

const AGE = /^(\d+(?:\.\d+)?)\s*(m|h|d|w)$/;
const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/**
 * Removes answers older than an age such as `30d`, `12h`, `45m`, `2w`.
 * @returns how many were removed. @throws UsageError for anything that is not an age
 */
export async function pruneOlderThan(folder: string, age: string, now: Date): Promise<number> {
  const [, amount, unit = ''] = AGE.exec(age.trim()) ?? [];
  const unitMs = UNIT_MS[unit];
  if (amount === undefined || unitMs === undefined) {
    throw new UsageError(`--older-than "${age}" is not an age`, { hint: 'give one such as 30d, 12h, 45m or 2w' });
  }
  return pruneCache(folder, new Date(now.getTime() - Number(amount) * unitMs).toISOString());
}

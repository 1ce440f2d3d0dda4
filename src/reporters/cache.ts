import { oneLine } from '../core/plain-text.ts';
import type { CostTotal } from '../core/totals.ts';
import { formatCosts, formatCount } from './format.ts';

interface ShownCache {
  readonly folder: string;
  readonly answers: number;
  readonly bytes: number;
  readonly oldest: string | null;
  readonly newest: string | null;
  readonly worth: readonly CostTotal[];
}

const MEBIBYTE = 1024 * 1024;

/** The content of a response cache, in words. */
export function renderCacheStats({ folder, answers, bytes, oldest, newest, worth }: ShownCache): string {
  const size = `${(bytes / MEBIBYTE).toFixed(1)} MiB`;
  if (oldest === null || newest === null) return `${oneLine(folder)}: empty, ${size}`;
  return [
    `${oneLine(folder)}: ${formatCount(answers)} answers, ${size}`,
    `given from ${oldest} to ${newest}`,
    `paid for them: ${formatCosts(worth, 0)}`,
  ].join('\n');
}

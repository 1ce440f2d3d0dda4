import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../io/atomic-file.ts';
import { PRIVATE_FILE_MODE } from '../io/private-folder.ts';
import { temporaryPath } from '../io/temporary.ts';

/** Written into a cache folder; different text means that another version created it. */
export const CACHE_FORMAT = 'promptgrid-cache 1\n';

/** Files of a cache folder. */
export const CACHE_FILES = {
  format: 'format',
  data: 'data.mdb',
  lock: 'lock.mdb',
  broken: 'data.mdb.broken',
  /** The time before which answers were removed, ISO 8601: their bytes stay in the file until others need the room. */
  pruned: 'pruned',
} as const;

/** Marks a folder as a cache. Another process may read it at any moment and must find the complete text or no file. */
export function markAsCache(folder: string): void {
  const marker = join(folder, CACHE_FILES.format);
  const draft = temporaryPath(marker);
  writeFileSync(draft, CACHE_FORMAT, { mode: PRIVATE_FILE_MODE });
  renameSync(draft, marker);
}

/** The time before which a cache's answers were removed; empty if none were. */
export function prunedBefore(folder: string): string {
  try {
    return readFileSync(join(folder, CACHE_FILES.pruned), 'utf8').trim();
  } catch {
    return '';
  }
}

/** Notes that answers from before this time were removed. @param before ISO 8601 */
export async function notePruned(folder: string, before: string): Promise<void> {
  if (before <= prunedBefore(folder)) return;
  await writeFileAtomic(join(folder, CACHE_FILES.pruned), `${before}\n`, PRIVATE_FILE_MODE);
}

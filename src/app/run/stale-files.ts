import { rm } from 'node:fs/promises';
import type { FileDigest } from '../../io/file-digest.ts';
import type { RunFolder } from '../../store/run-folder.ts';
import { areUnchanged, expectedFile } from './unchanged-files.ts';

type Files = Readonly<Record<string, FileDigest>>;

/**
 * Removes the files of an earlier session that this one did not write: their scores may differ from those of the run
 * now. Files that were edited since are kept.
 * @param before the files of that session, by name; @param now those of this one
 * @returns what was removed or kept, one line each
 */
export async function removeStale(folder: RunFolder, before: Files, now: Files): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const [name, digest] of Object.entries(before)) {
    if (now[name] !== undefined) continue;
    const path = folder.file(name);
    const isOurs = await areUnchanged([expectedFile(path, digest)]);
    if (isOurs) await rm(path, { force: true });
    const isGone = !isOurs && (await areUnchanged([{ path, bytes: null, checksum: null }]));
    const fate = isOurs ? 'removed' : 'edited since, and kept';
    if (!isGone) lines.push(`${path}: ${fate}: an earlier session wrote it, and this one does not`);
  }
  return lines;
}

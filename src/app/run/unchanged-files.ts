import { stat } from 'node:fs/promises';
import { type FileDigest, haveChecksum } from '../../io/file-digest.ts';

/** A file, and what it should be. */
export interface ExpectedFile {
  readonly path: string;
  /** Files whose bytes follow, which it is one dataset with; default none. */
  readonly more?: readonly string[];
  /** Its size in bytes; null if that is not known. */
  readonly bytes: number | null;
  /** Of its bytes; null if there should be no such file. */
  readonly checksum: string | null;
}

/** A file as a digest says. */
export function expectedFile(path: string, { bytes, checksum }: FileDigest): ExpectedFile {
  return { path, bytes, checksum };
}

/** True if each file is as it should be, byte by byte; sizes are compared first. */
export async function areUnchanged(files: readonly ExpectedFile[]): Promise<boolean> {
  for (const file of files) if (!(await hasSize(file))) return false;
  for (const { path, more = [], checksum } of files) {
    if (checksum !== null && !(await haveChecksum([path, ...more], checksum))) return false;
  }
  return true;
}

async function hasSize({ path, bytes, checksum }: ExpectedFile): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (found === null || checksum === null) return found === null && checksum === null;
  return found.isFile() && (bytes === null || found.size === bytes);
}

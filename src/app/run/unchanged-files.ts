import { stat } from 'node:fs/promises';
import type { FileDigest } from '../../io/atomic-file.ts';
import { digestOf } from '../../io/file-digest.ts';

/** A file, and what it should be. */
export interface ExpectedFile {
  readonly path: string;
  /** Files whose bytes follow, which it is one dataset with; default none. */
  readonly more?: readonly string[];
  /** Its size in bytes; null if that is not known. */
  readonly bytes: number | null;
  /** SHA-256 of its bytes; null if there should be no such file. */
  readonly sha256: string | null;
}

/** A file as a digest says. */
export function expectedFile(path: string, { bytes, sha256 }: FileDigest): ExpectedFile {
  return { path, bytes, sha256 };
}

/** True if each file is as it should be, byte by byte; sizes are compared first. */
export async function areUnchanged(files: readonly ExpectedFile[]): Promise<boolean> {
  for (const file of files) if (!(await hasSize(file))) return false;
  for (const { path, more = [], sha256 } of files) {
    if (sha256 !== null && (await digestOf([path, ...more]))?.sha256 !== sha256) return false;
  }
  return true;
}

async function hasSize({ path, bytes, sha256 }: ExpectedFile): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (found === null || sha256 === null) return found === null && sha256 === null;
  return found.isFile() && (bytes === null || found.size === bytes);
}

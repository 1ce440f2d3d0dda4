import { createHash } from 'node:crypto';
import type { FileDigest } from './atomic-file.ts';
import { readBlocks } from './bytes.ts';

/**
 * Size and SHA-256 of a file's content, whatever its size, in the memory of one block; null if the file does not exist.
 * @throws the file system's error if it cannot be read
 */
export async function fileDigest(path: string): Promise<FileDigest | null> {
  return digestOf([path]);
}

/** The same of several files, one after the other; null if one does not exist. */
export async function digestOf(paths: readonly string[]): Promise<FileDigest | null> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for (const path of paths) {
      for await (const block of readBlocks(path)) {
        hash.update(block);
        bytes += block.length;
      }
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  return { bytes, sha256: hash.digest('hex') };
}

import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { FileDigest } from './atomic-file.ts';

const BLOCK_BYTES = 1024 * 1024;

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
  // One buffer for all blocks: a stream makes a new one for each.
  const block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  let bytes = 0;
  for (const path of paths) {
    const file = await openExisting(path);
    if (file === null) return null;
    try {
      for (let read = await file.read(block, 0, BLOCK_BYTES, null); read.bytesRead > 0; ) {
        hash.update(block.subarray(0, read.bytesRead));
        bytes += read.bytesRead;
        read = await file.read(block, 0, BLOCK_BYTES, null);
      }
    } finally {
      await file.close();
    }
  }
  return { bytes, sha256: hash.digest('hex') };
}

function openExisting(path: string): Promise<FileHandle | null> {
  return open(path, 'r').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
}

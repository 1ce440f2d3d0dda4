import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { FileDigest } from './atomic-file.ts';

const BLOCK_BYTES = 1024 * 1024;

/**
 * Size and SHA-256 of a file's content, whatever its size, in the memory of one block; null if the file does not exist.
 * @throws the file system's error if it cannot be read
 */
export async function fileDigest(path: string): Promise<FileDigest | null> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  if (file === null) return null;
  try {
    const hash = createHash('sha256');
    // One buffer for all blocks: a stream makes a new one for each.
    const block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    for (let bytes = 0; ; ) {
      const { bytesRead } = await file.read(block, 0, BLOCK_BYTES, null);
      if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') };
      hash.update(bytesRead === BLOCK_BYTES ? block : block.subarray(0, bytesRead));
      bytes += bytesRead;
    }
  } finally {
    await file.close();
  }
}

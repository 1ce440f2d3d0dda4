import { readBlocks } from './bytes.ts';
import { algorithmOf, type ChecksumAlgorithm, openChecksum } from './checksum.ts';

/** Properties of a file's content. */
export interface FileDigest {
  readonly bytes: number;
  /** As `Checksum` has it. */
  readonly checksum: string;
}

/**
 * Size and CRC-32 of a file's content, whatever its size, in the memory of one block; null if the file does not exist.
 * @throws the file system's error if it cannot be read
 */
export async function fileDigest(path: string): Promise<FileDigest | null> {
  return digestOf([path], 'crc32');
}

/** SHA-256 of several files, one after the other, in lower-case hexadecimal; null if one does not exist. */
export async function sha256Of(paths: readonly string[]): Promise<string | null> {
  const found = await digestOf(paths, 'sha256');
  return found === null ? null : found.checksum.slice('sha256:'.length);
}

/** True if several files, one after the other, have a checksum; false if one does not exist. */
export async function haveChecksum(paths: readonly string[], checksum: string): Promise<boolean> {
  const algorithm = algorithmOf(checksum);
  return algorithm !== null && (await digestOf(paths, algorithm))?.checksum === checksum;
}

async function digestOf(paths: readonly string[], algorithm: ChecksumAlgorithm): Promise<FileDigest | null> {
  const checksum = openChecksum(algorithm);
  let bytes = 0;
  try {
    for (const path of paths) {
      for await (const block of readBlocks(path)) {
        checksum.update(block);
        bytes += block.length;
      }
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  return { bytes, checksum: checksum.text() };
}

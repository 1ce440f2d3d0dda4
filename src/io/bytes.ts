import { open } from 'node:fs/promises';

/** Bytes in one block of `readBytes`. */
const BLOCK_BYTES = 64 * 1024;

/** Bytes in one block of `readBlocks`. */
const LARGE_BLOCK_BYTES = 256 * 1024;

/**
 * The bytes of a file in blocks, read on demand. The file is closed when the reader stops, even early.
 * @throws the file system's error if the path cannot be opened or read
 */
export async function* readBytes(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const handle = await open(path, 'r');
  try {
    while (true) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(BLOCK_BYTES), 0, BLOCK_BYTES, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/**
 * The same in larger blocks, for files that are read whole: each is valid only until the next one is asked for. One
 * buffer serves all, because new ones cost more than reading into them.
 */
export async function* readBlocks(path: string): AsyncGenerator<Buffer, void, undefined> {
  const handle = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafeSlow(LARGE_BLOCK_BYTES);
    while (true) {
      const { bytesRead } = await handle.read(buffer, 0, LARGE_BLOCK_BYTES, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

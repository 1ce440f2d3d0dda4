import type { RandomBytes } from '../io/random-bytes.ts';

/** Longest file that is read to see whether it holds anything. */
const MOST_BYTES = 64;

/** True for a file without anything but white space. */
export async function isBlankFile(bytes: RandomBytes): Promise<boolean> {
  if (bytes.size > MOST_BYTES) return false;
  return (
    Buffer.from(await bytes.read(0, bytes.size))
      .toString('utf8')
      .trim() === ''
  );
}

import { Decompress } from 'fzstd';
import { type UnpackLimits, UnpackMeter } from './limits.ts';
import { UnpackError } from './unpack-error.ts';
import { ZstdParts } from './zstd-parts.ts';

/**
 * The bytes of a Zstandard file, of all its frames, as they are read. Checksums are not compared.
 * @throws UnpackError if the input is cut off, damaged, followed by other bytes, or too large when unpacked
 */
export async function* unzstd(
  packed: AsyncIterable<Uint8Array>,
  limits: UnpackLimits,
): AsyncGenerator<Uint8Array, void, undefined> {
  const meter = new UnpackMeter(limits);
  const parts = new ZstdParts();
  let unpacked: Uint8Array[] = [];
  const decoder = new Decompress((block) => {
    meter.giveOut(block.length);
    // The decoder may use the memory of its block again.
    if (block.length > 0) unpacked.push(block.slice());
  });
  for await (const block of packed) {
    meter.takeIn(block.length);
    // A part unpacks to at most one block, however small it is.
    for (const part of parts.split(block)) {
      decode(decoder, part);
      yield* unpacked;
      unpacked = [];
    }
  }
  parts.end();
  // Frames shorter than 18 bytes are held back until the end.
  decode(decoder, new Uint8Array(0), true);
  yield* unpacked;
}

function decode(decoder: Decompress, part: Uint8Array, isLast = false): void {
  try {
    decoder.push(part, isLast);
  } catch (error) {
    if (error instanceof UnpackError) throw error;
    throw new UnpackError('damaged', error instanceof Error ? error.message : String(error), error);
  }
}

import { type UnpackLimits, UnpackMeter } from './limits.ts';
import { ZstdDecoder } from './zstd-decoder.ts';

/**
 * The bytes of a Zstandard file, of all its frames, as they are read.
 * @throws UnpackError if the input is cut off, damaged, followed by other bytes, or too large when unpacked
 */
export async function* unzstd(
  packed: AsyncIterable<Uint8Array>,
  limits: UnpackLimits,
): AsyncGenerator<Uint8Array, void, undefined> {
  const meter = new UnpackMeter(limits);
  const decoder = new ZstdDecoder((bytes) => meter.giveOut(bytes));
  for await (const block of packed) {
    meter.takeIn(block.length);
    yield* decoder.push(block);
  }
  decoder.end();
}

import type { UnpackLimits } from './limits.ts';

export type { UnpackLimits } from './limits.ts';
export { UnpackError } from './unpack-error.ts';

/** Formats of packed files. */
export type PackedFormat = 'gzip' | 'zstd';

/**
 * The bytes of a packed file, as they are read.
 * @throws UnpackError if the input cannot be unpacked
 */
export async function* unpack(
  packed: AsyncIterable<Uint8Array>,
  format: PackedFormat,
  limits: UnpackLimits,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (format === 'gzip') {
    const { gunzip } = await import('./gzip.ts');
    yield* gunzip(packed, limits);
    return;
  }
  const { unzstd } = await import('./zstd.ts');
  yield* unzstd(packed, limits);
}

import { Readable, type Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type UnpackLimits, UnpackMeter } from './limits.ts';
import { UnpackError } from './unpack-error.ts';

/**
 * The bytes of a gzip file, of all its members, as they are read. The input begins as a gzip file does.
 * @throws UnpackError if the input is cut off, damaged, followed by other bytes, or too large when unpacked
 */
export async function* gunzip(
  packed: AsyncIterable<Uint8Array>,
  limits: UnpackLimits,
): AsyncGenerator<Uint8Array, void, undefined> {
  const meter = new UnpackMeter(limits);
  try {
    yield* through(packed, createGunzip({ chunkSize: 64 * 1024 }), meter);
  } catch (error) {
    throw explain(error);
  }
}

/** Bytes through a transform, measured. Errors of either side are thrown; both are closed when the reader stops. */
export async function* through(
  packed: AsyncIterable<Uint8Array>,
  transform: Transform,
  meter: UnpackMeter,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = Readable.from(counted(packed, meter), { objectMode: false });
  source.on('error', (error) => transform.destroy(error));
  try {
    // A transform of bytes gives bytes.
    const unpacked: AsyncIterable<Buffer> = source.pipe(transform);
    for await (const block of unpacked) {
      meter.giveOut(block.length);
      yield block;
    }
  } finally {
    source.destroy();
    transform.destroy();
  }
}

async function* counted(
  packed: AsyncIterable<Uint8Array>,
  meter: UnpackMeter,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const block of packed) {
    meter.takeIn(block.length);
    yield block;
  }
}

function explain(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'Z_BUF_ERROR') return new UnpackError('cut-off', 'it ends too early', error);
  if (typeof error.code !== 'string' || !error.code.startsWith('Z_')) return error;
  // Whoever unpacks has seen the first header.
  return error.message === 'incorrect header check'
    ? new UnpackError('trailing', 'other bytes follow its end', error)
    : new UnpackError('damaged', error.message, error);
}

import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { CompressionCodec } from 'hyparquet';
import { decompressLz4, decompressLz4Raw } from 'hyparquet-compressors';
import { ZstdDecoder } from '../../io/unpack/zstd-decoder.ts';
import { DamagedError } from './errors.ts';
import type { PackedPage } from './packed-page.ts';
import { type PageBytes, PageMemory, StreamedBytes, WholeBytes } from './page-bytes.ts';
import { snappyBlocks } from './snappy.ts';

/** Unpacks the pages of one column, one after the other. */
export class PageUnpacker {
  readonly #memory = new PageMemory();

  /**
   * @param size bytes of the unpacked page
   * @returns the page, which can be read until the next call
   * @throws DamagedError if the page does not unpack to so many bytes, now or while it is read
   */
  unpack(packed: PackedPage, size: number, codec: CompressionCodec): PageBytes {
    switch (codec) {
      case 'UNCOMPRESSED':
        return new StreamedBytes(packed.pieces(), size, this.#memory);
      case 'SNAPPY':
        return new StreamedBytes(snappyBlocks(packed, size), size, this.#memory);
      case 'ZSTD':
        return new StreamedBytes(zstdBlocks(packed), size, this.#memory);
      default: {
        const page = unpackWhole(packed.whole(), size, codec);
        if (page.length !== size) throw new DamagedError(`a page unpacks to ${page.length} bytes instead of ${size}`);
        return new WholeBytes(page);
      }
    }
  }
}

function* zstdBlocks(packed: PackedPage): Generator<Uint8Array, void, undefined> {
  const decoder = new ZstdDecoder();
  for (const piece of packed.pieces()) yield* decoder.push(piece);
  decoder.end();
}

function unpackWhole(
  packed: Uint8Array,
  size: number,
  codec: Exclude<CompressionCodec, 'UNCOMPRESSED' | 'SNAPPY' | 'ZSTD'>,
): Uint8Array {
  switch (codec) {
    case 'GZIP':
      return gunzipSync(packed, { maxOutputLength: Math.max(1, size) });
    case 'BROTLI':
      return brotliDecompressSync(packed, { maxOutputLength: Math.max(1, size) });
    case 'LZ4':
      return decompressLz4(packed, size);
    case 'LZ4_RAW':
      return decompressLz4Raw(packed, size);
    case 'LZO':
      throw new DamagedError('the compression LZO is not supported');
  }
}

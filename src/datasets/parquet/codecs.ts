import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { decompress as decompressZstd } from 'fzstd';
import { type CompressionCodec, snappyUncompress } from 'hyparquet';
import { decompressLz4, decompressLz4Raw } from 'hyparquet-compressors';
import { DamagedError } from './errors.ts';

/**
 * Unpacks the pages of one column, one after the other. Their memory is used again: pages of whole row groups would
 * otherwise pile up until they are collected.
 */
export class PageUnpacker {
  #memory = new Uint8Array(0);

  /**
   * @param size bytes of the unpacked page
   * @returns the page, which stays as it is until the next call
   * @throws DamagedError if the page does not unpack to so many bytes
   */
  unpack(packed: Uint8Array, size: number, codec: CompressionCodec): Uint8Array {
    const page = this.#unpack(packed, size, codec);
    if (page.length !== size) throw new DamagedError(`a page unpacks to ${page.length} bytes instead of ${size}`);
    return page;
  }

  #unpack(packed: Uint8Array, size: number, codec: CompressionCodec): Uint8Array {
    switch (codec) {
      case 'UNCOMPRESSED':
        return packed;
      case 'SNAPPY': {
        // A package with WebAssembly is faster, but its memory grows to the largest page too and is never given back.
        const output = this.#take(size);
        if (size > 0) snappyUncompress(packed, output);
        return output;
      }
      case 'ZSTD':
        return decompressZstd(packed, this.#take(size));
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

  #take(size: number): Uint8Array {
    if (this.#memory.length < size) this.#memory = new Uint8Array(size);
    return this.#memory.subarray(0, size);
  }
}

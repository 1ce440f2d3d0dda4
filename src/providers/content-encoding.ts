import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { CallError } from '../core/call-error.ts';
import { answerTooLarge } from './too-large.ts';

type Decompress = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Promise<Uint8Array>;

type DecompressWithCallback = (
  bytes: Uint8Array,
  options: { readonly maxOutputLength: number },
  done: (error: Error | null, decoded: Uint8Array) => void,
) => void;

declare module 'node:zlib' {
  // Available in Node from 22.15 on.
  export const zstdDecompress: DecompressWithCallback | undefined;
}

const gunzip: Decompress = promisify<Uint8Array, zlib.ZlibOptions, Uint8Array>(zlib.gunzip);
const inflate: Decompress = promisify<Uint8Array, zlib.ZlibOptions, Uint8Array>(zlib.inflate);
const inflateRaw: Decompress = promisify<Uint8Array, zlib.ZlibOptions, Uint8Array>(zlib.inflateRaw);
const brotli: Decompress = promisify<Uint8Array, zlib.BrotliOptions, Uint8Array>(zlib.brotliDecompress);

/** By the names of RFC 9110, section 8.4.1, RFC 7932 and RFC 8878. */
const DECODERS: ReadonlyMap<string, Decompress> = new Map([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', (bytes, options) => (hasZlibHeader(bytes) ? inflate : inflateRaw)(bytes, options)],
  ['br', brotli],
  ...(zlib.zstdDecompress === undefined ? [] : [['zstd', promisify(zlib.zstdDecompress)] as const]),
]);

/** Some servers omit the header that RFC 1950 puts before deflated data. */
function hasZlibHeader([first = 0, second = 0]: Uint8Array): boolean {
  return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
}

/** A server applies one encoding, a proxy before it another; more are an attempt to exhaust the client. */
const MAX_CODINGS = 4;

/**
 * A body decoded by its Content-Encoding.
 * @param limit maximum size of the decoded body in bytes; decoding stops when it is exceeded
 * @throws CallError `invalid_response` if it is too large, broken, or in an unknown encoding
 */
export async function decodeBody(bytes: Uint8Array, contentEncoding: string, limit: number): Promise<Uint8Array> {
  const codings = contentEncoding
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > MAX_CODINGS) throw new CallError('invalid_response', 'the answer has too many encodings');
  let body = bytes;
  // The encoding applied last is removed first.
  for (const coding of codings.toReversed()) if (body.length > 0) body = await decode(body, coding, limit);
  return body;
}

async function decode(bytes: Uint8Array, coding: string, limit: number): Promise<Uint8Array> {
  const decompress = DECODERS.get(coding);
  if (decompress === undefined) {
    throw new CallError('invalid_response', `the answer is encoded as "${coding}", which cannot be decoded here`);
  }
  try {
    return await decompress(bytes, { maxOutputLength: limit });
  } catch (cause) {
    if (cause instanceof RangeError) throw answerTooLarge(cause);
    const message = `the answer is not whole or not ${coding}: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new CallError('invalid_response', message, { cause });
  }
}

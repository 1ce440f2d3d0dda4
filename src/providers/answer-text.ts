import { isUtf8 } from 'node:buffer';
import { CallError } from '../core/call-error.ts';
import { decodeBody } from './content-encoding.ts';
import type { Received } from './receive.ts';
import { MAX_RESPONSE_BYTES } from './too-large.ts';

/**
 * The text of a body, without its content encoding. A failure's reason may be read with characters missing; an answer
 * may not. Returns a promise only if there is something to decode.
 * @throws CallError `invalid_response` if it is too large, not UTF-8, or its encoding is broken or unknown
 */
export function answerText({ statusCode, headers, bytes }: Received): string | Promise<string> {
  const codings = headers.all('content-encoding');
  if (codings === null) return textOf(bytes, statusCode);
  return decodeBody(bytes, codings.join(','), MAX_RESPONSE_BYTES).then((decoded) => textOf(decoded, statusCode));
}

function textOf(bytes: Uint8Array, statusCode: number): string {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (statusCode < 300 && !isUtf8(buffer)) throw new CallError('invalid_response', 'the answer is not UTF-8 text');
  const hasBom = buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf;
  return buffer.toString('utf8', hasBom ? 3 : 0);
}

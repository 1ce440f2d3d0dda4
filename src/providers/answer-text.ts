import { isUtf8 } from 'node:buffer';
import type { Dispatcher } from 'undici';
import { CallError } from '../core/call-error.ts';
import { decodeBody } from './content-encoding.ts';
import { saysDone } from './event-stream.ts';
import { headerText, type ResponseHeaders } from './retry-after.ts';
import { MAX_RESPONSE_BYTES } from './route.ts';

/** The whole text of a body. */
export interface AnswerText {
  readonly text: string;
  /** When its parts came; empty for a body that is not labelled as a stream of events, or is encoded. */
  readonly arrivals: readonly Arrival[];
}

/** When a part of a body was there. */
export interface Arrival {
  /** Bytes of the body up to the end of the part. */
  readonly bytes: number;
  /** Monotonic milliseconds. */
  readonly atMs: number;
}

/** True for a body whose bytes are its text, so that nothing of this module is needed. */
export function isPlainBody(headers: ResponseHeaders): boolean {
  return headers['content-encoding'] === undefined && !isLabelledStream(headers);
}

/**
 * Reads a body that is encoded or a stream of events to its end.
 * @param elapsedMs monotonic milliseconds
 * @throws CallError `invalid_response` where it is too large, not UTF-8, or its encoding is broken or not known; also
 * what the connection throws
 */
export async function readAnswerText(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  elapsedMs: () => number,
): Promise<AnswerText> {
  const contentEncoding = headers['content-encoding'];
  if (contentEncoding === undefined) {
    const { bytes, arrivals } = await readArriving(body, elapsedMs);
    return { text: textOf(bytes, statusCode), arrivals };
  }
  const codings = Array.isArray(contentEncoding) ? contentEncoding.join(',') : contentEncoding;
  const bytes = await decodeBody(await body.bytes(), codings, MAX_RESPONSE_BYTES);
  return { text: textOf(bytes, statusCode), arrivals: [] };
}

function isLabelledStream(headers: ResponseHeaders): boolean {
  const contentType = headerText(headers, 'content-type');
  return contentType !== null && contentType !== 'application/json' && /^text\/event-stream\b/i.test(contentType);
}

/**
 * The text of a body's bytes. The reason of a failure may be read with signs missing; an answer may not.
 * @throws CallError `invalid_response` for an answer that is not UTF-8
 */
export function textOf(bytes: Uint8Array, statusCode: number): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (statusCode < 300 && !isUtf8(buffer)) throw new CallError('invalid_response', 'the answer is not UTF-8 text');
  const hasBom = buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf;
  return buffer.toString('utf8', hasBom ? 3 : 0);
}

interface ArrivedBody {
  readonly bytes: Uint8Array;
  readonly arrivals: readonly Arrival[];
}

/** Long enough for the end of the body, behind which the connection can be used again. */
const CLOSE_AFTER_MS = 1000;
const DONE_LENGTH = 'data: [DONE]'.length;

/** Some servers keep a stream open behind its last event, so that is taken for the end of it. */
function readArriving(body: Dispatcher.ResponseData['body'], elapsedMs: () => number): Promise<ArrivedBody> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const arrivals: Arrival[] = [];
    let bytes = 0;
    let tail = '';
    let isDone = false;
    const end = (): void => resolve({ bytes: Buffer.concat(parts), arrivals });
    const closeSoon = (): void => {
      const timer = setTimeout(() => body.destroy(), CLOSE_AFTER_MS).unref();
      body.once('close', () => clearTimeout(timer));
    };
    body.on('data', (part: Buffer) => {
      if (isDone) return;
      parts.push(part);
      bytes += part.length;
      arrivals.push({ bytes, atMs: elapsedMs() });
      tail += part.toString('latin1');
      isDone = saysDone(tail);
      tail = tail.slice(-DONE_LENGTH);
      if (!isDone) return;
      end();
      closeSoon();
    });
    body.once('end', end);
    body.on('error', reject);
  });
}

import { CallError } from '../core/call-error.ts';

const MEBIBYTE = 1024 * 1024;

/**
 * Maximum size of an answer in bytes, before and after decoding. Many answers are in flight at once, each several times
 * in memory; no text that a model writes comes near this.
 */
export const MAX_RESPONSE_BYTES = 16 * MEBIBYTE;

/** The next answer to the same request would be as large, and be billed too; other rows may have smaller ones. */
export function answerTooLarge(cause: unknown): CallError {
  const message = `the answer is too large: more than ${MAX_RESPONSE_BYTES / MEBIBYTE} MiB`;
  return new CallError('invalid_response', message, { cause, mayRetry: false, isAboutRow: true });
}

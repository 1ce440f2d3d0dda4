import { CallError } from '../core/call-error.ts';

const MEBIBYTE = 1024 * 1024;

/**
 * Most bytes of an answer, before and after it is decoded. Many answers are under way at once, each several times in
 * memory; no text that a model writes comes near this.
 */
export const MAX_RESPONSE_BYTES = 16 * MEBIBYTE;

/** The next answer to the same request would be as large, and be paid as well; other rows may have smaller ones. */
export function answerTooLarge(cause: unknown): CallError {
  const message = `the answer is too large: more than ${MAX_RESPONSE_BYTES / MEBIBYTE} MiB`;
  return new CallError('invalid_response', message, { cause, mayRetry: false, isAboutRow: true });
}

import type { JsonObject } from './json.ts';
import type { Amount } from './money.ts';
import type { Usage } from './usage.ts';

/**
 * Why a call gave no completion. promptgrid reacts to these kinds; they are the `error_code` of a result.
 * `rate_limited` 429 · `overloaded` 503, 529 · `server_error` other 5xx, 408, 409, 425 · `network` no connection, or
 * one that broke before the answer was complete · `timeout` no complete answer in time · `invalid_response` a complete
 * answer that is not a completion (truncated, foreign, an unknown error under HTTP 200) · `invalid_request` other 4xx ·
 * `model_not_found` · `unauthorized` the key or the account was refused · `insufficient_balance` no money or spending
 * limit is left · `quota_exhausted` 429, a cap of a day or of the plan that a short wait does not lift ·
 * `endpoint_not_found` the address is not such an API · `exceeds_limit` larger than --tpm allows at all, never called ·
 * `cancelled` we ended it.
 */
export const CALL_ERROR_KINDS = [
  'rate_limited',
  'overloaded',
  'server_error',
  'network',
  'timeout',
  'invalid_response',
  'invalid_request',
  'model_not_found',
  'unauthorized',
  'insufficient_balance',
  'quota_exhausted',
  'endpoint_not_found',
  'exceeds_limit',
  'cancelled',
] as const;

/** One of CALL_ERROR_KINDS. */
export type CallErrorKind = (typeof CALL_ERROR_KINDS)[number];

/** The kind named in a file; `server_error` for an unknown name. */
export function readCallErrorKind(value: unknown): CallErrorKind {
  return CALL_ERROR_KINDS.find((kind) => kind === value) ?? 'server_error';
}

/** What is known about a failed call besides its kind and message. */
export interface CallErrorDetails {
  /** HTTP status, if there was one. */
  readonly httpStatus?: number | undefined;
  /** True if the request was definitely never sent: no connection was made. */
  readonly isUnsent?: boolean | undefined;
  /** True if its answer is kept where a later session finds it. */
  readonly isKept?: boolean | undefined;
  /** True if the answer contains part of a completion: the model had begun. */
  readonly hasBegun?: boolean | undefined;
  /** How long the server asked us to wait, in milliseconds, from any part of its answer. */
  readonly retryAfterMs?: number | undefined;
  /** The raw `usage` of the body; the provider reads `paid` and `usage` from it. */
  readonly figures?: JsonObject | undefined;
  /** Cost of the failed call, if the body reports it. */
  readonly paid?: Amount | undefined;
  /** Tokens used by the failed call, if the body reports them. */
  readonly usage?: Usage | undefined;
  /** True if the body was a JSON error of the API itself, not a page or a text from a proxy. */
  readonly isApiError?: boolean | undefined;
  /** True if the row's own content or length was refused, so that other rows may be answered. */
  readonly isAboutRow?: boolean | undefined;
  /** Whether a retry may succeed, if the server says so itself; otherwise the kind decides. */
  readonly mayRetry?: boolean | undefined;
  /** What the user can do about it, one clause. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** A call to a provider without a completion. Becomes an errored result, never answer text. */
export class CallError extends Error {
  readonly kind: CallErrorKind;
  readonly httpStatus: number | undefined;
  readonly isUnsent: boolean;
  readonly isKept: boolean;
  readonly hasBegun: boolean;
  readonly retryAfterMs: number | undefined;
  readonly figures: JsonObject | undefined;
  readonly paid: Amount | undefined;
  readonly usage: Usage | undefined;
  readonly isApiError: boolean;
  readonly isAboutRow: boolean;
  readonly mayRetry: boolean | undefined;
  readonly hint: string | undefined;

  constructor(kind: CallErrorKind, message: string, details: CallErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'CallError';
    this.kind = kind;
    this.httpStatus = details.httpStatus;
    this.isUnsent = details.isUnsent ?? false;
    this.isKept = details.isKept ?? false;
    this.hasBegun = details.hasBegun ?? false;
    this.retryAfterMs = details.retryAfterMs;
    this.figures = details.figures;
    this.paid = details.paid;
    this.usage = details.usage;
    this.isApiError = details.isApiError ?? false;
    this.isAboutRow = details.isAboutRow ?? false;
    this.mayRetry = details.mayRetry;
    this.hint = details.hint;
  }

  /** The same error without its cause, which may contain a key, and with another message or other details. */
  with({ message, ...details }: CallErrorDetails & { readonly message?: string | undefined }): CallError {
    return new CallError(this.kind, message ?? this.message, { ...this.#details(), ...details });
  }

  #details(): CallErrorDetails {
    return {
      httpStatus: this.httpStatus,
      isUnsent: this.isUnsent,
      isKept: this.isKept,
      hasBegun: this.hasBegun,
      retryAfterMs: this.retryAfterMs,
      figures: this.figures,
      paid: this.paid,
      usage: this.usage,
      isApiError: this.isApiError,
      isAboutRow: this.isAboutRow,
      mayRetry: this.mayRetry,
      hint: this.hint,
    };
  }
}

/** True if a retry may succeed. */
export function isRetryable(kind: CallErrorKind): boolean {
  switch (kind) {
    case 'rate_limited':
    case 'overloaded':
    case 'server_error':
    case 'network':
    case 'timeout':
    case 'invalid_response':
      return true;
    case 'invalid_request':
    case 'model_not_found':
    case 'unauthorized':
    case 'insufficient_balance':
    case 'quota_exhausted':
    case 'endpoint_not_found':
    case 'exceeds_limit':
    case 'cancelled':
      return false;
  }
}

/** Kinds after which no call of the run can succeed: the run stops and can be resumed. */
export type FatalKind = 'unauthorized' | 'insufficient_balance' | 'endpoint_not_found';

/** True if no other call of the same account can succeed either. */
export function isFatal(kind: CallErrorKind): kind is FatalKind {
  return kind === 'unauthorized' || kind === 'insufficient_balance' || kind === 'endpoint_not_found';
}

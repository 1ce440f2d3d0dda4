import type { CallError, CallErrorDetails, CallErrorKind } from './call-error.ts';
import type { CostTotal } from './totals.ts';

/** What decides whether a call that gave no completion may have been billed. */
export type FailedCall = Pick<CallError, 'kind'> &
  Pick<CallErrorDetails, 'httpStatus' | 'isApiError' | 'isUnsent' | 'hasBegun'>;

/**
 * True where a provider may have carried a call out, and billed it, although there is no answer. A request that never
 * left, a redirect and a refusal (4xx) cost nothing. A time-out (408) and a fault of the server (5xx) do not say what
 * happened behind them, whoever wrote the body: gateways answer their own time-outs with JSON errors too. Only a 503 or
 * 529 that is the API's own JSON error is a refusal, for lack of capacity.
 */
export function mayBeBilled({ kind, httpStatus, isApiError, isUnsent, hasBegun }: FailedCall): boolean {
  if (isUnsent === true || kind === 'exceeds_limit') return false;
  // Without a status there was no whole answer, or we ended the call.
  if (httpStatus === undefined || hasBegun === true) return true;
  if (httpStatus < 300) return !isRefusal(kind);
  if (httpStatus === 503 || httpStatus === 529) return isApiError !== true;
  return httpStatus === 408 || httpStatus >= 500;
}

/** True for what an API says before it does anything, be it under HTTP 200. */
function isRefusal(kind: CallErrorKind): boolean {
  switch (kind) {
    case 'rate_limited':
    case 'overloaded':
    case 'invalid_request':
    case 'model_not_found':
    case 'unauthorized':
    case 'insufficient_balance':
    case 'quota_exhausted':
    case 'endpoint_not_found':
    case 'exceeds_limit':
      return true;
    case 'server_error':
    case 'network':
    case 'timeout':
    case 'invalid_response':
    case 'cancelled':
      return false;
  }
}

/** Calls without a usable answer that may have been billed. */
export interface LostCalls {
  /** How many. */
  readonly calls: number;
  /** True where they may be fewer: of a session that died, as many count as may have been under way. */
  readonly isBound: boolean;
  /** The most that they cost, as far as that has a known bound. */
  readonly costsAtMost: readonly CostTotal[];
  /** Those of the calls whose cost has no known bound, and which `costsAtMost` leaves out. */
  readonly unbounded: number;
}

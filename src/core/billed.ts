import type { CallError, CallErrorDetails, CallErrorKind } from './call-error.ts';
import type { JsonObject } from './json.ts';
import type { CostTotal } from './totals.ts';

/** What determines whether a call without a completion may have been billed. */
export type FailedCall = Pick<CallError, 'kind'> &
  Pick<CallErrorDetails, 'httpStatus' | 'isApiError' | 'isUnsent' | 'hasBegun'>;

/**
 * True if a provider may have carried a call out, and billed it, although there is no answer. A request that was never
 * sent, a redirect and a refusal (4xx) cost nothing. A timeout (408) and a server fault (5xx) do not show what happened
 * upstream, whoever wrote the body: gateways report their own timeouts as JSON errors too. Only a 503 or 529 that is
 * the API's own JSON error is a refusal, for lack of capacity.
 */
export function mayBeBilled({ kind, httpStatus, isApiError, isUnsent, hasBegun }: FailedCall): boolean {
  if (isUnsent === true || kind === 'exceeds_limit') return false;
  // Without a status there was no complete answer, or we ended the call.
  if (httpStatus === undefined || hasBegun === true) return true;
  if (httpStatus < 300) return !isRefusal(kind);
  if (httpStatus === 503 || httpStatus === 529) return isApiError !== true;
  return httpStatus === 408 || httpStatus >= 500;
}

/** True for errors that an API reports before it does anything, even under HTTP 200. */
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
  /** Number of calls. */
  readonly calls: number;
  /** True if there may be fewer: for a session that died, all calls that may have been in flight count. */
  readonly isBound: boolean;
  /** Maximum total cost, as far as it has a known bound. */
  readonly costsAtMost: readonly CostTotal[];
  /** Calls whose cost has no known bound, which `costsAtMost` leaves out. */
  readonly unbounded: number;
}

/** No lost calls. */
export const NO_LOST_CALLS: LostCalls = { calls: 0, isBound: false, costsAtMost: [], unbounded: 0 };

/** Lost calls as documents show them. */
export function lostRecord({ calls, costsAtMost, unbounded }: LostCalls): JsonObject {
  return {
    lostCalls: calls,
    lostCostsAtMost: costsAtMost.map(({ total, currency }) => ({ total, currency })),
    unknownLostCosts: unbounded,
  };
}

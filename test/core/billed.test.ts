import { describe, expect, it } from 'vitest';
import { type FailedCall, mayBeBilled } from '../../src/core/billed.ts';
import { CALL_ERROR_KINDS } from '../../src/core/call-error.ts';

function failed(call: Partial<FailedCall>): FailedCall {
  const nothing = { httpStatus: undefined, isApiError: undefined, isUnsent: undefined, hasBegun: undefined };
  return { kind: 'server_error', ...nothing, ...call };
}

/** Status, and whether the call may have been billed: with a page or text as its body, and with an API's JSON error. */
const BY_STATUS: readonly (readonly [status: number, foreign: boolean, api: boolean])[] = [
  [301, false, false],
  [307, false, false],
  [400, false, false],
  [401, false, false],
  [402, false, false],
  [403, false, false],
  [404, false, false],
  [405, false, false],
  [408, true, true],
  [409, false, false],
  [413, false, false],
  [422, false, false],
  [425, false, false],
  [429, false, false],
  [499, false, false],
  [500, true, true],
  [501, true, true],
  [502, true, true],
  [503, true, false],
  [504, true, true],
  [520, true, true],
  [521, true, true],
  [522, true, true],
  [523, true, true],
  [524, true, true],
  [525, true, true],
  [526, true, true],
  [527, true, true],
  [528, true, true],
  [529, true, false],
  [530, true, true],
  [598, true, true],
];

describe('a call without a completion', () => {
  it.each(BY_STATUS)(
    'that ended with HTTP %i may have been billed: %j; as an API error: %j',
    (httpStatus, foreign, api) => {
      expect(mayBeBilled(failed({ httpStatus, isApiError: false }))).toBe(foreign);
      expect(mayBeBilled(failed({ httpStatus, isApiError: true }))).toBe(api);
    },
  );

  it.each(['timeout', 'network', 'invalid_response', 'cancelled'] as const)(
    'that ended without a complete answer (%s) may have been billed, unless it was never sent',
    (kind) => {
      expect(mayBeBilled(failed({ kind }))).toBe(true);
      expect(mayBeBilled(failed({ kind, isUnsent: true }))).toBe(false);
    },
  );

  it('that was never made was not billed', () => {
    expect(mayBeBilled(failed({ kind: 'exceeds_limit' }))).toBe(false);
  });

  it.each([
    ['invalid_response', true],
    ['server_error', true],
    ['overloaded', false],
    ['rate_limited', false],
    ['invalid_request', false],
    ['model_not_found', false],
    ['unauthorized', false],
    ['insufficient_balance', false],
    ['endpoint_not_found', false],
  ] as const)('that is %s under HTTP 200 may have been billed: %j', (kind, isBilled) => {
    expect(mayBeBilled(failed({ kind, httpStatus: 200, isApiError: true }))).toBe(isBilled);
  });

  it.each(CALL_ERROR_KINDS.filter((kind) => kind !== 'exceeds_limit'))(
    'that is %s under HTTP 200 may have been billed if the model had begun',
    (kind) => {
      expect(mayBeBilled(failed({ kind, httpStatus: 200, isApiError: true, hasBegun: true }))).toBe(true);
    },
  );
});

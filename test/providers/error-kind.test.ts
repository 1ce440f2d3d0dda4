import { describe, expect, it } from 'vitest';
import type { CallErrorKind } from '../../src/core/call-error.ts';
import { classifyErrorBody } from '../../src/providers/error-body.ts';
import { ResponseHeaders } from '../../src/providers/response-headers.ts';

function error(message: string, fields: object = {}): object {
  return { error: { message, ...fields } };
}

/** Google's shape, with the quotas that are used up. */
function google(message: string, quotaIds: readonly string[], retryDelay = '55s'): object {
  const violations = quotaIds.map((quotaId) => ({ quotaId }));
  const details = [
    { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations },
    { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay },
  ];
  return error(message, { code: 429, status: 'RESOURCE_EXHAUSTED', details });
}

const PER_MINUTE = 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier';
const PER_DAY = 'GenerateRequestsPerDayPerProjectPerModel-FreeTier';

const TABLE: readonly (readonly [what: string, status: number, body: unknown, kind: CallErrorKind])[] = [
  ['a limit of calls', 429, error('Slow down', { code: 'rate_limit_exceeded' }), 'rate_limited'],
  ['a limit a minute', 429, google('You exceeded your current quota', [PER_MINUTE]), 'rate_limited'],
  ['a quota of a day', 429, google('You exceeded your current quota', [PER_MINUTE, PER_DAY]), 'quota_exhausted'],
  ['a quota of none', 429, google('Quota exceeded for metric: x, limit: 0, model: y', []), 'quota_exhausted'],
  ['a limit that begins with 0', 429, google('Quota exceeded, limit: 0.5 per second', []), 'rate_limited'],
  ['calls at a time', 429, { code: 8, message: 'too many generations', status: 'RESOURCE_EXHAUSTED' }, 'rate_limited'],
  ['a quota under 503', 503, error('Quota', { status: 'RESOURCE_EXHAUSTED' }), 'rate_limited'],
  ['an overload', 503, error('Overloaded', { status: 'UNAVAILABLE' }), 'overloaded'],
  ['a day that rolls on', 429, error('on requests per day (RPD). Please try again in 7m12s.'), 'rate_limited'],
  ['a day that ends in hours', 429, error('requests per day. Please try again in 7h12m.'), 'quota_exhausted'],
  ['a day without an end', 429, error('Rate limit exceeded: free-models-per-day'), 'quota_exhausted'],
  [
    'credit',
    429,
    error('No', { type: 'insufficient_quota', code: 'credit_balance_exhausted' }),
    'insufficient_balance',
  ],
  ['a spend limit', 429, error('No', { code: 'project_spend_limit_exceeded' }), 'insufficient_balance'],
  ['a usage limit', 429, error('No', { code: 'organization_usage_limit_exceeded' }), 'insufficient_balance'],
  [
    'the cap of a tier',
    429,
    {
      type: 'error',
      error: { type: 'rate_limit_error', message: 'No', details: { error_code: 'enforced_spend_limit_reached' } },
    },
    'insufficient_balance',
  ],
  [
    'a contract',
    429,
    {
      type: 'error',
      error: { type: 'rate_limit_error', message: 'No', details: { error_code: 'contract_spend_limit_reached' } },
    },
    'insufficient_balance',
  ],
  [
    'a ramp',
    429,
    {
      type: 'error',
      error: { type: 'rate_limit_error', message: 'No', details: { error_code: 'ramp_limit_exceeded' } },
    },
    'rate_limited',
  ],
  ['one’s own limit', 400, error('You have reached your specified API usage limits.'), 'insufficient_balance'],
  [
    'a workspace’s limit',
    400,
    error('You have reached your specified workspace API usage limits.'),
    'insufficient_balance',
  ],
  ['credit in words', 400, error('Your credit balance is too low to access the API'), 'insufficient_balance'],
  ['prepaid credit', 429, error('Your prepayment credits are depleted.'), 'insufficient_balance'],
  ['a key’s limit', 402, error('No', { metadata: { limit_source: 'openrouter_key_limit' } }), 'insufficient_balance'],
  ['a free day', 429, error('No', { metadata: { limit_source: 'openrouter_free_tier_daily' } }), 'quota_exhausted'],
  [
    'JSON in a text',
    429,
    error('Wrapped: {"error":{"code":"insufficient_quota","message":"x"}}'),
    'insufficient_balance',
  ],
  ['Python in a text', 429, error("Wrapped: {'error': {'code': 'insufficient_quota'}}"), 'insufficient_balance'],
  ['JSON in a list', 429, [error('No', { code: 'insufficient_quota' })], 'insufficient_balance'],
  ['a plain text', 429, undefined, 'rate_limited'],
];

describe('a refusal for a limit or for money', () => {
  it.each(TABLE)('is classified: %s (%i)', (_what, status, body, kind) => {
    expect(classifyErrorBody(body, status, { text: 'Too many requests' }).kind).toBe(kind);
  });

  it('that the server forbids to retry is not a wait', () => {
    const headers = { 'x-should-retry': 'false' };
    expect(classifyErrorBody(error('Limit'), 429, { headers: ResponseHeaders.of(headers) }).kind).toBe(
      'quota_exhausted',
    );
    const soon = { ...headers, 'retry-after': '5' };
    expect(classifyErrorBody(error('Limit'), 429, { headers: ResponseHeaders.of(soon) })).toMatchObject({
      kind: 'rate_limited',
      mayRetry: undefined,
    });
  });

  it('says when a quota resets, which is not after a minute', () => {
    expect(classifyErrorBody(google('Quota', [PER_DAY]), 429).retryAfterMs).toBeUndefined();
    expect(classifyErrorBody(google('Quota', [PER_DAY], '36000s'), 429).retryAfterMs).toBe(36_000_000);
    const spoken = classifyErrorBody(error('Quota per day exceeded. Please retry in 10h17m5.7s.'), 429);
    expect(spoken).toMatchObject({ kind: 'quota_exhausted', retryAfterMs: 37_025_700 });
  });
});

describe('whether an error is retried', () => {
  it('follows the server if it says so', () => {
    const told = ['true', 'false', 'maybe'].map((value) =>
      classifyErrorBody({}, 500, { headers: ResponseHeaders.of({ 'x-should-retry': value }) }),
    );
    expect(told.map(({ mayRetry }) => mayRetry)).toEqual([true, false, undefined]);
    expect(classifyErrorBody({}, 500).mayRetry).toBeUndefined();
  });
});

describe('a refusal', () => {
  it.each([
    [413, error('Too large')],
    [400, error('The prompt was filtered', { code: 'content_filter' })],
    [400, error('No', { innererror: { code: 'ResponsibleAIPolicyViolation' } })],
    [400, error('x', { code: 'context_length_exceeded' })],
    [400, error('prompt is too long: 250000 tokens > 200000 maximum')],
    [400, error("This model's maximum context length is 4096 tokens")],
    [400, error('The input token count (2000000) exceeds the maximum number of tokens allowed')],
    [400, error('Invalid prompt: flagged', { code: 'invalid_prompt' })],
    [400, error('Your request was rejected by our safety system')],
    [403, error('Requires moderation. Your input was flagged', { metadata: { reasons: ['violence'] } })],
    [403, error('No', { metadata: { flagged_input: 'x', provider_name: 'X' } })],
    [400, error('Could not process image')],
    [400, error('No', { code: 'invalid_image_url' })],
    [422, { detail: [{ loc: ['body'], msg: 'input too long' }] }],
  ])('for a row’s content is marked as such: %i %j', (status, body) => {
    expect(classifyErrorBody(body, status)).toMatchObject({ kind: 'invalid_request', isAboutRow: true });
  });

  it.each([
    [400, error("Unsupported parameter: 'max_tokens'", { param: 'max_tokens' })],
    [400, error('max_tokens is too large: 5000. The maximum context length is 4096 tokens')],
    [403, error('Your account was flagged for review')],
    [403, error('Project does not have access')],
    [422, { detail: [{ loc: ['body', 'seed'], msg: 'extra fields not permitted' }] }],
    [400, {}],
  ])('for anything else is not: %i %j', (status, body) => {
    expect(classifyErrorBody(body, status)).toMatchObject({ kind: 'invalid_request', isAboutRow: false });
  });
});

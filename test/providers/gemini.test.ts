import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { gemini } from '../../src/providers/gemini.ts';
import { geminiError } from '../support/vendor-server.ts';
import { failureOf, noSignal, reply, withEndpoint } from './endpoint.ts';

const OPTIONS = { definition: gemini, path: '/v1beta' };

function refused(...given: Parameters<typeof geminiError>): ReturnType<typeof failureOf> {
  const { status = 200, body } = geminiError(...given);
  return failureOf(reply(status, body), OPTIONS);
}

function quota(quotaId: string): JsonObject {
  const quotaMetric = 'generativelanguage.googleapis.com/generate_content_free_tier_requests';
  return { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaMetric, quotaId }] };
}

describe('an error of Gemini', () => {
  const retry = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '55s' };

  it.each([
    [400, 'API key not valid. Please pass a valid API key.', 'unauthorized'],
    [400, '* GenerateContentRequest.contents: contents is not specified', 'invalid_request'],
    [404, 'models/gemini-none is not found for API version v1beta, or is not supported.', 'model_not_found'],
    [429, 'Your prepayment credits are depleted.', 'insufficient_balance'],
    [500, 'An internal error has occurred.', 'server_error'],
    [503, 'The model is overloaded. Please try again later.', 'overloaded'],
  ] as const)('%d "%s" is %s', async (status, text, kind) => {
    expect(await refused(status, text)).toMatchObject({ kind, isApiError: true });
  });

  it('429 by the minute is waited for as long as it says, by the day it is not', async () => {
    const text = 'You exceeded your current quota, please check your plan and billing details.';
    const minute = quota('GenerateRequestsPerMinutePerProjectPerModel-FreeTier');
    expect(await refused(429, text, [minute, retry])).toMatchObject({ kind: 'rate_limited', retryAfterMs: 55_000 });
    const day = quota('GenerateRequestsPerDayPerProjectPerModel-FreeTier');
    const error = await refused(429, text, [day, retry]);
    expect(error).toMatchObject({ kind: 'quota_exhausted' });
    expect(error.retryAfterMs).toBeUndefined();
  });
});

describe('the models of Gemini', () => {
  it('have ids without their collection, and both limits', async () => {
    const models = [
      {
        name: 'models/gemini-2.5-flash',
        displayName: 'Gemini 2.5 Flash',
        inputTokenLimit: 1_048_576,
        outputTokenLimit: 65_536,
      },
      { displayName: 'no name' },
    ];
    await withEndpoint(
      reply(200, { models }),
      async ({ provider, seen }) => {
        expect(await provider.models(noSignal())).toEqual([
          {
            id: 'gemini-2.5-flash',
            title: 'Gemini 2.5 Flash',
            maxCapacity: 1_114_112,
            maxCompletion: 65_536,
            price: null,
          },
        ]);
        expect(seen[0]?.path).toBe('/v1beta/models?pageSize=1000');
      },
      OPTIONS,
    );
  });
});

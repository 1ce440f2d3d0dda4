import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { anthropic } from '../../src/providers/anthropic.ts';
import { anthropicError } from '../support/vendor-server.ts';
import { failureOf, noSignal, reply, withEndpoint } from './endpoint.ts';

function refused(
  [status, type, text]: readonly [number, string, string],
  details?: JsonObject,
  headers: Readonly<Record<string, string>> = {},
): ReturnType<typeof failureOf> {
  return failureOf(reply(status, anthropicError(status, type, text, details).body, headers), { definition: anthropic });
}

describe('an error of Anthropic', () => {
  it.each([
    [529, 'overloaded_error', 'Overloaded', 'overloaded'],
    [500, 'api_error', 'Internal server error', 'server_error'],
    [504, 'timeout_error', 'Request timed out', 'server_error'],
    [401, 'authentication_error', 'invalid x-api-key', 'unauthorized'],
    [402, 'billing_error', 'There is an issue with your billing', 'insufficient_balance'],
    [403, 'permission_error', 'Your API key does not have permission', 'invalid_request'],
    [404, 'not_found_error', 'model: claude-none', 'model_not_found'],
    [413, 'request_too_large', 'Request exceeds the maximum size', 'invalid_request'],
    [
      400,
      'invalid_request_error',
      'Your credit balance is too low to access the Anthropic API.',
      'insufficient_balance',
    ],
    [
      400,
      'invalid_request_error',
      'You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.',
      'insufficient_balance',
    ],
  ] as const)('%d %s "%s" is %s', async (status, type, text, kind) => {
    expect(await refused([status, type, text])).toMatchObject({ kind, isApiError: true });
  });

  it('429 with a wait is waited for, and a cap of the account is not', async () => {
    const limited = [429, 'rate_limit_error', 'This request would exceed your rate limit'] as const;
    expect(await refused(limited, undefined, { 'retry-after': '7' })).toMatchObject({
      kind: 'rate_limited',
      retryAfterMs: 7000,
    });
    const ramp = await refused(limited, { error_code: 'ramp_limit_exceeded' }, { 'retry-after': '3' });
    expect(ramp).toMatchObject({ kind: 'rate_limited', retryAfterMs: 3000 });
    for (const code of ['enforced', 'contract', 'linked_organization']) {
      const error = await refused(limited, { error_code: `${code}_spend_limit_reached` });
      expect(error.kind).toBe('insufficient_balance');
    }
  });

  it('about a prompt that is too long is about its row', async () => {
    const text = 'prompt is too long: 208310 tokens > 200000 maximum';
    expect(await refused([400, 'invalid_request_error', text])).toMatchObject({
      kind: 'invalid_request',
      isAboutRow: true,
    });
  });
});

describe('the models of Anthropic', () => {
  it('come in one page, with window and bound', async () => {
    const page = {
      data: [
        {
          type: 'model',
          id: 'claude-opus-4-6',
          display_name: 'Claude Opus 4.6',
          max_input_tokens: 200_000,
          max_tokens: 64_000,
          lifecycle: 'active',
        },
      ],
      has_more: false,
    };
    await withEndpoint(
      reply(200, page),
      async ({ provider, seen }) => {
        expect(await provider.models(noSignal())).toEqual([
          { id: 'claude-opus-4-6', title: 'Claude Opus 4.6', maxCapacity: 200_000, maxCompletion: 64_000, price: null },
        ]);
        expect(seen[0]?.path).toBe('/v1/models?limit=1000');
      },
      { definition: anthropic },
    );
  });
});

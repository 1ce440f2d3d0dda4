import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { parseDecimal } from '../../src/core/money.ts';
import { deepseek } from '../../src/providers/deepseek.ts';
import type { ProviderDefinition } from '../../src/providers/index.ts';
import { mistral } from '../../src/providers/mistral.ts';
import { xai } from '../../src/providers/xai.ts';
import { ASK, completion, failureOf, noSignal, readAs, reply, withEndpoint } from './endpoint.ts';

/** The fields of a request besides model and messages. */
async function sentFields(
  definition: ProviderDefinition,
  params: JsonObject,
  isStreaming = false,
): Promise<JsonObject> {
  const bodies: JsonObject[] = [];
  await withEndpoint(
    reply(200, completion({ content: 'ok' })),
    async ({ provider, seen }) => {
      await provider.complete({ ...ASK, temperature: null, params }, noSignal());
      const { model: _model, messages: _messages, ...fields } = JSON.parse(seen[0]?.body ?? '');
      bodies.push(fields);
    },
    { definition, auth: definition.auth, isStreaming },
  );
  return bodies[0] ?? {};
}

describe('a request to Mistral', () => {
  it('has the seed and the bound under its names', async () => {
    expect(await sentFields(mistral, { seed: 7, max_completion_tokens: 9, top_p: 0.5 })).toEqual({
      random_seed: 7,
      max_tokens: 9,
      top_p: 0.5,
    });
    expect(await sentFields(mistral, { seed: 7, random_seed: 8 })).toEqual({ random_seed: 8 });
    expect(await sentFields(mistral, {}, true)).toEqual({ stream: true });
  });
});

describe('an answer of Mistral', () => {
  const API = { definition: mistral, auth: 'bearer' } as const;

  it('has its thoughts apart, and its cached tokens under any of its names', async () => {
    const content = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
      { type: 'text', text: 'Paris' },
    ];
    for (const cached of [{ num_cached_tokens: 6 }, { prompt_token_details: { cached_tokens: 6 } }]) {
      const usage = { prompt_tokens: 10, completion_tokens: 4, total_tokens: 14, ...cached };
      expect(await readAs(completion({ role: 'assistant', content }, { usage }), API)).toMatchObject({
        output: 'Paris',
        reasoning: 'Hm.',
        usage: { promptTokens: 10, cachedPromptTokens: 6, completionTokens: 4 },
      });
    }
  });

  it.each([
    [422, { detail: [{ loc: ['body', 'temperature'], msg: 'too high' }] }, 'invalid_request', 'temperature: too high'],
    [
      400,
      {
        object: 'error',
        message: 'Prompt contains 9 tokens, too large for model with maximum context length',
        type: 'invalid_request_error',
      },
      'invalid_request',
      'too large',
    ],
    [401, { detail: 'Unauthorized' }, 'unauthorized', 'Unauthorized'],
  ])('with the status %s and %j is told apart', async (status, body, kind, message) => {
    expect(await failureOf(reply(status, body), API)).toMatchObject({
      kind,
      message: expect.stringContaining(message),
    });
  });
});

describe('DeepSeek', () => {
  it('is sent the bound under its older name', async () => {
    expect(await sentFields(deepseek, { max_completion_tokens: 9, thinking: { type: 'enabled' } })).toEqual({
      max_tokens: 9,
      thinking: { type: 'enabled' },
    });
  });

  it('counts cache hits within its prompt', async () => {
    const usage = {
      prompt_tokens: 10,
      prompt_cache_hit_tokens: 6,
      prompt_cache_miss_tokens: 4,
      completion_tokens: 4,
      total_tokens: 14,
    };
    const read = await readAs(completion({ content: 'ok' }, { usage }), { definition: deepseek, auth: 'bearer' });
    expect(read.usage).toMatchObject({ promptTokens: 10, cachedPromptTokens: 6, completionTokens: 4 });
  });

  it.each([
    [402, 'insufficient_balance'],
    [422, 'invalid_request'],
    [503, 'overloaded'],
  ])('with the status %s is the error %s', async (status, kind) => {
    const body = { error: { message: 'no', type: 'unknown_error', param: null, code: 'invalid_request_error' } };
    expect((await failureOf(reply(status, body), { definition: deepseek, auth: 'bearer' })).kind).toBe(kind);
  });
});

describe('an answer of xAI', () => {
  const API = { definition: xai, auth: 'bearer' } as const;

  // docs.x.ai, "Cost Tracking": "a response with "cost_in_usd_ticks": 37756000 cost $0.0038", 10¹⁰ ticks a dollar.
  it('has the cost that is charged, to the digit', async () => {
    const usage = { prompt_tokens: 199, completion_tokens: 1, total_tokens: 200, cost_in_usd_ticks: 37_756_000 };
    const { cost } = await readAs(completion({ content: 'ok' }, { usage }), API);
    expect(cost).toMatchObject({ total: parseDecimal('0.0037756'), currency: 'USD', source: 'provider' });
  });

  it.each([-1, 1.5, 'much', null])('has no cost of %j ticks', async (ticks) => {
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, cost_in_usd_ticks: ticks };
    expect((await readAs(completion({ content: 'ok' }, { usage }), API)).cost.total).toBeNull();
  });

  it('has its reasoning within its completion, where its total says that it comes on top', async () => {
    const details = { completion_tokens_details: { reasoning_tokens: 300 } };
    const apart = { prompt_tokens: 32, completion_tokens: 9, total_tokens: 341, ...details };
    expect((await readAs(completion({ content: 'ok' }, { usage: apart }), API)).usage.completionTokens).toBe(309);
    const within = { prompt_tokens: 32, completion_tokens: 309, total_tokens: 341, ...details };
    expect((await readAs(completion({ content: 'ok' }, { usage: within }), API)).usage.completionTokens).toBe(309);
  });

  it.each([
    [{ error: { message: 'Model not found: grok-9' } }, 404, 'model_not_found'],
    [
      { code: 'Client specified an invalid argument', error: 'Incorrect API key provided: xa***1' },
      400,
      'unauthorized',
    ],
    [{ error: 'Too many requests' }, 429, 'rate_limited'],
  ])('with the error %j is told apart', async (body, status, kind) => {
    expect((await failureOf(reply(status, body), API)).kind).toBe(kind);
  });
});

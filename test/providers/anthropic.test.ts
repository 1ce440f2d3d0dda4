import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import type { CompletionRequest } from '../../src/core/provider.ts';
import { anthropic } from '../../src/providers/anthropic.ts';
import { anthropicError } from '../support/vendor-server.ts';
import { ASK, failureOf, noSignal, readAs, reply, type SeenRequest, withEndpoint } from './endpoint.ts';

// Bodies follow `MessageCreateParams`, `Message` and `RawMessageStreamEvent` of @anthropic-ai/sdk 1.14.0, and the
// examples in their documentation.

const USAGE = {
  cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 0 },
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  input_tokens: 2095,
  output_tokens: 503,
  output_tokens_details: null,
  server_tool_use: null,
  service_tier: 'standard',
};

function message(parts: JsonObject = {}): JsonObject {
  return {
    id: 'msg_013Zva2CMHLNnXjNJJKqJ2EF',
    type: 'message',
    role: 'assistant',
    model: 'claude-opus-4-6',
    content: [{ type: 'text', text: 'Hi! My name is Claude.', citations: null }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    stop_details: null,
    usage: USAGE,
    ...parts,
  };
}

async function sent(
  request: Partial<CompletionRequest>,
  isStreaming = false,
): Promise<SeenRequest & { json: unknown }> {
  let seen: SeenRequest | undefined;
  await withEndpoint(
    reply(200, message()),
    async (endpoint) => {
      await endpoint.provider.complete({ ...ASK, model: 'claude-opus-4-6', ...request }, noSignal());
      seen = endpoint.seen[0];
    },
    { definition: anthropic, isStreaming },
  );
  if (seen === undefined) throw new Error('not asked');
  return { ...seen, json: JSON.parse(seen.body) };
}

describe('a request to Anthropic', () => {
  it('goes to /messages with the key and the version in headers, and with a bound', async () => {
    const { path, headers, json } = await sent({});
    expect(path).toBe('/v1/messages');
    expect(headers).toMatchObject({ 'x-api-key': 'test-key', 'anthropic-version': '2023-06-01' });
    expect(headers['authorization']).toBeUndefined();
    const messages = [{ role: 'user', content: 'Hi' }];
    expect(json).toEqual({ model: 'claude-opus-4-6', max_tokens: 4096, messages, temperature: 0 });
  });

  it('has instructions apart, and turns without fields of others', async () => {
    const { json } = await sent({
      temperature: null,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'developer', content: 'Be kind.' },
        { role: 'user', content: 'Hi', name: 'anna' },
        { role: 'assistant', content: 'The best answer is (', refusal: null },
      ],
    });
    expect(json).toEqual({
      model: 'claude-opus-4-6',
      max_tokens: 4096,
      system: 'Be brief.\n\nBe kind.',
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'The best answer is (' },
      ],
    });
  });

  it('keeps marks for the cache, in instructions, turns and tools', async () => {
    const mark = { type: 'ephemeral', ttl: '1h' };
    const tool = { type: 'function', function: { name: 'f', parameters: { type: 'object' } }, cache_control: mark };
    const { json } = await sent({
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'Long.', cache_control: mark }] },
        { role: 'user', content: 'Hi', cache_control: mark },
      ],
      params: { tools: [tool], cache_control: mark },
    });
    expect(json).toMatchObject({
      system: [{ type: 'text', text: 'Long.', cache_control: mark }],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: mark }] }],
      tools: [{ name: 'f', input_schema: { type: 'object' }, cache_control: mark }],
      cache_control: mark,
    });
  });

  it('has images and documents as blocks', async () => {
    const pdf = { file_data: 'data:application/pdf;base64,JVBERg==', filename: 'a.pdf' };
    const own = { type: 'search_result', source: 'x', title: 't', content: [] };
    const { json } = await sent({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is it?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO', detail: 'low' } },
            { type: 'image_url', image_url: { url: 'https://example.org/a.png' } },
            { type: 'file', file: pdf },
            { type: 'file', file: { file_id: 'file_1' } },
            { type: 'file', file: { file_data: 'data:text/plain;base64,0L/RgNC40LLQtdGC' } },
            own,
          ],
        },
      ],
    });
    expect(json).toMatchObject({
      messages: [
        {
          content: [
            { type: 'text', text: 'What is it?' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBO' } },
            { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } },
            {
              type: 'document',
              source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERg==' },
              title: 'a.pdf',
            },
            { type: 'document', source: { type: 'file', file_id: 'file_1' } },
            { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'привет' } },
            own,
          ],
        },
      ],
    });
  });

  it('has calls and their results as blocks, all results of a turn in one message', async () => {
    const call = (id: string, ticker: string): JsonObject => ({
      id,
      type: 'function',
      function: { name: 'get_stock_price', arguments: JSON.stringify({ ticker }) },
    });
    const { json } = await sent({
      messages: [
        { role: 'user', content: "What's the S&P 500 at today?" },
        { role: 'assistant', content: null, tool_calls: [call('toolu_1', '^GSPC'), call('toolu_2', '^DJI')] },
        { role: 'tool', tool_call_id: 'toolu_1', content: '259.75 USD' },
        { role: 'tool', tool_call_id: 'toolu_2', content: [{ type: 'text', text: '1 USD' }] },
        { role: 'user', content: 'And?' },
      ],
      params: {
        tools: [
          {
            type: 'function',
            function: {
              name: 'get_stock_price',
              description: 'A price.',
              parameters: { type: 'object' },
              strict: true,
            },
          },
          { type: 'web_search_20250305', name: 'web_search' },
        ],
        tool_choice: { type: 'function', function: { name: 'get_stock_price' } },
        parallel_tool_calls: false,
      },
    });
    expect(json).toMatchObject({
      messages: [
        { role: 'user', content: "What's the S&P 500 at today?" },
        {
          role: 'assistant',
          content: [
            { type: 'tool_use', id: 'toolu_1', name: 'get_stock_price', input: { ticker: '^GSPC' } },
            { type: 'tool_use', id: 'toolu_2', name: 'get_stock_price', input: { ticker: '^DJI' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'toolu_1', content: '259.75 USD' },
            { type: 'tool_result', tool_use_id: 'toolu_2', content: [{ type: 'text', text: '1 USD' }] },
          ],
        },
        { role: 'user', content: 'And?' },
      ],
      tools: [
        { name: 'get_stock_price', description: 'A price.', input_schema: { type: 'object' }, strict: true },
        { type: 'web_search_20250305', name: 'web_search' },
      ],
      tool_choice: { type: 'tool', name: 'get_stock_price', disable_parallel_tool_use: true },
    });
  });

  it('takes the older functions, and calls without ids', async () => {
    const { json } = await sent({
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Let me see.', function_call: { name: 'f', arguments: '{"a":1}' } },
        { role: 'function', name: 'f', content: '2' },
      ],
      params: { functions: [{ name: 'f' }], function_call: 'none' },
    });
    expect(json).toMatchObject({
      messages: [
        {},
        {
          content: [
            { type: 'text', text: 'Let me see.' },
            { type: 'tool_use', name: 'f', input: { a: 1 } },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', content: '2' }] },
      ],
      tools: [{ name: 'f', input_schema: { type: 'object', properties: {} } }],
      tool_choice: { type: 'none' },
    });
  });

  it("has OpenAI's fields under its own names, and others as they are", async () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false };
    const { json } = await sent({
      temperature: null,
      params: {
        max_completion_tokens: 9000,
        stop: '###',
        top_p: 0.9,
        top_k: 40,
        user: 'anna',
        response_format: { type: 'json_schema', json_schema: { name: 'a', schema, strict: true } },
        reasoning_effort: 'low',
        thinking: { type: 'enabled', budget_tokens: 2000 },
        service_tier: 'standard_only',
      },
    });
    expect(json).toEqual({
      model: 'claude-opus-4-6',
      max_tokens: 9000,
      messages: [{ role: 'user', content: 'Hi' }],
      stop_sequences: ['###'],
      top_p: 0.9,
      top_k: 40,
      metadata: { user_id: 'anna' },
      output_config: { format: { type: 'json_schema', schema }, effort: 'low' },
      thinking: { type: 'enabled', budget_tokens: 2000 },
      service_tier: 'standard_only',
    });
  });

  it('switches thinking off for the effort none, and lets output_config win', async () => {
    const params = { reasoning_effort: 'none', output_config: { effort: 'max' } };
    expect((await sent({ params })).json).toMatchObject({
      thinking: { type: 'disabled' },
      output_config: { effort: 'max' },
    });
  });

  it('takes a version of the user instead of ours', async () => {
    await withEndpoint(
      reply(200, message()),
      async ({ provider, seen }) => {
        await provider.complete(ASK, noSignal());
        expect(seen[0]?.headers['anthropic-version']).toBe('2026-10-21');
      },
      { definition: anthropic, headers: { 'anthropic-version': '2026-10-21' } },
    );
  });
});

describe('an answer of Anthropic', () => {
  const read = (parts: JsonObject): ReturnType<typeof readAs> => readAs(message(parts), { definition: anthropic });

  it('has its text, id, model and tokens', async () => {
    expect(await read({})).toMatchObject({
      id: 'msg_013Zva2CMHLNnXjNJJKqJ2EF',
      output: 'Hi! My name is Claude.',
      finishReason: 'stop',
      answeredModel: 'claude-opus-4-6',
      usage: { promptTokens: 2095, completionTokens: 503, totalTokens: 2598 },
      cost: { total: null, currency: 'USD' },
    });
  });

  it('counts cache reads and writes beside the input, and thoughts within the output', async () => {
    const usage = {
      ...USAGE,
      cache_creation: { ephemeral_1h_input_tokens: 100, ephemeral_5m_input_tokens: 148 },
      cache_creation_input_tokens: 248,
      cache_read_input_tokens: 1800,
      input_tokens: 5,
      output_tokens_details: { thinking_tokens: 400 },
    };
    expect((await read({ usage })).usage).toMatchObject({
      promptTokens: 2053,
      cachedPromptTokens: 1800,
      cacheWriteTokens: 248,
      longCacheWriteTokens: 100,
      completionTokens: 503,
      reasoningTokens: 400,
      isCachePricedApart: true,
    });
  });

  it('joins texts, and has thoughts and calls apart', async () => {
    const content = [
      { type: 'thinking', thinking: 'Hm.', signature: 'sig' },
      { type: 'redacted_thinking', data: 'x' },
      { type: 'text', text: 'One, ' },
      { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
      { type: 'text', text: 'two.' },
      { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: 1 } },
    ];
    const { output, reasoning, finishReason } = await read({ content, stop_reason: 'tool_use' });
    expect([reasoning, finishReason]).toEqual(['Hm.', 'tool_calls']);
    expect(JSON.parse(output)).toEqual({
      content: 'One, two.',
      tool_calls: [{ id: 'toolu_1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
    });
  });

  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['pause_turn', 'pause_turn'],
    ['model_context_window_exceeded', 'model_context_window_exceeded'],
  ])('that ended by %s has the finish reason %s', async (stop_reason, finishReason) => {
    expect((await read({ stop_reason })).finishReason).toBe(finishReason);
  });

  it('is a refusal with the words of the API, and one without words by its stop reason', async () => {
    const refused = { stop_reason: 'refusal', content: [] };
    const details = { type: 'refusal', category: 'cyber', explanation: 'It could enable harm.' };
    expect(await read({ ...refused, stop_details: details })).toMatchObject({ refusal: 'It could enable harm.' });
    expect(await read({ ...refused, stop_details: null })).toMatchObject({ refusal: 'refusal', output: '' });
    const partial = { stop_reason: 'refusal', stop_details: { ...details, explanation: null } };
    expect(await read(partial)).toMatchObject({ refusal: 'cyber', output: 'Hi! My name is Claude.' });
  });

  it('may be empty, cut off by its limit while thinking', async () => {
    const content = [{ type: 'thinking', thinking: '', signature: 'sig' }];
    expect(await read({ content, stop_reason: 'max_tokens' })).toMatchObject({ output: '', finishReason: 'length' });
  });

  it('has no known price with samples that its counts leave out, or in one country', async () => {
    const iterations = [{ type: 'message' }, { type: 'compaction', input_tokens: 9 }];
    expect((await read({ usage: { ...USAGE, iterations } })).usage.otherCharge).toBe('iterations_apart');
    expect((await read({ usage: { ...USAGE, iterations: [{ type: 'message' }] } })).usage.otherCharge).toBeUndefined();
    const { usage } = await read({ usage: { ...USAGE, inference_geo: 'us' } });
    expect(usage.serviceTier).toBe('inference_geo_us');
    expect((await read({ usage: { ...USAGE, inference_geo: 'global' } })).usage.serviceTier).toBe('standard');
  });

  it('that is an error under 200 is one', async () => {
    const { body } = anthropicError(200, 'overloaded_error', 'Overloaded');
    expect(await failureOf(reply(200, body), { definition: anthropic })).toMatchObject({ kind: 'overloaded' });
  });
});

describe('an error of Anthropic', () => {
  const read = (
    [status, type, text]: readonly [number, string, string],
    details?: JsonObject,
    headers: Readonly<Record<string, string>> = {},
  ): ReturnType<typeof failureOf> =>
    failureOf(reply(status, anthropicError(status, type, text, details).body, headers), { definition: anthropic });

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
    expect(await read([status, type, text])).toMatchObject({ kind, isApiError: true });
  });

  it('429 with a wait is waited for, and a cap of the account is not', async () => {
    const limited = [429, 'rate_limit_error', 'This request would exceed your rate limit'] as const;
    expect(await read(limited, undefined, { 'retry-after': '7' })).toMatchObject({
      kind: 'rate_limited',
      retryAfterMs: 7000,
    });
    const ramp = await read(limited, { error_code: 'ramp_limit_exceeded' }, { 'retry-after': '3' });
    expect(ramp).toMatchObject({ kind: 'rate_limited', retryAfterMs: 3000 });
    for (const code of ['enforced', 'contract', 'linked_organization']) {
      const error = await read(limited, { error_code: `${code}_spend_limit_reached` });
      expect(error.kind).toBe('insufficient_balance');
    }
  });

  it('about a prompt that is too long is about its row', async () => {
    const text = 'prompt is too long: 208310 tokens > 200000 maximum';
    expect(await read([400, 'invalid_request_error', text])).toMatchObject({
      kind: 'invalid_request',
      isAboutRow: true,
    });
  });
});

describe('a stream of Anthropic', () => {
  const start = {
    type: 'message_start',
    message: message({ content: [], stop_reason: null, usage: { ...USAGE, output_tokens: 1 } }),
  };
  const block = (index: number, content_block: JsonObject): JsonObject => ({
    type: 'content_block_start',
    index,
    content_block,
  });
  const delta = (index: number, given: JsonObject): JsonObject => ({
    type: 'content_block_delta',
    index,
    delta: given,
  });
  const end = [
    { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 89 } },
    { type: 'message_stop' },
  ];
  const text = (events: readonly JsonObject[]): string =>
    events.map((event) => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`).join('');
  const options = { definition: anthropic, isStreaming: true };
  const headers = { 'content-type': 'text/event-stream' };

  it('is asked for, and joined to one answer', async () => {
    expect((await sent({}, true)).json).toMatchObject({ stream: true });
    const events = [
      start,
      block(0, { type: 'thinking', thinking: '', signature: '' }),
      { type: 'ping' },
      delta(0, { type: 'thinking_delta', thinking: 'Let ' }),
      delta(0, { type: 'thinking_delta', thinking: 'me see.' }),
      delta(0, { type: 'signature_delta', signature: 'EqQB' }),
      block(1, { type: 'text', text: '' }),
      delta(1, { type: 'text_delta', text: 'Okay, ' }),
      delta(1, { type: 'text_delta', text: 'wait.' }),
      block(2, { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: {} }),
      delta(2, { type: 'input_json_delta', partial_json: '' }),
      delta(2, { type: 'input_json_delta', partial_json: '{"location": "San' }),
      delta(2, { type: 'input_json_delta', partial_json: ' Francisco"}' }),
      block(3, { type: 'tool_use', id: 'toolu_2', name: 'stop', input: {} }),
      ...end,
    ];
    const answer = await readAs(text(events), { ...options, headers });
    expect(answer).toMatchObject({
      reasoning: 'Let me see.',
      finishReason: 'tool_calls',
      usage: { promptTokens: 2095, completionTokens: 89 },
    });
    expect(JSON.parse(answer.output)).toEqual({
      content: 'Okay, wait.',
      tool_calls: [
        {
          id: 'toolu_1',
          type: 'function',
          function: { name: 'get_weather', arguments: '{"location":"San Francisco"}' },
        },
        { id: 'toolu_2', type: 'function', function: { name: 'stop', arguments: '{}' } },
      ],
    });
    expect(answer.ttftMs).toBeGreaterThanOrEqual(0);
  });

  it('with an error midway is that error, and has begun only behind a piece', async () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    expect(await failureOf(reply(200, text([start, error]), headers), options)).toMatchObject({
      kind: 'overloaded',
      hasBegun: false,
    });
    const begun = [start, block(0, { type: 'text', text: '' }), delta(0, { type: 'text_delta', text: 'A' }), error];
    expect(await failureOf(reply(200, text(begun), headers), options)).toMatchObject({
      kind: 'overloaded',
      hasBegun: true,
      usage: { promptTokens: 2095 },
    });
  });

  it('that is cut is no answer', async () => {
    const cut = [start, block(0, { type: 'text', text: '' }), delta(0, { type: 'text_delta', text: 'A' })];
    expect(await failureOf(reply(200, text(cut), headers), options)).toMatchObject({
      kind: 'invalid_response',
      message: 'HTTP 200: the stream of events ends before the answer does',
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

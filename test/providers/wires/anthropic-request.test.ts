import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import type { CompletionRequest } from '../../../src/core/provider.ts';
import { anthropic } from '../../../src/providers/anthropic.ts';
import { ASK, noSignal, reply, type SeenRequest, withEndpoint } from '../endpoint.ts';

// Bodies follow `MessageCreateParams`, `Message` and `RawMessageStreamEvent` of @anthropic-ai/sdk 1.14.0, and the
// examples in their documentation.

async function sent(
  request: Partial<CompletionRequest>,
  isStreaming = false,
): Promise<SeenRequest & { json: unknown }> {
  let seen: SeenRequest | undefined;
  const content = [{ type: 'text', text: 'Hi' }];
  await withEndpoint(
    reply(200, { type: 'message', content, stop_reason: 'end_turn', usage: { input_tokens: 1, output_tokens: 1 } }),
    async (endpoint) => {
      await endpoint.provider.complete({ ...ASK, model: 'claude-opus-4-6', ...request }, noSignal());
      seen = endpoint.seen[0];
    },
    { definition: anthropic, isStreaming },
  );
  if (seen === undefined) throw new Error('not asked');
  return { ...seen, json: JSON.parse(seen.body) };
}

/** A call of the model, as OpenAI's API has it. */
function call(id: string, ticker: string): JsonObject {
  return { id, type: 'function', function: { name: 'get_stock_price', arguments: JSON.stringify({ ticker }) } };
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
      reply(200, { type: 'message', content: [{ type: 'text', text: 'Hi' }] }),
      async ({ provider, seen }) => {
        await provider.complete(ASK, noSignal());
        expect(seen[0]?.headers['anthropic-version']).toBe('2026-10-21');
      },
      { definition: anthropic, headers: { 'anthropic-version': '2026-10-21' } },
    );
  });

  it('asks for a stream', async () => {
    expect((await sent({}, true)).json).toMatchObject({ stream: true });
  });
});

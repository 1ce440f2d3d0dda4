import { describe, expect, it } from 'vitest';
import { type JsonObject, textOf } from '../../../src/core/json.ts';
import { anthropic } from '../../../src/providers/anthropic.ts';
import { anthropicError } from '../../support/vendor-server.ts';
import { failureOf, readAs, reply } from '../endpoint.ts';

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

function read(parts: JsonObject): ReturnType<typeof readAs> {
  return readAs(message(parts), { definition: anthropic });
}

function block(index: number, content_block: JsonObject): JsonObject {
  return { type: 'content_block_start', index, content_block };
}

function delta(index: number, given: JsonObject): JsonObject {
  return { type: 'content_block_delta', index, delta: given };
}

function text(events: readonly JsonObject[]): string {
  return events.map((event) => `event: ${textOf(event['type']) ?? ''}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}

describe('an answer of Anthropic', () => {
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

const options = { definition: anthropic, isStreaming: true };
const headers = { 'content-type': 'text/event-stream' };

describe('a stream of Anthropic', () => {
  const start = {
    type: 'message_start',
    message: message({ content: [], stop_reason: null, usage: { ...USAGE, output_tokens: 1 } }),
  };
  const end = [
    { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 89 } },
    { type: 'message_stop' },
  ];

  it('is asked for, and joined to one answer', async () => {
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

describe('a stream of Anthropic that lacks an event', () => {
  it('has no count of its answer if the last event with one is missing', async () => {
    const first = { type: 'message_start', message: message({ content: [], usage: { ...USAGE, output_tokens: 1 } }) };
    const events = [first, block(0, { type: 'text', text: '' }), delta(0, { type: 'text_delta', text: 'Hi' })];
    const { output, usage } = await readAs(text([...events, { type: 'message_stop' }]), { ...options, headers });
    expect([output, usage.completionTokens, usage.promptTokens === null]).toEqual(['Hi', null, false]);
  });

  it('has a text whose beginning was not told', async () => {
    const events = [
      { type: 'message_start', message: message({ content: [] }) },
      delta(0, { type: 'thinking_delta', thinking: 'Hm' }),
      delta(1, { type: 'text_delta', text: 'Hi' }),
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } },
      { type: 'message_stop' },
    ];
    expect(await readAs(text(events), { ...options, headers })).toMatchObject({ output: 'Hi', reasoning: 'Hm' });
  });
});

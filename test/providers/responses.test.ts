import { LLMock } from '@copilotkit/aimock';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { costOf } from '../../src/core/price.ts';
import { openProvider } from '../../src/providers/index.ts';
import { responses } from '../../src/providers/responses.ts';
import { messageItem, responsesVendor } from '../support/vendor-responses.ts';
import { ASK, failure, failureOf, noSignal, readAs, reply, withEndpoint } from './endpoint.ts';

const API = { definition: responses, auth: 'bearer' } as const;

/** The body of a request, as the server got it. */
async function sentBody(request: Partial<typeof ASK>, isStreaming = false): Promise<JsonObject> {
  const bodies: JsonObject[] = [];
  await withEndpoint(
    reply(200, { object: 'response', status: 'completed', output: [messageItem('ok')] }),
    async ({ provider, seen }) => {
      await provider.complete({ ...ASK, ...request }, noSignal()).catch(() => undefined);
      expect(seen[0]?.path).toBe('/v1/responses');
      bodies.push(JSON.parse(seen[0]?.body ?? ''));
    },
    { ...API, isStreaming },
  );
  return bodies[0] ?? {};
}

/** A response with these parts. */
function response(parts: JsonObject): JsonObject {
  const usage = { input_tokens: 10, output_tokens: 5, total_tokens: 15 };
  return { id: 'resp_1', object: 'response', status: 'completed', error: null, model: 'gpt-4o', usage, ...parts };
}

// The forms of requests are those of `CreateResponse` in openai/openai-openapi.
describe('a request to the Responses API', () => {
  it('has instructions and input items, and is not stored', async () => {
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'And this?' },
          { type: 'image_url', image_url: { url: 'data:x', detail: 'low' } },
        ],
      },
    ];
    expect(await sentBody({ messages, temperature: 0.5 })).toEqual({
      model: 'gpt-4o',
      instructions: 'Be brief.',
      input: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello.' },
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'And this?' },
            { type: 'input_image', image_url: 'data:x', detail: 'low' },
          ],
        },
      ],
      temperature: 0.5,
      store: false,
    });
  });

  it('has calls and their results as items', async () => {
    const call = { id: 'call_1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } };
    const messages = [
      { role: 'user', content: 'Add' },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call_1', content: '2' },
      { role: 'system', content: 'Later instructions' },
    ];
    expect((await sentBody({ messages }))['input']).toEqual([
      { role: 'user', content: 'Add' },
      { type: 'function_call', call_id: 'call_1', name: 'add', arguments: '{"a":1}' },
      { type: 'function_call_output', call_id: 'call_1', output: '2' },
      { role: 'system', content: 'Later instructions' },
    ]);
  });

  it('has the fields of chat completions under its own names', async () => {
    const schema = { type: 'object', properties: {}, additionalProperties: false };
    const params = {
      max_tokens: 300,
      reasoning_effort: 'low',
      verbosity: 'low',
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } },
      tools: [{ type: 'function', function: { name: 'add', parameters: schema } }],
      tool_choice: { type: 'function', function: { name: 'add' } },
      logprobs: true,
      top_logprobs: 2,
      user: 'anna',
    };
    expect(await sentBody({ params, temperature: null })).toEqual({
      model: 'gpt-4o',
      input: [{ role: 'user', content: 'Hi' }],
      store: false,
      max_output_tokens: 300,
      reasoning: { effort: 'low' },
      text: { format: { type: 'json_schema', name: 'answer', schema, strict: true }, verbosity: 'low' },
      // Functions are strict here unless said otherwise, and not so in chat completions.
      tools: [{ type: 'function', name: 'add', parameters: schema, strict: false }],
      tool_choice: { type: 'function', name: 'add' },
      include: ['message.output_text.logprobs'],
      top_logprobs: 2,
      user: 'anna',
    });
  });

  it('has fields under their own names as they are, and those win', async () => {
    const params = {
      store: true,
      text: { verbosity: 'high' },
      verbosity: 'low',
      reasoning: { summary: 'auto' },
      reasoning_effort: 'high',
    };
    expect(await sentBody({ params })).toMatchObject({
      store: true,
      text: { verbosity: 'high' },
      reasoning: { effort: 'high', summary: 'auto' },
    });
    expect(await sentBody({ params: { max_completion_tokens: 20, max_tokens: 10 } })).toMatchObject({
      max_output_tokens: 20,
    });
  });

  it('asks for a stream without the options of chat completions', async () => {
    expect(await sentBody({}, true)).toMatchObject({ stream: true });
    expect(await sentBody({}, true)).not.toHaveProperty('stream_options');
  });

  it('has only fields that the reference has', async ({ onTestFinished }) => {
    const vendor = await responsesVendor({ onTestFinished }, () => ({}));
    const provider = openProvider(responses, {
      baseUrl: vendor.url,
      apiKey: 'openai-key-1',
      auth: 'bearer',
      connections: 1,
      useWalletBalance: false,
      now: Date.now,
    });
    onTestFinished(() => provider.close());
    const params = {
      max_tokens: 16,
      response_format: { type: 'json_object' },
      functions: [{ name: 'f', parameters: {} }],
      logprobs: true,
    };
    expect(await provider.complete({ ...ASK, params }, noSignal())).toMatchObject({
      output: 'Paris',
      finishReason: 'stop',
    });
    const short = await failure(provider.complete({ ...ASK, params: { max_tokens: 5 } }, noSignal()));
    expect(short).toMatchObject({ kind: 'invalid_request', message: expect.stringContaining('>= 16') });
    const unknown = await failure(provider.complete({ ...ASK, params: { stop: ['x'] } }, noSignal()));
    expect(unknown.message).toContain("Unknown parameter: 'stop'.");
  });
});

describe('a response', () => {
  it('has the texts of its items, its thoughts apart, and the usage that is billed', async () => {
    const output = [
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [
          { type: 'summary_text', text: 'Think.' },
          { type: 'summary_text', text: 'More.' },
        ],
      },
      messageItem('Pa'),
      { ...messageItem('ris'), id: 'msg_2' },
    ];
    const usage = {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 40 },
      output_tokens: 30,
      output_tokens_details: { reasoning_tokens: 20 },
      total_tokens: 130,
    };
    const completion = await readAs(
      response({ output, usage, model: 'gpt-5-pro-2026-01-01', service_tier: 'default' }),
      API,
    );
    expect(completion).toMatchObject({
      id: 'resp_1',
      output: 'Paris',
      reasoning: 'Think.\n\nMore.',
      finishReason: 'stop',
      answeredModel: 'gpt-5-pro-2026-01-01',
      usage: {
        promptTokens: 100,
        cachedPromptTokens: 40,
        completionTokens: 30,
        reasoningTokens: 20,
        totalTokens: 130,
        serviceTier: 'default',
      },
    });
    // 60 × 15 + 40 × 1.5 + 30 × 120 dollars per 1,000,000.
    const price = {
      promptToken: 15_000_000n,
      cachedPromptToken: 1_500_000n,
      completionToken: 120_000_000n,
      currency: 'USD',
      source: '',
      date: '',
    };
    expect(costOf(price, completion.usage).total).toBe(60n * 15_000_000n + 40n * 1_500_000n + 30n * 120_000_000n);
  });

  it('has its calls as tool calls', async () => {
    const output = [
      { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'add', arguments: '{"a":1}', status: 'completed' },
    ];
    const completion = await readAs(response({ output }), API);
    expect(JSON.parse(completion.output)).toEqual({
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } }],
    });
    expect(completion.finishReason).toBe('tool_calls');
  });

  it('has the refusal of its parts', async () => {
    const output = [{ type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'I cannot.' }] }];
    expect(await readAs(response({ output }), API)).toMatchObject({ output: 'I cannot.', refusal: 'I cannot.' });
  });

  it.each([
    ['max_output_tokens', 'length', undefined],
    ['content_filter', 'content_filter', 'content_filter'],
  ])('that is incomplete by %s says so', async (reason, finishReason, refusal) => {
    const parts = { status: 'incomplete', incomplete_details: { reason }, output: [messageItem('Par')] };
    expect(await readAs(response(parts), API)).toMatchObject({ output: 'Par', finishReason, refusal });
    expect(await readAs(response({ ...parts, output: [] }), API)).toMatchObject({ output: '', finishReason });
  });

  it('that was charged for a search has no cost from its tokens', async () => {
    const output = [{ type: 'web_search_call', id: 'ws_1', status: 'completed' }, messageItem('Paris')];
    const { usage } = await readAs(response({ output }), API);
    expect(usage.otherCharge).toBe('server_side_tool_calls');
    const price = { promptToken: 1n, completionToken: 1n, currency: 'USD', source: '', date: '' };
    expect(costOf(price, usage).total).toBeNull();
  });

  it('has log probabilities if they were requested', async () => {
    const logprobs = [{ token: 'Paris', logprob: -0.1, bytes: [], top_logprobs: [] }];
    const output = [{ type: 'message', content: [{ type: 'output_text', text: 'Paris', logprobs }] }];
    const params = { logprobs: true };
    expect((await readAs(response({ output }), { ...API, request: { params } })).logprobs).toEqual({
      content: logprobs,
    });
  });

  it.each([
    [{ code: 'server_error', message: 'The model failed' }, 'server_error'],
    [{ code: 'rate_limit_exceeded', message: 'Slow down' }, 'rate_limited'],
    [{ code: 'invalid_prompt', message: 'Flagged' }, 'invalid_request'],
  ])('that failed with %j is the error %s, with its usage', async (error, kind) => {
    const body = response({ status: 'failed', error, output: [] });
    expect(await failureOf(reply(200, body), API)).toMatchObject({ kind, usage: { totalTokens: 15 } });
  });

  it('that failed midway has begun', async () => {
    const body = response({
      status: 'failed',
      error: { code: 'server_error', message: 'x' },
      output: [messageItem('Par')],
    });
    expect(await failureOf(reply(200, body), API)).toMatchObject({ kind: 'server_error', hasBegun: true });
  });

  it.each(['in_progress', 'queued', 'cancelled'])('that is %s is no answer', async (status) => {
    const failed = await failureOf(reply(200, response({ status, output: [] })), API);
    expect(failed.message).toContain(`the response is ${status}`);
  });

  it('without an item is an empty answer if tokens were made, and none otherwise', async () => {
    expect(await readAs(response({ output: [] }), API)).toMatchObject({ output: '', finishReason: 'stop' });
    const usage = { input_tokens: 10, output_tokens: 0, total_tokens: 10 };
    for (const parts of [{ usage }, { usage: null }]) {
      const failed = await failureOf(reply(200, response({ ...parts, output: [] })), API);
      expect(failed.kind).toBe('invalid_response');
    }
  });
});

function stream(events: readonly JsonObject[]): string {
  return events
    .map((event) => `event: ${JSON.stringify(event['type']).slice(1, -1)}\ndata: ${JSON.stringify(event)}\n\n`)
    .join('');
}

describe('a stream of a response', () => {
  const head = { 'content-type': 'text/event-stream' };
  const streamed = { ...API, isStreaming: true, headers: head };
  const delta = {
    type: 'response.output_text.delta',
    item_id: 'msg_1',
    output_index: 0,
    content_index: 0,
    delta: 'Par',
  };
  const created = { type: 'response.created', response: response({ status: 'in_progress', output: [] }) };

  it('ends with the whole answer', async () => {
    const last = { type: 'response.completed', response: response({ output: [messageItem('Paris')] }) };
    const completion = await readAs(stream([created, delta, last]), streamed);
    expect(completion).toMatchObject({ output: 'Paris', finishReason: 'stop', usage: { totalTokens: 15 } });
    expect(completion.ttftMs).toEqual(expect.any(Number));
  });

  it('has the items that its last event lacks', async () => {
    const item = { type: 'response.output_item.done', output_index: 0, item: messageItem('Paris') };
    const last = { type: 'response.completed', response: response({ output: [] }) };
    expect((await readAs(stream([created, delta, item, last]), streamed)).output).toBe('Paris');
  });

  it('is no answer if its end lacks the items of its pieces', async () => {
    const last = { type: 'response.completed', response: response({ output: [] }) };
    const failed = await failureOf(reply(200, stream([created, delta, last])), streamed);
    expect(failed).toMatchObject({ kind: 'invalid_response', message: expect.stringContaining('its end has none') });
    expect(await readAs(stream([created, last]), streamed)).toMatchObject({ output: '' });
  });

  it('may end incomplete', async () => {
    const cut = response({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output: [messageItem('Par')],
    });
    const last = { type: 'response.incomplete', response: cut };
    expect(await readAs(stream([delta, last]), streamed)).toMatchObject({ output: 'Par', finishReason: 'length' });
  });

  it.each([
    [[], false],
    [[delta], true],
  ])('that fails after %j has begun: %s', async (before, hasBegun) => {
    const error = {
      type: 'error',
      code: 'server_error',
      message: 'The server had an error',
      param: null,
      sequence_number: 3,
    };
    const failed = await failureOf(reply(200, stream([...before, error]), head), { ...API, isStreaming: true });
    expect(failed).toMatchObject({ kind: 'server_error', hasBegun, message: expect.stringContaining('had an error') });
  });

  it('that breaks off is no answer', async () => {
    const failed = await failureOf(reply(200, stream([created, delta]), head), { ...API, isStreaming: true });
    expect(failed).toMatchObject({
      kind: 'invalid_response',
      message: expect.stringContaining('ends before the answer does'),
    });
  });
});

describe('a third-party server of the Responses API', () => {
  it.each([false, true])('is answered alike with streams: %s', async (isStreaming) => {
    const server = new LLMock({ port: 0 });
    server.onMessage(/capital/, {
      content: 'Paris',
      reasoning: 'Easy.',
      usage: { input_tokens: 11, output_tokens: 3 },
    });
    server.onMessage(/sum/, { toolCalls: [{ name: 'add', arguments: '{"a":1}' }] });
    await server.start();
    const provider = openProvider(responses, {
      baseUrl: `${server.url}/v1`,
      apiKey: null,
      auth: 'bearer',
      connections: 1,
      useWalletBalance: false,
      now: Date.now,
      isStreaming,
    });
    try {
      const ask = (content: string) =>
        provider.complete({ ...ASK, model: 'o4-mini', messages: [{ role: 'user', content }] }, noSignal());
      expect(await ask('The capital?')).toMatchObject({
        output: 'Paris',
        reasoning: 'Easy.',
        usage: { promptTokens: 11, completionTokens: 3, totalTokens: 14 },
      });
      expect(JSON.parse((await ask('The sum?')).output)).toMatchObject({ tool_calls: [{ function: { name: 'add' } }] });
      server.nextRequestError(429, { message: 'Slow down', type: 'rate_limit_error' });
      expect((await failure(ask('The capital?'))).kind).toBe('rate_limited');
    } finally {
      await provider.close();
      await server.stop();
    }
  });
});

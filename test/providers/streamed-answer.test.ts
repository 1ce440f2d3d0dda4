import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject } from '../../src/core/json.ts';
import { readStreamedAnswer } from '../../src/providers/streamed-answer.ts';
import { ASK, completion, failureOf, type Handler, noSignal, reply, withEndpoint } from './endpoint.ts';

const DONE = 'data: [DONE]\n\n';

function event(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

/** A chunk with one choice. */
function chunk(delta: object, choice: object = {}, parts: object = {}): object {
  return {
    id: 'c-1',
    object: 'chat.completion.chunk',
    model: 'm-1',
    choices: [{ index: 0, delta, ...choice }],
    ...parts,
  };
}

function stream(...chunks: readonly object[]): string {
  return chunks.map(event).join('') + DONE;
}

const LABELLED = { 'content-type': 'text/event-stream; charset=utf-8' };

/** The first choice's message of a stream that is whole. */
function messageOf(text: string): unknown {
  const { body, fault } = readStreamedAnswer(text);
  expect(fault).toBeNull();
  return choiceOf(body)['message'];
}

function choiceOf({ choices }: JsonObject): JsonObject {
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  if (!isJsonObject(choice)) throw new Error('no choice');
  return choice;
}

const USAGE = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };

const PARIS = stream(
  { id: 'c-1', choices: [], prompt_filter_results: [] },
  chunk({ role: 'assistant', content: '' }),
  chunk({ content: 'Par' }, {}, { usage: null }),
  chunk({ content: 'is' }),
  chunk({}, { finish_reason: 'stop' }),
  { id: 'c-1', choices: [], usage: USAGE },
);

describe('an answer as an event stream', () => {
  it.each([
    ['labelled as one', PARIS, LABELLED],
    ['labelled in capitals', PARIS, { 'content-type': 'Text/Event-Stream' }],
    ['labelled as JSON', PARIS, { 'content-type': 'application/json' }],
    ['not labelled', PARIS, {}],
    ['with other line breaks', PARIS.replaceAll('\n', '\r\n'), LABELLED],
    ['behind comments and a byte order mark', `\ufeff: PROCESSING\n\n${PARIS}`, LABELLED],
    ['with events of other names', `event: ping\ndata: {"type":"ping"}\n\n${PARIS}`, LABELLED],
    ['without its last line break', PARIS.trimEnd(), LABELLED],
  ])('is read like any other, %s', async (_how, text, headers) => {
    await withEndpoint(reply(200, text, headers), async ({ provider, seen }) => {
      const answer = await provider.complete(ASK, noSignal());
      expect(answer).toMatchObject({ id: 'c-1', output: 'Paris', finishReason: 'stop' });
      expect(answer.usage).toMatchObject({ promptTokens: 7, completionTokens: 3, totalTokens: 10 });
      expect(answer).not.toHaveProperty('ttftMs');
      expect(JSON.parse(seen[0]?.body ?? '')).not.toHaveProperty('stream');
    });
  });

  it('is the same however its text is split', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), (pieces) => {
        const chunks = pieces.map((content) => chunk({ content }));
        expect(messageOf(stream(...chunks, chunk({}, { finish_reason: 'length' })))).toEqual({
          role: 'assistant',
          content: pieces.join(''),
        });
      }),
    );
  });

  it('is complete with [DONE] and no reason, and with a reason and no [DONE]', () => {
    expect(messageOf(stream({ choices: [{ delta: { content: 'Paris' } }] }))).toMatchObject({ content: 'Paris' });
    expect(messageOf(event(chunk({ content: 'Paris' }, { finish_reason: 'stop' })))).toMatchObject({
      content: 'Paris',
    });
  });

  it.each([
    ['its text', event(chunk({ content: 'Par' }))],
    ['an event', `${event(chunk({ content: 'Par' }))}data: {"choices":[{"del`],
    ['its beginning', ': PROCESSING\n\n'],
  ])('is an invalid response if it ends in the middle of %s', async (_where, text) => {
    const refused = await failureOf(reply(200, text, LABELLED));
    expect(refused.kind).toBe('invalid_response');
    expect(refused.message).toBe('HTTP 200: the stream of events ends before the answer does');
  });

  it('is a network error if its connection breaks', async () => {
    const refused = await failureOf((response) => {
      response.writeHead(200, LABELLED);
      response.write(event(chunk({ content: 'Par' })), () => response.destroy());
    });
    expect(refused.kind).toBe('network');
  });

  it('has not ended when another choice has', () => {
    const answers = event({ choices: [0, 1].map((index) => ({ index, delta: { content: `answer ${index}` } })) });
    const other = event({ choices: [{ index: 1, delta: {}, finish_reason: 'stop' }] });
    expect(readStreamedAnswer(answers + other).fault).toBe('the stream of events ends before the answer does');
    const whole = answers + other + event(chunk({}, { finish_reason: 'length' }));
    expect(readStreamedAnswer(whole)).toMatchObject({ fault: null });
  });

  it.each([
    ['text', [{ text: 'Par' }, { text: 'is' }]],
    ['delta', [{ delta: 'Par' }, { delta: 'is' }]],
    ['message', [{ message: 'Paris' }]],
  ])('is an invalid response if its text is elsewhere: %s', async (_where, pieces) => {
    for (const reason of ['stop', 'length']) {
      const last = { choices: [{ index: 0, finish_reason: reason }], usage: USAGE };
      const text = stream(...pieces.map((piece) => ({ choices: [{ index: 0, ...piece }] })), last);
      expect(await failureOf(reply(200, text, LABELLED))).toMatchObject({ kind: 'invalid_response' });
    }
  });

  it('is an invalid response if an event is something else', async () => {
    const refused = await failureOf(
      reply(200, `${event(chunk({ content: 'P' }))}data: upstream failed\n\n${DONE}`, LABELLED),
    );
    expect(refused.kind).toBe('invalid_response');
    expect(refused.message).toBe('HTTP 200: an event of the stream is not a JSON object: upstream failed');
  });

  it.each([
    ['as OpenRouter has it', { error: { code: 502, message: 'Upstream failed' }, choices: [] }, ''],
    [
      'beside a choice',
      chunk({ content: '' }, { finish_reason: 'error' }, { error: { code: 502, message: 'Upstream failed' } }),
      '',
    ],
    ['as vLLM has it', { object: 'error', message: 'Upstream failed', code: 502 }, ''],
    ['as an event of that name', { code: 502, message: 'Upstream failed' }, 'event: error\n'],
  ])('is the error that it ends with, %s', async (_how, error, name) => {
    const text = event(chunk({ content: 'The answer is' })) + name + event(error) + DONE;
    const refused = await failureOf(reply(200, text, LABELLED));
    expect(refused).toMatchObject({ kind: 'server_error', message: 'HTTP 200: Upstream failed (502)' });
  });

  it('with an error status reports its reason', async () => {
    const refused = await failureOf(reply(429, event({ error: { message: 'Slow down' } }), LABELLED));
    expect(refused).toMatchObject({ kind: 'rate_limited', message: 'HTTP 429: Slow down' });
  });
});

/** A chunk with a piece of a call. */
function callPiece(index: number, part: object): object {
  return chunk({ tool_calls: [{ index, ...part }] });
}

/** A chunk with the first piece of a call. */
function beginOf(id: string, parts: object = {}): object {
  return chunk({ tool_calls: [{ id, type: 'function', function: { name: `f-${id}`, arguments: '' }, ...parts }] });
}

function wholeCall(id: string): object {
  return { id, type: 'function', function: { name: id, arguments: '{}' } };
}

function thought(text: string): object {
  return chunk({ reasoning_details: [{ type: 'reasoning.text', text, format: 'x-v1', index: 0 }] });
}

function token(name: string): object {
  return { token: name, logprob: -0.5, bytes: [65], top_logprobs: [] };
}

function usage(tokens: number): object {
  return { usage: { total_tokens: tokens } };
}

function pieceOf(index: number, content: string): object {
  return chunk({ content }, { index });
}

describe('the pieces of a stream', () => {
  it('of calls are matched by index', () => {
    const text = stream(
      callPiece(0, { id: 'a', type: 'function', function: { name: 'f', arguments: '' } }),
      callPiece(1, { id: 'b', type: 'function', function: { name: 'g', arguments: '{"y"' } }),
      callPiece(0, { function: { arguments: '{"x":' } }),
      // Some servers send names and ids again, or empty.
      callPiece(1, { id: '', type: 'function', function: { name: 'g', arguments: ':2}' } }),
      callPiece(0, { id: null, function: { name: null, arguments: '1}' } }),
    );
    expect(messageOf(text)).toEqual({
      role: 'assistant',
      tool_calls: [
        { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
        { index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '{"y":2}' } },
      ],
    });
  });

  it('of calls without an index are separate calls, by id', () => {
    const text = stream(
      chunk({ tool_calls: [wholeCall('a')] }),
      chunk({ tool_calls: [wholeCall('b'), wholeCall('c')] }),
    );
    expect(messageOf(text)).toMatchObject({ tool_calls: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] });
  });

  it.each([
    ['neither index nor id', {}],
    ['an empty id', { id: '', type: 'function' }],
    ['nulls', { id: null, index: null }],
    ['only the id', { id: 'b' }],
  ])('of calls with %s belong to the last call', (_what, place) => {
    const rest = (text: string): object => chunk({ tool_calls: [{ ...place, function: { arguments: text } }] });
    for (const parts of [{}, { index: 1 }]) {
      const text = stream(beginOf('a'), beginOf('b', parts), rest('{"x":'), rest('1}'));
      expect(messageOf(text)).toMatchObject({
        tool_calls: [
          { id: 'a', function: { name: 'f-a', arguments: '' } },
          { id: 'b', function: { name: 'f-b', arguments: '{"x":1}' } },
        ],
      });
    }
  });

  it('of calls without a place are calls of their own where they have a name', () => {
    const call = chunk({ tool_calls: [{ function: { name: 'f', arguments: '{}' } }] });
    expect(messageOf(stream(call, call))).toMatchObject({
      tool_calls: [{ function: { name: 'f', arguments: '{}' } }, { function: { name: 'f', arguments: '{}' } }],
    });
  });

  it('of a function call are joined', () => {
    const text = stream(
      chunk({ function_call: { name: 'f', arguments: '{' } }),
      chunk({ function_call: { arguments: '}' } }),
    );
    expect(messageOf(text)).toMatchObject({ function_call: { name: 'f', arguments: '{}' } });
  });

  it.each(['content', 'reasoning', 'reasoning_content', 'refusal'])('of %s are joined', (field) => {
    const pieces = ['', 'a ', 'b'].map((text) => chunk({ [field]: text }));
    expect(messageOf(stream(...pieces, chunk({ [field]: null })))).toMatchObject({ [field]: 'a b' });
  });

  it('of OpenRouter’s thoughts are matched by index and keep their format', () => {
    expect(messageOf(stream(thought('a '), thought('b')))).toMatchObject({
      reasoning_details: [{ type: 'reasoning.text', text: 'a b', format: 'x-v1', index: 0 }],
    });
  });

  it('may alternate between parts and texts', () => {
    const thinking = { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] };
    const text = stream(
      chunk({ content: '' }),
      chunk({ content: [thinking] }),
      chunk({ content: 'Pa' }),
      chunk({ content: 'ris' }),
    );
    expect(messageOf(text)).toMatchObject({
      content: [thinking, { type: 'text', text: 'Pa' }, { type: 'text', text: 'ris' }],
    });
    const other = stream(chunk({ content: 'Hm. ' }), chunk({ content: [{ type: 'text', text: 'Paris' }] }));
    expect(messageOf(other)).toMatchObject({
      content: [
        { type: 'text', text: 'Hm. ' },
        { type: 'text', text: 'Paris' },
      ],
    });
  });

  it('end with the complete message if a server sends it', () => {
    const whole = { index: 0, message: { role: 'assistant', content: 'Paris.' }, finish_reason: 'stop' };
    expect(messageOf(stream(chunk({ content: 'Par' }), { choices: [whole] }))).toMatchObject({ content: 'Paris.' });
    expect(messageOf(event({ choices: [whole] }))).toMatchObject({ content: 'Paris.' });
  });

  it('of log probabilities are concatenated', () => {
    const logprobs = (name: string): object => ({ logprobs: { content: [token(name)], refusal: null } });
    const text = stream(
      chunk({ content: 'A' }, logprobs('A')),
      chunk({ content: 'B' }, logprobs('B')),
      chunk({}, { logprobs: null }),
    );
    expect(choiceOf(readStreamedAnswer(text).body)['logprobs']).toEqual({
      content: [token('A'), token('B')],
      refusal: null,
    });
  });

  it('keep the last value of all other fields, including usage', () => {
    const text = stream(chunk({ content: 'a' }, {}, usage(1)), chunk({ content: 'b' }, {}, usage(2)), {
      choices: [],
      provider: 'p',
    });
    expect(readStreamedAnswer(text).body).toMatchObject({
      id: 'c-1',
      model: 'm-1',
      provider: 'p',
      usage: { total_tokens: 2 },
    });
  });

  it('of other choices are kept separate', () => {
    const { body } = readStreamedAnswer(stream(pieceOf(1, 'x'), pieceOf(0, 'a'), pieceOf(1, 'y'), pieceOf(0, 'b')));
    expect(body['choices']).toMatchObject([
      { index: 1, message: { content: 'xy' } },
      { index: 0, message: { content: 'ab' } },
    ]);
  });

  it('cannot set properties of the object prototype', () => {
    const text = `data: {"choices":[{"delta":{"__proto__":{"polluted":1},"content":"a"}}],"__proto__":{"polluted":1}}\n\n${DONE}`;
    expect(messageOf(text)).toMatchObject({ content: 'a' });
    expect({}).not.toHaveProperty('polluted');
  });
});

/** Never ends its stream. */
function heldOpen(response: ServerResponse): void {
  response.writeHead(200, LABELLED);
  response.write(PARIS);
}

/** An answer that takes more bytes than the text up to its first piece, compressed as it is. */
function compressed(response: ServerResponse): void {
  const said = [chunk({ content: 'Paris' }), chunk({ content: randomBytes(2000).toString('base64') })];
  const last = chunk({}, { finish_reason: 'stop' });
  response.writeHead(200, { ...LABELLED, 'content-encoding': 'gzip' }).end(gzipSync(stream(...said, last)));
}

describe.concurrent('a requested stream', () => {
  it('is requested with its usage, unless the user says otherwise', async () => {
    await withEndpoint(
      reply(200, PARIS, LABELLED),
      async ({ provider, seen }) => {
        await provider.complete(ASK, noSignal());
        await provider.complete({ ...ASK, params: { stream_options: { include_usage: false } } }, noSignal());
        const sent = seen.map(({ body }) => JSON.parse(body));
        expect(sent).toMatchObject([
          { stream: true, stream_options: { include_usage: true } },
          { stream: true, stream_options: { include_usage: false } },
        ]);
      },
      { isStreaming: true },
    );
  });

  it('reports when the first piece of the answer arrived', async () => {
    let nowMs = 1000;
    let arrived: (() => void) | undefined;
    /** Sends a part at a time of day, and comes back when the client has looked at its clock. */
    const send = async (response: ServerResponse, part: string, atMs: number): Promise<void> => {
      nowMs = atMs;
      const looked = new Promise<void>((resolve) => (arrived = resolve));
      response.write(part);
      await looked;
    };
    const play = async (response: ServerResponse): Promise<void> => {
      response.writeHead(200, LABELLED);
      await send(response, `: PROCESSING\n\n${event(chunk({ role: 'assistant', content: '' }))}`, 1100);
      await send(response, event(chunk({ reasoning_content: 'Ёлка?' })), 1250.4);
      await send(response, event(chunk({ content: 'Paris' }, { finish_reason: 'stop' })), 9000);
      response.end(DONE);
    };
    const elapsedMs = (): number => {
      arrived?.();
      return nowMs;
    };
    await withEndpoint(
      (response) => void play(response),
      async ({ provider }) => {
        expect(await provider.complete(ASK, noSignal())).toMatchObject({ output: 'Paris', ttftMs: 250 });
      },
      { isStreaming: true, elapsedMs },
    );
  });

  it('may be answered without a stream, and then reports no such time', async () => {
    await withEndpoint(
      reply(200, completion({ content: 'Paris' }), { 'content-type': 'application/json' }),
      async ({ provider }) => {
        const answer = await provider.complete(ASK, noSignal());
        expect(answer.output).toBe('Paris');
        expect(answer).not.toHaveProperty('ttftMs');
      },
      { isStreaming: true },
    );
  });

  it('may be compressed, and then reports no such time', async () => {
    await withEndpoint(
      compressed,
      async ({ provider }) => {
        const answer = await provider.complete(ASK, noSignal());
        expect(answer.output).toMatch(/^Paris/);
        expect(answer).not.toHaveProperty('ttftMs');
      },
      { isStreaming: true },
    );
  });

  it('frees its connection for the next call', async () => {
    const sockets = new Set<unknown>();
    const handler: Handler = (response) => {
      sockets.add(response.socket);
      response.writeHead(200, LABELLED);
      response.write(PARIS, () => setImmediate(() => response.end()));
    };
    await withEndpoint(
      handler,
      async ({ provider }) => {
        for (let call = 0; call < 5; call++) await provider.complete(ASK, noSignal());
        expect(sockets.size).toBe(1);
      },
      { isStreaming: true, connections: 1 },
    );
  });

  it('that is held open after its last event is answered, and so is the next call', async () => {
    await withEndpoint(
      heldOpen,
      async ({ provider }) => {
        for (let call = 0; call < 2; call++) expect((await provider.complete(ASK, noSignal())).output).toBe('Paris');
      },
      { isStreaming: true, connections: 1 },
    );
  });

  it('that is silent before its end is waited for', { timeout: 20_000 }, async () => {
    const parts = [
      event({ choices: [{ index: 1, delta: { content: 'x' }, finish_reason: 'stop' }] }),
      event(chunk({ content: 'Par' }, { finish_reason: 'null' })),
      event(chunk({ content: 'is' }, { finish_reason: 'stop' })),
    ];
    const send = async (response: ServerResponse): Promise<void> => {
      response.writeHead(200, LABELLED);
      response.write(`${parts[0]}${parts[1]}`);
      // Longer than the silence that ends an answer.
      await delay(5500);
      response.end(parts[2]);
    };
    await withEndpoint(
      (response) => void send(response),
      async ({ provider }) => {
        expect(await provider.complete(ASK, noSignal())).toMatchObject({ output: 'Paris', finishReason: 'stop' });
      },
      { isStreaming: true },
    );
  });

  it('that is held open without a last event is answered once nothing more arrives', { timeout: 20_000 }, async () => {
    const parts = [
      'data: {"choices":[{"index":0,"delta":{"content":"Say \\"data: [DONE]',
      '\\""},"finish_reason":null}]}\n\ndata: {"choices":[{"index":0,"delta":{"content":"."},"finish_rea',
      'son":"stop"}]}\n\n',
      'data: {"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}\n\n',
    ];
    const send = async (response: ServerResponse): Promise<void> => {
      response.writeHead(200, LABELLED);
      for (const part of parts) {
        response.write(part);
        await delay(20);
      }
    };
    const handler: Handler = (response) => void send(response);
    await withEndpoint(
      handler,
      async ({ provider }) => {
        const answer = await provider.complete(ASK, noSignal());
        expect(answer.output).toBe('Say "data: [DONE]".');
        expect(answer.usage.totalTokens).toBe(15);
      },
      { isStreaming: true },
    );
  });
});

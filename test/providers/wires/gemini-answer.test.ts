import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { gemini } from '../../../src/providers/gemini.ts';
import { failureOf, readAs, reply } from '../endpoint.ts';

// Bodies follow `GenerateContentParameters` and `GenerateContentResponse` of @google/genai 3.3.0 as its converters for
// the Gemini API write and read them.

const USAGE = { promptTokenCount: 11, candidatesTokenCount: 7, totalTokenCount: 18 };
const OPTIONS = { definition: gemini, path: '/v1beta' };

function answer(parts: readonly JsonObject[], candidate: JsonObject = {}, fields: JsonObject = {}): JsonObject {
  return {
    candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP', index: 0, ...candidate }],
    usageMetadata: USAGE,
    modelVersion: 'gemini-2.5-flash',
    responseId: 'mAitaLmkHPPlz7IPvtfUqQ4',
    ...fields,
  };
}

function read(body: JsonObject): ReturnType<typeof readAs> {
  return readAs(body, OPTIONS);
}

/** An event stream of these pieces. */
function text(pieces: readonly JsonObject[]): string {
  return pieces.map((one) => `data: ${JSON.stringify(one)}\r\n\r\n`).join('');
}

function piece(parts: readonly JsonObject[], fields: JsonObject = {}): JsonObject {
  return {
    candidates: [{ content: { role: 'model', parts }, index: 0 }],
    usageMetadata: { promptTokenCount: 11, totalTokenCount: 11 },
    modelVersion: 'gemini-2.5-flash',
    responseId: 'r1',
    ...fields,
  };
}

describe('an answer of Gemini', () => {
  it('has its text, id, model and tokens', async () => {
    expect(await read(answer([{ text: 'One, ' }, { text: 'two.' }]))).toMatchObject({
      id: 'mAitaLmkHPPlz7IPvtfUqQ4',
      output: 'One, two.',
      finishReason: 'stop',
      answeredModel: 'gemini-2.5-flash',
      usage: { promptTokens: 11, completionTokens: 7, totalTokens: 18 },
      cost: { total: null, currency: 'USD' },
    });
  });

  it.each([-1, '7', 1e300, {}])('has no known tokens of a kind with a part that is no count: %j', async (nonsense) => {
    const tokens = async (parts: JsonObject): Promise<readonly (number | null)[]> => {
      const { usage } = await read(answer([{ text: 'Hi' }], {}, { usageMetadata: { ...USAGE, ...parts } }));
      return [usage.promptTokens, usage.completionTokens];
    };
    const cached = await read(answer([], {}, { usageMetadata: { ...USAGE, cachedContentTokenCount: nonsense } }));
    expect(cached.usage.otherCharge).toBe('cached_tokens');
    expect(await tokens({ toolUsePromptTokenCount: nonsense })).toEqual([null, 7]);
    expect(await tokens({ thoughtsTokenCount: nonsense })).toEqual([11, null]);
    expect(await tokens({ candidatesTokenCount: nonsense })).toEqual([11, null]);
  });

  it('adds thoughts to the answer and results of tools to the prompt, with cached tokens within', async () => {
    const usageMetadata = {
      promptTokenCount: 1000,
      cachedContentTokenCount: 800,
      toolUsePromptTokenCount: 50,
      candidatesTokenCount: 20,
      thoughtsTokenCount: 300,
      totalTokenCount: 1370,
    };
    const { usage } = await read(answer([{ text: 'x' }], {}, { usageMetadata }));
    expect(usage).toMatchObject({
      promptTokens: 1050,
      cachedPromptTokens: 800,
      completionTokens: 320,
      reasoningTokens: 300,
      totalTokens: 1370,
    });
    expect(usage.unexplainedTokens).toBeUndefined();
    expect(usage.otherCharge).toBeUndefined();
  });

  it('that was cut off while thinking is empty, and billed', async () => {
    const usageMetadata = { promptTokenCount: 5, thoughtsTokenCount: 97, totalTokenCount: 102 };
    const body = { ...answer([], { finishReason: 'MAX_TOKENS', content: { role: 'model' } }), usageMetadata };
    expect(await read(body)).toMatchObject({ output: '', finishReason: 'length', usage: { completionTokens: 97 } });
  });

  it('names what it charges besides text', async () => {
    const counted = (key: string, modality: string): JsonObject => ({
      usageMetadata: {
        ...USAGE,
        [key]: [
          { modality: 'TEXT', tokenCount: 4 },
          { modality, tokenCount: 3 },
        ],
      },
    });
    const body = (fields: JsonObject): JsonObject => answer([{ text: 'x' }], {}, fields);
    expect((await read(body(counted('promptTokensDetails', 'AUDIO')))).usage.otherCharge).toBe('audio_tokens');
    expect((await read(body(counted('candidatesTokensDetails', 'IMAGE')))).usage.otherCharge).toBe('image_tokens');
    expect((await read(body(counted('promptTokensDetails', 'IMAGE')))).usage.otherCharge).toBeUndefined();
    const grounded = answer([{ text: 'x' }], { groundingMetadata: { webSearchQueries: ['a'] } });
    expect((await read(grounded)).usage.otherCharge).toBe('num_search_queries');
    const tier = await read(body({ usageMetadata: { ...USAGE, serviceTier: 'priority' } }));
    expect(tier.usage.serviceTier).toBe('priority');
  });

  it('has thoughts and calls apart', async () => {
    const parts = [
      { text: 'Hm.', thought: true },
      { functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 'x' },
      { functionCall: { id: 'own', name: 'g' } },
    ];
    const { output, reasoning, finishReason } = await read(answer(parts));
    expect([reasoning, finishReason]).toEqual(['Hm.', 'tool_calls']);
    expect(JSON.parse(output)).toEqual({
      tool_calls: [
        { id: 'call_0', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
        { id: 'own', type: 'function', function: { name: 'g', arguments: '{}' } },
      ],
    });
  });

  it.each(['SAFETY', 'RECITATION', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII', 'IMAGE_SAFETY', 'MODEL_ARMOR'])(
    'withheld for %s is a refusal',
    async (finishReason) => {
      const blocked = { candidates: [{ finishReason, index: 0 }], usageMetadata: USAGE };
      expect(await read(blocked)).toMatchObject({ output: '', refusal: finishReason, finishReason });
    },
  );

  it('to a blocked prompt is a refusal, whose prompt is counted', async () => {
    const usageMetadata = { promptTokenCount: 9, totalTokenCount: 9 };
    const blocked = { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata };
    expect(await read(blocked)).toMatchObject({
      output: '',
      refusal: 'PROHIBITED_CONTENT',
      finishReason: 'content_filter',
      usage: { promptTokens: 9 },
    });
  });

  it('without candidates and without a reason is none', async () => {
    const error = await failureOf(reply(200, { usageMetadata: USAGE, modelVersion: 'm' }), OPTIONS);
    expect(error).toMatchObject({ kind: 'invalid_response' });
  });

  it('has log probabilities as the API gives them', async () => {
    const logprobsResult = { chosenCandidates: [{ token: 'x', logProbability: -0.1 }] };
    const request = { params: { logprobs: true } };
    const { logprobs } = await readAs(answer([{ text: 'x' }], { logprobsResult }), { ...OPTIONS, request });
    expect(logprobs).toEqual(logprobsResult);
  });
});

describe('a stream of Gemini', () => {
  const headers = { 'content-type': 'text/event-stream' };
  const options = { ...OPTIONS, isStreaming: true };

  it('is joined to one answer with the last counts', async () => {
    const pieces = [
      piece([{ text: 'Let ', thought: true }]),
      piece([{ text: 'me see.', thought: true }]),
      piece([{ text: 'Okay, ' }]),
      piece([{ text: 'wait.' }]),
      piece([{ functionCall: { name: 'f', args: { a: 1 } } }]),
      { ...answer([{ text: '' }]), usageMetadata: { ...USAGE, thoughtsTokenCount: 2, totalTokenCount: 20 } },
    ];
    const joined = await readAs(text(pieces), { ...options, headers });
    expect(joined).toMatchObject({
      reasoning: 'Let me see.',
      finishReason: 'tool_calls',
      usage: { promptTokens: 11, completionTokens: 9, totalTokens: 20 },
    });
    expect(JSON.parse(joined.output)).toMatchObject({
      content: 'Okay, wait.',
      tool_calls: [{ function: { name: 'f' } }],
    });
    expect(joined.ttftMs).toBeGreaterThanOrEqual(0);
  });

  it('that blocks the prompt is a refusal', async () => {
    const blocked = { promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 3 } };
    expect(await readAs(text([blocked]), { ...options, headers })).toMatchObject({ refusal: 'SAFETY', output: '' });
  });

  it('with an error midway is that error, and has begun only behind a piece', async () => {
    const error = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } };
    expect(await failureOf(reply(200, text([error]), headers), options)).toMatchObject({
      kind: 'overloaded',
      hasBegun: false,
    });
    expect(await failureOf(reply(200, text([piece([{ text: 'A' }]), error]), headers), options)).toMatchObject({
      kind: 'overloaded',
      hasBegun: true,
      usage: { promptTokens: 11 },
    });
  });

  it('may end with the mark of OpenAI, as some proxies let it', async () => {
    const events = `${text([answer([{ text: 'A' }])])}data: [DONE]\n\n`;
    expect(await readAs(events, { ...options, headers })).toMatchObject({ output: 'A', finishReason: 'stop' });
  });

  it('with something else than JSON is no answer', async () => {
    expect(
      await failureOf(reply(200, `data: oops\n\n${text([answer([{ text: 'A' }])])}`, headers), options),
    ).toMatchObject({
      kind: 'invalid_response',
      message: 'HTTP 200: an event of the stream is not a JSON object: oops',
    });
  });

  it('has the text of one candidate, and ends with that', async () => {
    const other = { candidates: [{ content: { parts: [{ text: 'x' }] }, finishReason: 'STOP', index: 1 }] };
    const cut = [other, piece([{ text: 'A' }]), other];
    expect((await failureOf(reply(200, text(cut), headers), options)).kind).toBe('invalid_response');
    const whole = text([...cut, answer([{ text: 'B' }])]);
    expect(await readAs(whole, { ...options, headers })).toMatchObject({ output: 'AB', finishReason: 'stop' });
  });

  it('that is cut is no answer', async () => {
    expect(await failureOf(reply(200, text([piece([{ text: 'A' }])]), headers), options)).toMatchObject({
      kind: 'invalid_response',
      message: 'HTTP 200: the stream of events ends before the answer does',
    });
  });
});

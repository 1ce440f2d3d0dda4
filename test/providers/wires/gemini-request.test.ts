import { describe, expect, it } from 'vitest';
import type { CompletionRequest } from '../../../src/core/provider.ts';
import { gemini } from '../../../src/providers/gemini.ts';
import { ASK, noSignal, reply, type SeenRequest, withEndpoint } from '../endpoint.ts';

// Bodies follow `GenerateContentParameters` and `GenerateContentResponse` of @google/genai 3.3.0 as its converters for
// the Gemini API write and read them.

const OPTIONS = { definition: gemini, path: '/v1beta' };
const HI = { candidates: [{ content: { role: 'model', parts: [{ text: 'Hi' }] }, finishReason: 'STOP', index: 0 }] };

async function sent(
  request: Partial<CompletionRequest>,
  isStreaming = false,
): Promise<SeenRequest & { json: unknown }> {
  let seen: SeenRequest | undefined;
  await withEndpoint(
    reply(200, HI),
    async (endpoint) => {
      await endpoint.provider.complete({ ...ASK, model: 'gemini-2.5-flash', ...request }, noSignal());
      seen = endpoint.seen[0];
    },
    { ...OPTIONS, isStreaming },
  );
  if (seen === undefined) throw new Error('not asked');
  return { ...seen, json: JSON.parse(seen.body) };
}

describe('a request to Gemini', () => {
  it('goes to the method of the model, with the key in a header', async () => {
    const { path, headers, json } = await sent({});
    expect(path).toBe('/v1beta/models/gemini-2.5-flash:generateContent');
    expect(headers['x-goog-api-key']).toBe('test-key');
    expect(headers['authorization']).toBeUndefined();
    expect(json).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      generationConfig: { temperature: 0 },
    });
  });

  it('names a tuned model by its collection, and nothing else in the path', async () => {
    expect((await sent({ model: 'tunedModels/mine' })).path).toBe('/v1beta/tunedModels/mine:generateContent');
    expect((await sent({ model: 'a?b=c' })).path).toBe('/v1beta/models/a%3Fb%3Dc:generateContent');
  });

  it('has instructions apart, and the roles user and model', async () => {
    const { json } = await sent({
      temperature: null,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello' },
        { role: 'user', content: [{ type: 'text', text: 'Bye' }] },
      ],
    });
    expect(json).toEqual({
      contents: [
        { role: 'user', parts: [{ text: 'Hi' }] },
        { role: 'model', parts: [{ text: 'Hello' }] },
        { role: 'user', parts: [{ text: 'Bye' }] },
      ],
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
    });
  });

  it('has instructions to Gemma in the first turn of the user', async () => {
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ];
    expect((await sent({ model: 'gemma-3-27b-it', temperature: null, messages })).json).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'Be brief.\n\n' }, { text: 'Hi' }] }],
    });
  });

  it('has images, documents and sounds as data, and addresses as files', async () => {
    const { json } = await sent({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } },
            { type: 'file', file: { file_data: 'data:application/pdf;base64,JVBERg==' } },
            { type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } },
            { type: 'image_url', image_url: { url: 'https://example.org/a.png' } },
            { inlineData: { mimeType: 'video/mp4', data: 'AAAA' } },
          ],
        },
      ],
    });
    expect(json).toMatchObject({
      contents: [
        {
          role: 'user',
          parts: [
            { inlineData: { mimeType: 'image/png', data: 'iVBO' } },
            { inlineData: { mimeType: 'application/pdf', data: 'JVBERg==' } },
            { inlineData: { mimeType: 'audio/wav', data: 'UklG' } },
            { fileData: { fileUri: 'https://example.org/a.png' } },
            { inlineData: { mimeType: 'video/mp4', data: 'AAAA' } },
          ],
        },
      ],
    });
  });

  it('has calls and their results by name and id, with signatures of thoughts', async () => {
    const { json } = await sent({
      messages: [
        { role: 'user', content: 'Weather?' },
        {
          role: 'assistant',
          content: '',
          tool_calls: [
            {
              id: 'call_1',
              type: 'function',
              function: { name: 'weather', arguments: '{"city":"Oslo"}' },
              extra_content: { google: { thought_signature: 'CpcH' } },
            },
            { id: 'call_2', type: 'function', function: { name: 'time', arguments: '' } },
          ],
        },
        { role: 'tool', tool_call_id: 'call_1', content: '{"degrees": 3}' },
        { role: 'tool', tool_call_id: 'call_2', content: 'noon' },
      ],
      params: {
        tools: [
          { type: 'function', function: { name: 'weather', description: 'Weather.', parameters: { type: 'object' } } },
          { google_search: {} },
        ],
        tool_choice: { type: 'function', function: { name: 'weather' } },
      },
    });
    expect(json).toMatchObject({
      contents: [
        { role: 'user' },
        {
          role: 'model',
          parts: [
            { functionCall: { id: 'call_1', name: 'weather', args: { city: 'Oslo' } }, thoughtSignature: 'CpcH' },
            { functionCall: { id: 'call_2', name: 'time', args: {} } },
          ],
        },
        {
          role: 'user',
          parts: [
            { functionResponse: { id: 'call_1', name: 'weather', response: { degrees: 3 } } },
            { functionResponse: { id: 'call_2', name: 'time', response: { output: 'noon' } } },
          ],
        },
      ],
      tools: [
        {
          functionDeclarations: [
            { name: 'weather', description: 'Weather.', parametersJsonSchema: { type: 'object' } },
          ],
        },
        { google_search: {} },
      ],
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['weather'] } },
    });
  });

  it.each([
    ['auto', 'AUTO'],
    ['none', 'NONE'],
    ['required', 'ANY'],
  ])('calls tools %s in the mode %s', async (tool_choice, mode) => {
    const { json } = await sent({ params: { tool_choice, toolConfig: { retrievalConfig: {} } } });
    expect(json).toMatchObject({ toolConfig: { functionCallingConfig: { mode }, retrievalConfig: {} } });
  });

  it("has OpenAI's fields in generationConfig, and others as they are", async () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } } };
    const { json } = await sent({
      temperature: 0.5,
      params: {
        max_tokens: 100,
        top_p: 0.9,
        top_k: 40,
        frequency_penalty: 0.1,
        presence_penalty: 0.2,
        seed: 7,
        stop: ['a', 'b'],
        logprobs: true,
        top_logprobs: 3,
        response_format: { type: 'json_schema', json_schema: { name: 'a', schema } },
        mediaResolution: 'MEDIA_RESOLUTION_LOW',
        generationConfig: { thinkingConfig: { includeThoughts: true }, topP: 0.8 },
        safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'OFF' }],
        service_tier: 'flex',
      },
    });
    expect(json).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      generationConfig: {
        temperature: 0.5,
        maxOutputTokens: 100,
        topP: 0.8,
        topK: 40,
        frequencyPenalty: 0.1,
        presencePenalty: 0.2,
        seed: 7,
        stopSequences: ['a', 'b'],
        responseLogprobs: true,
        logprobs: 3,
        responseMimeType: 'application/json',
        responseJsonSchema: schema,
        mediaResolution: 'MEDIA_RESOLUTION_LOW',
        thinkingConfig: { includeThoughts: true },
      },
      safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'OFF' }],
      serviceTier: 'flex',
    });
  });

  it.each([
    ['gemini-2.5-flash', 'none', { thinkingBudget: 0 }],
    ['gemini-2.5-flash', 'low', { thinkingBudget: 1024 }],
    ['gemini-2.5-pro', 'medium', { thinkingBudget: 8192 }],
    ['gemini-2.5-pro', 'high', { thinkingBudget: 24_576 }],
    ['gemini-3.5-flash', 'none', { thinkingLevel: 'MINIMAL' }],
    ['gemini-3.5-flash', 'low', { thinkingLevel: 'LOW' }],
    ['gemini-flash-latest', 'xhigh', { thinkingLevel: 'XHIGH' }],
  ])('asks %s for the effort %s by %j', async (model, reasoning_effort, thinkingConfig) => {
    const { json } = await sent({ model, params: { reasoning_effort } });
    expect(json).toMatchObject({ generationConfig: { thinkingConfig } });
  });

  it('keeps thoughts that the user asks for beside an effort', async () => {
    const params = { reasoning_effort: 'low', generationConfig: { thinkingConfig: { includeThoughts: true } } };
    const { json } = await sent({ model: 'gemini-3.5-flash', params });
    expect(json).toMatchObject({
      generationConfig: { thinkingConfig: { thinkingLevel: 'LOW', includeThoughts: true } },
    });
  });

  it('asks for a stream by its method, beside a query of the address', async () => {
    expect((await sent({}, true)).path).toBe('/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse');
    await withEndpoint(
      reply(200, HI),
      async ({ provider, seen }) => {
        await provider.complete(ASK, noSignal());
        expect(seen[0]?.path).toBe('/v1beta/models/gpt-4o:streamGenerateContent?team=a&alt=sse');
      },
      { ...OPTIONS, isStreaming: true, path: '/v1beta?team=a' },
    );
  });
});

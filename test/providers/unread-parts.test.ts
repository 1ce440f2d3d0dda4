import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { anthropic } from '../../src/providers/anthropic.ts';
import { gemini } from '../../src/providers/gemini.ts';
import type { ProviderDefinition } from '../../src/providers/index.ts';
import { responses } from '../../src/providers/responses.ts';
import { failureOf, readAs, reply } from './endpoint.ts';

function ofAnthropic(...content: readonly unknown[]): object {
  return { type: 'message', content, stop_reason: 'end_turn', usage: { input_tokens: 12, output_tokens: 5 } };
}

function ofGemini(...parts: readonly unknown[]): object {
  const usageMetadata = { promptTokenCount: 12, candidatesTokenCount: 5, totalTokenCount: 17 };
  return { candidates: [{ content: { parts }, finishReason: 'STOP', index: 0 }], usageMetadata };
}

function ofResponses(...content: readonly unknown[]): object {
  const usage = { input_tokens: 12, output_tokens: 5, total_tokens: 17 };
  return { status: 'completed', output: [{ type: 'message', content }], usage };
}

const THOUGHT: JsonObject = { text: 'Hm.', thought: true };

describe('an answer whose parts have no text that can be read', () => {
  it.each<[string, ProviderDefinition, object]>([
    ['Anthropic, text in an object', anthropic, ofAnthropic({ type: 'text', text: { value: 'Paris' } })],
    ['Anthropic, an unknown block', anthropic, ofAnthropic({ type: 'json', json: {} })],
    [
      'Anthropic, an unknown block and thoughts',
      anthropic,
      ofAnthropic({ type: 'thinking', thinking: 'Hm.' }, { type: 'json' }),
    ],
    ['Gemini, text in an object', gemini, ofGemini({ text: { value: 'Paris' } })],
    ['Gemini, an image', gemini, ofGemini(THOUGHT, { inlineData: { mimeType: 'image/png', data: '' } })],
    ['Responses, text in an object', responses, ofResponses({ type: 'output_text', text: { value: 'Paris' } })],
    ['Responses, an unknown part', responses, ofResponses({ type: 'output_json', json: {} })],
  ])('is an invalid response: %s', async (_what, definition, body) => {
    expect(await failureOf(reply(200, body), { definition })).toMatchObject({ kind: 'invalid_response' });
  });

  it.each<[string, ProviderDefinition, object]>([
    ['Anthropic, no block', anthropic, ofAnthropic()],
    ['Anthropic, an empty text', anthropic, ofAnthropic({ type: 'text', text: '' })],
    ['Anthropic, hidden thoughts', anthropic, ofAnthropic({ type: 'redacted_thinking', data: 'x' })],
    [
      'Anthropic, a tool of its own',
      anthropic,
      ofAnthropic({ type: 'server_tool_use' }, { type: 'web_search_tool_result' }),
    ],
    ['Gemini, no part', gemini, ofGemini()],
    ['Gemini, a signature', gemini, ofGemini(THOUGHT, { thoughtSignature: 'x' })],
    ['Responses, no part', responses, ofResponses()],
    ['Responses, an empty text', responses, ofResponses({ type: 'output_text', text: '' })],
  ])('is empty where nothing is left unread: %s', async (_what, definition, body) => {
    expect(await readAs(body, { definition })).toMatchObject({ output: '' });
  });

  it.each<[string, ProviderDefinition, object]>([
    ['Anthropic', anthropic, ofAnthropic({ type: 'json' }, { type: 'text', text: 'Paris' })],
    ['Gemini', gemini, ofGemini({ executableCode: { code: '1' } }, { text: 'Paris' })],
    ['Responses', responses, ofResponses({ type: 'output_json' }, { type: 'output_text', text: 'Paris' })],
  ])('has the text of other parts: %s', async (_what, definition, body) => {
    expect((await readAs(body, { definition })).output).toBe('Paris');
  });
});

import { describe, expect, it } from 'vitest';
import { readVector } from '../../src/io/vector-text.ts';
import { gptunnel } from '../../src/providers/gptunnel.ts';
import { openai } from '../../src/providers/openai.ts';
import { failure, noSignal, reply, withEndpoint } from './endpoint.ts';

const ASK = { model: 'text-embedding-3-small', text: 'Ёлка "\\" \u2028', params: { dimensions: 3 } };

function embedding(vector: unknown, usage: unknown = { prompt_tokens: 5, total_tokens: 5 }): object {
  const data = [{ object: 'embedding', index: 0, embedding: vector }];
  return { object: 'list', data, model: 'text-embedding-3-small', usage };
}

describe('a request for an embedding', () => {
  it('is a POST of the text to embeddings, also where answers are streamed', async () => {
    await withEndpoint(
      reply(200, embedding([0.5, -0.25, 2])),
      async ({ provider, seen }) => {
        const { output, usage } = await provider.embed(ASK, noSignal());
        expect(seen[0]).toMatchObject({ method: 'POST', path: '/v1/embeddings' });
        expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ model: ASK.model, input: ASK.text, dimensions: 3 });
        expect([...readVector(output)]).toEqual([0.5, -0.25, 2]);
        expect(usage).toMatchObject({ promptTokens: 5, completionTokens: 0, totalTokens: 5 });
      },
      { isStreaming: true },
    );
  });

  it('has the cost that the provider reports', async () => {
    // The example in GPTunnel's documentation.
    const usage = { prompt_tokens: 5, total_tokens: 5, prompt_cost: 0.00045, completion_cost: 0, total_cost: 0.00045 };
    await withEndpoint(
      reply(200, embedding([1], usage)),
      async ({ provider }) => {
        const { cost } = await provider.embed(ASK, noSignal());
        expect(cost).toMatchObject({ total: 450_000_000n, currency: 'RUB', source: 'provider' });
      },
      { definition: gptunnel },
    );
  });

  it('counts a total alone as the tokens of the text, and no usage as unknown', async () => {
    await withEndpoint(reply(200, embedding([1], { total_tokens: 7 })), async ({ provider }) => {
      const { usage } = await provider.embed(ASK, noSignal());
      expect(usage).toMatchObject({ promptTokens: 7, completionTokens: 0 });
    });
    await withEndpoint(reply(200, embedding([1], null)), async ({ provider }) => {
      const { usage } = await provider.embed(ASK, noSignal());
      expect(usage).toMatchObject({ promptTokens: null, completionTokens: null });
    });
  });

  it.each([
    ['an empty vector', embedding([]), 'no embedding, or an empty one'],
    ['no vector', embedding(null), 'no embedding, or an empty one'],
    ['base64', embedding('AACAPw=='), 'no embedding, or an empty one'],
    ['NaN as null', embedding([0.1, null]), 'a member that is not a finite number'],
    ['a text', embedding([0.1, '0.2']), 'a member that is not a finite number'],
    ['a number beyond 32 bits', embedding([1e39]), 'a member that is not a finite number'],
    ['no entry', { object: 'list', data: [] }, ''],
    ['a list', [1], 'not a JSON object'],
  ])('fails for %s', async (_what, body, message) => {
    await withEndpoint(reply(200, body), async ({ provider }) => {
      const error = await failure(provider.embed(ASK, noSignal()));
      expect(error).toMatchObject({ kind: 'invalid_response', message: expect.stringContaining(message) });
    });
  });

  it('fails for an error under HTTP 200, whose cost is known where the body has it', async () => {
    const body = { error: { message: 'Rate limit reached', type: 'rate_limit_error' }, usage: { total_cost: 0.5 } };
    await withEndpoint(
      reply(200, body),
      async ({ provider }) => {
        expect(await failure(provider.embed(ASK, noSignal()))).toMatchObject({ kind: 'rate_limited' });
      },
      { definition: openai },
    );
  });
});

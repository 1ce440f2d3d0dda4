import { describe, expect, it } from 'vitest';
import { cosineSimilarity } from '../../src/core/cosine-similarity.ts';
import { isJsonArray, isJsonObject } from '../../src/core/json.ts';
import type { Gateway } from '../../src/gateway/index.ts';
import { ask, chat, embed, withGateway } from './client.ts';

const MODEL = 'text-embedding-3-small';

async function vectorOf(gateway: Gateway, input: string, more: object = {}): Promise<Float32Array> {
  const value: unknown = JSON.parse((await embed(gateway, { model: MODEL, input, ...more })).text);
  const data = isJsonObject(value) ? value['data'] : null;
  const [first] = isJsonArray(data) ? data : [];
  const vector = isJsonObject(first) ? first['embedding'] : null;
  return Float32Array.from(isJsonArray(vector) ? vector.map(Number) : []);
}

describe('embeddings of the gateway', () => {
  it('are the same for the same text, of length 1, and nearer for texts with the same pieces', async () => {
    await withGateway({}, async (gateway) => {
      const paris = await vectorOf(gateway, 'Paris is the capital of France');
      expect(await vectorOf(gateway, 'Paris is the capital of France')).toEqual(paris);
      expect(paris).toHaveLength(256);
      expect(paris.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 6);
      const near = cosineSimilarity(paris, await vectorOf(gateway, 'The capital of France is Paris.'));
      const far = cosineSimilarity(paris, await vectorOf(gateway, 'Кошки спят весь день'));
      expect(near).toBeGreaterThan(0.75);
      expect(far).toBeLessThan(0.2);
      expect(await vectorOf(gateway, 'a', { dimensions: 8 })).toHaveLength(8);
    });
  });

  it('are billed by their tokens, and take several texts', async () => {
    await withGateway({}, async (gateway) => {
      // Three tokens together, at 0.02 rubles per 1,000.
      const { status, text } = await embed(gateway, { model: MODEL, input: ['Paris', 'Rome'] });
      expect(status).toBe(200);
      expect(text).toContain(
        '"usage":{"prompt_tokens":3,"total_tokens":3,"prompt_cost":0.00006,"completion_cost":0,"total_cost":0.00006}',
      );
      expect(gateway.stats()).toMatchObject({ calls: 1, served: 1, madeUp: 0, promptTokens: 3, billed: '0.00006' });
    });
  });

  it.each([
    ['an empty text', { model: MODEL, input: '' }, 400],
    ['an empty list', { model: MODEL, input: [] }, 400],
    ['no text', { model: MODEL }, 400],
    ['no such dimensions', { model: MODEL, input: 'x', dimensions: 0 }, 400],
    ['a model that chats', { model: 'gpt-4o', input: 'x' }, 400],
    ['a model that is not offered', { model: 'gpt-9', input: 'x' }, 404],
  ])('are refused for %s', async (_what, body, status) => {
    await withGateway({}, async (gateway) => {
      expect((await embed(gateway, body)).status).toBe(status);
      expect(gateway.stats()).toMatchObject({ rejected: 1, billed: '0' });
    });
  });

  it('need a key where chats do, and meet the same faults', async () => {
    await withGateway({ key: 'k' }, async (gateway) => {
      expect((await embed(gateway, { model: MODEL, input: 'x' })).status).toBe(401);
    });
    await withGateway({ faults: { rate429: 1 } }, async (gateway) => {
      expect((await embed(gateway, { model: MODEL, input: 'x' })).status).toBe(429);
    });
  });

  it('are all that their models make', async () => {
    await withGateway({}, async (gateway) => {
      expect((await chat(gateway, ask('x', { model: MODEL }))).status).toBe(400);
    });
  });
});

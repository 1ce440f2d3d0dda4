import { describe, expect, it } from 'vitest';
import type { ModelInfo } from '../../src/core/provider.ts';
import type { ProviderDefinition } from '../../src/providers/index.ts';
import { llamacpp } from '../../src/providers/llamacpp.ts';
import { ollama } from '../../src/providers/ollama.ts';
import { vllm } from '../../src/providers/vllm.ts';
import { noSignal, reply, withEndpoint } from './endpoint.ts';

/** The list of models, read from this answer. */
async function listedBy(definition: ProviderDefinition, data: readonly object[]): Promise<readonly ModelInfo[]> {
  const lists: (readonly ModelInfo[])[] = [];
  await withEndpoint(
    reply(200, { object: 'list', data }),
    async ({ provider }) => void lists.push(await provider.models(noSignal())),
    { definition, auth: definition.auth, apiKey: null },
  );
  return lists.flat();
}

describe('a model of Ollama', () => {
  it('is found by its id with or without the usual tag', async () => {
    const models = await listedBy(ollama, [
      { id: 'llama3.2:latest' },
      { id: 'qwen3:8b' },
      { id: 'hf.co/org/m:Q4_K_M' },
    ]);
    const find = (model: string) => ollama.findListed?.(models, model)?.id;
    expect(find('llama3.2')).toBe('llama3.2:latest');
    expect(find('llama3.2:latest')).toBe('llama3.2:latest');
    expect(find('hf.co/org/m:Q4_K_M')).toBe('hf.co/org/m:Q4_K_M');
    expect(find('qwen3')).toBeUndefined();
  });
});

describe('a model of llama.cpp', () => {
  // tools/server/README.md and server-context.cpp: the id is the path of the file.
  const meta = { n_ctx: 8192, n_ctx_train: 131_072 };

  it('has the room that its server has for it, and any id where it is the only one', async () => {
    const models = await listedBy(llamacpp, [{ id: '/models/m.gguf', meta }]);
    expect(models).toMatchObject([{ id: '/models/m.gguf', maxCapacity: 8192, price: null }]);
    expect(llamacpp.findListed?.(models, 'any')?.maxCapacity).toBe(8192);
  });

  it('has its own id where there are several, and no known room with an older server', async () => {
    const models = await listedBy(llamacpp, [
      { id: 'a', meta: { n_ctx_train: 131_072 } },
      { id: 'b', meta: null },
    ]);
    expect(models.map(({ maxCapacity }) => maxCapacity)).toEqual([null, null]);
    expect(llamacpp.findListed?.(models, 'b')?.id).toBe('b');
    expect(llamacpp.findListed?.(models, 'any')).toBeUndefined();
  });
});

describe('a model of vLLM', () => {
  it('has the room that its server has for it', async () => {
    const models = await listedBy(vllm, [{ id: 'org/m', owned_by: 'vllm', max_model_len: 32_768 }]);
    expect(models).toMatchObject([{ id: 'org/m', maxCapacity: 32_768 }]);
  });
});

import { describe, expect, it } from 'vitest';
import { modelKeys } from '../../../src/app/import/model-keys.ts';
import { ImportNotes } from '../../../src/app/import/notes.ts';
import { readProviderId } from '../../../src/app/import/provider-ids.ts';
import { ProviderImport } from '../../../src/app/import/providers.ts';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';

const fromModules = (path: string): string => `../${path}`;

async function keysOf(providers: JsonValue, constants: JsonObject = {}, allowCode = false) {
  const notes = new ImportNotes();
  const found = new ProviderImport({ file: 'c.yaml', notes, constants, allowCode, fromModules });
  const models = await found.models(providers, 'providers');
  const names = { all: ['short', 'long'], namesOf: new Map([['Short one', ['short']]]) };
  const { keys, ids } = modelKeys(models, [], names);
  const [lost, changed] = [notes.lost(), notes.changed()].map((list) => list.map(({ path, why }) => `${path}: ${why}`));
  return { keys, ids, lost, changed, modules: found.modules() };
}

describe('the id of a provider', () => {
  it.for([
    ['openai:gpt-4o', 'openai/gpt-4o'],
    ['openai:chat:ft:gpt-4o:me:x', 'openai/ft:gpt-4o:me:x'],
    ['openai:responses:gpt-5', 'responses/gpt-5'],
    ['openrouter:meta-llama/llama-3:free', 'openrouter/meta-llama/llama-3:free'],
    ['anthropic:messages:claude-haiku-4-5', 'anthropic/claude-haiku-4-5'],
    ['anthropic:claude-haiku-4-5', 'anthropic/claude-haiku-4-5'],
    ['google:gemini-2.5-flash', 'gemini/gemini-2.5-flash'],
    ['vertex:gemini-2.5-pro', 'gemini/gemini-2.5-pro'],
    ['azure:chat:my-deployment', 'azure/my-deployment'],
    ['azureopenai:chat:my-deployment', 'azure/my-deployment'],
    ['ollama:chat:llama3.2:1b', 'ollama/llama3.2:1b'],
    ['mistral:mistral-large-latest', 'mistral/mistral-large-latest'],
    ['groq:llama-3.1-8b', 'groq/llama-3.1-8b'],
    ['llama', 'llamacpp/default'],
  ] as const)('%s is %s', ([id, wanted]) => {
    const found = readProviderId(id);
    expect(`${found?.name}/${found?.model}`).toBe(wanted);
  });

  it.for([
    'openai:embedding:text-embedding-3-small',
    'openai:image:dall-e-3',
    'anthropic:claude-agent-sdk',
    'azure:assistant:asst_1',
    'azure:responses:x',
    'google:live:gemini-2.0',
    'vertex:claude-3-5-sonnet@20240620',
    'bedrock:amazon.nova-lite-v1:0',
    'openai',
    'python:p.py',
  ])('%s is none of promptgrid', (id) => {
    expect(readProviderId(id)).toBe(null);
  });
});

describe('providers with their settings', () => {
  it('keep what all have in common once', async () => {
    const config = { temperature: 0, max_tokens: 10, top_p: 0.5, seed: 1 };
    const { keys } = await keysOf(['a', 'b'].map((model) => ({ id: `openai:${model}`, config })));
    expect(keys).toEqual({
      model: ['openai/a', 'openai/b'],
      temperature: [0],
      maxTokens: 10,
      topP: 0.5,
      param: { seed: 1 },
    });
  });

  it('keep their own where they differ, with labels', async () => {
    const { keys, lost } = await keysOf([
      { id: 'openai:gpt-4o', label: 'cold', config: { temperature: 0, max_tokens: 10 } },
      {
        id: 'openai:gpt-4o',
        label: 'warm',
        delay: 2000,
        config: { temperature: 1, reasoning_effort: 'low', cost: 0.000002 },
      },
      {
        id: 'google:gemini-2.5-flash',
        config: { generationConfig: { temperature: 0.5, maxOutputTokens: 7 }, topK: 3 },
      },
    ]);
    expect(lost).toEqual([]);
    expect(keys).toEqual({
      model: [
        { id: 'openai/gpt-4o', label: 'cold', temperature: 0, maxTokens: 10 },
        {
          id: 'openai/gpt-4o',
          label: 'warm',
          temperature: 1,
          params: { reasoning_effort: 'low' },
          price: '2,2',
          rpm: 30,
        },
        { id: 'gemini/gemini-2.5-flash', temperature: 0.5, maxTokens: 7, params: { top_k: 3 } },
      ],
    });
  });

  it('get labels if one id has several settings, or labels are not unique', async () => {
    const { keys } = await keysOf([
      { id: 'openai:a', config: { seed: 1 } },
      { id: 'openai:a', config: { seed: 2 } },
      { id: 'openai:b', label: 'x' },
      { id: 'openai:c', label: 'x' },
      { id: 'openai:d', label: 'b' },
    ]);
    expect(keys['model']).toEqual([
      { id: 'openai/a', params: { seed: 1 } },
      { id: 'openai/a', label: 'a 2', params: { seed: 2 } },
      { id: 'openai/b', label: 'x' },
      { id: 'openai/c', label: 'x 2' },
      { id: 'openai/d', label: 'b 2' },
    ]);
  });

  it('have sections of their own for other addresses and keys', async () => {
    const { keys, changed } = await keysOf([
      'openai:a',
      { id: 'openai:b', config: { apiBaseUrl: 'http://127.0.0.1:1/v1/', apiKey: '{{env.MY_KEY}}' } },
      { id: 'openai:c', config: { apiHost: 'host.example', apiKey: 'sk-secret' } },
      { id: 'azure:chat:d', config: { apiHost: 'me.openai.azure.com', apiVersion: '2024-10-21' } },
      { id: 'azure:chat:e', config: { apiHost: '{{env.HOST}}', headers: { 'x-team': '{{ env.TEAM }}' } } },
      { id: 'ollama:chat:f', config: { apiBaseUrl: 'http://127.0.0.1:11434' } },
      'groq:g',
    ]);
    expect(JSON.stringify(keys)).not.toContain('secret');
    expect(changed).toHaveLength(1);
    expect(keys).toEqual({
      model: ['openai/a', 'openai-2/b', 'openai-3/c', 'azure/d', 'azure-2/e', 'ollama/f', 'groq/g'],
      providers: {
        'openai-2': { kind: 'openai', baseUrl: 'http://127.0.0.1:1/v1', apiKeyEnv: 'MY_KEY' },
        'openai-3': { kind: 'openai', baseUrl: 'https://host.example/v1' },
        azure: { baseUrl: 'https://me.openai.azure.com/openai?api-version=2024-10-21' },
        'azure-2': { kind: 'azure', baseUrl: 'https://${HOST}/openai/v1', headers: { 'x-team': '${TEAM}' } },
        ollama: { baseUrl: 'http://127.0.0.1:11434/v1' },
        groq: { kind: 'custom', baseUrl: 'https://api.groq.com/openai/v1', apiKeyEnv: 'GROQ_API_KEY' },
      },
    });
  });

  it('leave out the prompts that are not theirs', async () => {
    const { keys } = await keysOf([{ id: 'openai:a', prompts: ['Short one'] }, 'openai:b']);
    expect(keys['exclude']).toEqual([{ prompt: 'long', model: 'a' }]);
  });

  it('are noted if promptgrid has nothing for them, a line a kind', async () => {
    const { lost, ids } = await keysOf([
      'bedrock:x',
      'bedrock:y',
      { id: 'openai:a', config: { audio: {}, tools: 'file://t.js' } },
    ]);
    expect(ids).toEqual(['openai/a']);
    expect(lost).toEqual([
      'providers[0]: a provider that promptgrid has nothing for: bedrock',
      'providers[2].config.audio: promptgrid has nothing for "audio"',
      'providers[2].config.tools: "tools" of a file that cannot be read or is code',
    ]);
  });
});

function addressed(transformResponse: string): JsonValue {
  return [{ id: 'https://x.example/', config: { body: {}, transformResponse } }];
}

describe('a provider at an address', () => {
  const chat = {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: 'Bearer {{env.K}}', 'x-a': 'b' },
    body: { model: 'm', messages: [{ role: 'user', content: '{{prompt}}' }], temperature: 0.5 },
    transformResponse: 'json.choices[0].message.content',
  };

  it('is a model if it takes chat completions', async () => {
    const { keys, lost } = await keysOf([{ id: 'http://127.0.0.1:1234/v1/chat/completions', config: chat }]);
    expect(lost).toEqual([]);
    expect(keys).toEqual({
      model: ['127.0.0.1-1234/m'],
      temperature: [0.5],
      providers: {
        '127.0.0.1-1234': {
          kind: 'custom',
          baseUrl: 'http://127.0.0.1:1234/v1',
          apiKeyEnv: 'K',
          headers: { 'x-a': 'b' },
        },
      },
    });
  });

  it('is a module if it takes anything else, without code of others', async () => {
    const config = { body: { q: '{{prompt}}', lang: '{{lang}}' }, transformResponse: 'json.answer' };
    const { ids, modules } = await keysOf(
      [{ id: 'https', label: 'own', config: { ...config, url: 'http://127.0.0.1:1/' } }],
      { lang: 'en' },
    );
    expect(ids).toEqual(['module:./modules/http.mjs']);
    expect(modules.get('modules/http.mjs')).toContain('"lang": "en"');
  });

  it.for([
    [{ body: { q: '{{other}}' } }, 'variables of the tests besides the prompt'],
    [{ body: {}, transformResponse: '(json) => json.a + 1' }, 'with --allow-code only'],
    [{ body: {}, transformResponse: 'file://parse.js' }, 'read by a file of code'],
    [{ body: {}, signatureAuth: {} }, '"signatureAuth" of an HTTP provider'],
  ] as const)('is noted if it cannot be: %j', async ([config, why]) => {
    const { ids, lost } = await keysOf([{ id: 'https://x.example/', config }]);
    expect(ids).toEqual([]);
    expect(lost?.[0]).toContain(why);
  });

  it('has its code with --allow-code, if it is JavaScript', async () => {
    const { modules } = await keysOf(addressed('(json) => json.a + 1'), {}, true);
    expect(modules.get('modules/http.mjs')).toContain('json.a + 1');
    expect((await keysOf(addressed('json.a +'), {}, true)).lost?.[0]).toContain('not valid JavaScript');
  });
});

describe('a provider in code', () => {
  it('is a module around its file with --allow-code', async () => {
    const { ids, modules } = await keysOf(['echo', { id: 'file://own.mjs', config: { a: 1 } }], {}, true);
    expect(ids).toEqual(['module:./modules/echo.mjs', 'module:./modules/own.mjs']);
    expect(modules.get('modules/own.mjs')).toContain('import * as own from "../own.mjs"');
  });

  it('is noted without', async () => {
    const { ids, lost } = await keysOf(['file://own.js', 'file://other.ts', 'python:p.py']);
    expect(ids).toEqual([]);
    expect(lost).toEqual([
      'providers[0]: code, which is taken over with --allow-code only',
      'providers[1]: a provider in TypeScript: compile it, and name the JavaScript',
      'providers[2]: a provider that promptgrid has nothing for: python',
    ]);
  });
});

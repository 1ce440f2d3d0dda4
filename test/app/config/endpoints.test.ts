import { describe, expect, it } from 'vitest';
import { parseModelRef } from '../../../src/app/config/endpoints.ts';
import { configure, type Given, refusal } from './project.ts';

describe('a model', () => {
  it.each([
    ['gptunnel', 'gpt-4o', 'gptunnel', 'gpt-4o'],
    ['gptunnel', 'openai/gpt-4o', 'openai', 'gpt-4o'],
    ['gptunnel', 'openrouter/openai/gpt-4o', 'openrouter', 'openai/gpt-4o'],
    ['gptunnel', 'custom/vendor/model:7b', 'custom', 'vendor/model:7b'],
    ['openai', 'gpt-4o', 'openai', 'gpt-4o'],
    ['openrouter', 'openai/gpt-4o', 'openrouter', 'openai/gpt-4o'],
    ['openrouter', 'openrouter/openai/gpt-4o', 'openrouter', 'openai/gpt-4o'],
    ['custom', 'meta-llama/Llama-3', 'custom', 'meta-llama/Llama-3'],
  ])('with --provider %s and --model %s is sent to %s as %s', (fallback, text, provider, model) => {
    expect(parseModelRef(text, { provider: fallback })).toEqual({ provider, model });
  });

  it.each([
    [
      'opanai/gpt-4o',
      'unknown provider "opanai" in the model "opanai/gpt-4o"',
      /custom\/opanai\/gpt-4o; .*did you mean openai\?$/,
    ],
    ['meta/llama', 'unknown provider "meta" in the model "meta/llama"', /custom\/meta\/llama; providers: gptunnel, /],
    ['/gpt-4o', 'unknown provider "" in the model "/gpt-4o"', /providers/],
    ['openai/', 'the model "openai/" has no id', /provider\/model/],
    ['constructor/x', 'unknown provider "constructor"', /providers/],
  ])('%s is refused', (text, message, hint) => {
    expect(() => parseModelRef(text, {})).toThrow(
      expect.objectContaining({ message: expect.stringContaining(message), hint: expect.stringMatching(hint) }),
    );
  });

  it('may have the name of a section of the settings as its provider', () => {
    const providers = { local1: { kind: 'custom', baseUrl: 'http://127.0.0.1:8001/v1' } };
    expect(parseModelRef('local1/meta/llama', { providers })).toEqual({ provider: 'local1', model: 'meta/llama' });
    // Also where the default provider's own ids have slashes.
    expect(parseModelRef('local1/m', { providers, provider: 'openrouter' })).toEqual({
      provider: 'local1',
      model: 'm',
    });
    expect(parseModelRef('m', { providers, provider: 'local1' })).toEqual({ provider: 'local1', model: 'm' });
  });

  it('given twice runs once, with a warning', async () => {
    const { models, warnings } = await configure({ flags: { model: ['gpt-4o', 'gptunnel/gpt-4o', 'openai/gpt-4o'] } });
    expect(models.map(({ ref }) => ref)).toEqual([
      { provider: 'gptunnel', model: 'gpt-4o' },
      { provider: 'openai', model: 'gpt-4o' },
    ]);
    expect(warnings).toEqual(['the same model is given twice: it is used once']);
  });

  it('must be given', async () => {
    expect(await refusal({ flags: { model: undefined } })).toMatchObject({ message: 'no model given' });
  });
});

describe('a provider', () => {
  it('must be known', async () => {
    const refused = await refusal({ flags: { provider: 'gptunel' } });
    expect(refused.message).toBe('unknown provider "gptunel"');
    expect(refused.hint).toMatch(/did you mean gptunnel\?$/);
  });

  it('is called at its own address with its own key', async () => {
    const { endpoints } = await configure({ flags: { model: ['gpt-4o', 'openai/gpt-4o', 'openrouter/a/b'] } });
    expect(endpoints.map(({ provider, baseUrl, auth, apiKey }) => [provider, baseUrl, auth, apiKey?.reveal()])).toEqual(
      [
        ['gptunnel', 'https://gptunnel.ru/v1', 'bare', 'key-gptunnel'],
        ['openai', 'https://api.openai.com/v1', 'bearer', 'key-openai'],
        ['openrouter', 'https://openrouter.ai/api/v1', 'bearer', 'key-openrouter'],
      ],
    );
  });

  it('is called as the flags say if it is the default one, and as the file says for each', async () => {
    const { endpoints } = await configure({
      flags: {
        model: ['gpt-4o', 'openai/gpt-4o'],
        baseUrl: 'https://flag.invalid/v1',
        auth: 'bearer',
        apiKeyEnv: 'MINE',
      },
      env: { MINE: 'key-mine', THEIRS: 'key-theirs' },
      yaml: `
providers:
  gptunnel: { baseUrl: https://file.invalid/v1, apiKeyEnv: NONE }
  openai: { baseUrl: https://proxy.invalid/v1, apiKeyEnv: THEIRS, auth: bare }
`,
    });
    expect(endpoints.map(({ baseUrl, auth, apiKey }) => [baseUrl, auth, apiKey?.reveal()])).toEqual([
      ['https://flag.invalid/v1', 'bearer', 'key-mine'],
      ['https://proxy.invalid/v1', 'bare', 'key-theirs'],
    ]);
  });

  it('may have a name of its own, several of the same kind', async () => {
    const { endpoints, kinds } = await configure({
      flags: { model: ['one/llama', 'two/llama'] },
      yaml: `
providers:
  one: { kind: custom, baseUrl: http://127.0.0.1:8001/v1 }
  two: { kind: custom, baseUrl: http://127.0.0.1:8002/v1, apiKeyEnv: MINE, auth: x-api-key }
`,
      env: { MINE: 'key-mine' },
    });
    expect(
      endpoints.map(({ provider, kind, baseUrl, auth, apiKey }) => [provider, kind, baseUrl, auth, apiKey?.reveal()]),
    ).toEqual([
      ['one', 'custom', 'http://127.0.0.1:8001/v1', 'bearer', 'key-custom'],
      ['two', 'custom', 'http://127.0.0.1:8002/v1', 'x-api-key', 'key-mine'],
    ]);
    expect(kinds).toEqual({ one: 'custom', two: 'custom' });
  });

  it('without a model in the run makes its flags a warning', async () => {
    const flags = { model: ['openai/gpt-4o'], baseUrl: 'https://mine.invalid/v1', apiKeyEnv: 'OPENAI_API_KEY' };
    const { endpoints, warnings } = await configure({ flags });
    expect(endpoints.map(({ baseUrl }) => baseUrl)).toEqual(['https://api.openai.com/v1']);
    expect(warnings).toEqual([
      '--base-url counts for gptunnel, of which the run uses no model',
      '--api-key-env counts for gptunnel, of which the run uses no model',
    ]);
  });

  it('without an address of its own needs one', async () => {
    const refused = await refusal({ flags: { provider: 'custom' } });
    expect(refused.message).toBe('the provider custom has no address of its own');
    expect(refused.hint).toContain('--base-url');
  });

  it.each(['ftp://example.org/v1', 'example.org/v1', 'http://', 'file:///v1', 'x'])(
    'is not called at %s',
    async (url) => {
      expect((await refusal({ flags: { baseUrl: url } })).message).toBe(`--base-url: "${url}" is not an http address`);
    },
  );

  it.each([
    'https://user:pass-word@example.org/v1',
    'https://pass-word@example.org/v1',
    'https://example.org/v1#pass-word',
  ])('is not called at an address with a user name, a password or a hash, which is not shown: %s', async (baseUrl) => {
    const { message, hint } = await refusal({ flags: { baseUrl } });
    expect(message).toBe('--base-url: the address at example.org has a user name, a password or a #');
    expect(message + hint).not.toContain('pass-word');
  });

  it('is not looked up if answers are simulated', async () => {
    const { endpoints, simulation } = await configure({
      flags: { simulate: '', provider: 'custom' },
      env: { CUSTOM_API_KEY: '' },
    });
    expect(endpoints).toEqual([]);
    expect(simulation).toEqual({ answersFile: null });
    expect((await configure({ flags: { simulate: 'a.jsonl' } })).simulation).toEqual({ answersFile: 'a.jsonl' });
    expect((await configure({ yaml: 'simulate: false' })).simulation).toBeNull();
  });
});

describe('a key', () => {
  const noKey: Given = { env: { GPTUNNEL_API_KEY: '' } };

  it('is required, and the error names its variable', async () => {
    const refused = await refusal(noKey);
    expect(refused.message).toBe('no key for gptunnel: the environment variable GPTUNNEL_API_KEY is not set');
    expect(refused.hint).toContain('--api-key-env');
    expect((await refusal({ flags: { apiKeyEnv: 'MINE' } })).message).toContain('MINE is not set');
    expect((await refusal({ env: { GPTUNNEL_API_KEY: ' \n' } })).message).toContain('is not set');
  });

  it.each(['http://127.0.0.1:8000/v1', 'http://127.1.2.3/v1', 'http://localhost:8000/v1', 'http://[::1]:8000/v1'])(
    'is not required on this machine: %s',
    async (baseUrl) => {
      expect((await configure({ ...noKey, flags: { baseUrl } })).endpoints[0]?.apiKey).toBeNull();
      expect((await configure({ flags: { baseUrl } })).endpoints[0]?.apiKey?.reveal()).toBe('key-gptunnel');
    },
  );

  it.each(['http://localhost.example.org/v1', 'http://128.0.0.1/v1', 'http://127.0.0.1.example.org/v1'])(
    'is required elsewhere: %s',
    async (baseUrl) => {
      expect((await refusal({ ...noKey, flags: { baseUrl } })).message).toContain('no key for gptunnel');
    },
  );

  it('is used without the white space around it', async () => {
    const { endpoints } = await configure({ env: { GPTUNNEL_API_KEY: ' key-x\r\n' } });
    expect(endpoints[0]?.apiKey?.reveal()).toBe('key-x');
  });

  it.each(['kеy-cyrillic', 'key\u200b-invisible', 'key-one\nkey-two', 'ключ'])(
    'with a character that headers cannot carry is refused and not shown: %j',
    async (key) => {
      const { message, hint } = await refusal({ env: { GPTUNNEL_API_KEY: key } });
      expect(message).toBe('the key in GPTUNNEL_API_KEY has a character that no key has');
      expect(message + hint).not.toContain(key);
    },
  );
});

describe("a setting of a provider's section", () => {
  it.each([
    ['baseUrl: "http://${NOT_SET}/v1"', 'providers.own.baseUrl: the environment variable NOT_SET is not set'],
    ['baseUrl: "ftp://127.0.0.1"', 'providers.own.baseUrl: "ftp://127.0.0.1" is not an http address'],
    ['baseUrl: "http://127.0.0.1/v1", apiKeyEnv: "sk-0123456789abcdef"', 'providers.own.apiKeyEnv takes the name of'],
    ['baseUrl: "http://127.0.0.1/v1", headers: ["x: ${NOT_SET}"]', 'providers.own.headers'],
  ])('is named by its place in the file: %s', async (section, message) => {
    const yaml = `providers:\n  own: { kind: custom, ${section} }\n`;
    expect((await refusal({ yaml, flags: { model: ['own/m'] } })).message).toContain(message);
  });
});

describe('a temperature', () => {
  it.each([
    [{ temperature: ['0,1'] }, [0, 1]],
    [{ temperature: ['2'], provider: 'openai' }, [2]],
    [{ temperature: ['0.5', '0.5', '0'] }, [0.5, 0]],
  ])('of %j is accepted', async (flags, temperatures) => {
    expect((await configure({ flags })).models[0]?.temperatures).toEqual(temperatures);
  });

  it.each([
    [
      { temperature: ['1.5'] },
      '--temperature 1.5 is outside of what gptunnel takes for gptunnel/gpt-4o',
      'from 0 to 1',
    ],
    [{ temperature: ['-0.1'] }, '--temperature -0.1 is outside', 'from 0 to 1'],
    [{ temperature: ['2.1'], provider: 'openai' }, 'what openai takes for openai/gpt-4o', 'from 0 to 2'],
    [{ temperature: ['0', '1.5'], model: ['openai/a', 'b'] }, 'what gptunnel takes for gptunnel/b', 'from 0 to 1'],
    [{ temperature: ['1.5'], simulate: '' }, 'what gptunnel takes', 'from 0 to 1'],
  ])("of %j is refused with the provider's range", async (flags, message, hint) => {
    const refused = await refusal({ flags });
    expect(refused.message).toContain(message);
    expect(refused.hint).toContain(hint);
  });

  it('given twice is used once, with a warning', async () => {
    const { warnings } = await configure({ flags: { temperature: ['0', '0.0'] } });
    expect(warnings).toEqual(['the same temperature is given twice: it is used once']);
  });
});

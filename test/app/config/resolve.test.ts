import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/app/config/run-config.ts';
import { configure, refusal } from './project.ts';

describe('request fields', () => {
  it('have the API’s own names, and only the given ones', async () => {
    const flags = {
      maxTokens: '256',
      topP: '0.9',
      frequencyPenalty: '-2',
      presencePenalty: '2',
      useWalletBalance: true,
      param: ['seed=7', 'stop=["a"]', 'user=anna'],
    };
    expect((await configure({ flags })).params).toEqual({
      max_tokens: 256,
      top_p: 0.9,
      frequency_penalty: -2,
      presence_penalty: 2,
      useWalletBalance: true,
      seed: 7,
      stop: ['a'],
      user: 'anna',
    });
    expect((await configure({ flags: { maxTokens: '5' } })).params).toEqual({ max_tokens: 5 });
    expect((await configure({ yaml: 'useWalletBalance: false' })).params).toEqual({ useWalletBalance: false });
  });

  it.each([
    ['model', '--model'],
    ['messages', '--prompt'],
    ['temperature', '--temperature'],
    ['n', '--repeat'],
    ['best_of', '--repeat'],
    ['stream', '--stream'],
  ])('must not be %s, which promptgrid fills itself', async (name, hint) => {
    const refused = await refusal({ flags: { param: [`${name}=1`] } });
    expect(refused.message).toBe(`--param ${name}: promptgrid sets this field itself`);
    expect(refused.hint).toContain(hint);
  });

  it.each<[string, string]>([
    ...['-1', '0', '0.5', '"12"', '1e300', 'true', '[]'].map((value): [string, string] => ['max_tokens', value]),
    ...['-1', '0'].map((value): [string, string] => ['max_completion_tokens', value]),
    ['thinking_budget', '-2'],
  ])('are not bounds as %s=%s', async (name, value) => {
    const refused = await refusal({ flags: { param: [`${name}=${value}`] } });
    expect(refused.code).toBe('E_USAGE');
    expect(refused.message).toMatch(new RegExp(`^--param ${name}=.* is not a bound: it must be a whole number from `));
    const yaml = `param:\n  ${name}: ${value}\n`;
    expect((await refusal({ yaml })).message).toContain(`${name}=`);
  });

  it.each(['candidate_count=4', 'generationConfig={"candidateCount":4}'])(
    'must not request multiple answers: %s',
    async (param) => {
      const refused = await refusal({ flags: { param: [param] } });
      expect(refused.message).toMatch(/^--param .* asks for several answers: .*must be 1/);
      expect(refused.hint).toBe('use --repeat');
    },
  );

  it('are not bounds above the capacity of any model', async () => {
    expect((await refusal({ flags: { maxTokens: '5000000000' } })).message).toMatch(
      /^--max-tokens 5000000000 is not a/,
    );
  });

  it('may leave an answer unbounded by the API’s own word for it', async () => {
    expect((await configure({ flags: { param: ['max_tokens=null', 'thinking_budget=-1'] } })).params).toEqual({
      max_tokens: null,
      thinking_budget: -1,
    });
  });

  it.each([
    [{ flags: { param: [`x=${'['.repeat(5000)}${']'.repeat(5000)}`] } }, '--param is nested more than 500 levels deep'],
    [{ env: { PROMPTGRID_PARAM: `x=${'['.repeat(501)}${']'.repeat(501)}` } }, 'PROMPTGRID_PARAM is nested more than'],
    [{ yaml: `param:\n  x: ${'['.repeat(600)}${']'.repeat(600)}` }, 'promptgrid.yaml:1: the value of param is nested'],
    [
      { yaml: `param:\n  x: ${'['.repeat(5000)}${']'.repeat(5000)}` },
      'promptgrid.yaml:2: the value is nested too deeply',
    ],
  ])('must not be nested without end', async (given, message) => {
    expect((await refusal(given)).message).toContain(message);
  });

  it.each([
    ['prompt: {__proto__: "A {{ q }}", b: B}', 'promptgrid.yaml:1: a key cannot be called __proto__'],
    ['model: gpt-4o\nparam:\n  "__proto__": 5', 'promptgrid.yaml:3: a key cannot be called __proto__'],
    ['model: [{id: a, params: {deep: [{__proto__: {x: 1}}]}}]', 'promptgrid.yaml:1: a key cannot be called __proto__'],
    [
      `model: &m [gpt-4o]\nparam:\n  x: &x [1, *m]\n  y: [${'*x, '.repeat(200)}]`,
      'promptgrid.yaml:3: its aliases repeat too many values',
    ],
  ])('are not lost, or unfolded without end: %s', async (yaml, message) => {
    expect((await refusal({ yaml })).message).toBe(message);
  });

  it('may be named like built-in object properties', async () => {
    expect((await configure({ flags: { param: ['constructor=1', 'toString=2'] } })).params).toEqual({
      constructor: 1,
      toString: 2,
    });
  });

  it.each([
    [{ topP: '1.1' }, '--top-p must be a number from 0 to 1, got "1.1"'],
    [{ frequencyPenalty: '-2.1' }, '--frequency-penalty must be a number from -2 to 2, got "-2.1"'],
    [{ presencePenalty: '3' }, '--presence-penalty must be a number from -2 to 2, got "3"'],
  ])('%j are refused', async (flags, message) => {
    expect((await refusal({ flags })).message).toBe(message);
  });

  it('load functions from a file', async () => {
    const files = { 'functions.json': '[{"name": "f", "parameters": {"type": "object"}}]' };
    const { params } = await configure({ flags: { functions: '@functions.json' }, files });
    expect(params).toEqual({ functions: [{ name: 'f', parameters: { type: 'object' } }] });
  });

  it.each([
    ['{"name": "f"}', ' holds no JSON array'],
    ['[', ':1:2: not JSON: expected a value or "\\]", found the end of the file'],
    ['', ':1:1: not JSON: expected a value, found the end of the file'],
    [`${'['.repeat(5000)}${']'.repeat(5000)}`, ' is nested more than 500 levels deep'],
  ])('refuse functions from a file with %j', async (text, what) => {
    const refused = await refusal({ flags: { functions: '@f.json' }, files: { 'f.json': text } });
    expect(refused.message).toMatch(new RegExp(`^--functions: .*f\\.json${what}$`));
  });

  it('refuse functions from a missing file', async () => {
    expect((await refusal({ flags: { functions: '@gone.json' } })).message).toContain('cannot be read');
  });

  it('the provider does not document are sent with a warning', async () => {
    const { params, warnings } = await configure({ flags: { maxTokens: '5000', model: ['gpt-4o', 'openai/gpt-4o'] } });
    expect(params['max_tokens']).toBe(5000);
    expect(warnings).toEqual(['gptunnel documents --max-tokens up to 4096; 5000 is sent as it is']);
    expect((await configure({ flags: { maxTokens: '4096' } })).warnings).toEqual([]);
    expect((await configure({ flags: { maxTokens: '5000', provider: 'openai' } })).warnings).toEqual([]);
  });
});

describe('prompts', () => {
  it('get names of their own: p1, p2, … and those of their files', async () => {
    const files = { 'short.md': 'Short: {{ q }}\n', 'chat.json': '[]\n', 'p1.txt': 'From a file\r\n' };
    const flags = { prompt: ['A', 'B'], promptFile: ['@short.md', '@chat.json', '@p1.txt', '@short.md'] };
    expect((await configure({ flags, files })).prompts).toEqual([
      { name: 'p1', kind: 'text', text: 'A' },
      { name: 'p2', kind: 'text', text: 'B' },
      { name: 'short', kind: 'text', text: 'Short: {{ q }}' },
      { name: 'chat', kind: 'messages', text: '[]', folder: expect.any(String) },
      { name: 'p1-2', kind: 'text', text: 'From a file' },
      { name: 'short-2', kind: 'text', text: 'Short: {{ q }}' },
    ]);
  });

  it('get distinct names even if a file has such a name already', async () => {
    const files = { 'a.txt': '1', 'a.md': '2', 'a-2.txt': '3' };
    const { prompts } = await configure({ flags: { promptFile: ['@a.txt', '@a.md', '@a-2.txt'] }, files });
    expect(new Set(prompts.map(({ name }) => name)).size).toBe(3);
  });

  it('keep all white space except the line feed at the end of a file', async () => {
    const { prompts } = await configure({ flags: { promptFile: ['@a.txt'] }, files: { 'a.txt': '  a\n\n' } });
    expect(prompts[0]?.text).toBe('  a\n');
  });

  it.each([
    [{}, 'cannot be read'],
    [{ 'a.txt': '' }, 'is empty'],
    [{ 'a.txt': ' \n' }, 'is empty'],
  ])('of the files %j are refused', async (files: Record<string, string>, what) => {
    const { message } = await refusal({ flags: { promptFile: ['@a.txt'] }, files });
    expect(message).toMatch(new RegExp(`^--prompt-file: .*a\\.txt ${what}$`));
  });
});

describe('the dataset and the files', () => {
  it('must be named', async () => {
    expect((await refusal({ flags: { dataset: undefined } })).message).toBe('no dataset');
    expect((await configure({ flags: { dataset: undefined }, yaml: 'dataset: own.jsonl' })).dataset.path).toBe(
      'own.jsonl',
    );
  });

  it.each([
    [';', ';', ';'],
    ['\\t', '\t', '\t'],
    ['\t', '\t', '\t'],
    [undefined, null, ','],
  ])('with the delimiter %j', async (delimiter, input, output) => {
    const config = await configure({ flags: { delimiter } });
    expect([config.dataset.delimiter, config.output.delimiter]).toEqual([input, output]);
  });

  it('have a delimiter of one character', async () => {
    expect((await refusal({ flags: { delimiter: ';;' } })).message).toBe(
      '--delimiter must be one character, or \\t, got ";;"',
    );
  });

  it('use each format once', async () => {
    expect((await configure({ flags: { format: ['jsonl,csv,jsonl'] } })).output.formats).toEqual(['jsonl', 'csv']);
  });

  it('go to the given paths', async () => {
    const { output } = await configure({ flags: { out: 'elsewhere', overwrite: true, bom: true } });
    expect(output).toMatchObject({ folder: 'elsewhere', overwrite: true, bom: true });
  });
});

describe('times', () => {
  it('are given in seconds', async () => {
    const { timeoutMs, retry } = await configure({ flags: { timeout: '0.5', maxWait: '0', maxAttempts: '1' } });
    expect([timeoutMs, retry.maxWaitMs, retry.maxAttempts]).toEqual([500, 0, 1]);
  });
});

describe('a secret', () => {
  it('is shown only to explicit readers', () => {
    const secret = new Secret('sk-hidden');
    expect(secret.reveal()).toBe('sk-hidden');
    expect(JSON.stringify({ secret })).toBe('{"secret":"[key]"}');
    expect(inspect(secret, { showHidden: true, depth: null })).not.toContain('sk-');
    expect(Object.keys(secret)).toEqual([]);
  });

  it('does not appear in the text of a whole configuration', async () => {
    const config = await configure({ flags: { model: ['a', 'openai/b', 'openrouter/c/d'] } });
    expect(config.endpoints.map(({ apiKey }) => apiKey?.reveal())).toEqual([
      'key-gptunnel',
      'key-openai',
      'key-openrouter',
    ]);
    const shown = JSON.stringify(config, (_key, value) => (typeof value === 'bigint' ? String(value) : value));
    expect(shown).toContain('"apiKey":"[key]"');
    expect(shown + inspect(config, { depth: null, showHidden: true })).not.toMatch(/key-(gptunnel|openai|openrouter)/);
  });
});

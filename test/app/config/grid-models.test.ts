import { describe, expect, it } from 'vitest';
import { configure, refusal } from './project.ts';

const GRID = `
temperature: [0, 0.7]
maxTokens: 100
model:
  - gpt-4o
  - id: o4-mini
    label: thinker
    temperature: null
    maxTokens: 2000
    params: {reasoning_effort: low}
    price: 1.1,4.4
    rpm: 60
  - {id: org/llama, provider: local1, label: local, temperature: 0.2, tpm: 9000}
providers:
  local1: {kind: custom, baseUrl: http://127.0.0.1:8001/v1}
`;

describe('models with settings of their own', () => {
  it('have them, and those of all models else', async () => {
    const { models, modelLimits, prices, warnings } = await configure({ flags: { model: undefined }, yaml: GRID });
    expect(models).toMatchObject([
      {
        ref: { provider: 'gptunnel', model: 'gpt-4o' },
        label: undefined,
        temperatures: [0, 0.7],
        params: { max_tokens: 100 },
      },
      {
        ref: { provider: 'gptunnel', model: 'o4-mini' },
        label: 'thinker',
        temperatures: [null],
        params: { max_tokens: 2000, reasoning_effort: 'low' },
      },
      {
        ref: { provider: 'local1', model: 'org/llama' },
        label: 'local',
        temperatures: [0.2],
        params: { max_tokens: 100 },
      },
    ]);
    expect(modelLimits).toEqual([
      { provider: 'gptunnel', model: 'o4-mini', value: { rpm: 60, tpm: null } },
      { provider: 'local1', model: 'org/llama', value: { rpm: null, tpm: 9000 } },
    ]);
    expect(prices).toEqual([
      { provider: 'gptunnel', model: 'o4-mini', value: { promptToken: 1_100_000n, completionToken: 4_400_000n } },
    ]);
    expect(warnings).toEqual(['maxTokens of thinker is that of its entry of model, not the one for all models']);
  });

  it('win over limits and param, which is said', async () => {
    const { warnings } = await configure({
      flags: { model: undefined },
      yaml: 'model: [{id: a, rpm: 5, params: {seed: 2}}]\nlimits: {a: {rpm: 9}}\nparam: {seed: 1}\n',
    });
    expect(warnings).toEqual([
      'limits of "a" are not used for a: its entry of model has its own',
      'seed of a is that of its entry of model, not the one for all models',
    ]);
  });

  it('may leave out a field of all models', async () => {
    const { models } = await configure({
      flags: { model: undefined },
      yaml: 'model: [a, {id: b, params: {frequency_penalty: null, stop: null}}]\nfrequencyPenalty: 1\n',
    });
    expect(models.map(({ params }) => params)).toEqual([{ frequency_penalty: 1 }, { stop: null }]);
  });

  it('become one model if they differ in their temperatures alone', async () => {
    const yaml = 'model: [{id: a, temperature: 0}, {id: a, temperature: [1, 0]}]';
    const { models, warnings } = await configure({ flags: { model: undefined }, yaml });
    expect(models.map(({ temperatures }) => temperatures)).toEqual([[0, 1]]);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['model: [{id: a, lable: b}]', 'unknown key "lable" in the model "a"', /did you mean label\?$/],
    ['model: [{label: b}]', 'model must be', /give/],
    ['model: [{id: a, temperature: hot}]', 'the model "a": temperature must be a number, got "hot"', /0\.7/],
    ['model: [{id: a, rpm: 0}]', 'the model "a": rpm must be a whole number from 1, got 0', /rpm: 10/],
    ['model: [{id: a, price: cheap}]', 'price of the model "a" must be prompt,completion, got "cheap"', /price: /],
    ['model: [{id: a, params: {n: 2}}]', 'params of the model "a": n: promptgrid sets this field itself', /--repeat/],
    ['model: [{id: a, temperature: 3}]', '--temperature 3 is outside of what gptunnel takes', /0 to 1/],
    ['model: [{id: a, label: x}, {id: b, label: x}]', 'the label "x" is given twice', /a label of its own/],
    ['model: [{id: a, label: b}, b]', 'the label "b" is the id of another model of the grid', /another label/],
    ['model: [{id: a, maxTokens: 5}, {id: a, maxTokens: 6}]', 'the model gptunnel/a is given twice', /label/],
    ['model: [{id: a, provider: opnai}]', 'unknown provider "opnai"', /did you mean openai\?$/],
  ])('%s is refused', async (yaml, message, hint) => {
    const refused = await refusal({ flags: { model: undefined }, yaml });
    expect(refused.message).toContain(message);
    expect(refused.hint).toMatch(hint);
    expect(refused.exitStatus).toBe(2);
  });
});

describe('--set', () => {
  const flags = { model: ['gpt-4o,openai/o4-mini,gpt-4o.mini'] };

  it.each([
    ['o4-mini.reasoning_effort=low', [{}, { reasoning_effort: 'low' }, {}]],
    ['openai/o4-mini.reasoning.effort=low', [{}, { reasoning: { effort: 'low' } }, {}]],
    // The longest name that fits is meant.
    ['gpt-4o.mini.seed=7', [{}, {}, { seed: 7 }]],
    ['gpt-4o.seed=7', [{ seed: 7 }, {}, {}]],
  ])('%s sets a request field of that model alone', async (set, params) => {
    const { models } = await configure({ flags: { ...flags, set: [set] } });
    expect(models.map((model) => model.params)).toEqual(params);
  });

  it('sets a field of any name, and nothing else', async () => {
    const { models } = await configure({
      flags: { model: ['a'], set: ['a.__proto__.seed=7', 'a.constructor.name="x"'] },
    });
    const [params] = models.map((model) => model.params);
    expect(JSON.stringify(params)).toBe('{"__proto__":{"seed":7},"constructor":{"name":"x"}}');
    expect({}).not.toHaveProperty('seed');
  });

  it('sets a temperature, and wins over an entry of the file', async () => {
    const { models } = await configure({
      flags: { model: undefined, set: ['fast.temperature=0.5', 'fast.seed=3'] },
      yaml: 'model: [{id: a, label: fast, temperature: 0, params: {seed: 1, top_k: 2}}]',
    });
    expect(models).toMatchObject([{ temperatures: [0.5], params: { seed: 3, top_k: 2 } }]);
  });

  it.each([
    ['o4.seed=1', '--set o4.seed: no model of the run is named so', /models: gpt-4o, o4-mini, gpt-4o.mini/],
    ['o4-mini.messages=1', '--set messages: promptgrid sets this field itself', /--prompt/],
    ['o4-mini.max_tokens=0', '--set o4-mini.max_tokens is not a bound', /such a number/],
    ['gpt-4o=1', '--set gpt-4o names no field', /<model>\.<field>/],
    ['gpt-4o.=1', '--set gpt-4o. names no field', /<model>\.<field>/],
    ['gpt-4o.reasoning..effort=1', '--set gpt-4o.reasoning..effort names no field', /<model>\.<field>/],
    ['gpt-4o.temperature=hot', '--set gpt-4o.temperature must be a number, got "hot"', /0\.7/],
  ])('%s is refused', async (set, message, hint) => {
    const refused = await refusal({ flags: { ...flags, set: [set] } });
    expect(refused.message).toContain(message);
    expect(refused.hint).toMatch(hint);
  });
});

describe('prompts by name', () => {
  it('have these names', async () => {
    const { prompts } = await configure({ yaml: 'prompt: {short: "{{ q }}", long: "Think. {{ q }}"}' });
    expect(prompts).toEqual([
      { name: 'short', kind: 'text', text: '{{ q }}' },
      { name: 'long', kind: 'text', text: 'Think. {{ q }}' },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { configure, refusal } from './project.ts';

const TEMPERATURES = { temperature: ['0,0.7'] };

describe('a grid of temperatures', () => {
  it('is one variant of a model that takes none, and this is said', async () => {
    const { models, warnings } = await configure({
      flags: { ...TEMPERATURES, model: ['gpt-4o,openai/o4-mini,openrouter/deepseek/deepseek-reasoner'] },
    });
    expect(models.map(({ temperatures }) => temperatures)).toEqual([[0, 0.7], [null], [null]]);
    expect(warnings).toEqual([
      'o4-mini takes no temperature: it runs once instead of at 0, 0.7',
      'deepseek/deepseek-reasoner ignores its temperature: it runs once instead of at 0, 0.7',
    ]);
  });

  it('of one temperature leaves the field out', async () => {
    const { models, warnings } = await configure({ flags: { model: ['gpt-5-mini'], temperature: ['0'] } });
    expect(models).toMatchObject([{ temperatures: [null] }]);
    expect(warnings).toEqual(['gpt-5-mini takes no temperature: 0 is not sent']);
  });

  it('depends on the reasoning effort where it decides', async () => {
    const { models } = await configure({
      flags: { ...TEMPERATURES, model: ['gpt-5.1,gpt-5.2'], set: ['gpt-5.2.reasoning_effort=high'] },
    });
    expect(models.map(({ temperatures }) => temperatures)).toEqual([[0, 0.7], [null]]);
  });

  it('gets nothing from include that the model does not take', async () => {
    const yaml = 'model: [gpt-4o, o4-mini]\ntemperature: 0\ninclude: [{model: o4-mini, temperature: 0.5}]';
    expect((await configure({ flags: { model: undefined }, yaml })).include).toEqual([
      { model: 'o4-mini', temperature: null },
    ]);
  });

  it('is sent as given if models are not checked', async () => {
    const flags = { ...TEMPERATURES, model: ['o4-mini'], modelCheck: false };
    expect(await configure({ flags })).toMatchObject({ models: [{ temperatures: [0, 0.7] }], warnings: [] });
  });

  it.each(['o4-mini-2025-04-16', 'openai/o3', 'gpt-5', 'gpt-5-pro', 'claude-opus-4-7', 'GPT-6'])(
    'is void for %s',
    async (model) => {
      const { models } = await configure({ flags: { ...TEMPERATURES, provider: 'openrouter', model: [model] } });
      expect(models).toMatchObject([{ temperatures: [null] }]);
    },
  );

  it.each([
    'gpt-4o',
    'gpt-4.1-mini',
    'claude-opus-4-6',
    'claude-sonnet-4-5',
    'gpt-oss-120b',
    'o4mini',
    'qwen3',
    'gpt-50',
  ])('is kept for %s', async (model) => {
    const { models } = await configure({ flags: { ...TEMPERATURES, provider: 'openrouter', model: [model] } });
    expect(models).toMatchObject([{ temperatures: [0, 0.7] }]);
  });
});

describe('--reasoning-effort', () => {
  it('goes to models that may reason', async () => {
    const { models, warnings } = await configure({
      flags: { reasoningEffort: 'low', model: ['gpt-4o,o4-mini,custom/qwen3'], baseUrl: 'http://127.0.0.1:1/v1' },
      yaml: 'providers: {custom: {baseUrl: "http://127.0.0.1:2/v1"}}',
    });
    expect(models.map(({ params }) => params)).toEqual([{}, { reasoning_effort: 'low' }, { reasoning_effort: 'low' }]);
    expect(warnings).toEqual(['--reasoning-effort is not sent to gpt-4o: it does not reason']);
  });

  it('gives way to that of a single model', async () => {
    const flags = { reasoningEffort: 'low', model: ['o4-mini,o3'], set: ['o3.reasoning_effort=high'] };
    expect((await configure({ flags })).models.map(({ params }) => params['reasoning_effort'])).toEqual([
      'low',
      'high',
    ]);
  });

  it.each([
    [{ reasoningEffort: 'xhigh', model: ['o4-mini'] }, 'o4-mini has no reasoning effort "xhigh"'],
    [{ model: ['gpt-5'], set: ['gpt-5.reasoning_effort=none'] }, 'gpt-5 has no reasoning effort "none"'],
  ])('%j is refused before a call', async (flags, message) => {
    const refused = await refusal({ flags });
    expect(refused.message).toBe(message);
    expect(refused.hint).toMatch(/^it has .*low, medium, high.*--no-model-check/);
  });
});

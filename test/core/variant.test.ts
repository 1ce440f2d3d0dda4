import { describe, expect, it } from 'vitest';
import { buildVariants, type GridModel, idleRule, type VariantRule } from '../../src/core/variant.ts';
import { prompt } from './parts.ts';

const MODELS: readonly GridModel[] = [
  { ref: { provider: 'openai', model: 'gpt-4o' }, temperatures: [0, 0.7], params: {} },
  { ref: { provider: 'openai', model: 'o4-mini' }, label: 'thinker', temperatures: [null], params: { seed: 1 } },
];
const PROMPTS = [prompt('short'), prompt('long')];

function names(rules: {
  readonly exclude?: readonly VariantRule[];
  readonly include?: readonly VariantRule[];
}): string[] {
  return buildVariants({ prompts: PROMPTS, models: MODELS, exclude: [], include: [], ...rules }).map(
    ({ prompt: { name }, model, label, temperature }) => `${name} ${label ?? model.model} ${temperature}`,
  );
}

describe('the variants of a grid', () => {
  it('are in the order of prompts, models and temperatures', () => {
    expect(names({})).toEqual([
      'short gpt-4o 0',
      'short gpt-4o 0.7',
      'short thinker null',
      'long gpt-4o 0',
      'long gpt-4o 0.7',
      'long thinker null',
    ]);
  });

  it.each<[VariantRule, readonly string[]]>([
    [{ prompt: 'long' }, ['short gpt-4o 0', 'short gpt-4o 0.7', 'short thinker null']],
    [{ model: 'thinker' }, ['short gpt-4o 0', 'short gpt-4o 0.7', 'long gpt-4o 0', 'long gpt-4o 0.7']],
    [
      { model: 'openai/gpt-4o', temperature: 0.7, prompt: 'short' },
      ['short gpt-4o 0', 'short thinker null', 'long gpt-4o 0', 'long gpt-4o 0.7', 'long thinker null'],
    ],
    [{ temperature: null }, ['short gpt-4o 0', 'short gpt-4o 0.7', 'long gpt-4o 0', 'long gpt-4o 0.7']],
  ])('without %j are the others', (rule, left) => {
    expect(names({ exclude: [rule] })).toEqual(left);
  });

  it('beyond the temperatures of a model stand behind its own, once', () => {
    const include = [
      { model: 'gpt-4o', temperature: 1, prompt: 'long' },
      { model: 'gpt-4o', temperature: 0 },
    ];
    expect(names({ include }).filter((name) => name.includes('gpt-4o'))).toEqual([
      'short gpt-4o 0',
      'short gpt-4o 0.7',
      'long gpt-4o 0',
      'long gpt-4o 0.7',
      'long gpt-4o 1',
    ]);
  });

  it('show a rule that means none of them', () => {
    const axes = { prompts: PROMPTS, models: MODELS, exclude: [], include: [] };
    const idle = { model: 'gpt-4o', temperature: 0.5 };
    expect(idleRule(axes, [{ prompt: 'long' }, idle])).toEqual(idle);
    expect(idleRule(axes, [{ prompt: 'long' }, { model: 'thinker' }])).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { boundWarnings, checkGridFields } from '../../../src/app/config/api-fields.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { GridModel } from '../../../src/core/variant.ts';
import { providers } from '../../../src/providers/index.ts';
import { configure, refusal } from './project.ts';

const LACKED = providers.flatMap(({ name, wire }) =>
  Object.entries(wire.lacks).map((lack) => [name, ...lack] as const),
);

function check(provider: string, params: JsonObject): () => void {
  return () => checkGridFields([model(provider, params)], params, {});
}

function model(provider: string, params: JsonObject): GridModel {
  return { ref: { provider, model: 'm' }, temperatures: [null], params };
}

describe('a field that an API has no counterpart for', () => {
  it.each(LACKED)('is refused for %s: %s', (provider, name, hint) => {
    expect(check(provider, { [name]: 1 })).toThrow(
      expect.objectContaining({ message: expect.stringMatching(`${provider}/m$`), hint }),
    );
    expect(check(provider, { [name]: null })).not.toThrow();
  });

  it('is named by its flag', () => {
    expect(check('anthropic', { frequency_penalty: 1 })).toThrow(/^--frequency-penalty has no counterpart/);
    expect(check('anthropic', { seed: 1 })).toThrow(/^--param seed has no counterpart/);
  });

  it('is refused by its value alone, if the API has the field', () => {
    expect(check('anthropic', { reasoning_effort: 'low' })).not.toThrow();
    expect(check('anthropic', { reasoning_effort: 'minimal' })).toThrow(
      '--param reasoning_effort="minimal" has no counterpart in the API of anthropic/m',
    );
    expect(check('gigachat', { tool_choice: 'auto' })).not.toThrow();
    expect(check('gigachat', { tool_choice: 'required' })).toThrow(
      '--tool-choice="required" has no counterpart in the API of gigachat/m',
    );
  });

  it('is refused for a provider under another name, and only for its models', async () => {
    const yaml = 'providers:\n  claude: { kind: anthropic, baseUrl: "http://127.0.0.1:1/v1" }\n';
    const flags = { param: ['seed=1'] };
    const error = await refusal({ yaml, flags: { ...flags, model: ['openai/gpt-4o', 'claude/m'] } });
    expect(error.message).toBe('--param seed has no counterpart in the API of claude/m');
    expect(error.hint).toMatch(/; for this model alone: --set m\.seed=null$/);
    const both = { ...flags, model: ['openai/gpt-4o', 'claude/m'], set: ['m.seed=null'] };
    const { models } = await configure({ yaml, flags: both });
    expect(models.map(({ params }) => params)).toEqual([{ seed: 1 }, { seed: null }]);
    const own = await refusal({ yaml, flags: { model: ['claude/m'], set: ['m.seed=2'] } });
    expect(own.message).toBe('the field seed of m has no counterpart in the API of claude/m');
    const { params } = await configure({ yaml, flags: { ...flags, model: ['openai/gpt-4o'] } });
    expect(params).toEqual({ seed: 1 });
  });
});

describe('a bound that an API requires', () => {
  it('is told once for a provider, if the user gives none', () => {
    expect(boundWarnings([model('anthropic', { max_tokens: 5 }), model('anthropic', {})], {})).toEqual([
      'anthropic requires max_tokens: answers end after 4096 tokens; --max-tokens changes that',
    ]);
    expect(boundWarnings([model('anthropic', { max_tokens: 5 })], {})).toEqual([]);
    expect(boundWarnings([model('anthropic', { max_completion_tokens: 5 })], {})).toEqual([]);
    expect(boundWarnings([model('gemini', {})], {})).toEqual([]);
  });
});

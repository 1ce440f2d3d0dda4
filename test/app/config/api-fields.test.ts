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

function formatOf(properties: JsonObject, others: JsonObject = {}): JsonObject {
  const schema = { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
  return { type: 'json_schema', json_schema: { name: 'answer', strict: true, ...others, schema } };
}

function toolsOf(others: JsonObject): JsonObject[] {
  const parameters = { type: 'object', maxProperties: 1 };
  return [{ type: 'web_search' }, { type: 'function', function: { name: 'f', ...others, parameters } }];
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

  it.each([
    ['a bound', { price: { type: 'number', minimum: 0 } }, ' with /properties/price/minimum'],
    ['a bound in a list', { l: { type: 'array', items: { maxLength: 3 } } }, ' with /properties/l/items/maxLength'],
    ['a bound in a choice', { l: { oneOf: [{ type: 'array', minItems: 2 }] } }, ' with /properties/l/oneOf/0/minItems'],
    ['an open object', { a: { type: 'object' } }, ' without "additionalProperties": false at /properties/a'],
  ])('is refused by its schema, by what of it the API refuses: %s', (_what, properties, what) => {
    expect(check('anthropic', { response_format: formatOf(properties) })).toThrow(
      `--response-format${what} has no counterpart in the API of anthropic/m`,
    );
    expect(check('openai', { response_format: formatOf(properties) })).not.toThrow();
    expect(check('anthropic', { response_format: formatOf(properties, { strict: false }) })).not.toThrow();
  });

  it('is refused by the schema of a strict tool', () => {
    expect(check('anthropic', { tools: toolsOf({ strict: true }) })).toThrow(
      '--tools with /1/function/parameters/maxProperties',
    );
    expect(check('anthropic', { tools: toolsOf({ strict: false }) })).not.toThrow();
  });

  it('is no schema that the API takes', () => {
    const list = { type: 'array', minItems: 1, items: { anyOf: [{ type: 'string' }, { const: 1 }] } };
    const named = { minimum: { type: 'string', format: 'date', enum: ['maximum'] }, list };
    expect(check('anthropic', { response_format: formatOf(named) })).not.toThrow();
    const plain = check('anthropic', { response_format: { type: 'json_object' } });
    expect(plain).toThrow('--response-format of the type json_object has no counterpart');
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

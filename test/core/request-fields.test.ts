import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/core/json.ts';
import { answerBound, askedTier, chargeBeyondText, fieldFault, isUsualTier } from '../../src/core/request-fields.ts';

const BOUNDS = ['max_tokens', 'max_completion_tokens', 'max_output_tokens'];

describe('a field that limits an answer', () => {
  it.each<JsonValue>([-1, 0, 0.5, '12', 1e300, 1_000_000_001, true, [], {}])('is not a limit as %j', (value) => {
    for (const name of BOUNDS) expect(fieldFault(name, value)).toMatch(/^it must be a whole number from 1/);
  });

  it.each<JsonValue>([1, 4096, 1_000_000_000, null])('may be %j', (value) => {
    for (const name of BOUNDS) expect(fieldFault(name, value)).toBeNull();
  });

  it.each<[JsonValue, boolean]>([
    [0, true],
    [-1, true],
    [-2, false],
    [0.5, false],
    ['auto', false],
  ])('for thinking may be %j: %s', (value, isFine) => {
    expect(fieldFault('thinking_budget', value) === null).toBe(isFine);
  });

  it.each(['n', 'best_of'])('is not multiplied by %s', (name) => {
    expect(fieldFault(name, 1)).toBeNull();
    expect(fieldFault(name, 2)).toMatch(/all are paid/);
  });

  it.each<[string, JsonValue, string]>([
    ['candidate_count', 4, 'it'],
    ['num_return_sequences', 3, 'it'],
    ['N', 2, 'it'],
    ['n', [1], 'it'],
    ['generationConfig', { candidateCount: 4 }, 'candidateCount'],
    ['extra_body', { extra: { best_of: 2 } }, 'best_of'],
  ])('is not multiplied by another name or within a field: %s=%j', (name, value, what) => {
    expect(fieldFault(name, value)).toBe(`${what} must be 1: of more answers one is read, and all are paid`);
  });

  it.each<[string, JsonValue]>([
    ['response_format', { type: 'json_schema', json_schema: { schema: { properties: { n: { type: 'number' } } } } }],
    ['metadata', { n: 7 }],
    ['generationConfig', { candidateCount: 1, topK: 4 }],
    ['extra_body', { n: null }],
  ])('is not multiplied by %s=%j', (name, value) => {
    expect(fieldFault(name, value)).toBeNull();
  });

  it('is none of the other fields', () => {
    expect(fieldFault('seed', -1)).toBeNull();
  });
});

describe('the maximum tokens of an answer', () => {
  it.each<[JsonObject, number | null]>([
    [{}, null],
    [{ max_tokens: 10 }, 10],
    [{ max_completion_tokens: 10 }, 10],
    [{ max_tokens: 10, max_completion_tokens: 20 }, 20],
    [{ max_tokens: 20, max_completion_tokens: 10 }, 20],
    [{ max_tokens: null }, null],
    [{ max_tokens: 10, thinking_budget: 5 }, 15],
    [{ max_tokens: 10, thinking_budget: null }, 10],
    [{ max_tokens: 10, thinking_budget: -1 }, null],
    [{ thinking_budget: 5 }, null],
    [{ max_tokens: -1 }, null],
    [{ max_tokens: 10, generationConfig: { maxOutputTokens: 500 } }, 500],
    [{ max_tokens: 10, extra_body: { max_tokens: 40, thinking_budget: 5 } }, 45],
    [{ max_tokens: 10, options: { num_predict: -1 } }, null],
    [{ max_tokens: 10, max_new_tokens: 30, options: { num_predict: null } }, 30],
    [{ max_tokens: 10, reasoning: { max_tokens: 8 } }, 10],
    [{ max_tokens: 10, metadata: { max_tokens: 500 } }, 10],
    // Whether a server knows it is not known.
    [{ max_new_tokens: 30 }, null],
  ])('of %j are %j', (params, most) => {
    expect(answerBound(params)).toBe(most);
  });
});

describe('a request', () => {
  it.each<JsonObject>([
    { web_search_options: {} },
    { search_parameters: { mode: 'on' } },
    { plugins: [{ id: 'web' }] },
    { models: ['a/b', 'c/d'] },
    { modalities: ['text', 'audio'] },
    { prediction: { type: 'content', content: 'x' } },
    { extra_body: { plugins: [{ id: 'web' }] } },
    { extra_body: { enable_search: true } },
    { tools: [{ type: 'function', function: { name: 'f' } }, { type: 'web_search' }] },
    { tools: [{ google_search: {} }] },
    { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
  ])('may cost more than its text with %j', (params) => {
    expect(chargeBeyondText(params)).toMatch(/\w/);
  });

  it.each<JsonObject>([
    {},
    { web_search_options: null, plugins: [], web_search: false, models: [] },
    { modalities: ['text'] },
    { tools: [{ type: 'function', function: { name: 'f' } }, { name: 'g' }], max_tokens: 5, seed: 1 },
    { tools: [{ type: 'custom', name: 'f', input_schema: {} }, { functionDeclarations: [{ name: 'g' }] }] },
  ])('costs its text and answer with %j', (params) => {
    expect(chargeBeyondText(params)).toBeNull();
  });

  it.each<[JsonObject, string | undefined, boolean]>([
    [{}, undefined, true],
    [{ service_tier: null }, undefined, true],
    [{ extra_body: { service_tier: 'priority' } }, 'priority', false],
    [{ service_tier: 'flex', extra_body: { service_tier: 'priority' } }, 'flex', false],
    [{ service_tier: 'auto' }, 'auto', true],
    [{ service_tier: 'default' }, 'default', true],
    [{ service_tier: 'flex' }, 'flex', false],
    [{ service_tier: 'priority' }, 'priority', false],
    [{ service_tier: 7 }, '7', false],
    [{ speed: 'fast', service_tier: 'auto' }, 'fast', false],
    [{ speed: 'standard' }, undefined, true],
    [{ serviceTier: 'flex' }, 'flex', false],
    [{ inference_geo: 'us' }, 'inference_geo_us', false],
    [{ inference_geo: 'global' }, undefined, true],
  ])('with %j requests the tier %s, which has the usual price: %s', (params, tier, isUsual) => {
    expect(askedTier(params)).toBe(tier);
    expect(isUsualTier(askedTier(params))).toBe(isUsual);
  });
});

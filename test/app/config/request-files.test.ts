import { describe, expect, it } from 'vitest';
import { configure, refusal } from './project.ts';

const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};

function formatFile(value: unknown): { readonly 'my answer.v1.json': string } {
  return { 'my answer.v1.json': typeof value === 'string' ? value : JSON.stringify(value) };
}

const FLAGS = { responseFormat: '@my answer.v1.json' };

describe('--response-format', () => {
  it('is sent as a strict json_schema under the name of its file', async () => {
    const { params, scorers } = await configure({ files: formatFile(SCHEMA), flags: FLAGS });
    expect(params).toEqual({
      response_format: { type: 'json_schema', json_schema: { name: 'my_answer_v1', schema: SCHEMA, strict: true } },
    });
    expect(scorers).toEqual([{ type: 'json-schema', schema: SCHEMA, whole: true }]);
  });

  it.each([
    { type: 'json_schema', json_schema: { name: 'x', description: 'd', schema: SCHEMA, strict: false } },
    { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'array' } } },
    { type: 'json_object' },
    { type: 'text' },
  ])('may be a whole response_format: %j', async (format) => {
    const { params } = await configure({ files: formatFile(format), flags: FLAGS });
    expect(params).toEqual({ response_format: format });
  });

  it.each([
    { name: 'x', schema: SCHEMA, strict: true },
    { type: 'json_schema', name: 'x', schema: SCHEMA, strict: true },
  ])('may be what is in a json_schema: %j', async (format) => {
    const { params } = await configure({ files: formatFile(format), flags: FLAGS });
    const named = { name: 'x', schema: SCHEMA, strict: true };
    expect(params).toEqual({ response_format: { type: 'json_schema', json_schema: named } });
  });

  it('sends a schema that strict mode refuses with --no-strict-schema', async () => {
    const files = formatFile({ type: 'array', items: { type: 'string' } });
    expect((await refusal({ files, flags: FLAGS })).hint).toContain('--no-strict-schema');
    const { params } = await configure({ files, flags: { ...FLAGS, strictSchema: false } });
    expect(params).toMatchObject({ response_format: { json_schema: { strict: false } } });
    expect((await refusal({ flags: { strictSchema: false } })).message).toContain('there is none');
  });

  it('takes the draft that generators of schemas name', async () => {
    const files = formatFile({ $schema: 'http://json-schema.org/draft-07/schema#', ...SCHEMA });
    const { params, scorers } = await configure({ files, flags: FLAGS });
    expect(params).toMatchObject({ response_format: { json_schema: { schema: { $schema: expect.anything() } } } });
    expect(scorers).toEqual([{ type: 'json-schema', schema: SCHEMA, whole: true }]);
  });

  it('adds no score where one looks at the form of answers', async () => {
    for (const score of ['json-schema:own.json', 'not:json-schema:own.json']) {
      const { scorers } = await configure({ files: formatFile(SCHEMA), flags: { ...FLAGS, score: [score] } });
      expect(scorers).toEqual([score]);
    }
    const { scorers } = await configure({ files: formatFile(SCHEMA), flags: { ...FLAGS, score: ['json-valid'] } });
    expect(scorers).toHaveLength(2);
    const given = { flags: { param: [`response_format=${JSON.stringify({ type: 'json_object' })}`] } };
    expect((await configure(given)).scorers).toEqual([]);
  });

  it.each([
    ['{"type": "object"', /my answer\.v1\.json:1:18: /],
    ['[]', /holds no JSON object/],
    [{ ...SCHEMA, type: 'objekt' }, /the schema is broken: \/type must be/],
    [{ ...SCHEMA, properties: { city: { $ref: '#/$defs/x' } } }, /the schema cannot be used: can't resolve reference/],
    [{ ...SCHEMA, required: [] }, /strict mode refuses the schema: required must name every property/],
    [
      { ...SCHEMA, properties: { city: { type: 'object' } } },
      /strict mode refuses \/properties\/city: additionalProperties must be false/,
    ],
    [{ type: 'json_schema', json_schema: { name: 'x' } }, /has no schema in its json_schema/],
    [{ type: 'json_schema', json_schema: { name: 'a b', schema: SCHEMA } }, /the name "a b" is not taken/],
  ])('refuses before anything is paid: %j', async (value, message) => {
    const refused = await refusal({ files: formatFile(value), flags: FLAGS });
    expect(refused.message).toMatch(/^--response-format: /);
    expect(refused.message).toMatch(message);
  });

  it('refuses a file that is not there', async () => {
    expect((await refusal({ flags: FLAGS })).message).toMatch(/^--response-format: .* cannot be read$/);
  });
});

const TOOL = { type: 'function', function: { name: 'weather', parameters: SCHEMA } };

function tools(value: unknown): { readonly 'tools.json': string } {
  return { 'tools.json': JSON.stringify(value) };
}

describe('--tools', () => {
  it.each([
    [undefined, undefined],
    ['auto', 'auto'],
    ['required', 'required'],
    ['none', 'none'],
    ['weather', { type: 'function', function: { name: 'weather' } }],
    ['{"type": "allowed_tools"}', { type: 'allowed_tools' }],
  ])('are sent with --tool-choice %s', async (toolChoice, sent) => {
    const flags = { tools: '@tools.json', ...(toolChoice === undefined ? {} : { toolChoice }) };
    const given = [TOOL, { type: 'web_search' }];
    const { params } = await configure({ files: tools(given), flags });
    expect(params).toEqual({ tools: given, ...(sent === undefined ? {} : { tool_choice: sent }) });
  });

  it.each([
    [{}, 'holds no JSON array of tools'],
    [[], 'holds no JSON array of tools'],
    [[{ name: 'weather', parameters: {} }], 'tool 1 has no type'],
    [[{ type: 'function', name: 'weather' }], 'tool 1 has no object in "function"'],
    [[TOOL, { type: 'function', function: { name: 'my tool' } }], 'tool 2: the name "my tool" is not taken'],
    [[{ type: 'function', function: {} }], 'tool 1: the name null is not taken'],
    [[TOOL, TOOL], 'tool 2: the name "weather" is there twice'],
    [
      [{ type: 'function', function: { name: 'f', parameters: { type: 'x' } } }],
      'tool 1 "f": parameters: the schema is broken',
    ],
    [
      [{ type: 'function', function: { name: 'f', strict: true, parameters: { type: 'object' } } }],
      'strict mode refuses the schema: additionalProperties must be false',
    ],
  ])('are refused before anything is paid: %j', async (value, message) => {
    const refused = await refusal({ files: tools(value), flags: { tools: '@tools.json' } });
    expect(refused.message).toMatch(/^--tools: .*tools\.json/);
    expect(refused.message).toContain(message);
    expect(refused.hint).not.toContain('--no-strict-schema');
  });

  it('are needed for a choice', async () => {
    expect((await refusal({ flags: { toolChoice: 'auto' } })).hint).toContain('--tools');
    const flags = { tools: '@tools.json', toolChoice: 'wether' };
    const refused = await refusal({ files: tools([TOOL]), flags });
    expect(refused.message).toBe('--tool-choice: no tool is named "wether"');
    expect(refused.hint).toContain('did you mean weather?');
    const broken = { tools: '@tools.json', toolChoice: '{"type"' };
    expect((await refusal({ files: tools([TOOL]), flags: broken })).message).toMatch(/^--tool-choice: /);
  });

  it('may be those of each model', async () => {
    const yaml = `model: [{id: a, params: {tools: ${JSON.stringify([TOOL])}}}]\ntoolChoice: required\n`;
    const { models } = await configure({ yaml, flags: { model: undefined } });
    expect(models[0]?.params).toEqual({ tools: [TOOL], tool_choice: 'required' });
  });
});

describe('--logprobs', () => {
  it.each([
    ['', { logprobs: true }],
    ['true', { logprobs: true }],
    ['false', { logprobs: false }],
    ['5', { logprobs: true, top_logprobs: 5 }],
    ['1', { logprobs: true, top_logprobs: 1 }],
  ])('%j sends %j', async (logprobs, params) => {
    expect((await configure({ flags: { logprobs } })).params).toEqual(params);
  });

  it('is refused beyond what the API takes', async () => {
    expect((await refusal({ flags: { logprobs: '21' } })).message).toBe(
      '--logprobs must be a whole number from 1 to 20, got "21"',
    );
  });
});

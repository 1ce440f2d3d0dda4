import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/core/json.ts';
import { simulatedJson } from '../../src/gateway/simulated-json.ts';
import { compileSchema } from '../../src/scorers/json-schema.ts';

function format(schema: JsonObject): JsonObject {
  return { type: 'json_schema', json_schema: { name: 'x', schema, strict: true } };
}

async function fits(schema: JsonObject, value: JsonValue): Promise<boolean> {
  return (await compileSchema(schema, 'the schema'))(value);
}

const CHAIN: JsonObject = {
  type: 'object',
  properties: { value: { type: 'integer' }, next: { anyOf: [{ $ref: '#' }, { type: 'null' }] } },
  required: ['value', 'next'],
};
const TREE: JsonObject = {
  type: 'object',
  properties: { children: { type: 'array', items: { $ref: '#' } } },
  required: ['children'],
};

describe('a simulated answer in JSON', () => {
  it.each<JsonObject>([
    { type: 'object', properties: { a: { type: 'string' }, b: { type: 'boolean' } }, required: ['a', 'b'] },
    { type: 'object', properties: { n: { type: 'number', minimum: 3 }, i: { type: 'integer', minimum: 2.5 } } },
    { type: 'object', properties: { e: { type: 'string', enum: ['x', 'y'] }, c: { const: 7 } }, required: ['e', 'c'] },
    { type: 'object', properties: { l: { type: 'array', items: { type: ['string', 'null'] } } }, required: ['l'] },
    { type: 'object', properties: { d: { $ref: '#/$defs/a~1b' } }, $defs: { 'a/b': { type: 'integer' } } },
    CHAIN,
    TREE,
  ])('fits its schema: %j', async (schema) => {
    const value = simulatedJson(format(schema), 'seed');
    expect(await fits(schema, value)).toBe(true);
    expect(simulatedJson(format(schema), 'seed')).toEqual(value);
  });

  it('differs with the prompt', () => {
    const schema = { type: 'object', properties: { n: { type: 'number' } } };
    const values = ['a', 'b', 'c', 'd', 'e'].map((seed) => JSON.stringify(simulatedJson(format(schema), seed)));
    expect(new Set(values).size).toBeGreaterThan(2);
  });

  it('is an object where any JSON is asked for, and none where none is', () => {
    expect(simulatedJson({ type: 'json_object' }, 'x')).toEqual({ simulated: true });
    for (const none of [undefined, null, { type: 'text' }, { type: 'json_schema' }]) {
      expect(simulatedJson(none, 'x')).toBeNull();
    }
  });
});

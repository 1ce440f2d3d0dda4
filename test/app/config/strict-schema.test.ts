import { describe, expect, it } from 'vitest';
import { strictFault } from '../../../src/app/config/strict-schema.ts';
import type { JsonObject } from '../../../src/core/json.ts';

const TEXT = { type: 'string' };

function object(properties: JsonObject, more: JsonObject = {}): JsonObject {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false, ...more };
}

/** Objects in objects, the innermost one empty. */
function nested(levels: number): JsonObject {
  return levels === 1 ? object({}) : object({ in: nested(levels - 1) });
}

/** An object's properties, all alike. */
function many(count: number, value: JsonObject): JsonObject {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, value]));
}

/** An enum of so many texts of this length. */
function values(count: number, length: number): JsonObject {
  return { type: 'string', enum: Array.from({ length: count }, (_, index) => String(index).padStart(length, '0')) };
}

describe('strict mode', () => {
  it('takes the schemas of the vendor’s own examples', () => {
    const step = object({ explanation: TEXT, output: TEXT });
    expect(strictFault(object({ steps: { type: 'array', items: step }, final_answer: TEXT }))).toBeNull();
    const list = object({ value: { type: 'number', minimum: 0 }, next: { anyOf: [{ $ref: '#' }, { type: 'null' }] } });
    expect(strictFault(list)).toBeNull();
    const unit = object({
      unit: { type: ['string', 'null'], enum: ['F', 'C'] },
      day: { type: 'string', format: 'date' },
    });
    expect(strictFault(unit)).toBeNull();
    expect(strictFault(object({ step: { $ref: '#/$defs/step' } }, { $defs: { step } }))).toBeNull();
    expect(strictFault(nested(10))).toBeNull();
  });

  it.each<[string, JsonObject, string]>([
    ['', { type: 'array', items: TEXT }, 'the root must have "type": "object"'],
    ['', { anyOf: [object({}), object({ a: TEXT })] }, 'the root must not be anyOf'],
    ['', object({ a: TEXT }, { additionalProperties: true }), 'additionalProperties must be false'],
    ['', { type: 'object', properties: {} }, 'additionalProperties must be false'],
    ['', object({ a: TEXT, b: TEXT }, { required: ['a'] }), 'required must name every property, and "b" is missing'],
    ['/properties/a', object({ a: object({ b: TEXT }, { required: [] }) }), 'required must name every property'],
    ['/properties/a/items', object({ a: { type: 'array', items: { type: 'object' } } }), 'additionalProperties'],
    ['/properties/a/anyOf/1', object({ a: { anyOf: [TEXT, { type: ['object', 'null'] }] } }), 'additionalProperties'],
    ['/$defs/x~1y', object({}, { $defs: { 'x/y': { type: 'object' } } }), 'additionalProperties'],
    ['/properties/a', object({ a: { description: 'anything' } }), 'must have a type'],
    ['/allOf', object({}, { allOf: [object({})] }), 'is not taken'],
    ['/properties/a/oneOf', object({ a: { oneOf: [TEXT] } }), 'is not taken'],
    ['/properties/a/not', object({ a: { ...TEXT, not: { const: 'x' } } }), 'is not taken'],
    ['/if', object({}, { if: {}, else: {} }), 'is not taken'],
    ['/patternProperties', object({}, { patternProperties: {} }), 'is not taken'],
    ['/properties/in'.repeat(10), nested(11), 'at most 10 levels are taken'],
  ])('refuses at %j what it does not take', (path, schema, what) => {
    const fault = strictFault(schema);
    expect(fault).toMatchObject({ path, what: expect.stringContaining(what) });
    expect(fault?.hint).not.toBe('');
  });

  it('counts properties, values of enums and characters over the whole schema', () => {
    expect(strictFault(object(many(5000, TEXT)))).toBeNull();
    expect(strictFault(object(many(5001, TEXT)))?.what).toBe('it has 5001 properties, and at most 5000 are taken');
    expect(strictFault(object(many(4, values(250, 100))))).toBeNull();
    expect(strictFault(object(many(5, values(250, 9))))?.what).toContain('1250 values of enums');
    expect(strictFault(object(many(4, values(250, 121))))?.what).toContain('characters in names and values of enums');
    expect(strictFault(object({ a: values(251, 60) }))).toMatchObject({ path: '/properties/a/enum' });
    expect(strictFault(object({ a: values(250, 61) }))).toBeNull();
  });
});

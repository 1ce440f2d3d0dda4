import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalJson,
  isDeeperThan,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  listOf,
  MAX_LEVELS,
  numberOf,
  numberOr,
  objectOf,
  parseJson,
  parseOutsideJson,
  TOO_DEEP,
  textOf,
  textOr,
  textsOf,
} from '../../src/core/json.ts';

/** The same value with the keys of every object the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

const values = fc.jsonValue().map((value) => parseJson(JSON.stringify(value)) ?? null);

describe('canonical JSON', () => {
  it('is the same for the same value, whatever the order of its keys', () => {
    fc.assert(
      fc.property(values, (value) => {
        const other = parseJson(JSON.stringify(reversed(value))) ?? null;
        expect(canonicalJson(other)).toBe(canonicalJson(value));
      }),
    );
  });

  it('contains the whole value', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(parseJson(canonicalJson(value))).toEqual(value);
      }),
    );
  });

  it('sorts keys by their code units, as RFC 8785 does', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, ö: 7 };
    expect(canonicalJson(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}');
  });

  it('keeps the order of arrays and has no white space', () => {
    expect(canonicalJson({ b: [2, 1, { d: null, c: 'x y' }], a: true })).toBe(
      '{"a":true,"b":[2,1,{"c":"x y","d":null}]}',
    );
  });

  it('keeps a key named __proto__', () => {
    const value: JsonObject = JSON.parse('{"__proto__":1,"a":2}');
    expect(canonicalJson(value)).toBe('{"__proto__":1,"a":2}');
  });
});

describe('reading JSON', () => {
  it('returns the value, including null, and undefined for invalid JSON', () => {
    expect(parseJson('{"a":[1]}')).toEqual({ a: [1] });
    expect(parseJson('null')).toBeNull();
    expect(parseJson('')).toBeUndefined();
    expect(parseJson('{a:1}')).toBeUndefined();
  });

  it('rejects a value that is nested too deeply', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const nested = (levels: number): string => `${open.repeat(levels)}[1]${close.repeat(levels)}`;
      expect(parseOutsideJson(nested(MAX_LEVELS - 1))).toEqual(parseJson(nested(MAX_LEVELS - 1)));
      expect(parseOutsideJson(nested(MAX_LEVELS))).toBe(TOO_DEEP);
      // A file of our own may hold such a value inside others.
      expect(parseJson(nested(MAX_LEVELS + 10))).toBeDefined();
      for (const levels of [5000, 1_000_000]) expect(parseJson(nested(levels))).toBeUndefined();
      expect(parseOutsideJson(open.repeat(5000))).toBeUndefined();
    }
  });

  it('counts levels wherever the deepest one is', () => {
    const value = { a: 1, b: [[], [{ c: [] }], 'x'] };
    expect([3, 4, 5].map((levels) => isDeeperThan(value, levels))).toEqual([true, true, false]);
    expect([0, 1].map((levels) => isDeeperThan([], levels))).toEqual([true, false]);
    expect(isDeeperThan('text', 0)).toBe(false);
  });

  it('distinguishes objects and arrays from everything else', () => {
    const all = [{}, [], null, 'x', 1, true];
    expect(all.map(isJsonObject)).toEqual([true, false, false, false, false, false]);
    expect(all.map(isJsonArray)).toEqual([false, true, false, false, false, false]);
  });

  it('returns a value of the expected type, and null or the given fallback otherwise', () => {
    const all = [{ a: 1 }, ['x', 2], 'text', 0, Number.POSITIVE_INFINITY, null, undefined, true];
    expect(all.map(objectOf)).toEqual([{ a: 1 }, {}, {}, {}, {}, {}, {}, {}]);
    expect(all.map(listOf)).toEqual([[], ['x', 2], [], [], [], [], [], []]);
    expect(all.map(textsOf)).toEqual([[], ['x'], [], [], [], [], [], []]);
    expect(all.map(textOf)).toEqual([null, null, 'text', null, null, null, null, null]);
    expect(all.map((value) => textOr(value, '?'))).toEqual(['?', '?', 'text', '?', '?', '?', '?', '?']);
    expect(all.map(numberOf)).toEqual([null, null, null, 0, null, null, null, null]);
    expect(all.map((value) => numberOr(value, 7))).toEqual([7, 7, 7, 0, 7, 7, 7, 7]);
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonObject, parseJson } from '../../src/core/json.ts';
import { claimsSeal, sealedLine, sealJson, sealOf } from '../../src/io/sealed-line.ts';

const object = fc
  .dictionary(fc.string({ unit: 'binary' }), fc.jsonValue(), { minKeys: 1, noNullPrototype: true })
  .map((value) => JSON.stringify(value));

describe('a sealed text', () => {
  it('has zlib’s checksum of the bytes before it', () => {
    // CRC-32 of `{"a":"é"` as Python's zlib.crc32 gives it.
    expect(sealJson('{"a":"é"}')).toBe('{"a":"é","v":2,"crc":"90ef662e"}');
  });

  it('is valid as written, and returns its content', () => {
    fc.assert(
      fc.property(object, fc.string(), (json, key) => {
        const text = sealJson(json, key);
        expect(sealOf(text, key)).toBe('sound');
        expect(parseJson(text)).toMatchObject({ v: 2 });
      }),
    );
  });

  it('has the same bytes as a line', () => {
    fc.assert(
      fc.property(object, (json) => {
        expect(sealedLine(json.slice(0, -1)).toString()).toBe(`${sealJson(json)}\n`);
      }),
    );
  });

  it('is never valid with one byte changed, and shows by its members that it was sealed if it is still JSON', () => {
    const byte = fc.integer({ min: 1, max: 255 });
    fc.assert(
      fc.property(object, fc.nat(), byte, (json, place, change) => {
        const bytes = Buffer.from(sealJson(json));
        const at = place % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ change;
        const text = bytes.toString('utf8');
        const seal = sealOf(text);
        expect(seal).not.toBe('sound');
        const value = seal === 'none' ? parseJson(text) : undefined;
        if (isJsonObject(value)) expect(claimsSeal(value)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('is broken under another key', () => {
    const text = sealJson('{"a":1}', 'one');
    expect([sealOf(text, 'one'), sealOf(text, 'two'), sealOf(text)]).toEqual(['sound', 'broken', 'broken']);
  });

  it('is not a text of the first format', () => {
    for (const text of ['', '{}', '{"a":1}', '"}', '{"trial_id":"x","crc":1}']) expect(sealOf(text)).toBe('none');
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonObject, parseJson } from '../../src/core/json.ts';
import { claimsSeal, SealedLines, sealJson, sealOf } from '../../src/io/sealed-line.ts';

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
    const lines = new SealedLines();
    fc.assert(
      fc.property(fc.array(object), (texts) => {
        lines.clear();
        const lengths = texts.map((json) => lines.add(json.slice(0, -1)));
        const expected = texts.map((json) => `${sealJson(json)}\n`);
        expect(lines.bytes.toString()).toBe(expected.join(''));
        expect(lengths).toEqual(expected.map((line) => Buffer.byteLength(line)));
      }),
    );
  });

  it('waits for room behind others, and has it alone whatever its length', () => {
    const lines = new SealedLines();
    const [short, long] = ['{"a":1}', JSON.stringify({ a: 'й'.repeat(1_000_000) })];
    expect(lines.add(short.slice(0, -1))).toBeGreaterThan(0);
    expect(lines.add(long.slice(0, -1))).toBe(0);
    expect(lines.bytes.toString()).toBe(`${sealJson(short)}\n`);
    lines.clear();
    expect(lines.add(long.slice(0, -1))).toBeGreaterThan(2_000_000);
    expect(lines.bytes.toString()).toBe(`${sealJson(long)}\n`);
    lines.clear();
    expect(lines.add(short.slice(0, -1))).toBeGreaterThan(0);
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

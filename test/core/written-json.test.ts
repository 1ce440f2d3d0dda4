import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonValue } from '../../src/core/json.ts';
import { jsonText, parseWrittenJson, plainJson } from '../../src/core/written-json.ts';
import { WrittenNumber } from '../../src/core/written-number.ts';

const digits = fc.integer({ min: 0, max: 9 }).map(String);
const whole = fc
  .tuple(fc.integer({ min: 1, max: 9 }).map(String), fc.array(digits, { maxLength: 30 }))
  .map(([first, rest]) => first + rest.join(''));
const fraction = fc.array(digits, { minLength: 1, maxLength: 20 }).map((list) => `.${list.join('')}`);
const exponent = fc
  .tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), fc.integer({ min: 0, max: 400 }))
  .map(([letter, sign, power]) => `${letter}${sign}${power}`);
/** Any number by the grammar of JSON. */
const number = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(whole, fc.constant('0')),
    fc.oneof(fc.constant(''), fraction),
    fc.oneof(fc.constant(''), exponent),
  )
  .map((parts) => parts.join(''));
/** JSON on one line, without spaces, as JSON.stringify writes it. */
const { json } = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    number,
    fc.constantFrom('true', 'false', 'null'),
    fc.string().map((text) => JSON.stringify(text)),
    fc.array(tie('json'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    fc
      .uniqueArray(
        fc.tuple(
          fc.string({ minLength: 1 }).map((key) => `k${key}`),
          tie('json'),
        ),
        {
          selector: ([key]) => key,
          maxLength: 4,
        },
      )
      .map((members) => `{${members.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`),
  ),
}));

describe('parseWrittenJson and jsonText', () => {
  it('keep every number of a text as it is written', () => {
    fc.assert(
      fc.property(json, (text) => {
        const value = parseWrittenJson(text);
        expect(value).toBeDefined();
        expect(jsonText(value ?? null)).toBe(text);
      }),
    );
  });

  it('give the values of JSON.parse to code that reads numbers', () => {
    fc.assert(
      fc.property(json, (text) => {
        fc.pre(!/e\+?\d{3}/i.test(text));
        expect(JSON.stringify(plainJson(parseWrittenJson(text) ?? null))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it.each(['0', '12', '-5', '1.5', '-0.25', '1e-7', '123456789012345', '9007199254740991', '0.1'])(
    'leave %s a plain number',
    (text) => {
      expect(parseWrittenJson(`{"n":${text}}`)).toEqual({ n: Number(text) });
    },
  );

  it.each([
    '98765432109876543210',
    '9007199254740993',
    '1.10',
    '1.0',
    '-0',
    '1e5',
    '1E5',
    '1.5e300',
    '0.0000001',
    '1e400',
  ])('keep the text of %s', (text) => {
    for (const line of [`{"n":${text}}`, `{"n": ${text} }`, `[1,${text}]`, text]) {
      expect(jsonText(parseWrittenJson(line) ?? null)).toBe(line.replaceAll(/ /g, ''));
    }
  });

  it('leave texts that look like numbers alone', () => {
    const text = '{"a":"1.10","b":"x, 1.10","c":"\\"e\\": 1e5","d":1.10,"__proto__":2.50}';
    const value = parseWrittenJson(text);
    expect(value).toMatchObject({ a: '1.10', b: 'x, 1.10', c: '"e": 1e5' });
    expect(jsonText(value ?? null)).toBe(text);
  });

  it('indent as JSON.stringify does', () => {
    expect(jsonText(parseWrittenJson('{"a":[1.10,2]}') ?? null, 1)).toBe('{\n "a": [\n  1.10,\n  2\n ]\n}');
  });
});

describe('WrittenNumber', () => {
  const price: JsonValue = new WrittenNumber('1.10');

  it('is no object of JSON', () => {
    expect(isJsonObject(price)).toBe(false);
  });

  it('counts like a number', () => {
    expect([price.equals(1.1), price.gt(1), price.lt(1), price.geq(1.1), price.leq(1)]).toEqual([
      true,
      true,
      false,
      true,
      false,
    ]);
    expect(Number(price) + 1).toBe(2.1);
    expect(JSON.stringify({ price })).toBe('{"price":1.1}');
  });

  it.each([
    ['1.10', '1.1000', true],
    ['9007199254740993', '9007199254740993', true],
    ['9007199254740993', '9007199254740992', false],
    ['100', '1e2', true],
    ['-0.0', '0', true],
    ['1e400', '10e399', true],
    ['1e400', '1e401', false],
    ['0.1', '0.10000000000000000001', false],
  ])('%s equals %s: %s', (one, other, isEqual) => {
    expect(new WrittenNumber(one).equals(new WrittenNumber(other))).toBe(isEqual);
    if (String(Number(other)) === other) expect(new WrittenNumber(one).equals(Number(other))).toBe(isEqual);
  });
});

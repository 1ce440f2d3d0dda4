import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { itScores, json, makeScorers, scoreOf } from './scoring.ts';

const FENCE = '```';
const LONG = json({ texts: Array.from({ length: 5000 }, (_, index) => `текст ${index}`) });
const DEEP = `${'['.repeat(5000)}${']'.repeat(5000)}`;
const DEEP_OBJECTS = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;

describe('json-valid', () => {
  itScores('json-valid', [
    ['an object is JSON', '{"a": 1}', null, 1],
    ['a number is JSON', '42', null, 1],
    ['a text without quotes is not', 'Paris', null, 0],
    ['an empty answer is not', '', null, 0],
    ['white space around it is JSON', ' \n{"a":1}\n', null, 1],
    ['JSON in a code fence is JSON', `Here:\n${FENCE}json\n{"a": 1}\n${FENCE}\nDone.`, null, 1],
    ['a fence needs no name', `${FENCE}\n[1]\n${FENCE}`, null, 1],
    ['a fence of tildes is one', '~~~json\n{"a":1}\n~~~', null, 1],
    ['an object between words is JSON', 'The answer is {"a": {"b": "}"}} as asked.', null, 1],
    ['an array between words is JSON, even one that is a footnote', 'as shown in [1]', null, 1],
    ['braces that hold no JSON are none', 'a set {a, b}', null, 0],
    ['braces before the JSON do not hide it', 'a {set} and {"a":1}', null, 1],
    ['a brace that is never closed does not hide it', 'a { and {"a":1}', null, 1],
    ['single quotes are no JSON', "{'a': 1}", null, 0],
    ['a comma too many is no JSON', '{"a": 1,}', null, 0],
    ['an end that is missing is no JSON', '{"a": [1, 2', null, 0],
    ['NaN is no JSON', '{"a": NaN}', null, 0],
    ['100 KB of JSON are JSON', LONG, null, 1],
    ['JSON 5,000 levels deep is not judged', DEEP, null, null],
    ['nor is it where there are objects in it', DEEP_OBJECTS, null, null],
    ['5,000 brackets that are not closed are no JSON', '['.repeat(5000), null, 0],
  ]);
  itScores({ type: 'json-valid', whole: true }, [
    ['a fence is other text where the whole answer has to be JSON', `${FENCE}\n{}\n${FENCE}`, null, 0],
    ['the whole answer is JSON', '{}', null, 1],
  ]);
  itScores({ type: 'json-fields', repair: true }, [
    ['a number in JSON that is mended has its digits', '{id: 1234567890123456789}', '{"id": 1234567890123456790}', 0],
  ]);
  itScores({ type: 'json-valid', repair: true }, [
    ['single quotes are mended where that is asked for', "Sure: {'a': 1}", null, 1],
    ['so are a comma too many and a comment', '{"a": 1, /* x */}', null, 1],
    ['so is an end that is missing', '{"a": [1, 2', null, 1],
    ['prose is not made a text', 'Paris', null, 0],
    ['an empty answer has nothing to mend', '', null, 0],
  ]);
});

const SCHEMA = {
  type: 'object',
  required: ['name', 'price'],
  properties: {
    name: { type: 'string', pattern: '^\\p{L}+$' },
    price: { type: 'number', minimum: 0 },
    date: { type: 'string', format: 'date' },
    tags: { type: 'array', prefixItems: [{ const: 'a' }], items: false },
  },
};

/** Path of a file that ends with the test. */
async function file(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'promptgrid-schema-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'schema.json'), text);
  return join(folder, 'schema.json');
}

describe('json-schema', () => {
  const tree = { $ref: '#/$defs/node', $defs: { node: { type: 'array', items: { $ref: '#/$defs/node' } } } };
  itScores({ type: 'json-schema', schema: tree }, [
    ['a tree of some levels fits', '[[[]],[]]', null, 1],
    ['a tree of 5,000 levels is not judged', DEEP, null, null],
  ]);
  itScores({ type: 'json-schema', schema: SCHEMA }, [
    ['all that is required is there', '{"name": "Чай", "price": 1.5}', null, 1],
    ['more than required is allowed unless the schema forbids it', '{"name": "x", "price": 1, "y": 2}', null, 1],
    ['something required is missing', '{"name": "x"}', null, 0],
    ['a number in quotes is a text', '{"name": "x", "price": "1"}', null, 0],
    ['a number out of range', '{"name": "x", "price": -1}', null, 0],
    ['a pattern that does not match', '{"name": "x1", "price": 1}', null, 0],
    ['a date is one', '{"name": "x", "price": 1, "date": "2026-02-28"}', null, 1],
    ['a day that is in no calendar is no date', '{"name": "x", "price": 1, "date": "2026-02-30"}', null, 0],
    ['prefixItems is of draft 2020-12', '{"name": "x", "price": 1, "tags": ["a", "b"]}', null, 0],
    ['JSON in a fence is judged', `${FENCE}json\n{"name": "x", "price": 1}\n${FENCE}`, null, 1],
    ['the longest object between words is judged', 'see [1]: {"name": "x", "price": 1}', null, 1],
    ['an array is no object', '[]', null, 0],
    ['an answer without JSON is wrong', 'x costs 1', null, 0],
    ['an empty answer is wrong', '', null, 0],
  ]);
  itScores({ type: 'json-schema', schema: SCHEMA, repair: true }, [
    ['what is mended is judged', "{'name': 'x', 'price': 1,}", null, 1],
    ['and may be wrong', "{'name': 'x'}", null, 0],
  ]);

  const formula = { properties: { a: { const: String.raw`\(\frac{1}{2}\)` } } };
  itScores({ type: 'json-schema', schema: formula, repair: true }, [
    ['backslashes that are not escaped stay', String.raw`{"a": "\(\frac{1}{2}\)"}`, null, 1],
    ['those that are escaped stay', String.raw`{"a": "\\(\\frac{1}{2}\\)"}`, null, 1],
  ]);

  it('says where the answer does not match', async () => {
    const score = await scoreOf({ type: 'json-schema', schema: SCHEMA }, '{"name": "x", "price": "1"}');
    expect(score.explanation).toBe('/price must be number');
  });

  it('reads a schema from a file', async () => {
    const path = await file(json(SCHEMA));
    expect((await scoreOf(`json-schema:${path}`, '{"name": "x", "price": 1}')).value).toBe(1);
  });

  it.each([
    ['{"type": "objekt"}', /the schema is broken: \/type must be equal to one of the allowed values/],
    ['{"properties": {"a": {"minimum": "1"}}}', /the schema is broken: \/properties\/a\/minimum must be number/],
    ['{"type": ', /is no JSON/],
    ['[]', /a schema is a JSON object/],
    ['{"$ref": "https://example.org/other.json"}', /cannot be used: can't resolve reference/],
    ['{"pattern": "(?=a)"}', /cannot be used: .*`\(\?=`/],
    ['{"$schema": "http://json-schema.org/draft-04/schema#"}', /cannot be used: no schema with key or ref/],
  ])('rejects %s with the reason', async (text, reason) => {
    const path = await file(text);
    const made = makeScorers([`json-schema:${path}`]);
    await expect(made).rejects.toThrow(reason);
    await expect(made).rejects.toThrow(path);
  });

  it('rejects a missing file', async () => {
    await expect(makeScorers(['json-schema:nowhere.json'])).rejects.toThrow('nowhere.json cannot be read');
    await expect(makeScorers(['json-schema'])).rejects.toThrow('--score json-schema: schema:');
  });
});

const EXPECTED = json({ name: 'Ольга', city: 'Тверь', amount: 12_500.5, items: ['a', { n: 1 }] });

describe('json-fields', () => {
  itScores('json-fields', [
    ['all fields are right', EXPECTED, EXPECTED, 1],
    ['the order of keys says nothing', '{"b": 2, "a": 1}', '{"a": 1, "b": 2}', 1],
    ['one of five is wrong', EXPECTED.replace('Тверь', 'Омск'), EXPECTED, 0.8],
    ['a missing field is a wrong one', '{"a": 1}', '{"a": 1, "b": 2}', 0.5],
    ['a field that is not expected does not matter', '{"a": 1, "b": 2}', '{"a": 1}', 1],
    ['white space around texts does not count', '{"a": " x "}', '{"a": "x"}', 1],
    ['case counts', '{"a": "X"}', '{"a": "x"}', 0],
    ['a number in quotes is a text', '{"a": "1"}', '{"a": 1}', 0],
    ['1.0 is 1', '{"a": 1.0}', '{"a": 1}', 1],
    ['so is 10e-1', '{"a": 10e-1}', '{"a": 1}', 1],
    ['the last digit counts', '{"a": 1234567890123456789}', '{"a": 1234567890123456790}', 0],
    ['in a list too', '[0.12345678901234567891]', '[0.12345678901234567892]', 0],
    ['null has to be null', '{}', '{"a": null}', 0],
    ['items of arrays have their places', '[2, 1]', '[1, 2]', 0],
    ['an array that is too short lacks its end', '[1]', '[1, 2]', 0.5],
    ['an empty array is one field', '{"a": []}', '{"a": []}', 1],
    ['and is no empty object', '{"a": {}}', '{"a": []}', 0],
    ['an array is no object with its numbers', '{"0": 1}', '[1]', 0],
    ['an object where a text is expected', '{"a": {"b": "x"}}', '{"a": "x"}', 0],
    ['JSON in a fence is found', `${FENCE}json\n${EXPECTED}\n${FENCE}`, EXPECTED, 1],
    ['an answer without JSON has nothing right', 'Ольга', EXPECTED, 0],
    ['an empty answer has nothing right', '', EXPECTED, 0],
    ['an expected answer that is no JSON cannot be judged by', '{}', 'Ольга', null],
    ['a row that expects nothing cannot be judged', '{}', null, null],
    ['names of the language are plain keys', '{"__proto__": 1}', '{"constructor": 1}', 0],
    ['100 KB of fields are compared', LONG, LONG, 1],
  ]);
  itScores('json-fields:name, city', [['only the keys named count', EXPECTED.replace('12500.5', '1'), EXPECTED, 1]]);
  itScores('json-fields:other', [['keys that nothing has cannot be judged', '{}', EXPECTED, null]]);
  itScores({ type: 'json-fields', extra: 'count' }, [
    ['what is not expected counts as wrong where that is asked for', '{"a": 1, "b": {"c": [1, 2]}}', '{"a": 1}', 1 / 3],
  ]);
  itScores({ type: 'json-fields', tolerance: 0.01, ignoreCase: true }, [
    ['numbers may differ by the tolerance', '{"a": 0.31}', '{"a": 0.3}', 1],
    ['and by no more', '{"a": 0.32}', '{"a": 0.3}', 0],
    ['to the last digit', '{"a": 1234567890123456789}', '{"a": 1234567890123456788}', 0],
    ['without rounding', '{"a": 1234567890123456789.01}', '{"a": 1234567890123456789}', 1],
    ['texts may differ in case where that is asked for', '{"a": "ТВЕРЬ"}', '{"a": "Тверь"}', 1],
  ]);

  it('names the wrong fields', async () => {
    const { explanation } = await scoreOf('json-fields', '{"a": {"b": 1}}', '{"a": {"b": 2, "c": 3}, "d": 4}');
    expect(explanation).toBe('wrong: a.b, a.c, d');
  });
});

import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { valueOf } from '../../src/core/row.ts';
import { isEmptyRow } from '../../src/datasets/empty-rows.ts';
import { DatasetFolder } from './dataset-folder.ts';

let folder: DatasetFolder;
beforeAll(async () => {
  folder = await DatasetFolder.make();
});
afterAll(() => folder.remove());

describe('JSONL', () => {
  it('is read back as written, with its types', async () => {
    const row = fc
      .dictionary(fc.string({ unit: 'binary' }), fc.jsonValue())
      .filter((vars) => !Object.hasOwn(vars, 'id') && !isEmptyRow(vars));
    const rows = fc.array(row, { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom('\n', '\r\n', '\n\n \n'), fc.boolean(), async (all, eol, bom) => {
        const text = (bom ? '\uFEFF' : '') + all.map((vars) => JSON.stringify(vars)).join(eol);
        const read = await folder.rows('any.jsonl', text);
        expect(read.map(({ vars }) => JSON.stringify(vars))).toEqual(all.map((vars) => JSON.stringify(vars)));
      }),
    );
  });

  it('knows the line of each row', async () => {
    const rows = await folder.rows('lines.jsonl', '\n{"a":1}\r\n\r\n  \n{"a":2}');
    expect(rows.map(({ line }) => line)).toEqual([2, 5]);
  });

  it('uses texts and numbers as ids', async () => {
    const rows = await folder.rows('ids.jsonl', '{"id":"a"}\n{"id":7}\n{"id":1.5}\n{"id":" x "}\n');
    expect(rows.map(({ id, hasOwnId }) => [id, hasOwnId])).toEqual([
      ['a', true],
      ['7', true],
      ['1.5', true],
      [' x ', true],
    ]);
    expect(rows[1]?.vars).toEqual({ id: 7 });
  });

  it('keeps ids and values as numbers are written', async () => {
    const rows = await folder.rows('numbers.jsonl', '{"id":98765432109876543210,"price":1.10}\n{"id":1e2,"price":2}\n');
    expect(rows.map(({ id }) => id)).toEqual(['98765432109876543210', '1e2']);
    expect(rows.map((row) => valueOf(row, 'price'))).toEqual(['1.10', '2']);
    expect(rows[1]?.vars['price']).toBe(2);
  });

  it('counts rows from 1 if the first has no id', async () => {
    const rows = await folder.rows('no-ids.jsonl', '{"a":1}\n\n{"id":"later"}\n');
    expect(rows.map(({ id, hasOwnId }) => [id, hasOwnId])).toEqual([
      ['1', false],
      ['2', false],
    ]);
  });

  it('reads a line of 5 MB and one of 200 keys', async () => {
    const long = { text: 'Длинный "текст"\n'.repeat(300_000) };
    const wide = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`key ${index}`, [index, { deep: null }]]),
    );
    const rows = await folder.rows('large.jsonl', `${JSON.stringify(long)}\n${JSON.stringify(wide)}\n`);
    expect(rows[0]?.vars['text'] === long.text).toBe(true);
    expect(rows[1]?.vars).toEqual(wide);
  });
});

describe('faulty JSONL', () => {
  it.each([
    [
      'a line that ends too soon',
      '{"a":1}\n{"a":\n',
      'bad.jsonl:2:6: not JSON: expected a value, found the end of the line',
    ],
    ['a comma too many', '{"a":1,}', 'bad.jsonl:1:8: not JSON: expected a name in double quotes, found "}"'],
    ['a word', '\n{"a": yes}', 'bad.jsonl:2:7: not JSON: expected a value, found "y"'],
    ['single quotes', "{'a':1}", 'bad.jsonl:1:2: not JSON: expected a name in double quotes or "}", found "\'"'],
    ['two objects', '{"a":1} {"a":2}', 'bad.jsonl:1:9: not JSON: expected the end of the line, found "{"'],
    [
      'an object over several lines',
      '{\n"a":1}',
      'bad.jsonl:1:2: not JSON: expected a name in double quotes or "}", found the end of the line',
    ],
    ['a symbol of two code units', '{"a":😀}', 'bad.jsonl:1:6: not JSON: expected a value, found "😀"'],
    ['a list', '{"a":1}\n [1]\n', 'bad.jsonl:2:2: expected an object, found a list'],
    ['a text', '"a"\n', 'bad.jsonl:1:1: expected an object, found a string'],
    ['null', 'null\n', 'bad.jsonl:1:1: expected an object, found null'],
    [
      'a value 5,000 levels deep',
      `{"a":1}\n{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`,
      'bad.jsonl:2: the line is nested more than 500 levels deep',
    ],
    ['a missing id', '{"id":1}\n{"a":1}\n', 'bad.jsonl:2: the row has no id'],
    ['an id that is null', '{"id":null}\n', 'bad.jsonl:1: the row has no id'],
    ['an empty id', '{"id":1}\n\n{"id":" "}\n', 'bad.jsonl:3: the row has no id'],
    ['an id that is a list', '{"id":["a"]}\n', 'bad.jsonl:1: the id is a list'],
    ['an id that is true', '{"id":true}\n', 'bad.jsonl:1: the id is a boolean'],
  ])('reports the position of %s', async (_, content, message) => {
    const error = await folder.failure('bad.jsonl', content);
    expect(error).toMatchObject({ name: 'DatasetError', message });
    expect(String(error.hint)).toMatch(/^(?:[a-z-]|"|`).*[^.]$/s);
  });
});

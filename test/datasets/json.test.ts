import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Row } from '../../src/core/row.ts';
import { isEmptyRow } from '../../src/datasets/empty-rows.ts';
import { jsonFormat } from '../../src/datasets/json.ts';
import { DatasetFolder } from './dataset-folder.ts';

let folder: DatasetFolder;
beforeAll(async () => {
  folder = await DatasetFolder.make();
});
afterAll(() => folder.remove());

const TWO = [{ a: 1, b: 'x' }, { a: 2 }];

describe('JSON', () => {
  it.each([
    ['an array in one line', JSON.stringify(TWO)],
    ['an indented array', JSON.stringify(TWO, null, 2)],
    ['an array with a byte order mark and CRLF', `\uFEFF${JSON.stringify(TWO, null, '\t').replaceAll('\n', '\r\n')}`],
    ['JSON Lines under its ending', TWO.map((row) => JSON.stringify(row)).join('\n')],
    ['indented objects one after the other', TWO.map((row) => JSON.stringify(row, null, 2)).join('\n')],
    ['objects without anything between them', TWO.map((row) => JSON.stringify(row)).join('')],
    [
      'an object with one array of objects',
      JSON.stringify({ meta: { n: 2 }, tags: ['x'], data: TWO, end: true }, null, 1),
    ],
  ])('reads %s', async (_, content) => {
    const rows = await folder.rows('rows.json', content);
    expect(rows.map(({ id, hasOwnId, vars }) => ({ id, hasOwnId, vars }))).toEqual([
      { id: '1', hasOwnId: false, vars: { a: 1, b: 'x' } },
      { id: '2', hasOwnId: false, vars: { a: 2 } },
    ]);
  });

  it('gives each row the line on which it begins, and its id', async () => {
    const content = '[\n  {\n    "id": "x",\n    "t": "]},"\n  },\n\n  { "id": 7 }\n]\n';
    expect(await folder.rows('lines.json', content)).toEqual([
      { id: 'x', hasOwnId: true, vars: { id: 'x', t: ']},' }, line: 2 },
      { id: '7', hasOwnId: true, vars: { id: 7 }, line: 7 },
    ]);
  });

  it('says which key holds the rows, and that an object alone is a row', async () => {
    const notices: string[] = [];
    const onNotice = (text: string) => void notices.push(text);
    await folder.rows('wrapped.json', '{"n": 1, "data": [{"a": 1}]}', { onNotice });
    const conversation = '{"messages": [{"role": "user", "content": "hi"}]}';
    expect(await folder.rows('one.json', conversation, { onNotice })).toMatchObject([
      { vars: JSON.parse(conversation) },
    ]);
    expect(notices.map((text) => text.replace(`${folder.path}/`, ''))).toEqual([
      'wrapped.json: the rows are those of the key "data"',
      'one.json: one object, which is read as one row',
    ]);
  });

  it('reads the rows of an object that is too long to be held in memory', async () => {
    const filler = 'x'.repeat(1024 * 1024);
    const rows = Array.from({ length: 40 }, (_, index) => ({ index, filler }));
    const content = JSON.stringify({ count: 40, data: rows, end: { ok: true } });
    const read = await folder.rows('large.json', content);
    expect(read.map(({ vars }) => vars['index'])).toEqual(rows.map(({ index }) => index));
    const two = JSON.stringify({ data: rows, other: [{ a: 1 }] });
    expect(await folder.failure('two.json', two)).toMatchObject({
      message: 'two.json: the object holds several arrays of objects: "data", "other"',
    });
  }, 60_000);

  it.each([
    ['[{"a": 1},\n {"a": x}]', 'bad.json:2:8: not JSON: expected a value, found "x"'],
    ['[{"a": 1}\n {"a": 2}]', 'bad.json:2:2: not JSON: expected "," or "]", found "{"'],
    ['[{"a": 1},\n]', 'bad.json:2:1: not JSON: expected a value, found "]"'],
    ['[{"a": 1}] x', 'bad.json:1:12: text follows the end of the array'],
    ['[\n{"a": 1},\n{"a": ', 'bad.json:3:1: the file ends inside the value that begins here'],
    ['\n[{"a": 1}', 'bad.json:2:1: the file ends inside the array that begins here'],
    ['[{"a": 1}, 2]', 'bad.json:1:12: expected an object, found a number'],
    ['[{"a": 1}, null, {}]', 'bad.json:1:12: expected an object, found null'],
    ['{"a": 1}\n[]', 'bad.json:2:1: expected the next object or the end of the file, found "["'],
    ['id\n1\n', 'bad.json:1:1: not a JSON array or object'],
    ['id,prompt\n1,a\n', 'bad.json: the file is not JSON but probably CSV'],
    ['[]', 'bad.json: the array is empty'],
    ['{"a": [{"b": 1}], "c": [{"d": 1}]}', 'bad.json: the object holds several arrays of objects: "a", "c"'],
    ['[{"id": "a"},\n {"b": 1}]', 'bad.json:2:2: the row has no id'],
    [`[{"a": ${'['.repeat(600)}${']'.repeat(600)}}]`, 'bad.json:1:2: the object is nested more than 500 levels deep'],
  ])('refuses %.40j', async (content, message) => {
    const error = await folder.failure('bad.json', content);
    expect(error).toMatchObject({ name: 'DatasetError', message });
    expect(error.hint).toBeTruthy();
  });

  it('refuses JSON Lines that are one array, by name', async () => {
    expect(await folder.failure('rows.jsonl', '[\n  {"a": 1}\n]')).toEqual({
      name: 'DatasetError',
      message: 'rows.jsonl: the file is one JSON array, not JSON Lines',
      hint: 'rename it to end in .json, or give --input-format json',
    });
  });

  it.each([
    ['rows.csv', '{"id": 1, "q": "a"}\n{"id": 2, "q": "b"}\n', 'JSON, not CSV', '.jsonl'],
    ['rows.csv', '[\n  {"q": "a, b"}\n]', 'JSON, not CSV', '.json'],
    ['rows.tsv', '{"a\\"b": 1}', 'JSON, not CSV', '.jsonl'],
    ['rows.jsonl', 'id;вопрос\n1;a\n', 'not JSON but probably CSV', '.csv'],
    ['rows.json', 'Вопрос клиента,expected\n1,a\n', 'not JSON but probably CSV', '.csv'],
  ])('names what %s holds instead: %j', async (name, content, what, ending) => {
    const { message, hint } = await folder.failure(name, content);
    expect(message).toBe(`${name}: the file is ${what}`);
    expect(hint).toMatch(new RegExp(`^rename it to end in \\${ending}, or `));
  });

  it.each(['{"a"},b\n1,2\n', '{a: 1},b\n1,2\n', '[x],y\n1,2\n'])('reads %j as CSV', async (content) => {
    expect((await folder.rows('rows.csv', content.replaceAll('"', ''))).length).toBe(1);
  });

  it('finds the same rows wherever the pieces of the text are cut', async () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const objects = fc.array(
      fc.dictionary(fc.string(), value).filter((vars) => !isEmptyRow(vars)),
      { minLength: 1, maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(objects, fc.nat(3), fc.integer({ min: 1, max: 9 }), async (rows, indent, size) => {
        const text = JSON.stringify(rows, null, indent);
        const read = await readAll(pieces(text, size));
        expect(read.map(({ vars }) => vars)).toEqual(JSON.parse(text));
        // One object alone may be a table that holds its rows.
        if (rows.length === 1) return;
        const together = await readAll(pieces(rows.map((row) => JSON.stringify(row, null, indent)).join('\n'), size));
        expect(together.map(({ vars }) => vars)).toEqual(JSON.parse(text));
      }),
    );
  });
});

async function* pieces(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

async function readAll(text: AsyncIterable<string>): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const row of jsonFormat.read({ path: 'rows.json', text, delimiter: null })) rows.push(row);
  return rows;
}

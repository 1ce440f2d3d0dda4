import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configure, makeFolder, refusal } from './project.ts';

/** The value of a request field as `--param field=<text>` gives it. */
async function valueOf(text: string): Promise<unknown> {
  return (await configure({ flags: { param: [`field=${text}`] } })).params['field'];
}

/** The error for the same text. */
function refused(text: string): ReturnType<typeof refusal> {
  return refusal({ flags: { param: [`field=${text}`] } });
}

/** The path of a file with that content. */
async function fileWith(content: string): Promise<string> {
  return join(await makeFolder({ 'schema.json': content }), 'schema.json');
}

describe('a request field on the command line', () => {
  it.each([
    ['7', 7],
    ['-0.5', -0.5],
    ['1e3', 1000],
    ['true', true],
    ['null', null],
    ['"anna"', 'anna'],
    ['["a", "b"]', ['a', 'b']],
    [' {"type": "json_object"} ', { type: 'json_object' }],
  ])('is JSON: %s', async (text, value) => {
    expect(await valueOf(text)).toEqual(value);
  });

  it.each(['anna', 'none', 'auto', 'x=1', 'nullable', 'trueish', '', '-', '—5', 'gpt-4o', 'user@example.org'])(
    'is a text if it does not begin like JSON: %j',
    async (text) => {
      expect(await valueOf(text)).toBe(text);
    },
  );

  it.each([
    ['{"type": json}', 'character 10: not JSON: expected a value, found "j"'],
    ["{'type': 1}", `character 2: not JSON: expected a name in double quotes or "}", found "'"`],
    ['["a", "b"', 'character 10: not JSON: expected "," or "]", found the end of the value'],
    ['"anna', 'character 6: not JSON: expected a closing double quote, found the end of the value'],
    ['1,5', 'character 2: not JSON: expected the end of the value, found ","'],
    ['2024-02-01', 'character 5: not JSON: expected the end of the value, found "-"'],
    ['007', 'character 2: not JSON: expected the end of the value, found "0"'],
    ['.5', 'character 1: not JSON: expected a value, found "."'],
    ['+1', 'character 1: not JSON: expected a value, found "+"'],
    ['-.5', 'character 1: not JSON: expected a value, found "-"'],
    ['True', 'character 1: not JSON: expected a value, found "T"'],
    ['NULL ', 'character 1: not JSON: expected a value, found "N"'],
  ])('is refused if it begins like JSON but is invalid: %j', async (text, fault) => {
    const { message, hint, exitStatus } = await refused(text);
    expect(message).toBe(`--param field=${text}: ${fault}`);
    expect(hint).toBe(`correct the JSON, or put a text into double quotes: --param 'field="text"'`);
    expect(exitStatus).toBe(2);
  });

  it('is quoted in part if it is long', async () => {
    expect((await refused(`{${'x'.repeat(500)}`)).message).toMatch(/^--param field=\{x{59}…: character 2: /);
  });

  it('is refused by its variable if it comes from one', async () => {
    const { message } = await refusal({ env: { PROMPTGRID_PARAM: 'seed=1,5' } });
    expect(message).toMatch(/^PROMPTGRID_PARAM seed=1,5: character 2: /);
  });

  it('is always a text in the settings file, because YAML has types', async () => {
    const yaml = 'param:\n  date: "2024-02-01"\n  file: "@schema.json"\n  seed: 7\n';
    expect((await configure({ yaml })).params).toEqual({ date: '2024-02-01', file: '@schema.json', seed: 7 });
  });
});

describe('a request field from a file', () => {
  it.each([
    ['an object', '{"type": "json_schema",\n "strict": true}\n', { type: 'json_schema', strict: true }],
    ['a byte order mark', '\uFEFF["a"]', ['a']],
    ['a plain value', '7\n', 7],
  ])('is its JSON: %s', async (_what, content, value) => {
    expect(await valueOf(`@${await fileWith(content)}`)).toEqual(value);
  });

  it.each([
    ['{"a": 1,\n "b" 2}', ':2:6: not JSON: expected ":", found "2"'],
    ['{"a": 1}\n{"a": 2}', ':2:1: not JSON: expected the end of the file, found "{"'],
    ['', ':1:1: not JSON: expected a value, found the end of the file'],
  ])('is refused by file, line and column if that is not JSON: %j', async (content, fault) => {
    const path = await fileWith(content);
    expect((await refused(`@${path}`)).message).toBe(`--param field: ${path}${fault}`);
  });

  it('is refused if the file is missing, with the way to write a text', async () => {
    const { message, hint } = await refused('@gone.json');
    expect(message).toBe('--param field=@gone.json: the file cannot be read');
    expect(hint).toBe(`check the path; a text that begins with @ is written --param 'field="@text"'`);
  });

  it('is refused if the file is not UTF-8', async () => {
    const path = await fileWith('');
    await writeFile(path, Buffer.from('["caf\u00E9"]', 'latin1'));
    expect((await refused(`@${path}`)).message).toBe(
      `--param field=@${path}: ${path}:1 is not UTF-8; it looks like windows-1252`,
    );
  });
});

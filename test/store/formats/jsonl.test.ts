import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cell } from '../../../src/core/columns.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { jsonText } from '../../../src/core/written-json.ts';
import { jsonlFormat } from '../../../src/store/formats/jsonl.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptgrid-jsonl-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('results.jsonl', () => {
  it('returns every value, including half a surrogate pair', async () => {
    const codeUnits = fc.array(fc.nat({ max: 0xffff })).map((units) => String.fromCharCode(...units));
    const name = fc.oneof(codeUnits, fc.constantFrom('1', '0', '__proto__', 'row.a'));
    // JSON has no negative zero.
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
    const scalar = fc.oneof(codeUnits, number, fc.boolean(), fc.constant(null));
    const nested = fc.oneof(fc.array(scalar), fc.dictionary(name, fc.array(scalar)));
    const cell: fc.Arbitrary<Cell> = fc.oneof(scalar, nested);
    const table = fc.uniqueArray(name, { minLength: 1, maxLength: 5 }).chain((columns) => {
      const row = fc.array(cell, { minLength: columns.length, maxLength: columns.length });
      return fc.record({ columns: fc.constant(columns), rows: fc.array(row, { maxLength: 5 }) });
    });
    await fc.assert(
      fc.asyncProperty(table, async ({ columns, rows }) => {
        const found = lines(await written(columns, rows)).map((line): unknown => JSON.parse(line));
        const given = rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])));
        expect(found).toEqual(given);
      }),
    );
  });

  it('writes the columns in their order, whatever their names', async () => {
    const text = await written(['b', '1', 'a', '0'], [['x', null, true, { k: [1.5] }]]);
    expect(text).toBe('{"b":"x","1":null,"a":true,"0":{"k":[1.5]}}\n');
  });

  it('writes sparse keys after the columns, in order, and only those with a value', async () => {
    const rows = [['1'], ['1', 2, null, 'd'], ['1', 2, { x: '=1' }, null], ['1', 2, null, null]];
    expect(await written(['a', 'b'], rows, ['1', '__proto__'])).toBe(
      '{"a":"1","b":null}\n{"a":"1","b":2,"__proto__":"d"}\n{"a":"1","b":2,"1":{"x":"=1"}}\n{"a":"1","b":2}\n',
    );
  });

  it('escapes what some readers take for the end of a line', async () => {
    const text = 'a\u2028b\u2029c\u0085d';
    const json = await written([text], [[{ [text]: text }]], []);
    expect(json).toBe(
      String.raw`{"a\u2028b\u2029c\u0085d":{"a\u2028b\u2029c\u0085d":"a\u2028b\u2029c\u0085d"}}` + '\n',
    );
    expect(JSON.parse(json)).toEqual({ [text]: { [text]: text } });
  });

  it.each<[string, (text: string) => Buffer]>([
    ['UTF-8', (text) => Buffer.from(`\uFEFF${text}`)],
    ['UTF-16', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16 with the higher byte first', (text) => Buffer.from(text, 'utf16le').swap16()],
  ])('is read by locator too in %s, with empty lines', async (_name, form) => {
    const path = join(folder, 'saved.jsonl');
    const values = Array.from({ length: 5 }, (_, at) => ({ row_id: `r${at}`, output: `ответ ${at}` }));
    await writeFile(path, form(values.map((value) => `${JSON.stringify(value)}\r\n\r\n`).join('')));
    const places: number[] = [];
    for await (const { value, locator, line } of jsonlFormat.read(path)) {
      expect({ value, line }).toEqual({ value: values[places.length], line: 2 * places.length + 1 });
      places.push(locator);
    }
    const wanted = [0, 3].map((at) => places[at] ?? -1);
    expect([...(await jsonlFormat.pick(path, wanted))]).toEqual([0, 3].map((at, place) => [wanted[place], values[at]]));
  });

  it('keeps formulas unchanged', async () => {
    expect(await written(['=a'], [['=1+1'], ['-5']])).toBe('{"=a":"=1+1"}\n{"=a":"-5"}\n');
  });

  it('returns numbers however they are written, and data of the dataset and of models to the last digit', async () => {
    const path = join(folder, 'saved.jsonl');
    const saved = [
      '"trial_id":"t1","row_id":"7","row.n":1.10,"row.text":"1.0","prompt":"p","model":"m","temperature":0.0',
      '"repeat":"1","status":"completed","output":"1.0","prompt_tokens":1e1,"total_cost":1.5e-05,"cached":0.0',
      '"latency_ms":"","score.exact":1.0,"score.f1":"0.5","score.rouge":1e0,"passed":"True"',
      '"logprobs":[{"logprob":-0.50}],"json":{"n":1.0}',
    ];
    await writeFile(path, `{${saved.join(',')}}\n`);
    const found: JsonObject[] = [];
    for await (const { value } of jsonlFormat.read(path)) found.push(value);
    expect(found.map((value) => jsonText(value))).toEqual([
      [
        '{"trial_id":"t1","row_id":"7","row.n":1.10,"row.text":"1.0","prompt":"p","model":"m","temperature":0',
        '"repeat":1,"status":"completed","output":"1.0","prompt_tokens":10,"total_cost":"0.000015","cached":false',
        '"latency_ms":null,"score.exact":1,"score.f1":0.5,"score.rouge":1,"passed":true',
        '"logprobs":[{"logprob":-0.50}],"json":{"n":1.0}}',
      ].join(','),
    ]);
    expect((await jsonlFormat.pick(path, [0])).get(0)).toEqual(found[0]);
    for await (const batch of jsonlFormat.readHeads?.(path) ?? []) {
      for (const { value } of batch) expect(value['temperature']).toBe(0);
    }
  });

  it('returns the head of every line, whatever the row holds', async () => {
    const head = ['trial_id', 'row_id', 'row.a', 'row.prompt', 'prompt', 'model', 'temperature'];
    const hostile = fc.constantFrom(
      ',"prompt":',
      '","prompt":"p","model":',
      ',"repeat":1,',
      '\\',
      'é€😀\u2028',
      '"',
      '',
    );
    const text = fc.oneof(hostile, fc.string({ unit: 'binary' }));
    const value: fc.Arbitrary<Cell> = fc.oneof(
      text,
      fc.integer(),
      fc.record({ a: text, prompt: text, model: text, repeat: fc.integer() }),
    );
    const row = fc.tuple(text, value, value);
    const trial = fc.tuple(text, text, fc.constantFrom(0, 0.7, null));
    const id = fc.stringMatching(/^t[0-9a-f]{20}$/);
    const table = fc.array(fc.tuple(row, fc.array(fc.tuple(id, trial), { maxLength: 4 })), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(table, async (given) => {
        const rows = given.flatMap(([cells, trials]) => trials.map(([own, variant]) => [own, ...cells, ...variant]));
        await written(
          [...head, 'repeat', 'output'],
          rows.map((cells) => [...cells, 1, 'out,"prompt":']),
        );
        const found: unknown[] = [];
        const heads = jsonlFormat.readHeads?.(join(folder, 'results.jsonl')) ?? [];
        for await (const batch of heads) {
          for (const { value: cells, line } of batch) found.push([line, ...head.map((name) => cells[name])]);
        }
        expect(found).toEqual(rows.map((cells, index) => [index + 1, ...cells]));
      }),
    );
  });

  it('reports a line whose head it cannot read', async () => {
    const path = join(folder, 'foreign.jsonl');
    for (const line of ['{}', 'x', '{"trial_id":"t1","row_id":"1"}', '{"trial_id":"t1","prompt":"p']) {
      await writeFile(path, `${line}\n`);
      const heads = jsonlFormat.readHeads?.(path) ?? [];
      const reading = (async () => {
        for await (const batch of heads) expect([...batch]).toEqual([]);
      })();
      await expect(reading, line).rejects.toThrow('is not a JSON object');
    }
  });

  it('writes nothing without rows', async () => {
    expect(await written(['a'], [])).toBe('');
  });

  it('writes a value of 5 MB', async () => {
    const long = 'é"\n'.repeat(1_500_000);
    const [line = ''] = lines(await written(['a', 'b'], [[long, 1]]));
    const value: unknown = JSON.parse(line);
    expect(value).toEqual({ a: long, b: 1 });
  });
});

function lines(text: string): readonly string[] {
  return text.split('\n').slice(0, -1);
}

async function written(
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  sparse: readonly string[] = [],
): Promise<string> {
  const path = join(folder, 'results.jsonl');
  const writer = await jsonlFormat.write(path, { columns, sparse, delimiter: ',', bom: false });
  for (const row of rows) await writer.write(row);
  await writer.commit();
  return readFile(path, 'utf8');
}

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cell } from '../../../src/core/columns.ts';
import { type JsonObject, textOr } from '../../../src/core/json.ts';
import { formatDecimal, withPoint } from '../../../src/core/money.ts';
import { type ResultFormat, resultFormats } from '../../../src/store/formats/index.ts';
import { hostileText } from '../../support/hostile-text.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptgrid-round-trip-'));
});
afterAll(() => rm(folder, { recursive: true }));

const FORMATS = resultFormats.filter(({ layout }) => layout === 'long');

/** Half a surrogate pair is no text in UTF-8. */
const signs = [
  "'=",
  "''-",
  '\uFEFF',
  '-',
  '@',
  '＝',
  '\u2028',
  '\u0085',
  '_x0041_',
  '<b>',
  '&amp;',
  '\uFFFE',
  'ИСТИНА',
  '1,5',
];
const text = hostileText(...signs).filter((value) => !/\p{Cs}/u.test(value));
const count = fc.nat({ max: 2 ** 31 });
const cost = fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }).map((amount) => withPoint(formatDecimal(amount)));
const orNull = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> => fc.option(value, { freq: 4 });

/** Columns of every kind, in no order of a real run. */
const COLUMNS = {
  trial_id: fc.nat().map((id) => `t${id.toString(16)}`),
  row_id: text.filter((value) => value !== ''),
  'row.text': text,
  prompt: fc.constantFrom('p1', '=p', "'=p", '-5'),
  model: fc.constant('m'),
  temperature: orNull(fc.constantFrom(0, 0.7, 1)),
  repeat: fc.integer({ min: 1, max: 52 }),
  status: fc.constantFrom('completed', 'errored'),
  output: text,
  total_tokens: orNull(count),
  total_cost: orNull(cost),
  currency: orNull(fc.constantFrom('RUB', 'USD')),
  latency_ms: count,
  attempts: fc.nat({ max: 9 }),
  cached: fc.boolean(),
  'score.exact': orNull(fc.constantFrom(0, 1, 0.25, 1e-7)),
  passed: orNull(fc.boolean()),
  error_message: orNull(text.filter((value) => value !== '')),
  'judge.judge.cost': orNull(cost),
} satisfies Record<string, fc.Arbitrary<Cell>>;

const NAMES = Object.keys(COLUMNS);
const table = fc.array(fc.tuple(...Object.values(COLUMNS)), { minLength: 1, maxLength: 4 });

async function write(
  format: ResultFormat,
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
): Promise<string> {
  const path = join(folder, format.fileName);
  const writer = await format.write(path, { columns: names, sparse: [], delimiter: ',', bom: false });
  for (const row of rows) await writer.write(row);
  await writer.commit();
  return path;
}

async function read(format: ResultFormat, path: string): Promise<readonly JsonObject[]> {
  const records: JsonObject[] = [];
  for await (const { value } of format.read(path)) records.push(value);
  return records;
}

describe.each(FORMATS)('results in $name', (format) => {
  it.each(FORMATS.map(({ name }) => name))('are the same when they are written again as %s and read', async (name) => {
    const other = FORMATS.find((each) => each.name === name) ?? format;
    await fc.assert(
      fc.asyncProperty(table, async (rows) => {
        const given = rows.map((row) => Object.fromEntries(NAMES.map((column, place) => [column, row[place] ?? null])));
        const once = await read(format, await write(format, NAMES, rows));
        expect(once).toEqual(given);
        const cells = once.map((record) => NAMES.map((column) => record[column] ?? null));
        const twice = await read(other, await write(other, NAMES, cells));
        expect(twice).toEqual(once);
      }),
      { numRuns: 12 },
    );
    expect((await readdir(folder)).filter((file) => file.startsWith('.'))).toEqual([]);
  });

  it('keep an answer of 5 MB, or say that it was cut', async () => {
    const long = 'é"\n<&>😀'.repeat(700_000);
    const path = join(folder, format.fileName);
    const columns = ['row_id', 'status', 'output', 'total_cost'];
    const writer = await format.write(path, { columns, sparse: [], delimiter: ',', bom: false });
    await writer.write(['1', 'completed', long, '0.0']);
    await writer.commit();
    const [record] = await read(format, path);
    const output = textOr(record?.['output'], '');
    const isWhole = output === long;
    if (format.name === 'xlsx') {
      expect(output).toHaveLength(32_767);
      expect(output.endsWith('… [cut: 5600000 characters]')).toBe(true);
      expect(output).not.toMatch(/\p{Cs}/u);
      expect(writer.notes?.()).toEqual([expect.stringContaining('1 cell is cut at 32767 characters')]);
    } else {
      expect(isWhole).toBe(true);
      expect(writer.notes?.() ?? []).toEqual([]);
    }
  });
});

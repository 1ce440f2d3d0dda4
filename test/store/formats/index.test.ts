import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Dialect, HEAD_BYTES, type ResultFormat, resultFormats } from '../../../src/store/formats/index.ts';

const OPTIONS = { columns: ['trial_id', 'row_id'], sparse: [], delimiter: ',', bom: false };

/** Those that are read back. */
const READ = resultFormats.filter(({ layout }) => layout === 'long');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptgrid-formats-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('result formats', () => {
  it('have unique names and files', () => {
    expect(resultFormats.map(({ name, fileName, isDefault }) => [name, fileName, isDefault])).toEqual([
      ['csv', 'results.csv', true],
      ['jsonl', 'results.jsonl', true],
      ['parquet', 'results.parquet', false],
      ['xlsx', 'results.xlsx', false],
      ['wide-csv', 'results-wide.csv', false],
      ['wide-xlsx', 'results-wide.xlsx', false],
    ]);
  });

  it('include one that keeps every value, for reports and new scores', () => {
    expect(resultFormats.some(({ isDefault, isExact }) => isDefault && isExact)).toBe(true);
  });
});

describe.each(resultFormats)('the result format $name', (format) => {
  const { fileName } = format;

  it('shows the file only at commit', async () => {
    const path = join(folder, fileName);
    const writer = await format.write(path, OPTIONS);
    for (let row = 0; row < 5_000; row++) await writer.write([`row ${row}`, 'x'.repeat(100)]);
    expect(existsSync(path)).toBe(false);
    await writer.commit();
    expect(await readdir(folder)).toEqual([fileName]);
  });

  it('keeps the previous file when it is discarded', async () => {
    const path = join(folder, fileName);
    await writeFile(path, 'before');
    const writer = await format.write(path, OPTIONS);
    await writer.write(['x'.repeat(1_000_000), null]);
    await writer.discard();
    expect(await readFile(path, 'utf8')).toBe('before');
    expect(await readdir(folder)).toEqual([fileName]);
  });

  it('says what to do if the folder is gone', async () => {
    const path = join(folder, 'gone', fileName);
    await expect(format.write(path, OPTIONS)).rejects.toMatchObject({
      name: 'StorageError',
      exitStatus: 4,
      message: expect.stringContaining(`${path} cannot be written: ENOENT`),
      hint: expect.stringMatching(/^make room/),
    });
  });

  it('says what to do if the file cannot be moved to its path', async () => {
    const writer = await format.write(join(folder, fileName), OPTIONS);
    await writer.write(['x'.repeat(1_000_000), null]);
    await rm(folder, { recursive: true });
    await expect(writer.commit()).rejects.toMatchObject({ name: 'StorageError', code: 'E_STORAGE' });
  });

  it('is text if it says so', async () => {
    const path = join(folder, fileName);
    await writeRun(path, format);
    expect((await readFile(path)).includes(0)).toBe(!format.isText);
  });
});

describe.each(READ)('results in $name', (format) => {
  const { fileName } = format;

  it('keep the order of rows that are not awaited', async () => {
    const path = join(folder, fileName);
    const writer = await format.write(path, OPTIONS);
    for (let row = 0; row < 3_000; row++) void writer.write([String(row), 'x'.repeat(500)]);
    await writer.commit();
    const found: unknown[] = [];
    for await (const { value } of format.read(path)) found.push(value['trial_id']);
    expect(found).toEqual(Array.from({ length: 3_000 }, (_, row) => String(row)));
    expect(await readdir(folder)).toEqual([fileName]);
  });

  it('are read as written, and parts of them again by locator', async () => {
    const path = join(folder, fileName);
    await writeRun(path, format);
    const records = [];
    for await (const record of format.read(path)) records.push(record);
    expect(records.map(({ value }) => value)).toEqual(ROWS.map((row) => expect.objectContaining(row)));
    const locators = records.map(({ locator }) => locator);
    expect(locators).toEqual(locators.toSorted((a, b) => a - b));
    const [, second = Number.NaN, , fourth = Number.NaN] = locators;
    expect([...(await format.pick(path, [second, fourth]))]).toEqual([
      [second, expect.objectContaining(ROWS[1])],
      [fourth, expect.objectContaining(ROWS[3])],
    ]);
    expect(records.map(({ line }) => line).every((line, index, all) => line > (all[index - 1] ?? 0))).toBe(true);
  });

  it('are recognised by the first bytes of their file, and not by those of another one', async () => {
    const path = join(folder, fileName);
    for (const dialect of [OPTIONS, { delimiter: ';', bom: true }, { delimiter: '\t', bom: false }]) {
      await writeRun(path, format, dialect);
      const head = (await readFile(path)).subarray(0, HEAD_BYTES);
      expect(resultFormats.filter((each) => each.claims(head)).map(({ name }) => name)).toEqual([format.name]);
      const { delimiter, bom } = { ...dialect, ...(await format.dialectOf?.(path)) };
      expect({ delimiter, bom }).toEqual({ delimiter: dialect.delimiter, bom: dialect.bom });
    }
    expect(format.claims(Buffer.from('something else'))).toBe(false);
    expect(format.claims(Buffer.alloc(0))).toBe(false);
  });
});

describe.each(READ.filter(({ isExact }) => isExact))('results in $name, which is exact,', (format) => {
  const { fileName } = format;

  it('have every value with its type and its keys in order', async () => {
    const path = join(folder, fileName);
    const cells = ['t1', '01', 7, { deep: ["'=1", null, ''] }, '=1+1\n', "'-x", ['a', ''], true];
    const columns = ['trial_id', 'row_id', 'row.10', 'row.2', 'output', 'row.a', 'row.list', 'row.truth'];
    const writer = await format.write(path, { ...OPTIONS, columns });
    await writer.write(cells);
    await writer.commit();
    const records = [];
    for await (const { value } of format.read(path)) records.push(value);
    expect(records).toEqual([Object.fromEntries(columns.map((name, index) => [name, cells[index]]))]);
    expect(Object.keys(records[0] ?? {})).toEqual(columns);
  });
});

/** Results with everything that formats without types have to tell apart by the column. */
const ROWS = ['plain', 'a,b;c\td', '"two"\nlines', '=1+1', ''].map((output, index) => ({
  trial_id: `t${index}`,
  row_id: `0${index}`,
  'row.a': `${index}`,
  prompt: 'p',
  model: 'm',
  temperature: index === 0 ? null : 0.5,
  repeat: 1,
  status: 'completed',
  output,
  total_tokens: index,
  total_cost: '0.15',
  cached: index === 1,
  'score.exact': index === 2 ? null : 0.25,
  passed: index === 2 ? null : index === 3,
  error_code: null,
}));

async function writeRun(path: string, format: ResultFormat, dialect: Partial<Dialect> = {}): Promise<void> {
  const columns = Object.keys(ROWS[0] ?? {});
  const writer = await format.write(path, { ...OPTIONS, ...dialect, columns });
  for (const row of ROWS) await writer.write(Object.values(row));
  await writer.commit();
}

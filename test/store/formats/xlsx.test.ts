import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { xlsxFormat } from '../../../src/store/formats/xlsx.ts';
import {
  columnLetters,
  columnPlace,
  fittingText,
  unescapedText,
  xmlText,
} from '../../../src/store/formats/xlsx-cells.ts';
import { XlsxWriter } from '../../../src/store/formats/xlsx-writer.ts';
import { workbook } from '../../support/xlsx.ts';
import { zipText } from '../../support/zip-text.ts';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptgrid-xlsx-'));
  path = join(folder, 'results.xlsx');
});
afterAll(() => rm(folder, { recursive: true }));

async function partOf(name: string): Promise<string> {
  return (await zipText(path, name)) ?? '';
}

function textXml(at: string, style: number, xml: string): string {
  return `<c r="${at}" t="inlineStr" s="${style}"><is><t xml:space="preserve">${xml}</t></is></c>`;
}

describe('results.xlsx', () => {
  it('has numbers as numbers, with every digit, and everything else as texts', async () => {
    const writer = await XlsxWriter.open(path, ['row_id', 'output', 'total_cost', 'score.a', 'latency_ms', 'passed']);
    await writer.write(['0012', '=1+1', '123456.123456789012', 0.25, 7, true]);
    await writer.write(['2', 'a\u0001<&>\r\n _x0041_', null, null, null, null]);
    await writer.commit();
    const sheet = await partOf('xl/worksheets/sheet1.xml');
    expect(sheet).toContain(
      `<row r="2">${textXml('A2', 2, '0012')}${textXml('B2', 4, '=1+1')}<c r="C2" s="3"><v>123456.123456789012</v></c>` +
        '<c r="D2"><v>0.25</v></c><c r="E2"><v>7</v></c><c r="F2" t="b"><v>1</v></c></row>',
    );
    expect(sheet).toContain(textXml('B3', 0, 'a_x0001_&lt;&amp;&gt;_x000D_\n _x005F_x0041_'));
    expect(sheet).not.toContain('<f>');
  });

  it('has a frozen first row, a filter and sized columns', async () => {
    const writer = await XlsxWriter.open(path, ['row_id', 'output']);
    await writer.write(['1', 'a']);
    await writer.commit();
    const sheet = await partOf('xl/worksheets/sheet1.xml');
    expect(sheet).toContain('<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>');
    expect(sheet).toContain('<autoFilter ref="A1:B2"/>');
    expect(sheet).toContain('<col min="2" max="2" width="60" customWidth="1"/>');
    expect(await partOf('xl/workbook.xml')).toContain(`hidden="1">'results'!$A$1:$B$2</definedName>`);
  });

  it('continues on further sheets, and ends with the summary', async () => {
    const writer = await XlsxWriter.open(path, ['row_id', 'output'], { rows: 3, units: 1e9 });
    for (let row = 1; row <= 5; row++) await writer.write([String(row), row === 5 ? 'x'.repeat(40_000) : 'a']);
    await writer.commit({ columns: ['model', 'total_cost'], rows: [['m', '1.5']] });
    const names = [...(await partOf('xl/workbook.xml')).matchAll(/<sheet name="([^"]+)"/g)].map(([, name]) => name);
    expect(names).toEqual(['results', 'results 2', 'results 3', 'summary']);
    const ids: unknown[] = [];
    for await (const { value } of xlsxFormat.read(path)) ids.push(value['row_id']);
    expect(ids).toEqual(['1', '2', '3', '4', '5']);
    const summary = await partOf('xl/worksheets/sheet4.xml');
    expect(summary).toContain('<c r="B2" s="3"><v>1.5</v></c>');
    expect(summary).toContain('1 cells of the results are cut at 32767 characters');
  });

  it('that has a damaged byte is refused', async () => {
    const writer = await XlsxWriter.open(path, ['row_id']);
    await writer.write(['1']);
    await writer.commit();
    const bytes = await readFile(path);
    const name = 'xl/worksheets/sheet1.xml';
    const place = bytes.indexOf(name) + name.length + 20;
    bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
    await writeFile(path, bytes);
    const read = async () => {
      for await (const { value } of xlsxFormat.read(path)) expect(value).toEqual({ row_id: '1' });
    };
    await expect(read()).rejects.toMatchObject({ code: 'E_RESULTS' });
  });

  it('that is cut off, or is no workbook, is refused', async () => {
    const writer = await XlsxWriter.open(path, ['row_id']);
    await writer.write(['1']);
    await writer.commit();
    await truncate(path, 300);
    await expect(xlsxFormat.read(path)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'E_RESULTS',
      message: expect.stringContaining('cannot be read as a workbook'),
    });
  });
});

async function outputs(file: Uint8Array): Promise<readonly unknown[]> {
  await writeFile(path, file);
  const found: unknown[] = [];
  for await (const { value } of xlsxFormat.read(path)) found.push(value['output']);
  return found;
}

describe('a workbook that a spreadsheet saved', () => {
  const results = {
    name: 'results',
    rows: [
      ['trial_id', 'row_id', 'output'],
      ['t1', 'r1', "'=x"],
      ['t2', 'r2', "''=x"],
    ],
  };

  it('keeps its apostrophes where it was one of ours, and loses the guards of a CSV file', async () => {
    const summary = { name: 'summary', rows: [['model'], ['m']] };
    expect(await outputs(workbook([results, summary]))).toEqual(["'=x", "''=x"]);
    expect(await outputs(workbook([results]))).toEqual(['=x', "'=x"]);
  });
});

describe('a workbook whose rows were cleared in a spreadsheet', () => {
  it('has the others, each where a row is picked by its place among them', async () => {
    const rows = [['row_id', 'output'], ['', ' '], ['1', 'a'], [], ['2', 'b'], ['', '']];
    await writeFile(path, workbook([{ name: 'results', rows }]));
    const found = [];
    for await (const { value, locator } of xlsxFormat.read(path)) found.push([locator, value]);
    expect(found).toEqual([
      [0, { row_id: '1', output: 'a' }],
      [1, { row_id: '2', output: 'b' }],
    ]);
    expect([...(await xlsxFormat.pick(path, [1])).values()]).toEqual([{ row_id: '2', output: 'b' }]);
  });
});

describe('the cells of a workbook', () => {
  it.each([
    [0, 'A'],
    [25, 'Z'],
    [26, 'AA'],
    [701, 'ZZ'],
    [702, 'AAA'],
    [16_383, 'XFD'],
  ])('have letters for their column: %d, %s', (place, letters) => {
    expect(columnLetters(place)).toBe(letters);
    expect(columnPlace(`${letters}7`)).toBe(place);
  });

  it('keep every UTF-16 code unit', () => {
    for (let unit = 0; unit <= 0xffff; unit++) {
      const text = `a${String.fromCharCode(unit)}_x0001_`;
      const xml = xmlText(text);
      expect(unescapedText(xml.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')) === text).toBe(
        true,
      );
    }
  });

  it.each([
    ['x'.repeat(32_767), 32_767, false],
    ['x'.repeat(32_768), 32_767, true],
    [`${'x'.repeat(32_742)}${'😀'.repeat(20)}`, 32_767, true],
  ])('hold at most 32,767 code units', (text, length, isCut) => {
    const fitting = fittingText(text);
    expect(fitting).toHaveLength(length);
    expect(fitting.endsWith(`… [cut: ${text.length} characters]`)).toBe(isCut);
    expect(/\p{Cs}/u.test(fitting)).toBe(false);
  });
});

import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ZipArchive } from '../../src/io/zip-archive.ts';
import { hostileText } from '../support/hostile-text.ts';
import { type SheetCell, styled, workbook } from '../support/xlsx.ts';
import { DatasetFolder, readAll } from './dataset-folder.ts';

let folder: DatasetFolder;
beforeAll(async () => {
  folder = await DatasetFolder.make();
});
afterAll(() => folder.remove());

/** The values of a column `x`, from cells below its header. */
async function values(cells: readonly SheetCell[], parts: Parameters<typeof workbook>[1] = {}): Promise<unknown[]> {
  const rows = cells.map((cell): SheetCell[] => [cell, 'end']);
  const content = workbook([{ name: 'S', rows: [['x', 'y'], ...rows] }], parts);
  return (await folder.rows('values.xlsx', content)).map(({ vars }) => vars['x']);
}

async function notices(name: string, content: Uint8Array, sheet: string | null = null): Promise<readonly string[]> {
  const found: string[] = [];
  await folder.rows(name, content, { sheet, onNotice: (note) => void found.push(note.replace(`${folder.path}/`, '')) });
  return found;
}

function text(ref: string, value: string): string {
  return `<c r="${ref}" t="inlineStr"><is><t>${value}</t></is></c>`;
}

describe('a workbook', () => {
  it('gives a row for each row below the header, with its number in the sheet', async () => {
    const content = workbook([
      {
        name: 'S',
        rows: [
          ['id', 'question'],
          ['a', 'one'],
          ['b', 'two'],
        ],
      },
    ]);
    expect(await folder.rows('rows.xlsx', content)).toEqual([
      { id: 'a', hasOwnId: true, vars: { id: 'a', question: 'one' }, line: 2 },
      { id: 'b', hasOwnId: true, vars: { id: 'b', question: 'two' }, line: 3 },
    ]);
  });

  it('has the same cells when it is read as when it was written', async () => {
    const cell = fc.oneof(
      hostileText(),
      fc.boolean(),
      fc.integer(),
      fc
        .double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 })
        .map((value) => Number(value.toPrecision(15)) || 0)
        .filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value)),
    );
    const width = fc.integer({ min: 1, max: 6 });
    const table = width.chain((columns) =>
      fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 8 }),
    );
    await fc.assert(
      fc.asyncProperty(table, async (rows) => {
        const names = (rows[0] ?? []).map((_, index) => `c${index}`);
        // A row without anything in it is not a row.
        const written = [['key', ...names], ...rows.map((row) => ['k', ...row])];
        const read = await folder.rows('any.xlsx', workbook([{ name: 'S', rows: written }]));
        expect(read.map(({ vars }) => names.map((name) => vars[name]))).toEqual(rows);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps what people see of a number', async () => {
    const formats = [
      '0.00',
      '0%',
      '0.0%',
      '#,##0.00',
      '"$"#,##0.00',
      '0',
      '0.##',
      '[Red]0.0;(0.0)',
      '0.00E+00',
      '# ?/?',
      '0,',
      '00000',
      '00.0',
      '"№ "000000000000',
    ];
    const cells: readonly (readonly [SheetCell, unknown])[] = [
      [styled(0, '1.1000000000000001'), 1.1],
      [styled(0, '0.30000000000000004'), 0.3],
      [styled(0, '12345678901234567890'), '12345678901234567890'],
      [styled(0, '9007199254740993'), '9007199254740993'],
      [styled(0, '1E-7'), 1e-7],
      [styled(0, '-0.5'), -0.5],
      [styled(1, '1.1'), '1.10'],
      [styled(1, '1.005'), '1.01'],
      [styled(1, '-0.001'), '0.00'],
      [styled(2, '0.125'), '13%'],
      [styled(3, '0.125'), '12.5%'],
      [styled(3, '1'), '100.0%'],
      [styled(4, '1234567.891'), '1234567.89'],
      [styled(5, '1234.5'), '1234.50'],
      [styled(6, '41.6'), 42],
      [styled(6, '7'), 7],
      [styled(7, '1.5'), '1.5'],
      [styled(7, '2'), '2'],
      [styled(8, '-1.25'), '-1.3'],
      [styled(9, '12345.5'), 12345.5],
      [styled(10, '0.5'), 0.5],
      [styled(11, '12000'), 12000],
      // Ids and codes whose zeros a format adds.
      [styled(12, '7'), '00007'],
      [styled(12, '-7.6'), '-00008'],
      [styled(12, '123456'), '123456'],
      [styled(13, '1.25'), '01.3'],
      [styled(14, '7707083893'), '007707083893'],
    ];
    expect(
      await values(
        cells.map(([cell]) => cell),
        { formats },
      ),
    ).toEqual(cells.map(([, value]) => value));
  });

  it('gives dates and times as ISO 8601', async () => {
    const formats = [
      'dd.mm.yyyy',
      'yyyy-mm-dd hh:mm:ss',
      'h:mm',
      '[h]:mm:ss',
      'mmm yy',
      '[$-419]d mmmm yyyy;@',
      'mm:ss.0',
    ];
    const cells: readonly (readonly [SheetCell, unknown])[] = [
      [styled(1, '45322'), '2024-01-31'],
      [styled(1, '45322.75'), '2024-01-31'],
      [styled(2, '45322.75'), '2024-01-31T18:00:00'],
      [styled(2, '45322.999999999'), '2024-02-01T00:00:00'],
      [styled(2, '45322.5000057870'), '2024-01-31T12:00:00.5'],
      [styled(3, '0.5'), '12:00:00'],
      [styled(3, '45322.25'), '06:00:00'],
      [styled(4, '1.5'), '36:00:00'],
      [styled(5, '1'), '1900-01-01'],
      [styled(6, '59'), '1900-02-28'],
      [styled(6, '60'), '1900-02-29'],
      [styled(6, '61'), '1900-03-01'],
      [styled(1, '2958465'), '9999-12-31'],
      [styled(1, '-1'), -1],
      [styled(7, '0.0001'), '00:00:08.64'],
      [{ xml: '<c r="{ref}" t="d"><v>2024-01-31</v></c>' }, '2024-01-31'],
    ];
    expect(
      await values(
        cells.map(([cell]) => cell),
        { formats },
      ),
    ).toEqual(cells.map(([, value]) => value));
    expect(await values([styled(1, '0')], { formats, is1904: true })).toEqual(['1904-01-01']);
  });

  it('reads texts in every way that they are stored, and trims none', async () => {
    const cells: readonly (readonly [SheetCell, unknown])[] = [
      ['  spaces  ', '  spaces  '],
      ['line\nbreak\ttab', 'line\nbreak\ttab'],
      ['\r\n_x000D_', '\r\n_x000D_'],
      [{ xml: '<c r="{ref}" t="s"><v>0</v></c>' }, 'rich text'],
      [{ xml: '<c r="{ref}" t="s"><v>1</v></c>' }, '東京'],
      [{ xml: '<c r="{ref}" t="inlineStr"><is><t> in </t></is></c>' }, ' in '],
      [{ xml: '<c r="{ref}" t="inlineStr"><is><r><t>a</t></r><r><rPr><b/></rPr><t>b</t></r></is></c>' }, 'ab'],
      [{ xml: '<c r="{ref}" t="str"><f>A1&amp;"x"</f><v>a&lt;b</v></c>' }, 'a<b'],
      [{ xml: '<c r="{ref}"><f>1+1</f><v>2</v></c>' }, 2],
      [{ xml: '<c r="{ref}" t="str"><f>""</f><v></v></c>' }, ''],
      [{ xml: '<c r="{ref}" t="e"><v>#N/A</v></c>' }, '#N/A'],
      [{ xml: '<c r="{ref}" t="s"/>' }, ''],
      [{ xml: '<c r="{ref}" s="0"/>' }, ''],
    ];
    const strings = [
      '<r><rPr><b/></rPr><t>rich</t></r><r><t xml:space="preserve"> text</t></r>',
      '<t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh>',
    ];
    expect(
      await values(
        cells.map(([cell]) => cell),
        { strings },
      ),
    ).toEqual(cells.map(([, value]) => value));
  });

  it('takes the first sheet that is visible, or the one that is named', async () => {
    const content = workbook([
      { name: 'Hidden', state: 'hidden', rows: [['x'], ['h']] },
      { name: 'Data', rows: [['x'], ['d']] },
      { name: '2', rows: [['x'], ['two']] },
    ]);
    const read = async (sheet: string | null) => (await folder.rows('sheets.xlsx', content, { sheet }))[0]?.vars['x'];
    expect([await read(null), await read('data'), await read('1'), await read('2'), await read('3')]).toEqual([
      'd',
      'd',
      'h',
      'two',
      'two',
    ]);
    expect(await notices('sheets.xlsx', content)).toEqual([
      'sheets.xlsx: reading the sheet "Data", the first of 2; --sheet names another',
    ]);
    expect(await notices('sheets.xlsx', content, 'Data')).toEqual([]);
    const error = await folder.failure('sheets.xlsx', content, { sheet: 'Dta' });
    expect(error).toMatchObject({ name: 'UsageError', hint: 'name one of its sheets: 1 "Hidden", 2 "Data", 3 "2"' });
    expect(await folder.failure('rows.csv', 'a\n1\n', { sheet: 'Data' })).toMatchObject({ name: 'UsageError' });
  });

  it('says what it skips and what people may not expect', async () => {
    const data = [
      `<row r="3">${text('B3', ' q ')}${text('C3', 'a')}</row>`,
      `<row r="4" hidden="1">${text('B4', 'one')}</row>`,
      '<row r="5"><c r="B5" s="0"/></row>',
      `<row r="8"><c r="B8" t="e"><v>#REF!</v></c></row>`,
      '<row r="9"/>',
    ].join('');
    const after = '<mergeCells count="2"><mergeCell ref="B4:B6"/><mergeCell ref="A1:C1"/></mergeCells>';
    const content = workbook([{ name: 'S', data, after }], { files: { 'xl/vbaProject.bin': 'x' } });
    const rows = await folder.rows('odd.xlsm', content);
    expect(rows.map(({ vars, line }) => ({ vars, line }))).toEqual([
      { vars: { q: 'one', a: '' }, line: 4 },
      { vars: { q: '#REF!', a: '' }, line: 8 },
    ]);
    expect(await notices('odd.xlsm', content)).toEqual([
      'odd.xlsm: the workbook has macros, which are not run; cells have their stored values',
      'odd.xlsm: blanks around column names are ignored: " q "',
      'odd.xlsm: sheet "S": 3 empty rows are skipped, the first is row 5',
      'odd.xlsm: sheet "S": 1 hidden row is read like the others',
      'odd.xlsm: sheet "S": only the first cell of merged cells has their value (B4:B6)',
      'odd.xlsm: sheet "S": 1 cell is showing an error: #REF! in B8',
    ]);
  });

  it('reads names without a place, and tags with a prefix', async () => {
    const data = '<row><c t="inlineStr"><is><t>x</t></is></c></row><row><c><v>5</v></c></row>';
    expect(await folder.rows('plain.xlsx', workbook([{ name: 'S', data }]))).toMatchObject([
      { vars: { x: 5 }, line: 2 },
    ]);
    const prefixed = workbook([{ name: 'S', data }], {
      files: {
        'xl/worksheets/sheet1.xml':
          '<x:worksheet xmlns:x="m"><x:sheetData><x:row r="1"><x:c r="A1" t="str"><x:v>x</x:v></x:c></x:row><x:row r="2"><x:c r="A2"><x:v>5</x:v></x:c></x:row></x:sheetData></x:worksheet>',
      },
    });
    expect(await folder.rows('prefix.xlsx', prefixed)).toMatchObject([{ vars: { x: 5 } }]);
  });

  it('reads 16,384 columns', async () => {
    const names = Array.from({ length: 16_384 }, (_, index) => `c${index}`);
    const [row] = await folder.rows('wide.xlsx', workbook([{ name: 'S', rows: [names, names] }]));
    expect(Object.keys(row?.vars ?? {})).toHaveLength(16_384);
    expect(row?.vars['c16383']).toBe('c16383');
  });
});

const formula = { xml: '<c r="{ref}"><f>SUM(A1:A9)</f><v></v></c>' };
const ole = Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), Buffer.alloc(600)]);
const good = Buffer.from(workbook([{ name: 'S', rows: [['x'], ['a'.repeat(5000)]] }]));

const REFUSED: readonly (readonly [string, string, Uint8Array, string])[] = [
  ['an old workbook', 'a.xls', ole, 'the file is in the old format of Excel 97 to 2003 (.xls)'],
  ['an old workbook under a new name', 'a.xlsx', ole, 'the file is in the old format of Excel 97 to 2003 (.xls)'],
  [
    'a workbook with a password',
    'a.xlsx',
    Buffer.concat([ole, Buffer.from('EncryptedPackage', 'utf16le')]),
    'the workbook is protected with a password',
  ],
  ['a workbook under the name of a CSV', 'a.csv', good, 'the file is an Excel workbook'],
  [
    'CSV under the name of a workbook',
    'a.xlsx',
    Buffer.from('a,b\n1,2\n'),
    'the file is not an Excel workbook but probably text',
  ],
  [
    'HTML under the name of a workbook',
    'a.xls',
    Buffer.from('\n<html><table></table></html>'),
    'the file is a web page (HTML)',
  ],
  [
    'XML of 2003',
    'a.xls',
    Buffer.from('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'),
    'the file is a workbook in the format XML Spreadsheet 2003',
  ],
  [
    'a workbook that is cut off',
    'a.xlsx',
    good.subarray(0, -40),
    'the workbook is cut off: the list of files at its end is missing',
  ],
  [
    'an archive of something else',
    'a.xlsx',
    zipSync({ 'a.txt': strToU8('x') }),
    'the file is a ZIP archive, but not a workbook',
  ],
  [
    'an OpenDocument sheet',
    'a.ods',
    zipSync({ mimetype: strToU8('x'), 'content.xml': strToU8('x') }),
    'the file is an OpenDocument file (.ods)',
  ],
  [
    'a binary workbook',
    'a.xlsb',
    workbook([], {
      files: {
        '_rels/.rels':
          '<Relationships><Relationship Id="r" Type="x/officeDocument" Target="xl/workbook.bin"/></Relationships>',
      },
    }),
    'the file is a binary workbook (.xlsb)',
  ],
  [
    'a document',
    'a.xlsx',
    workbook([], {
      files: {
        '_rels/.rels':
          '<Relationships><Relationship Id="r" Type="x/officeDocument" Target="word/document.xml"/></Relationships>',
        'word/document.xml': '<a/>',
      },
    }),
    'the file is a Word document',
  ],
  [
    'a formula without a result',
    'a.xlsx',
    workbook([
      {
        name: 'Data',
        rows: [
          ['x', 'y'],
          ['a', formula],
        ],
      },
    ]),
    'sheet "Data", cell B2: the formula has no stored result',
  ],
  [
    'a cell below no name',
    'a.xlsx',
    workbook([{ name: 'Data', rows: [['x', null, 'z'], ['a'], ['a', 'b']] }]),
    'sheet "Data", cell B3: its column has no name, cell B1 is empty',
  ],
  [
    'two columns of one name',
    'a.xlsx',
    workbook([{ name: 'Data', rows: [['x', 'y', 'x '], ['a']] }]),
    'sheet "Data", cell C1: the column is named "x" like column A',
  ],
  [
    'a row without an id',
    'a.xlsx',
    workbook([
      {
        name: 'Data',
        rows: [
          ['q', 'id'],
          ['a', 'b'],
          ['a', ' '],
        ],
      },
    ]),
    'sheet "Data", cell B3: the row has no id',
  ],
  [
    'a sheet with a header only',
    'a.xlsx',
    workbook([{ name: 'Data', rows: [['x']] }]),
    'sheet "Data" has a header but no rows',
  ],
  ['an empty sheet', 'a.xlsx', workbook([{ name: 'Data', rows: [] }]), 'sheet "Data" is empty'],
  ['no sheet', 'a.xlsx', workbook([]), 'the workbook has no sheet with cells'],
  [
    'broken XML',
    'a.xlsx',
    workbook([{ name: 'Data', data: '<row r="1"><c></row>' }]),
    'the workbook is damaged (sheet "Data"): xl/worksheets/sheet1.xml is not well-formed XML',
  ],
  [
    'a shared text that is missing',
    'a.xlsx',
    workbook([{ name: 'Data', data: '<row r="1"><c r="A1" t="s"><v>7</v></c></row>' }]),
    'the workbook is damaged (sheet "Data"): the shared text 7 is missing',
  ],
  [
    'a column too many',
    'a.xlsx',
    workbook([{ name: 'Data', data: '<row r="1"><c r="XFE1"><v>7</v></c></row>' }]),
    'the workbook is damaged (sheet "Data"): the cell behind A1 has the name XFE1',
  ],
];

describe('a file that is no workbook to read', () => {
  it.each(REFUSED)('is refused with its cause: %s', async (_what, name, content, message) => {
    const error = await folder.failure(name, content);
    expect(error.name).toBe('DatasetError');
    expect(error.message.slice(0, `${name}: ${message}`.length)).toBe(`${name}: ${message}`);
    expect(error.hint).toBeTruthy();
  });

  it('is refused if a part of it unpacks to far more than its size', async () => {
    const bytes = zipSync({ a: new Uint8Array(5_000_000) });
    const source = { size: bytes.length, read: async (start: number, end: number) => bytes.slice(start, end) };
    const archive = await ZipArchive.open(source);
    const [entry] = archive.entries;
    const reading = async () => {
      if (entry === undefined) return;
      for await (const block of archive.read(entry, { freeBytes: 1000, ratio: 100 }))
        expect(block.length).toBeLessThan(1e6);
    };
    await expect(reading()).rejects.toThrow('it unpacks to more than 100 times its size');
  });

  it('is never read wrong where a byte of it is damaged', async () => {
    const expected = await folder.rows('good.xlsx', good);
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const damaged = Buffer.from(good);
        damaged[at] = (damaged[at] ?? 0) ^ change;
        const read = await folder.rows('damaged.xlsx', damaged).catch((error: unknown) => error);
        if (read instanceof Error) expect(read).toHaveProperty('hint');
        else expect(read).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});

const hasOffice = spawnSync('soffice', ['--version']).status === 0;

describe.skipIf(!hasOffice)('a workbook of LibreOffice (needs soffice)', () => {
  it('has the cells of the CSV that it was made from', async () => {
    const path = await folder.write(
      'made.csv',
      'id,text,number,day,share\n001,"a ""b""\nc",1.5,2024-01-31,12.5%\nzwei, x ,-3,1999-12-31,50%\n',
    );
    const profile = `-env:UserInstallation=file://${join(folder.path, 'profile')}`;
    const made = spawnSync('soffice', [profile, '--headless', '--convert-to', 'xlsx', '--outdir', folder.path, path]);
    expect(made.status).toBe(0);
    const rows = await readAll(join(folder.path, 'made.xlsx'));
    expect(rows.map(({ vars }) => vars)).toEqual([
      { id: 1, text: 'a "b"\nc', number: 1.5, day: '2024-01-31', share: '12.5%' },
      { id: 'zwei', text: ' x ', number: -3, day: '1999-12-31', share: '50%' },
    ]);
    expect((await readFile(join(folder.path, 'made.xlsx'))).subarray(0, 2).toString()).toBe('PK');
  }, 120_000);
});

import { stringify } from 'csv-stringify/sync';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Row } from '../../src/core/row.ts';
import { csvFormat } from '../../src/datasets/csv.ts';
import { hostileText } from '../support/hostile-text.ts';
import { DatasetFolder } from './dataset-folder.ts';

const DELIMITERS = [',', ';', '\t'];

let folder: DatasetFolder;
beforeAll(async () => {
  folder = await DatasetFolder.make();
});
afterAll(() => folder.remove());

const cellText = hostileText('""', '\uFEFF');

const columnName = fc
  .oneof(fc.constantFrom('__proto__', 'constructor', '1', '0'), cellText)
  .map((name) => name.trim())
  .filter((name) => name !== '' && name !== 'id' && !name.startsWith('\uFEFF'));

const anyTable = fc.uniqueArray(columnName, { minLength: 1, maxLength: 5 }).chain((columns) => {
  const cells = fc.array(cellText, { minLength: columns.length, maxLength: columns.length });
  return fc.record({ columns: fc.constant(columns), cells: fc.array(cells, { minLength: 1, maxLength: 6 }) });
});

const table = anyTable.filter(({ cells }) => filled(cells).length > 0);

const dialect = fc.record({
  delimiter: fc.constantFrom(...DELIMITERS),
  bom: fc.boolean(),
  eol: fc.constantFrom('\n', '\r\n'),
  eof: fc.boolean(),
});

type Table = { readonly columns: string[]; readonly cells: string[][] };
type Dialect = { readonly delimiter: string; readonly bom: boolean; readonly eol: string; readonly eof: boolean };

/** Rows of several cells with anything in them. */
function filled(cells: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return cells.filter((row) => row.length === 1 || row.some((cell) => cell.trim() !== ''));
}

describe('CSV', () => {
  it('is read back verbatim, in every dialect', async () => {
    await fc.assert(
      fc.asyncProperty(table, dialect, async (data, written) => {
        // Zero bytes in places of one parity are UTF-16 to the reader of files.
        fc.pre(!write(data, written).includes('\0'));
        const rows = await folder.rows('any.csv', write(data, written), { delimiter: written.delimiter });
        expect(cellsOf(rows, data.columns)).toEqual(filled(data.cells));
      }),
      { numRuns: 300 },
    );
  });

  it('is read back verbatim wherever the pieces of the text end', async () => {
    await fc.assert(
      fc.asyncProperty(table, dialect, fc.integer({ min: 1, max: 9 }), async (data, written, size) => {
        const text = pieces(write(data, { ...written, bom: false }), size);
        const rows: Row[] = [];
        const file = { path: 'any.csv', text, delimiter: written.delimiter };
        for await (const row of csvFormat.read(file)) rows.push(row);
        expect(cellsOf(rows, data.columns)).toEqual(filled(data.cells));
      }),
      { numRuns: 200 },
    );
  });

  it('knows the line on which each row begins', async () => {
    const rows = fc.array(fc.record({ cell: cellText, blankLines: fc.nat({ max: 2 }) }), {
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom('\n', '\r\n', '\r'), async (all, eol) => {
        let text = `a,b${eol}`;
        let line = 2;
        const lines: number[] = [];
        for (const { cell, blankLines } of all) {
          lines.push(line + blankLines);
          line += blankLines + 1 + (cell.match(/\r\n|\n|\r/g)?.length ?? 0);
          text += `${eol.repeat(blankLines)}x,"${cell.replaceAll('"', '""')}"${eol}`;
        }
        fc.pre(!text.includes('\0'));
        const found = await folder.rows('lines.csv', text);
        expect(found.map((row) => row.line)).toEqual(lines);
      }),
    );
  });

  it.each(DELIMITERS)('detects the delimiter %j in the header', async (delimiter) => {
    const others = DELIMITERS.filter((other) => other !== delimiter).join('');
    const text = ['a', `"b${others.repeat(5)}"`, 'c'].join(delimiter);
    const rows = await folder.rows('detect.csv', `${text}\n${['1', others.repeat(9), '3'].join(delimiter)}\n`);
    expect(rows.map(({ vars }) => Object.values(vars))).toEqual([['1', others.repeat(9), '3']]);
  });

  it('prefers the header to a delimiter that it does not have', async () => {
    const rows = await folder.rows('asked.csv', 'a,b\n1;2,3\n', { delimiter: ';' });
    expect(rows).toMatchObject([{ vars: { a: '1;2', b: '3' } }]);
  });

  it('uses the requested delimiter if the header has it', async () => {
    const rows = await folder.rows('asked.csv', 'a,b,c;d\n1,1,1;2\n', { delimiter: ';' });
    expect(rows).toMatchObject([{ vars: { 'a,b,c': '1,1,1', d: '2' } }]);
    const piped = await folder.rows('piped.csv', 'a|b\n1|2\n', { delimiter: '|' });
    expect(piped).toMatchObject([{ vars: { a: '1', b: '2' } }]);
  });

  it('treats commas as part of names if tabs or semicolons occur as often', async () => {
    const rows = await folder.rows('tie.csv', 'name, first;age\nAda;36\n');
    expect(rows).toMatchObject([{ vars: { 'name, first': 'Ada', age: '36' } }]);
  });

  it('skips blank lines, including those with spaces, and rows of empty cells', async () => {
    const rows = await folder.rows('blank.csv', '\n\r\na,b\n\n1,2\n   \n,\n\n3,\n');
    expect(rows.map(({ vars, line }) => [vars['a'], vars['b'], line])).toEqual([
      ['1', '2', 5],
      ['3', '', 9],
    ]);
  });

  it('reads rows ended by carriage returns alone', async () => {
    const rows = await folder.rows('mac.csv', 'a,b\r1,2\r3,4\r');
    expect(rows.map(({ vars }) => Object.values(vars))).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
  });

  it('reads a file whose lines end in different ways', async () => {
    const rows = await folder.rows('mixed.csv', 'a,b\r\n1,2\n3,4\r\n5,6');
    expect(rows.map(({ vars }) => vars['b'])).toEqual(['2', '4', '6']);
  });

  it('takes ids from the id column', async () => {
    const rows = await folder.rows('ids.csv', 'prompt,id\nx,a1\ny,007\n');
    expect(rows.map(({ id, hasOwnId }) => [id, hasOwnId])).toEqual([
      ['a1', true],
      ['007', true],
    ]);
  });

  it('counts rows from 1 if there is no id column', async () => {
    const rows = await folder.rows('no-ids.csv', 'prompt\nx\n\ny\n');
    expect(rows.map(({ id, hasOwnId }) => [id, hasOwnId])).toEqual([
      ['1', false],
      ['2', false],
    ]);
  });

  it('reads a cell of 5 MB and one of 200 columns', async () => {
    const cell = 'Длинный "текст", \n'.repeat(300_000);
    const columns = Array.from({ length: 200 }, (_, index) => `column ${index}`);
    const cells = columns.map((name, index) => (index === 100 ? cell : `${name}!`));
    const rows = await folder.rows('large.csv', stringify([columns, cells, columns]));
    expect(rows).toHaveLength(2);
    expect(Object.keys(rows[0]?.vars ?? {})).toEqual(columns);
    expect(Object.values(rows[0]?.vars ?? {}).every((value, index) => value === cells[index])).toBe(true);
    expect(rows[1]?.line).toBe(300_003);
  });

  it('returns the rows before a faulty row', async () => {
    const text = pieces('a,b\n1,2\n3,4\n5\n', 100);
    const seen: unknown[] = [];
    const reading = async () => {
      for await (const row of csvFormat.read({ path: 'x.csv', text, delimiter: null })) seen.push(row.vars['a']);
    };
    await expect(reading()).rejects.toThrow('x.csv:4:2: the row has 1 field of 2');
    expect(seen).toEqual(['1', '3']);
  });
});

describe('faulty CSV', () => {
  it.each([
    ['only a header', 'a,b\n', 'bad.csv: the file has a header but no rows'],
    ['a name that is there twice', 'a,b,a\n1,2,3\n', 'bad.csv:1:5: column 3 is named "a" like column 1'],
    ['an empty name', 'a,,b\n1,2,3\n', 'bad.csv:1:3: column 2 has no name'],
    ['a name of spaces', '\n"x\ny"," ",z\n1,2,3\n', 'bad.csv:3:4: column 2 has no name'],
    [
      'a cell below a delimiter at the end of the header',
      'a,b,\n1,2,3\n',
      'bad.csv:2:5: the cell is in column 3, which has no name',
    ],
    ['a row that is too short', 'a,b,c\n1,2,3\n1,2\n', 'bad.csv:3:4: the row has 2 fields of 3'],
    ['a row that is too long', 'a,b\n"1\n1",2\n\n1,2,"3"\n', 'bad.csv:5:5: the row has 3 fields of 2'],
    ['an empty id', 'prompt,id\nx,1\ny,\n', 'bad.csv:3:3: the row has no id'],
    ['an id of spaces', 'prompt,id\r\n"x\r\n", \r\n', 'bad.csv:3:3: the row has no id'],
    [
      'a quote inside a cell',
      'a,b\n1,2\n3,4" wide\n',
      'bad.csv:3:4: a double quote in a cell that does not begin with one',
    ],
    [
      'a quoted cell that goes on',
      'a,b\n"1\n2"x,3\n',
      'bad.csv:3:2: a double quote closes the cell that begins at 2:1, but "x" follows it',
    ],
    [
      'a quote that is never closed',
      'a,b\n1,2\n3,"4\n5,6\n',
      'bad.csv:3:3: the double quote that opens here is never closed',
    ],
    [
      'a quote that is never closed in the header',
      '"a,b\n1,2\n',
      'bad.csv:1:1: the double quote that opens here is never closed',
    ],
  ])('reports the position of %s', async (_, content, message) => {
    for (const [text, options] of [
      [content, {}],
      [`\uFEFF${content}`, {}],
      [content.replaceAll(',', ';'), {}],
      [content, { delimiter: ';' }],
    ] as const) {
      const error = await folder.failure('bad.csv', text, options);
      expect(error).toMatchObject({ name: 'DatasetError', message });
      expect(String(error.hint)).toMatch(/^(?:[a-z-]|"|`).*[^.]$/s);
    }
  });

  it('reports the position of a quote far into the file', async () => {
    const content = `a,b\n${'"1\r\n1",😀é\n'.repeat(50_000)}x,y"z\n`;
    const error = await folder.failure('far.csv', content);
    expect(error.message).toBe('far.csv:100002:4: a double quote in a cell that does not begin with one');
  });

  it('names the opening quote if the rest of a large file is one cell', async () => {
    const content = `a,b\n1,"2\n${'3,4\n'.repeat(8_500_000)}`;
    const error = await folder.failure('endless.csv', content);
    expect(error.message).toBe('endless.csv:2:3: the double quote that opens here is never closed');
  }, 60_000);

  it('rejects a row that is too long for memory', async () => {
    const error = await folder.failure('endless.csv', `a,b\n1,2\n\n${'x'.repeat(34_000_000)},2\n`);
    expect(error.message).toBe('endless.csv:4:1: the row is longer than 32 MiB');
  }, 60_000);

  it('says what to do in terms of the delimiter', async () => {
    expect((await folder.failure('long.csv', 'a;b\n1;2;3\n')).hint).toBe('put cells that contain ";" in double quotes');
    expect((await folder.failure('short.csv', 'a\tb\n1\n')).hint).toContain('a tab');
  });
});

function write({ columns, cells }: Table, { delimiter, bom, eol, eof }: Dialect): string {
  const quoting = { quote_record_delimiter: true, quoted_empty: columns.length === 1 };
  const options = { delimiter, record_delimiter: eol, eof, ...quoting };
  // An unquoted name with other delimiters in it would be a guess for any reader.
  const header = stringify([columns], { ...options, eof: true, quoted: columns.length === 1 });
  return (bom ? '\uFEFF' : '') + header + stringify(cells, options);
}

function cellsOf(rows: readonly Row[], columns: readonly string[]) {
  return rows.map(({ vars }) => {
    expect(Object.keys(vars).toSorted()).toEqual(columns.toSorted());
    return columns.map((name) => vars[name]);
  });
}

async function* pieces(text: string, size: number): AsyncGenerator<string, void, undefined> {
  const characters = [...text];
  for (let start = 0; start < characters.length; start += size) yield characters.slice(start, start + size).join('');
}

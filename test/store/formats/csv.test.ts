import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cell } from '../../../src/core/columns.ts';
import { withoutFormula } from '../../../src/core/formula.ts';
import { readRows } from '../../../src/datasets/index.ts';
import { csvFormat } from '../../../src/store/formats/csv.ts';
import type { ResultOptions } from '../../../src/store/formats/index.ts';
import { hostileText } from '../../support/hostile-text.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptgrid-csv-'));
});
afterAll(() => rm(folder, { recursive: true }));

const cellText = hostileText('-', '@', '＝', '5');

const table = fc
  .uniqueArray(
    cellText.filter((name) => name.trim() !== '' && name !== 'id' && !name.startsWith('\uFEFF')),
    { minLength: 1, maxLength: 5 },
  )
  .chain((columns) => {
    const row = fc.array(cellText, { minLength: columns.length, maxLength: columns.length });
    return fc.record({ columns: fc.constant(columns), rows: fc.array(row, { minLength: 1, maxLength: 6 }) });
  });

describe('results.csv', () => {
  it('is read back unchanged, apart from the guard before formulas', async () => {
    const dialect = fc.record({ delimiter: fc.constantFrom(',', ';', '\t'), bom: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(table, dialect, async ({ columns, rows }, { delimiter, bom }) => {
        const text = await written({ columns, sparse: [], delimiter, bom }, rows);
        const [header, ...found] = records(text, delimiter, bom);
        for (const [index, name] of columns.entries()) expect([name, `'${name}`]).toContain(header?.[index]);
        expect(found).toHaveLength(rows.length);
        for (const [at, cells] of rows.entries()) {
          for (const [index, cell] of cells.entries()) expect([cell, `'${cell}`]).toContain(found[at]?.[index]);
        }
        for (const cell of [header, ...found].flatMap((cells) => cells ?? [])) expect(isFormula(cell)).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('has the text that csv-stringify makes of the whole table, also where cells repeat', async () => {
    const dialect = fc.record({ delimiter: fc.constantFrom(',', ';', '\t'), bom: fc.constant(false) });
    await fc.assert(
      fc.asyncProperty(table, dialect, async ({ columns, rows }, { delimiter, bom }) => {
        const repeated = rows.flatMap((row, at) => [row, row.with(0, rows[at - 1]?.[0] ?? '')]);
        const text = await written({ columns, sparse: [], delimiter, bom }, repeated);
        const whole = [columns, ...repeated].map((cells) => cells.map(withoutFormula));
        const options = { delimiter, record_delimiter: '\n', quote_record_delimiter: true };
        expect(text).toBe(stringify(whole, { ...options, quoted_empty: columns.length === 1 }));
      }),
      { numRuns: 300 },
    );
  });

  it.each([',', ';', '\t'])('can be read as a dataset, with %j and a byte order mark', async (delimiter) => {
    const columns = ['trial_id', 'row.a, b; c', 'output'];
    const cells = ['t1', 'x,y;z\tw', ' Привет,\r\n"мир"; \t😀\0 '];
    const path = join(folder, 'dataset.csv');
    await writeTo(path, { columns, sparse: [], delimiter, bom: true }, [cells]);
    const rows: unknown[] = [];
    for await (const row of readRows({ path, format: null, encoding: null, delimiter })) rows.push(row.vars);
    expect(rows).toEqual([Object.fromEntries(columns.map((name, index) => [name, cells[index]]))]);
  });

  it('writes every kind of value', async () => {
    const cells: Cell[] = [null, '', true, false, 0, -5, 1.5e-7, { a: ['=1', null] }, [1, 'x'], '-5', '=1'];
    const columns = cells.map((_, index) => `c${index}`);
    const text = await written({ columns, sparse: [], delimiter: ';', bom: false }, [cells]);
    expect(text).toBe(`${columns.join(';')}\n;;true;false;0;-5;1.5e-7;"{""a"":[""=1"",null]}";"[1,""x""]";-5;'=1\n`);
  });

  it('writes scores and temperatures as numbers, scores always with a decimal sign', async () => {
    const columns = [
      'temperature',
      'score.a',
      'score.b',
      'total_cost',
      'judge.b.cost',
      'latency_ms',
      'row.x',
      'passed',
    ];
    const rows: Cell[][] = [
      [0, 0, 1, '0.0', '12.5', 7, 0.5, true],
      [0.7, 0.25, 1e-7, '0.00015', null, 0, '0.5', null],
    ];
    const options = { columns, sparse: [], delimiter: ';', bom: false };
    const header = `${columns.join(';')}\n`;
    expect(await written(options, rows)).toBe(
      `${header}0;0.0;1.0;0.0;12.5;7;0.5;true\n0.7;0.25;1e-7;0.00015;;0;0.5;\n`,
    );
    expect(await written({ ...options, decimal: ',' }, rows)).toBe(
      `${header}0;0,0;1,0;0,0;12,5;7;0.5;true\n0,7;0,25;1e-7;0,00015;;0;0.5;\n`,
    );
    const quoted = await written({ ...options, delimiter: ',', decimal: ',' }, rows.slice(1));
    expect(quoted).toBe(`${columns.join(',')}\n"0,7","0,25",1e-7,"0,00015",,0,0.5,\n`);
  });

  it('leaves sparse keys out', async () => {
    const options = { columns: ['a', 'b'], sparse: ['c', 'd'], delimiter: ',', bom: false };
    expect(await written(options, [['1'], ['1', '2', '3', '4']])).toBe('a,b\n1,\n1,2\n');
  });

  it('makes column names harmless too', async () => {
    const text = await written({ columns: ['=a', '-5', '@b'], sparse: [], delimiter: ',', bom: false }, []);
    expect(text).toBe("'=a,-5,'@b\n");
  });

  it('begins with a byte order mark only on request', async () => {
    expect(await written({ columns: ['a'], sparse: [], delimiter: ',', bom: true }, [['1']])).toBe('\uFEFFa\n1\n');
    expect(await written({ columns: ['a'], sparse: [], delimiter: ',', bom: false }, [['1']])).toBe('a\n1\n');
  });

  it('keeps an empty cell that is the only one in its row', async () => {
    expect(await written({ columns: ['a'], sparse: [], delimiter: ',', bom: false }, [[''], [null]])).toBe(
      'a\n""\n""\n',
    );
  });

  it.each([
    ['a cell that is not read', ',,a'],
    ['only a line end in a cell that is not read', ',,"\n"'],
    ['a quote in a cell that is not read', ',,""""'],
    ['a delimiter in a cell that is not read', ',,","'],
  ])('keeps a record with %s, and leaves out those with nothing in them', async (_what, record) => {
    const path = join(folder, 'cleared.csv');
    await writeFile(path, `trial_id,row_id,output\n,,\n${record}\n" ","",\nt2,r2,b\n,,\n`);
    const read = async (columns?: ReadonlySet<string>): Promise<readonly unknown[]> => {
      const found: unknown[] = [];
      for await (const { value, locator } of csvFormat.read(path, columns)) found.push([locator, value['row_id']]);
      return found;
    };
    const expected = [
      [0, ''],
      [1, 'r2'],
    ];
    expect(await read()).toEqual(expected);
    expect(await read(new Set(['row_id']))).toEqual(expected);
  });

  it('writes a cell of 5 MB and one of 200 columns', async () => {
    const columns = Array.from({ length: 200 }, (_, index) => `c${index}`);
    const rows = [
      columns.map((name) => `${name}"`),
      columns.map((_, index) => (index === 7 ? 'é"\n'.repeat(1_500_000) : '')),
    ];
    const text = await written({ columns, sparse: [], delimiter: ',', bom: false }, rows);
    const found = records(text, ',', false);
    expect(found.slice(1).every((cells, at) => cells.every((cell, index) => cell === rows[at]?.[index]))).toBe(true);
    expect(found).toHaveLength(3);
  });
});

/** What a spreadsheet would run, said in another way than the writer's. */
function isFormula(cell: string): boolean {
  const start = cell.replace(/^[\s\p{Cc}\p{Cf}]+/u, '');
  const isNumber = /^[-+]?[\d.,]+(e[-+]?\d+)?$/i.test(cell.trim()) && /\d/.test(cell);
  return !isNumber && ('=+-@＝＋－＠'.includes(start[0] ?? ' ') || cell.startsWith('\t') || cell.startsWith('\r'));
}

function records(text: string, delimiter: string, bom: boolean): string[][] {
  return parse(text, { delimiter, bom, record_delimiter: ['\r\n', '\n', '\r'] });
}

async function written(options: ResultOptions, rows: readonly (readonly Cell[])[]): Promise<string> {
  const path = join(folder, 'results.csv');
  await writeTo(path, options, rows);
  return readFile(path, 'utf8');
}

async function writeTo(path: string, options: ResultOptions, rows: readonly (readonly Cell[])[]): Promise<void> {
  const writer = await csvFormat.write(path, options);
  for (const row of rows) await writer.write(row);
  await writer.commit();
}

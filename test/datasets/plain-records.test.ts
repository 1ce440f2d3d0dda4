import { stringify } from 'csv-stringify/sync';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Row } from '../../src/core/row.ts';
import { csvFormat } from '../../src/datasets/csv.ts';
import { PlainRecords } from '../../src/datasets/plain-records.ts';
import { heapMegabytes } from '../engine/heap.ts';
import { hostileText } from '../support/hostile-text.ts';

const cell = hostileText('""', 'x', '  ');
const name = fc.oneof(fc.constantFrom('id', 'a', ' b ', '__proto__', '1', '0'), cell);
const table = fc.integer({ min: 1, max: 4 }).chain((columns) =>
  fc.record({
    names: fc.uniqueArray(name, { minLength: columns, maxLength: columns }),
    cells: fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { maxLength: 6 }),
  }),
);
const dialect = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  eol: fc.constantFrom('\n', '\r\n'),
  eof: fc.boolean(),
  isQuoted: fc.boolean(),
});
const written = fc.tuple(table, dialect).map(([{ names, cells }, { delimiter, eol, eof, isQuoted }]) => {
  const quoting = { quote_record_delimiter: true, quoted_empty: names.length === 1, quoted: isQuoted };
  const text = stringify([names, ...cells], { delimiter, record_delimiter: eol, eof, ...quoting });
  return { delimiter, text, records: [names, ...cells] };
});

/** An edit at a place between the beginning (0) and the end (1) of a text. */
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.nat({ max: 2 }),
  added: fc.constantFrom('', '"', '""', ',', ';', '\t', '\n', '\r', '\r\n', '\n\n', ' ', '\0', 'x', '\n \n', '",'),
});
const damaged = fc.tuple(written, fc.array(edit, { maxLength: 3 })).map(([{ delimiter, text }, edits]) => {
  const characters = [...text];
  for (const { at, removed, added } of edits) characters.splice(Math.floor(at * characters.length), removed, added);
  return { delimiter, text: characters.join('') };
});
const cuts = fc.oneof(fc.constant(1_000_000), fc.integer({ min: 1, max: 12 }));

describe('PlainRecords', () => {
  it('reads every well-formed table itself, wherever the pieces of the text end', () => {
    fc.assert(
      fc.property(written, cuts, ({ delimiter, text, records }, size) => {
        const found: (readonly string[])[] = [];
        const plain = new PlainRecords({ file: 'any.csv', delimiter }, (fields) => found.push(fields));
        for (const piece of [...piecesOf(text, size), null]) expect(plain.read(piece)).toBe(null);
        expect(found).toEqual(records);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['a quote inside a cell', 'a,b\n1,2\nx"y",2\n3,4\n', 'x"y",2\n3,4\n'],
    ['text after a quoted cell', 'a,b\n"1" ,2\n', '"1" ,2\n'],
    ['a null character after a quoted cell', 'a,b\n"1"\0,2\n', '"1"\0,2\n'],
    ['a carriage return alone', 'a,b\r1,2\r', 'a,b\r1,2\r'],
    ['a carriage return beside a quoted cell', 'a,b\n"1",2\r3,4\n', '"1",2\r3,4\n'],
    ['a quote that is never closed', 'a,b\n1,"2\n3,4\n', '1,"2\n3,4\n'],
  ])('stops before the record with %s', (_, text, rest) => {
    const found: (readonly string[])[] = [];
    const plain = new PlainRecords({ file: 'any.csv', delimiter: ',' }, (fields) => found.push(fields));
    expect(plain.read(text) ?? plain.read(null)).toBe(rest);
    expect(found.flat().join()).not.toMatch(/["\r\0]/);
    expect(plain.line).toBe(text.slice(0, text.length - rest.length).split('\n').length);
  });

  it('stops at a record that may be too long for memory', () => {
    const plain = new PlainRecords({ file: 'any.csv', delimiter: ',' }, () => undefined);
    expect(plain.read('a,b\n')).toBe(null);
    let rest: string | null = null;
    let pieces = 0;
    for (; rest === null && pieces < 100; pieces++) rest = plain.read('x'.repeat(1024 * 1024));
    // At least a third of 32 MiB, and no more than twice that.
    expect(pieces).toBeGreaterThan(10);
    expect(pieces).toBeLessThan(23);
    expect(rest).toHaveLength(pieces * 1024 * 1024);
  });

  it('keeps nothing of a text in memory for a field that is kept, but its record', async () => {
    const before = await heapMegabytes();
    const kept: string[] = [];
    for (let piece = 0; piece < 100; piece++) {
      const plain = new PlainRecords({ file: 'any.csv', delimiter: ',' }, ([field = '']) => {
        if (kept.length === piece) kept.push(field);
      });
      plain.read(Buffer.alloc(250_000, `row ${piece} of this text,"x, y"\n`).toString('latin1'));
    }
    expect((await heapMegabytes()) - before).toBeLessThan(5);
    expect(new Set(kept).size).toBe(100);
  });

  it('makes the fields of wanted columns only, and finds the same records', () => {
    const found: (readonly string[])[] = [];
    const plain = new PlainRecords({ file: 'any.csv', delimiter: ',' }, (fields) => found.push(fields));
    plain.want([false, true, false]);
    plain.read('1,2,3\n"4","5""",6\n7,8\n');
    expect(found).toEqual([
      ['', '2', ''],
      ['', '5"', ''],
      ['', '8'],
    ]);
  });
});

describe('CSV read by both readers', () => {
  it('gives the same rows, lines, notices and errors as csv-parse alone, for damaged files too', async () => {
    await fc.assert(
      fc.asyncProperty(damaged, cuts, async ({ delimiter, text }, size) => {
        expect(await read(text, delimiter, size)).toEqual(await readByParser(text, delimiter));
      }),
      { numRuns: 1000 },
    );
  }, 60_000);
});

interface Reading {
  readonly rows: readonly Row[];
  readonly notices: readonly string[];
  readonly error: object | null;
}

async function read(text: string, delimiter: string, size: number): Promise<Reading> {
  const [rows, notices]: [Row[], string[]] = [[], []];
  const onNotice = (notice: string): void => void notices.push(notice);
  try {
    const file = { path: 'any.csv', text: streamed(piecesOf(text, size)), delimiter, onNotice };
    for await (const row of csvFormat.read(file)) rows.push(row);
    return { rows, notices, error: null };
  } catch (error) {
    if (!(error instanceof Error) || !('hint' in error)) throw error;
    return { rows, notices, error: { name: error.name, message: error.message, hint: error.hint } };
  }
}

/** A carriage return alone leaves the rest to csv-parse, from the beginning: a blank line, and here one more. */
async function readByParser(text: string, delimiter: string): Promise<Reading> {
  const { rows, notices, error } = await read(`\r\r\n${text}`, delimiter, 1_000_000);
  const moved = error === null ? null : JSON.parse(JSON.stringify(error).replaceAll(/(\d+):(\d+)/g, lessTwo));
  const movedNotices = notices.map((notice) =>
    notice.replace(/(?<=left out: lines? ).*/, (lines) => lines.replaceAll(/\d+/g, (line) => String(Number(line) - 2))),
  );
  return { rows: rows.map((row) => ({ ...row, line: row.line - 2 })), notices: movedNotices, error: moved };
}

function lessTwo(_: string, line: string, column: string): string {
  return `${Number(line) - 2}:${column}`;
}

/** Pieces of so many characters. */
function piecesOf(text: string, size: number): readonly string[] {
  const characters = [...text];
  const starts = Array.from({ length: Math.ceil(characters.length / size) }, (_, index) => index * size);
  return starts.map((start) => characters.slice(start, start + size).join(''));
}

async function* streamed(pieces: readonly string[]): AsyncGenerator<string, void, undefined> {
  yield* pieces;
}

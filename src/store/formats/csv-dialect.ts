import { textOr } from '../../core/json.ts';
import { chooseDelimiter, headerLine } from '../../datasets/csv-scan.ts';
import { readRows } from '../../datasets/index.ts';
import { readBytes } from '../../io/bytes.ts';
import { decodeText } from '../../io/decode.ts';
import { columnKind } from './column-kinds.ts';
import { withNamedColumns } from './csv-header.ts';
import type { DecimalSign, Dialect } from './format.ts';

/** How a CSV result file is written, also one that another program saved. @throws DatasetError if it is damaged */
export async function csvDialect(path: string): Promise<Dialect> {
  return { ...(await headerDialect(path)), decimal: await decimalSign(path) };
}

/** Bytes with which UTF-8, UTF-16LE and UTF-16BE files may begin. */
const MARKS = [Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

async function headerDialect(path: string): Promise<Omit<Dialect, 'decimal'>> {
  const pieces: Uint8Array[] = [];
  for await (const block of readBytes(path)) {
    pieces.push(block);
    const head = Buffer.concat(pieces);
    const header = headerLine(await textOf(head));
    if (header !== null) return { delimiter: chooseDelimiter(header, null), bom: hasMark(head) };
  }
  return { delimiter: ',', bom: hasMark(Buffer.concat(pieces)) };
}

function hasMark(head: Buffer): boolean {
  return MARKS.some((mark) => head.subarray(0, mark.length).equals(mark));
}

/** The text of first bytes, without a last character that is cut. */
async function textOf(head: Buffer): Promise<string> {
  let text = '';
  try {
    for await (const piece of decodeText(oneBlock(head), null)) text += piece;
  } catch {
    // What is missing of the last character comes with the next block; bytes that are no text are told by the reader.
  }
  return text;
}

async function* oneBlock(block: Uint8Array): AsyncGenerator<Uint8Array> {
  yield block;
}

/** Costs and scores always have a sign, so the first known one shows it. */
async function decimalSign(path: string): Promise<DecimalSign> {
  const asCsv = { format: 'csv', encoding: null, delimiter: null, hasFlags: false };
  const options = { path, ...asCsv, mapText: withNamedColumns };
  for await (const { vars } of readRows(options)) {
    for (const [name, cell] of Object.entries(vars)) {
      if (!HAVE_SIGN.has(columnKind(name))) continue;
      const [, sign] = /^-?\d+([.,])\d/.exec(textOr(cell, '')) ?? [];
      if (sign === ',' || sign === '.') return sign;
    }
  }
  return '.';
}

const HAVE_SIGN: ReadonlySet<string> = new Set(['cost', 'score', 'number']);

import { createReadStream } from 'node:fs';
import { ResultsError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../core/json.ts';
import { readRows } from '../datasets/index.ts';
import { readByteLines } from '../io/byte-lines.ts';
import { OffsetLineReader } from '../io/offset-reader.ts';
import { withoutGuard } from './formats/index.ts';
import type { ResultsCheck } from './results-check.ts';

/** A line of a result file or a baseline, by its columns. */
export interface StoredRecord {
  readonly value: JsonObject;
  /** By which it is found again: the byte offset of JSON Lines, the place in a CSV file from 0. */
  readonly locator: number;
  /** From 1. */
  readonly line: number;
}

/** Which file, and of which form; a baseline is JSON Lines. */
export interface RecordFile {
  readonly file: string;
  readonly form: 'jsonl' | 'csv' | 'baseline';
  /** Corrects a file that is not as its run wrote it; null for all others. */
  readonly check: ResultsCheck | null;
}

/** Records in the order of the file, read as they are asked for. @throws ResultsError or DatasetError with file and line */
export function readRecords({ file, form, check }: RecordFile): AsyncGenerator<StoredRecord> {
  const records = form === 'csv' ? readCsvRecords(file) : readJsonRecords(file, form === 'baseline' ? 1 : 0);
  return check === null ? records : corrected(records, check);
}

async function* corrected(records: AsyncGenerator<StoredRecord>, check: ResultsCheck): AsyncGenerator<StoredRecord> {
  check.begin();
  for await (const record of records) {
    const value = await check.next(record.value);
    if (value !== null) yield { ...record, value };
  }
}

/** The first record of a file. @throws ResultsError where there is none, or it is no JSON object */
export async function firstResult(file: string, form: 'jsonl' | 'csv'): Promise<JsonObject> {
  for await (const { value } of readRecords({ file, form, check: null })) return value;
  throw new ResultsError({ file }, 'holds no results', { hint: 'finish the run first: there is nothing to compare' });
}

/** Larger blocks than usual: most of what is read is garbage at once, and fewer of them cost less to collect. */
const BLOCK_BYTES = 1024 * 1024;

async function* readJsonRecords(file: string, headerLines: number): AsyncGenerator<StoredRecord> {
  for await (const { bytes, offset, line } of readByteLines(createReadStream(file, { highWaterMark: BLOCK_BYTES }))) {
    if (line <= headerLines || bytes.length === 0) continue;
    const value = parseJson(bytes.toString('utf8'));
    if (!isJsonObject(value)) throw damaged(file, line);
    yield { value, locator: offset, line };
  }
}

async function* readCsvRecords(file: string): AsyncGenerator<StoredRecord> {
  let locator = 0;
  for await (const { vars, line } of readRows({ path: file, format: 'csv', encoding: null, delimiter: null })) {
    const cells = Object.entries(vars).map(([name, cell]) => [name, cellValue(name, cell)] as const);
    yield { value: Object.fromEntries(cells), locator, line };
    locator += 1;
  }
}

const NUMBERS = new Set([
  'temperature',
  'repeat',
  'prompt_tokens',
  'completion_tokens',
  'total_tokens',
  'latency_ms',
  'reasoning_tokens',
  'cached_tokens',
  'ttft_ms',
]);
const TRUTHS = new Set(['cached', 'passed']);

/** A cell as results.jsonl has it; an empty one is null but for the dataset's columns, whose texts are texts. */
function cellValue(name: string, cell: JsonValue): JsonValue {
  const text = typeof cell === 'string' ? cell : '';
  if (name.startsWith('row.') || name === 'output' || name === 'row_id') return withoutGuard(text);
  if (text === '') return null;
  if (NUMBERS.has(name) || name.startsWith('score.')) return Number(text);
  return TRUTHS.has(name) ? text === 'true' : withoutGuard(text);
}

function damaged(file: string, line: number): ResultsError {
  return new ResultsError({ file, line }, 'is no JSON object', {
    hint: 'the file is cut off or was edited; make it anew with the run command, which asks nobody twice',
  });
}

/** Reads some records again, by their locators. @returns them by locator */
export async function readAgain(
  { file, form, check }: RecordFile,
  locators: readonly number[],
): Promise<ReadonlyMap<number, JsonObject>> {
  const wanted = [...new Set(locators)].toSorted((a, b) => a - b);
  if (wanted.length === 0) return new Map();
  const found = await (form === 'csv' ? pickCsv(file, wanted) : pickLines(file, wanted));
  if (check === null) return found;
  const right = new Map<number, JsonObject>();
  for (const [locator, value] of found) right.set(locator, await check.again(value));
  return right;
}

async function pickCsv(file: string, wanted: readonly number[]): Promise<ReadonlyMap<number, JsonObject>> {
  const found = new Map<number, JsonObject>();
  const asked = new Set(wanted);
  for await (const { value, locator } of readCsvRecords(file)) {
    if (asked.has(locator)) found.set(locator, value);
    if (found.size === asked.size) break;
  }
  return found;
}

async function pickLines(file: string, wanted: readonly number[]): Promise<ReadonlyMap<number, JsonObject>> {
  const found = new Map<number, JsonObject>();
  const reader = await OffsetLineReader.open(file);
  try {
    for (const offset of wanted) {
      const value = parseJson(await reader.read(offset));
      if (isJsonObject(value)) found.set(offset, value);
    }
  } finally {
    await reader.close();
  }
  return found;
}

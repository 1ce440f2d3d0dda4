import type { JsonObject } from '../core/json.ts';
import type { RecordReader, StoredRecord, WantedColumns } from './formats/index.ts';
import type { ResultsCheck } from './results-check.ts';

/** Which file, and what reads it. */
interface RecordFile {
  readonly file: string;
  readonly reader: RecordReader;
  /** Corrects a file that is not as its run wrote it; null for all others. */
  readonly check: ResultsCheck | null;
}

/**
 * Records in the order of the file, read on demand.
 * @param columns the only ones that are needed, if not all; others may be there too
 * @throws ResultsError or DatasetError with file and line
 */
export function readRecords({ file, reader, check }: RecordFile, columns?: WantedColumns): AsyncIterable<StoredRecord> {
  // A record is checked as a whole.
  return check === null ? reader.read(file, columns) : corrected(reader.read(file), check);
}

async function* corrected(records: AsyncIterable<StoredRecord>, check: ResultsCheck): AsyncGenerator<StoredRecord> {
  check.begin();
  for await (const record of records) {
    const value = await check.next(record.value);
    if (value !== null) yield { ...record, value };
  }
}

/** Reads some records again, by their locators. @returns them by locator */
export async function readAgain(
  { file, reader, check }: RecordFile,
  locators: readonly number[],
): Promise<ReadonlyMap<number, JsonObject>> {
  const wanted = [...new Set(locators)].toSorted((a, b) => a - b);
  if (wanted.length === 0) return new Map();
  const found = await reader.pick(file, wanted);
  if (check === null) return found;
  const right = new Map<number, JsonObject>();
  for (const [locator, value] of found) right.set(locator, await check.again(value));
  return right;
}

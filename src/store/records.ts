import type { JsonObject } from '../core/json.ts';
import type { RecordReader, StoredRecord, WantedColumns } from './formats/index.ts';
import type { ResultsCheck } from './results-check.ts';
import type { SavedChanges } from './saved-changes.ts';

/** Which file, and what reads it. */
interface RecordFile {
  readonly file: string;
  readonly reader: RecordReader;
  /** Corrects a file that is not as its run wrote it; null for all others. */
  readonly check: ResultsCheck | null;
  /** Finds what another program changed; null for files that are as their run wrote them. */
  readonly changes: SavedChanges | null;
}

/**
 * Records in the order of the file, read on demand.
 * @param columns the only ones that are needed, if not all; others may be there too
 * @throws ResultsError or DatasetError with file and line
 */
export function readRecords(
  { file, reader, check, changes }: RecordFile,
  columns?: WantedColumns,
): AsyncIterable<StoredRecord> {
  // A file with both has no journal that the check could correct it by.
  const filter = changes ?? check;
  // A record is checked as a whole.
  return filter === null ? reader.read(file, columns) : filtered(readUnder(check, { file, reader }), filter);
}

/** All of a file's records, as they are before the check, which corrects damaged ones if the run has a journal. */
export function readUnder(
  check: ResultsCheck | null,
  { file, reader }: Pick<RecordFile, 'file' | 'reader'>,
): AsyncIterable<StoredRecord> {
  return (check?.hasJournal === true ? reader.readDamaged?.(file) : undefined) ?? reader.read(file);
}

async function* filtered(
  records: AsyncIterable<StoredRecord>,
  filter: ResultsCheck | SavedChanges,
): AsyncGenerator<StoredRecord> {
  filter.begin();
  for await (const record of records) {
    const value = await filter.next(record.value);
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

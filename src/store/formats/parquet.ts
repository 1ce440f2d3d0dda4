import type { JsonObject } from '../../core/json.ts';
import type { ResultFormat, StoredRecord } from './format.ts';

/**
 * Apache Parquet with Snappy: costs are DECIMAL(18,12), counts integers, scores DOUBLE; the dataset's columns have the
 * type that all their values share, else they are JSON. A locator is the index of a record, counted from zero.
 */
export const parquetFormat: ResultFormat = {
  name: 'parquet',
  fileName: 'results.parquet',
  layout: 'long',
  isText: false,
  isDefault: false,
  isExact: true,
  write: async (path, { columns }) => (await import('./parquet-writer.ts')).ParquetResultWriter.open(path, columns),
  read: readParquet,
  pick: pickParquet,
  claims: (head) => head.subarray(0, MAGIC.length).equals(MAGIC),
};

const MAGIC = Buffer.from('PAR1');

async function* readParquet(path: string): AsyncGenerator<StoredRecord> {
  const { ParquetRecords } = await import('./parquet-reader.ts');
  const records = await ParquetRecords.open(path);
  for (let group = 0; group < records.groups; group++) yield* await records.group(group);
}

async function pickParquet(path: string, places: readonly number[]): Promise<ReadonlyMap<number, JsonObject>> {
  const { ParquetRecords } = await import('./parquet-reader.ts');
  const records = await ParquetRecords.open(path);
  const found = new Map<number, JsonObject>();
  const asked = new Set(places);
  for (let group = 0; group < records.groups; group++) {
    const { first, rows } = records.extent(group);
    if (!places.some((place) => place >= first && place < first + rows)) continue;
    for (const { value, locator } of await records.group(group)) if (asked.has(locator)) found.set(locator, value);
  }
  return found;
}

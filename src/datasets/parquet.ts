import type { Row } from '../core/row.ts';
import type { BinaryDataset, BinaryFormat } from './format.ts';

/** Parquet: nested columns become arrays and objects; integers and decimals stay exact. */
export const parquetFormat: BinaryFormat = {
  name: 'parquet',
  isBinary: true,
  extensions: ['.parquet'],
  read: readParquet,
};

async function* readParquet(file: BinaryDataset): AsyncGenerator<Row, void, undefined> {
  const { readParquetRows } = await import('./parquet/index.ts');
  yield* readParquetRows(file);
}

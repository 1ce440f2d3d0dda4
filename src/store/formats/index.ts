import { csvFormat } from './csv.ts';
import type { ResultFormat } from './format.ts';
import { jsonlFormat } from './jsonl.ts';
import { parquetFormat } from './parquet.ts';
import { wideFormats } from './wide.ts';
import { xlsxFormat } from './xlsx.ts';

export type { ResultGrid, ResultOptions, ResultWriter, StoredRecord, SummaryTable } from './format.ts';
export { type Dialect, HEAD_BYTES, type RecordReader, type ResultFormat, type WantedColumns } from './format.ts';
export { readTruth } from './saved-values.ts';
export { wideColumns } from './wide.ts';
export { MOST_CELL_UNITS } from './xlsx-cells.ts';

/** Every kind of result file. */
export const resultFormats: readonly ResultFormat[] = [
  csvFormat,
  jsonlFormat,
  parquetFormat,
  xlsxFormat,
  ...wideFormats,
];

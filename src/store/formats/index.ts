import { csvFormat } from './csv.ts';
import type { ResultFormat } from './format.ts';
import { jsonlFormat } from './jsonl.ts';

export type { ResultOptions, ResultWriter, StoredRecord } from './format.ts';
export { type Dialect, HEAD_BYTES, type RecordReader, type ResultFormat, type WantedColumns } from './format.ts';

/** Every kind of result file. */
export const resultFormats: readonly ResultFormat[] = [csvFormat, jsonlFormat];

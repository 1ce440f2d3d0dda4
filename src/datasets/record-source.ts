import type { RecordText } from './csv-errors.ts';

/** Maximum row length. Otherwise a quote that is never closed would collect the rest of the file in memory. */
export const LONGEST_ROW_BYTES = 32 * 1024 * 1024;

/** Fields of one CSV record. */
export type Fields = readonly string[];

/** What finds the records, as long as one of them is being received. */
export interface RecordSource {
  /** First line of the record, from 1. */
  readonly line: number;
  /** Text of the record, to locate an error. */
  recordText(): RecordText;
}

/** Takes the next record, the header line first. What it throws ends the reading. */
export type Receive = (fields: Fields, source: RecordSource) => void;

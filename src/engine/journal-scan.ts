import { createReadStream } from 'node:fs';
import type { Result } from '../core/result.ts';
import { Purse } from '../core/totals.ts';
import { readByteLines } from '../io/byte-lines.ts';
import { JournalIndex } from './journal-index.ts';
import { parseLine } from './journal-record.ts';

/** What was wrong with a journal when it was opened. */
export interface Recovery {
  /** Lines that hold no result or whose checksum differs, from 1; they are left where they are and not used. */
  readonly badLines: readonly number[];
  /** Bytes of an unfinished last line that were cut off. */
  readonly tornBytes: number;
}

/** What is in a journal. */
export interface ScannedJournal {
  /** Where each trial's latest result is. */
  readonly index: JournalIndex;
  /** What its results had cost, failed attempts too, as far as it is known. */
  readonly paid: Purse;
  /** Whole lines, those that hold no result among them. */
  readonly lines: number;
  /** Where its last whole line ends, in bytes. */
  readonly end: number;
  readonly recovery: Recovery;
}

/** Reads a whole journal. @throws the file system's error where it cannot be read */
export async function scanJournal(path: string): Promise<ScannedJournal> {
  const [index, paid] = [new JournalIndex(), new Purse()];
  const badLines: number[] = [];
  let [end, lines] = [0, 0];
  for await (const { bytes, offset, line, ended } of readByteLines(createReadStream(path))) {
    if (!ended) return { index, paid, lines, end, recovery: { badLines, tornBytes: bytes.length } };
    [end, lines] = [offset + bytes.length + 1, line];
    const result = parseLine(bytes.toString('utf8'));
    if (result === null) {
      badLines.push(line);
      continue;
    }
    index.note(result, offset);
    addPaid(paid, result);
  }
  return { index, paid, lines, end, recovery: { badLines, tornBytes: 0 } };
}

function addPaid(paid: Purse, result: Result): void {
  if (result.wasted !== undefined) paid.add(result.wasted);
  if (result.status !== 'completed') return;
  const { total, currency } = result.completion.cost;
  if (total !== null && currency !== null) paid.add({ amount: total, currency });
}

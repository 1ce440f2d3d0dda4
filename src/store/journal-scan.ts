import { createReadStream } from 'node:fs';
import type { Result } from '../core/result.ts';
import { CurrencyTotals } from '../core/totals.ts';
import { readByteLines } from '../io/byte-lines.ts';
import { JournalIndex } from './journal-index.ts';
import { parseLine } from './journal-record.ts';

/** What was wrong with a journal when it was opened. */
export interface Recovery {
  /** Lines that hold no result or have a wrong checksum, from 1; they stay in place and are not used. */
  readonly badLines: readonly number[];
  /** Bytes of an unfinished last line that were cut off. */
  readonly tornBytes: number;
}

/** Contents of a journal. */
export interface ScannedJournal {
  /** Where each trial's latest result is. */
  readonly index: JournalIndex;
  /** Known cost of its results, including failed attempts. */
  readonly paid: CurrencyTotals;
  /** Whole lines, including those that hold no result. */
  readonly lines: number;
  /** Answers of unknown cost, which `paid` leaves out. */
  readonly unknownCosts: number;
  /** End of its last whole line, in bytes. */
  readonly end: number;
  readonly recovery: Recovery;
}

/** Reads a whole journal. @throws the file system's error if it cannot be read */
export async function scanJournal(path: string): Promise<ScannedJournal> {
  const index = new JournalIndex();
  const spent = new Spent();
  const badLines: number[] = [];
  let [end, lines, tornBytes] = [0, 0, 0];
  for await (const { bytes, offset, line, ended } of readByteLines(createReadStream(path))) {
    if (!ended) {
      tornBytes = bytes.length;
      break;
    }
    [end, lines] = [offset + bytes.length + 1, line];
    const result = parseLine(bytes.toString('utf8'));
    if (result === null) {
      badLines.push(line);
      continue;
    }
    index.note(result, offset);
    spent.add(result);
  }
  return { index, paid: spent.paid, unknownCosts: spent.unknownCosts, lines, end, recovery: { badLines, tornBytes } };
}

class Spent {
  readonly paid = new CurrencyTotals();
  unknownCosts = 0;

  add(result: Result): void {
    if (result.wasted !== undefined) this.paid.add(result.wasted);
    if (result.status !== 'completed') return;
    const { total, currency } = result.completion.cost;
    if (total !== null && currency !== null) this.paid.add({ amount: total, currency });
    else this.unknownCosts += 1;
  }
}

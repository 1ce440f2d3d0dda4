import { stat } from 'node:fs/promises';
import { StorageError } from '../core/errors.ts';
import type { CurrencyTotals } from '../core/totals.ts';
import { byteLineBatches, byteLinesNow } from '../io/byte-lines.ts';
import { readBlocks } from '../io/bytes.ts';
import { openChecksum } from '../io/checksum.ts';
import { LinesDigest } from '../io/lines-digest.ts';
import { type IndexedLine, JournalIndex } from './journal-index.ts';
import { findLoss, type JournalLoss, type StoredJournal } from './journal-loss.ts';
import { readHead, readTrial } from './journal-record.ts';
import { LineSums } from './line-sums.ts';

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
  /** Of its whole lines. */
  readonly digest: LinesDigest;
  readonly recovery: Recovery;
  /** True if an answer to a trial of the grid is simulated. */
  readonly simulated: boolean;
  /** What it had and has no more. */
  readonly loss: JournalLoss;
}

/** What is known of a journal before it is read. */
export interface KnownJournal {
  /** Number of trials that it may come to hold, as far as that is known. */
  readonly expected?: number | undefined;
  /** What run.json says of it; null if nothing. */
  readonly stored?: StoredJournal | null | undefined;
}

/**
 * Reads a whole journal.
 * @throws the file system's error if it cannot be read
 */
export async function scanJournal(
  path: string,
  { expected, stored = null }: KnownJournal = {},
): Promise<ScannedJournal> {
  const isNew = (await stat(path)).size === 0;
  const index = new JournalIndex(expected, isNew ? () => indexedLines(path) : undefined);
  const spent = new LineSums();
  const badLines: number[] = [];
  const digest = new LinesDigest();
  let [end, lines, tornBytes] = [0, 0, 0];
  let simulated = false;
  const head = stored === null || stored.checksum === null ? null : new HeadChecksum(stored.bytes);
  const onBytes = (block: Uint8Array): void => {
    digest.update(block);
    head?.update(block);
  };
  for await (const batch of byteLineBatches(readBlocks(path), onBytes)) {
    for (const { bytes, offset, line, ended } of batch) {
      if (!ended) {
        tornBytes = bytes.length;
        digest.dropOpen();
        break;
      }
      [end, lines] = [offset + bytes.length + 1, line];
      const result = readHead(bytes);
      if (result === null) {
        badLines.push(line);
        continue;
      }
      index.note(result, offset);
      spent.add(result);
      if (result.judgeOf === undefined) simulated ||= result.simulated;
    }
  }
  const { costs: paid, unknownCosts } = spent;
  const loss = findLoss(stored, { lines, badLines: badLines.length, checksum: head?.text() ?? null });
  return { index, paid, unknownCosts, lines, end, digest, recovery: { badLines, tornBytes }, simulated, loss };
}

/**
 * The same for a journal that is only read: where its results are, and what it has lost. One that is gone has lost all.
 * @param stored what run.json says of it; null if nothing
 */
export async function findEarlierResults(
  path: string,
  stored: StoredJournal | null,
): Promise<Pick<ScannedJournal, 'index' | 'loss'>> {
  const isThere = (await stat(path).catch(() => null)) !== null;
  if (isThere) return scanJournal(path, { stored });
  return { index: new JournalIndex(0), loss: findLoss(stored, { lines: 0, badLines: 0, checksum: null }) };
}

/** The checksum of the first bytes of a stream. */
class HeadChecksum {
  readonly #checksum = openChecksum('crc32');
  /** Bytes that are still to come. */
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  update(block: Uint8Array): void {
    if (this.#left === 0) return;
    const own = block.length <= this.#left ? block : block.subarray(0, this.#left);
    this.#checksum.update(own);
    this.#left -= own.length;
  }

  /** null if the stream was shorter. */
  text(): string | null {
    return this.#left === 0 ? this.#checksum.text() : null;
  }
}

/** @throws StorageError if the journal cannot be read */
function* indexedLines(path: string): Generator<IndexedLine> {
  try {
    for (const { bytes, offset, ended } of byteLinesNow(path)) {
      const result = ended ? readTrial(bytes) : null;
      if (result !== null) yield { result, offset };
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StorageError(`${path} cannot be read: ${reason}`, {
      hint: 'see whether another program moved it',
      cause,
    });
  }
}

import { type Paid, sumOf } from '../core/paid.ts';
import type { Result } from '../core/result.ts';
import { type Unreported, WastedCalls } from '../core/totals.ts';
import { byteLineBatches, readByteLines } from '../io/byte-lines.ts';
import { readBlocks } from '../io/bytes.ts';
import { OffsetLineReader } from '../io/offset-reader.ts';
import { LineRanges } from './foreign-results.ts';
import { JournalIndex } from './journal-index.ts';
import { parseLine, parseLineOf, readHead, readMoment, readTrial } from './journal-record.ts';
import { LineSums } from './line-sums.ts';
import type { Moment } from './usual-line.ts';

/** Reads a journal without changing it, even while another process writes it. */
export class JournalReader {
  readonly #index: JournalIndex;
  readonly #lines: OffsetLineReader;

  private constructor(index: JournalIndex, lines: OffsetLineReader) {
    this.#index = index;
    this.#lines = lines;
  }

  /** @returns null if there is no journal */
  static async open(path: string): Promise<JournalReader | null> {
    const index = await readJournalIndex(path);
    return index === null ? null : JournalReader.of(path, index);
  }

  /** Reads a journal whose line offsets are known. @param index where they are */
  static async of(path: string, index: JournalIndex): Promise<JournalReader> {
    return new JournalReader(index, await OffsetLineReader.open(path));
  }

  /** Trials that have a result. */
  get size(): number {
    return this.#index.size;
  }

  /** Those that are trials of the grid, excluding requests to judges. */
  get asked(): number {
    return this.#index.asked;
  }

  /** True if a trial has a result. */
  has(trialId: string): boolean {
    return this.#index.get(trialId) !== undefined;
  }

  /** The latest result of a trial; null if it has none, or its line was damaged since the journal was opened. */
  async read(trialId: string): Promise<Result | null> {
    const offset = this.#index.offsetOf(trialId);
    if (offset === undefined) return null;
    return parseLineOf(trialId, this.#lines.read(offset));
  }

  async close(): Promise<void> {
    await this.#lines.close();
  }
}

/** Where the results of a journal are, even while another process writes it; null if there is no journal. */
export async function readJournalIndex(path: string): Promise<JournalIndex | null> {
  const index = new JournalIndex();
  try {
    for await (const batch of byteLineBatches(readBlocks(path))) {
      for (const { bytes, offset, ended } of batch) {
        const trial = ended ? readTrial(bytes) : null;
        if (trial !== null) index.note(trial, offset);
      }
    }
    return index;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/**
 * Every result of a journal, in order of completion, including all results of one trial. Empty if there is no journal.
 */
export async function* readJournal(path: string): AsyncGenerator<Result> {
  try {
    for await (const { bytes, ended } of readByteLines(readBlocks(path))) {
      const result = ended ? parseLine(bytes) : null;
      if (result !== null) yield result;
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** What was paid for trials of the grid and for judges, failed calls included. */
export interface PaidParts {
  readonly trials: Paid;
  readonly judges: Paid;
}

/** What the lines of a journal say of money. */
interface JournalSpending extends PaidParts {
  /** The part of results that are not used, because their trial has another one. */
  readonly replaced: Unreported;
}

/**
 * Adds up what a journal says of money, in one pass. Empty if there is no journal.
 * @param index of the same journal, with all its lines; null leaves open which results are used
 */
export async function readSpending(path: string, index: JournalIndex | null): Promise<JournalSpending> {
  const [trials, judges] = [new LineSums(), new LineSums()];
  const replaced = { trials: new WastedCalls(), judges: new WastedCalls() };
  try {
    for await (const batch of byteLineBatches(readBlocks(path))) {
      for (const { bytes, offset, ended } of batch) {
        const head = ended ? readHead(bytes) : null;
        if (head === null) continue;
        (head.judgeOf === undefined ? trials : judges).add(head);
        const result = index === null || index.offsetOf(head.trialId) === offset ? null : parseLine(bytes);
        if (result !== null) (result.judgeOf === undefined ? replaced.trials : replaced.judges).addReplaced(result);
      }
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return { trials: trials.paid, judges: judges.paid, replaced };
}

/**
 * What a run has paid so far, for results in use or not.
 * @param path of its journal. @param wasted calls that have no result there
 */
export async function readPaid(path: string, wasted: Unreported): Promise<PaidParts> {
  const { trials, judges } = await readSpending(path, null);
  return { trials: sumOf([trials, wasted.trials.paid]), judges: sumOf([judges, wasted.judges.paid]) };
}

/** The lines of a journal with results of trials that are not the run's, from 1. @param isOwn of a trial that has a result */
export async function readForeignLines(path: string, isOwn: (trialId: string) => boolean): Promise<string> {
  const ranges = new LineRanges();
  for await (const { bytes, line, ended } of readByteLines(readBlocks(path))) {
    const trial = ended ? readTrial(bytes) : null;
    if (trial !== null && trial.judgeOf === undefined && !isOwn(trial.trialId)) ranges.add(line);
  }
  return ranges.text;
}

/** When each result of a journal was made, in order of completion, some at a time. Empty if there is no journal. */
export async function* readMoments(path: string): AsyncGenerator<readonly Moment[]> {
  try {
    for await (const batch of byteLineBatches(readBlocks(path))) {
      const moments: Moment[] = [];
      for (const { bytes, ended } of batch) {
        const moment = ended ? readMoment(bytes) : null;
        if (moment !== null) moments.push(moment);
      }
      yield moments;
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

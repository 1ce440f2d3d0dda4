import type { Result } from '../core/result.ts';
import { trialDigest } from '../core/trial.ts';
import { type ByteLine, byteLineBatches } from '../io/byte-lines.ts';
import { readBlocks } from '../io/bytes.ts';
import { parseLine } from './journal-record.ts';

/** Results that may wait for the trials before theirs. */
const MOST_EARLY = 4096;
/** Text that their answers may have, in UTF-16 code units. */
const MOST_EARLY_UNITS = 4 * 1024 * 1024;

/**
 * A journal's results in plan order, in one pass: its lines are nearly in that order, and those that are early wait.
 * Without an index, and without reading any line twice, it takes half the time. It gives up on any other journal.
 */
export class JournalStream {
  readonly #batches: AsyncGenerator<Iterable<ByteLine>>;
  #lines: Iterator<ByteLine> = [].values();
  readonly #early = new Map<string, Result>();
  #earlyUnits = 0;

  /** @param path of the journal, which is opened when the first result is taken */
  constructor(path: string) {
    this.#batches = byteLineBatches(readBlocks(path));
  }

  /**
   * The result of the next trial of the plan; a promise only if it is not in the bytes read so far.
   * @returns null if it gives up: lines are too far from that order or damaged, or the trial has none or several
   */
  take(trialId: string): Result | null | Promise<Result | null> {
    const wanted = trialDigest(trialId);
    const early = this.#early.get(wanted);
    if (early !== undefined) {
      this.#early.delete(wanted);
      this.#earlyUnits -= unitsOf(early);
      return early;
    }
    for (let next = this.#lines.next(); next.done !== true; next = this.#lines.next()) {
      const { bytes, ended } = next.value;
      const result = ended ? parseLine(bytes) : null;
      if (result === null) return null;
      const digest = trialDigest(result.trialId);
      if (digest === wanted) return result;
      if (!this.#keep(digest, result)) return null;
    }
    return this.#takeLater(trialId);
  }

  /**
   * True if every line was taken. Then no trial has several: each line was taken once, and each trial took one. False if
   * some are left, such as those of judges.
   */
  async isUsedUp(): Promise<boolean> {
    while (this.#early.size === 0 && this.#lines.next().done === true) {
      if (!(await this.#read())) return true;
    }
    return false;
  }

  /** Stops reading before the end. */
  async close(): Promise<void> {
    await this.#batches.return(undefined);
  }

  async #takeLater(trialId: string): Promise<Result | null> {
    return (await this.#read()) ? this.take(trialId) : null;
  }

  /** The next lines; false at the end. */
  async #read(): Promise<boolean> {
    const step = await this.#batches.next();
    if (step.done === true) return false;
    this.#lines = step.value[Symbol.iterator]();
    return true;
  }

  #keep(digest: string, result: Result): boolean {
    if (this.#early.has(digest)) return false;
    this.#early.set(digest, result);
    this.#earlyUnits += unitsOf(result);
    return this.#early.size <= MOST_EARLY && this.#earlyUnits <= MOST_EARLY_UNITS;
  }
}

function unitsOf(result: Result): number {
  return result.status === 'completed' ? result.completion.output.length : 0;
}

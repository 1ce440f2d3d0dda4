import type { Result } from '../core/result.ts';
import { trialDigest } from '../core/trial.ts';
import { DigestMap } from '../io/digest-map.ts';

const STATUSES = ['completed', 'errored', 'skipped'] as const satisfies readonly Result['status'][];

/** What an index notes of a result. */
export type IndexedResult = Pick<Result, 'trialId' | 'status' | 'judgeOf'>;

/** Where a trial's result is, and its status. */
export interface JournalEntry {
  /** Byte offset of its line. */
  readonly offset: number;
  readonly status: Result['status'];
}

/** A plan may be much larger than what will run of it: from here on, the index grows as it fills. */
const MOST_EXPECTED = 2 ** 22;

/** A result and the byte offset of its line. */
export interface IndexedLine {
  readonly result: IndexedResult;
  readonly offset: number;
}

/**
 * Finds each trial's line in the journal; 20 bytes per trial if their number is known. That of a run that has just begun
 * takes none until it is asked: in most runs nobody asks where the results of the session are.
 */
export class JournalIndex {
  // Offset and status share one number below 2⁴⁸, enough for a journal of 90 TB.
  #entries: DigestMap;
  readonly #expected: number | undefined;
  /** Reads what was noted so far; null once it is read, and for a journal that had lines. */
  #later: (() => Iterable<IndexedLine>) | null;
  /** Results that were noted and are not read yet. */
  #unread = 0;
  #asked = 0;
  #noted = 0;

  /**
   * @param expected number of trials, if known; with more the index grows, which takes more memory
   * @param later the results of a journal without lines so far, once it is asked for one
   */
  constructor(expected?: number, later?: () => Iterable<IndexedLine>) {
    this.#expected = expected === undefined ? undefined : Math.min(expected, MOST_EXPECTED);
    this.#later = later ?? null;
    this.#entries = new DigestMap(later === undefined ? this.#expected : 0);
  }

  /** Trials that have a result. Until one is asked for, those noted since the beginning count once for each time. */
  get size(): number {
    return this.#entries.size + this.#unread;
  }

  /** Those that are trials of the grid, excluding requests to judges. */
  get asked(): number {
    return this.#asked;
  }

  /** True if a trial has several results, of which all but one are not used. */
  get hasReplaced(): boolean {
    return this.#noted > this.size;
  }

  /** Records a result's line. A later line replaces an earlier one, but an error never replaces an answer. */
  note(result: IndexedResult, offset: number): void {
    this.#noted += 1;
    if (this.#later !== null) {
      this.#unread += 1;
      if (result.judgeOf === undefined) this.#asked += 1;
      return;
    }
    if (result.status !== 'completed' && this.get(result.trialId)?.status === 'completed') return;
    const before = this.#entries.size;
    this.#entries.set(trialDigest(result.trialId), offset * STATUSES.length + STATUSES.indexOf(result.status));
    if (result.judgeOf === undefined) this.#asked += this.#entries.size - before;
  }

  /** The byte offset of the trial's line; undefined if it has no result. */
  offsetOf(trialId: string): number | undefined {
    const packed = this.#find(trialId);
    return packed === undefined ? undefined : Math.floor(packed / STATUSES.length);
  }

  /** The trial's entry; undefined if it has no result. */
  get(trialId: string): JournalEntry | undefined {
    const packed = this.#find(trialId);
    if (packed === undefined) return undefined;
    const status = STATUSES[packed % STATUSES.length] ?? 'errored';
    return { offset: Math.floor(packed / STATUSES.length), status };
  }

  #find(trialId: string): number | undefined {
    if (this.#unread > 0) this.#readNoted();
    return this.#entries.get(trialDigest(trialId));
  }

  #readNoted(): void {
    const lines = this.#later?.() ?? [];
    this.#later = null;
    this.#entries = new DigestMap(this.#expected);
    this.#unread = 0;
    this.#asked = 0;
    this.#noted = 0;
    for (const { result, offset } of lines) this.note(result, offset);
  }
}

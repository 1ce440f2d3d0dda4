import { writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { FolderLostError, StorageError } from '../core/errors.ts';
import type { Result } from '../core/result.ts';
import type { CurrencyTotals } from '../core/totals.ts';
import type { Clock } from '../io/clock.ts';
import { checkUnshared, type Fence, NO_FENCE, removedError } from './fence.ts';
import type { JournalIndex } from './journal-index.ts';
import { journalLine } from './journal-record.ts';
import { type Recovery, type ScannedJournal, scanJournal } from './journal-scan.ts';

/** The disk is asked to make the journal durable at most this often, in milliseconds; the last time is at its end. */
const SYNC_INTERVAL_MS = 200;

/** Results are written together until they have so many UTF-16 code units. */
const MOST_WRITTEN_UNITS = 4 * 1024 * 1024;

/** How much a journal holds. */
export interface JournalExtent {
  /** Whole lines. */
  readonly lines: number;
  readonly bytes: number;
}

interface PendingLine {
  readonly text: string;
  readonly result: Result;
}

/**
 * The run's memory: a result a line, appended as soon as it exists. Once `append` has resolved the line survives the
 * death of this process; power failures may cost the last moments (the disk's own write is grouped).
 */
export class Journal {
  /** Where each trial's latest result is. */
  readonly index: JournalIndex;
  readonly recovery: Recovery;
  /** What the results found at opening had cost, failed attempts too, as far as it is known. */
  readonly paid: CurrencyTotals;
  /** Answers found at opening whose cost is not known, and which `paid` leaves out. */
  readonly unknownCosts: number;
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #fence: Fence;
  #end: number;
  #lines: number;
  #pending: PendingLine[] = [];
  #nextBatch: Promise<void> | null = null;
  #lastBatch: Promise<void> = Promise.resolve();
  #syncing: Promise<void> | null = null;
  #syncedMs: number;
  #failure: StorageError | FolderLostError | null = null;

  private constructor(opened: OpenedJournal) {
    this.index = opened.index;
    this.recovery = opened.recovery;
    this.paid = opened.paid;
    this.unknownCosts = opened.unknownCosts;
    this.#file = opened.file;
    this.#path = opened.path;
    this.#clock = opened.clock;
    this.#fence = opened.fence;
    this.#end = opened.end;
    this.#lines = opened.lines;
    this.#syncedMs = opened.clock.elapsedMs();
  }

  /** How much is in it. */
  get extent(): JournalExtent {
    return { lines: this.#lines, bytes: this.#end };
  }

  /**
   * Opens a journal, makes it where there is none, and cuts off a torn last line.
   * @param fence of the folder that it is in
   */
  static async open(path: string, clock: Clock, fence: Fence = NO_FENCE): Promise<Journal> {
    const file = await open(path, 'a+');
    try {
      const scanned = await scanJournal(path);
      if (scanned.recovery.tornBytes > 0) await file.truncate(scanned.end);
      return new Journal({ ...scanned, file, path, clock, fence });
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /**
   * Appends a result. Resolves once the line is written; results that come together are written together: those of
   * answers that were read in one turn of the event loop, and those that came while others were being written.
   */
  append(result: Result): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    this.#pending.push({ text: journalLine(result), result });
    this.#nextBatch ??= Promise.all([this.#lastBatch, turnOfLoop()]).then(() => this.#writeBatch());
    return this.#nextBatch;
  }

  /** Writes what is pending, makes it durable and closes the file. @throws StorageError where any of it failed */
  async close(): Promise<void> {
    try {
      await this.#nextBatch;
      await this.#lastBatch;
      await this.#syncing;
      await this.#sync();
      // The system tells of a failed write to the disk only once: a later success does not undo it.
      if (this.#failure !== null) throw this.#failure;
    } finally {
      await this.#file.close();
    }
  }

  async #writeBatch(): Promise<void> {
    const lines = this.#pending;
    this.#pending = [];
    this.#nextBatch = null;
    const written = this.#writeAll(lines);
    this.#lastBatch = written.catch(() => undefined);
    await written;
  }

  /** Large answers that came together are written one after the other: joined they may be longer than a text can be. */
  async #writeAll(lines: readonly PendingLine[]): Promise<void> {
    let [from, units] = [0, 0];
    for (const [at, { text }] of lines.entries()) {
      units += text.length;
      if (units < MOST_WRITTEN_UNITS) continue;
      await this.#write(lines.slice(from, at + 1));
      [from, units] = [at + 1, 0];
    }
    if (from < lines.length) await this.#write(lines.slice(from));
  }

  async #write(lines: readonly PendingLine[]): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    const batch = Buffer.from(lines.map(({ text }) => text).join(''));
    try {
      const checking = this.#fence.check();
      if (checking !== null) await checking;
      checkUnshared({ path: this.#path, fd: this.#file.fd, end: this.#end });
      appendWhole(this.#file.fd, batch);
    } catch (cause) {
      throw await this.#fail(cause, batch.length);
    }
    let offset = this.#end;
    // First of all: a file longer than this is taken for one that another process writes to.
    this.#end += batch.length;
    this.#lines += lines.length;
    for (const { text, result } of lines) {
      this.index.note(result, offset);
      offset += Buffer.byteLength(text);
    }
    this.#syncSoon();
  }

  /** Half a batch may have been written: nothing of it counts. Lines of another writer are never cut off. */
  async #fail(cause: unknown, batchBytes: number): Promise<StorageError | FolderLostError> {
    if (cause instanceof FolderLostError || cause instanceof StorageError) {
      this.#failure = cause;
      return cause;
    }
    const { size } = await this.#file.stat().catch(() => ({ size: this.#end }));
    if (size > this.#end && size <= this.#end + batchBytes) await this.#file.truncate(this.#end).catch(() => undefined);
    this.#failure = this.#notStored(cause);
    return this.#failure;
  }

  #syncSoon(): void {
    const nowMs = this.#clock.elapsedMs();
    if (this.#syncing !== null || nowMs - this.#syncedMs < SYNC_INTERVAL_MS) return;
    this.#syncedMs = nowMs;
    this.#syncing = this.#sync().finally(() => {
      this.#syncing = null;
    });
  }

  async #sync(): Promise<void> {
    try {
      await this.#file.datasync();
      const { nlink } = await this.#file.stat();
      // A file that was removed takes every write and keeps none.
      if (nlink === 0) this.#failure ??= removedError(this.#path);
    } catch (cause) {
      this.#failure ??= this.#notStored(cause);
    }
  }

  #notStored(cause: unknown): StorageError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const kept = `results kept: ${this.index.size}`;
    return new StorageError(`${this.#path}: a result could not be stored: ${reason} (${kept})`, {
      hint: `make room, then run the same command again with --out ${dirname(this.#path)}: what is kept is not paid again`,
      cause,
    });
  }
}

/**
 * Not by a promise: lines go to the system's memory, which takes less time than handing them to another thread, and what
 * is slow, the disk, is waited for elsewhere.
 */
function appendWhole(fd: number, bytes: Buffer): void {
  for (let from = 0; from < bytes.length; ) from += writeSync(fd, bytes, from);
}

interface OpenedJournal extends ScannedJournal {
  readonly file: FileHandle;
  readonly path: string;
  readonly clock: Clock;
  readonly fence: Fence;
}

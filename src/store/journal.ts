import { writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { FolderLostError, StorageError } from '../core/errors.ts';
import type { Result } from '../core/result.ts';
import type { CurrencyTotals } from '../core/totals.ts';
import type { Clock } from '../io/clock.ts';
import type { LinesDigest } from '../io/lines-digest.ts';
import { SealedLines } from '../io/sealed-line.ts';
import { checkUnshared, type Fence, NO_FENCE, removedError } from './fence.ts';
import type { JournalIndex } from './journal-index.ts';
import type { JournalExtent, JournalLoss } from './journal-loss.ts';
import { recordMembers } from './journal-record.ts';
import { type KnownJournal, type Recovery, type ScannedJournal, scanJournal } from './journal-scan.ts';

/** The journal is synced to disk at most this often, in milliseconds; the last sync is at its end. */
const SYNC_INTERVAL_MS = 200;

/** How a journal is opened. */
interface JournalOpening extends KnownJournal {
  /** Sees what was found; an error that it throws leaves the journal as it is. */
  readonly accept?: ((found: ScannedJournal) => Promise<void>) | undefined;
}

interface PendingLine {
  /** Its JSON text, not yet sealed. */
  readonly members: string;
  readonly result: Result;
}

/** A line in the batch that is written next. */
interface EncodedLine {
  readonly bytes: number;
  readonly result: Result;
}

/**
 * The run's memory: one result per line, appended as soon as it exists. Once `append` has resolved, the line survives
 * the death of this process. A power failure may lose the last moments, because syncs are grouped.
 */
export class Journal {
  /** Where each trial's latest result is. */
  readonly index: JournalIndex;
  readonly recovery: Recovery;
  /** What it had lost when it was opened. */
  readonly loss: JournalLoss;
  /** Known cost of the results found at opening, including failed attempts. */
  readonly paid: CurrencyTotals;
  /** Answers found at opening whose cost is unknown and not in `paid`. */
  readonly unknownCosts: number;
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #fence: Fence;
  readonly #digest: LinesDigest;
  #end: number;
  #lines: number;
  #simulated: boolean;
  #pending: PendingLine[] = [];
  readonly #encoded = new SealedLines();
  #nextBatch: Promise<void> | null = null;
  #lastBatch: Promise<void> = Promise.resolve();
  #syncing: Promise<void> | null = null;
  #syncedMs: number;
  #failure: StorageError | FolderLostError | null = null;
  #makeRoom: (() => Promise<void>) | null = null;

  private constructor(opened: OpenedJournal) {
    this.index = opened.index;
    this.recovery = opened.recovery;
    this.loss = opened.loss;
    this.paid = opened.paid;
    this.unknownCosts = opened.unknownCosts;
    this.#file = opened.file;
    this.#path = opened.path;
    this.#clock = opened.clock;
    this.#fence = opened.fence;
    this.#digest = opened.digest;
    this.#end = opened.end;
    this.#lines = opened.lines;
    this.#simulated = opened.simulated;
    this.#syncedMs = opened.clock.elapsedMs();
  }

  /** Its current size. */
  get extent(): JournalExtent {
    const results = this.#lines - this.recovery.badLines.length;
    return { lines: this.#lines, bytes: this.#end, results };
  }

  /** True if an answer to a trial of the grid, found at opening or appended since, is of promptgrid's own gateway. */
  get simulated(): boolean {
    return this.#simulated;
  }

  /** CRC-32 of its lines as they were found at opening and appended since, as `Checksum` has it. */
  get checksum(): string {
    return this.#digest.text();
  }

  /**
   * Opens a journal, creates it if there is none, and cuts off a torn last line.
   * @param fence of its folder
   */
  static async open(
    path: string,
    clock: Clock,
    fence: Fence = NO_FENCE,
    { accept, ...known }: JournalOpening = {},
  ): Promise<Journal> {
    const file = await open(path, 'a+');
    try {
      const scanned = await scanJournal(path, known);
      await accept?.(scanned);
      if (scanned.recovery.tornBytes > 0) await file.truncate(scanned.end);
      return new Journal({ ...scanned, file, path, clock, fence });
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /**
   * Appends a result. Resolves once the line is written. Results that arrive together are written together: those from
   * one turn of the event loop, and those that arrive during another write.
   */
  append(result: Result): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    this.#pending.push({ members: recordMembers(result), result });
    this.#nextBatch ??= Promise.all([this.#lastBatch, turnOfLoop()]).then(() => this.#writeBatch());
    return this.#nextBatch;
  }

  /** Calls this, once, if the disk has no room for a result, and then tries again. @param makeRoom frees what it can */
  whenFull(makeRoom: () => Promise<void>): void {
    this.#makeRoom = makeRoom;
  }

  /** Everything that was appended is on the disk once it resolves. @throws StorageError if any of it failed */
  async settle(): Promise<void> {
    await this.#nextBatch;
    await this.#lastBatch;
    await this.#syncing;
    await this.#sync();
    if (this.#failure !== null) throw this.#failure;
  }

  /** Writes pending results, syncs and closes the file. @throws StorageError if any of it failed */
  async close(): Promise<void> {
    try {
      await this.#nextBatch;
      await this.#lastBatch;
      await this.#syncing;
      await this.#sync();
      // The system reports a failed write to the disk only once: a later success does not undo it.
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

  /** Large answers that arrived together are written one after another: joined, they would take the room of all. */
  async #writeAll(lines: readonly PendingLine[]): Promise<void> {
    let batch: EncodedLine[] = [];
    for (const { members, result } of lines) {
      let bytes = this.#encoded.add(members);
      if (bytes === 0) {
        await this.#write(batch);
        batch = [];
        bytes = this.#encoded.add(members);
      }
      batch.push({ bytes, result });
    }
    await this.#write(batch);
  }

  /** Writes what is encoded. @param lines that it holds */
  async #write(lines: readonly EncodedLine[]): Promise<void> {
    try {
      if (this.#failure !== null) throw this.#failure;
      await this.#store(this.#encoded.bytes);
      this.#note(this.#encoded.bytes, lines);
    } finally {
      // Whatever failed: no line is written twice.
      this.#encoded.clear();
    }
    this.#syncSoon();
  }

  async #store(batch: Buffer): Promise<void> {
    try {
      const checking = this.#fence.check();
      if (checking !== null) await checking;
      checkUnshared({ path: this.#path, fd: this.#file.fd, end: this.#end });
      await this.#append(batch);
    } catch (cause) {
      throw await this.#fail(cause, batch.length);
    }
  }

  #note(batch: Buffer, lines: readonly EncodedLine[]): void {
    let offset = this.#end;
    // First of all: a longer file counts as one that another process writes to.
    this.#end += batch.length;
    this.#digest.update(batch);
    this.#lines += lines.length;
    for (const { bytes, result } of lines) {
      this.index.note(result, offset);
      offset += bytes;
      this.#simulated ||= isSimulated(result);
    }
  }

  async #append(batch: Buffer): Promise<void> {
    try {
      appendWhole(this.#file.fd, batch);
    } catch (cause) {
      const makeRoom = this.#makeRoom;
      if (makeRoom === null || !isFull(cause)) throw cause;
      this.#makeRoom = null;
      await makeRoom();
      await this.#file.truncate(this.#end);
      appendWhole(this.#file.fd, batch);
    }
  }

  /** Half a batch may have been written: none of it counts. Lines of another writer are never cut off. */
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
      // A removed file accepts every write and keeps none.
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

function isSimulated(result: Result): boolean {
  return result.status === 'completed' && result.judgeOf === undefined && result.completion.simulated;
}

/**
 * Synchronous: lines go to the page cache, which takes less time than handing them to another thread. The slow part,
 * the disk, is awaited elsewhere.
 */
function appendWhole(fd: number, bytes: Buffer): void {
  for (let from = 0; from < bytes.length; ) from += writeSync(fd, bytes, from);
}

function isFull(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT');
}

interface OpenedJournal extends ScannedJournal {
  readonly file: FileHandle;
  readonly path: string;
  readonly clock: Clock;
  readonly fence: Fence;
}

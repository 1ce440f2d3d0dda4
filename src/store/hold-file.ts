import { type FileHandle, open, rm } from 'node:fs/promises';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import type { LostCalls } from '../core/billed.ts';
import { FolderLostError, StorageError } from '../core/errors.ts';
import type { HoldLog } from '../core/hold-log.ts';
import type { Unreported } from '../core/totals.ts';
import { readByteLines } from '../io/byte-lines.ts';
import { checkUnshared, type Fence, NO_FENCE } from './fence.ts';
import { HoldLedger, type UntoldSpending } from './hold-ledger.ts';
import { type HoldLine, holdLine, parseHoldLine } from './hold-lines.ts';
import { BoundHoldLog, type CallCost, ExactHoldLog } from './hold-logs.ts';

/**
 * Costs, known or possible, of calls without a result in the journal: one line each, in the format of
 * src/store/hold-lines.ts. Written but not synced, which is enough to survive the death of a process. The file is
 * created with the first line, and removed if a session has nothing to record.
 */
export class HoldFile {
  readonly #path: string;
  readonly #ledger: HoldLedger;
  readonly #books: { readonly log: HoldLog; readonly currency: string }[] = [];
  readonly #bounds = new Map<string, HoldLog>();
  readonly #fence: Fence;
  readonly #badLines: number[] = [];
  #awaited: ReadonlyMap<string, CallCost> = new Map();
  /** The part of `#awaited` that was not asked for in this session. */
  readonly #untaken = new Map<string, CallCost>();
  #file: FileHandle | null = null;
  /** Length of the file in bytes. */
  #end = 0;
  /** True if the file has lines that the next session needs. */
  #isNeeded = false;
  #pending = '';
  #nextBatch: Promise<void> | null = null;
  #lastBatch: Promise<void> = Promise.resolve();

  private constructor(path: string, ledger: HoldLedger, fence: Fence) {
    this.#path = path;
    this.#ledger = ledger;
    this.#fence = fence;
  }

  /**
   * Reads the file if it exists, and settles what an earlier session left open at its maximum.
   * @param isAnswered true for a trial with a result in the journal that reports the cost of its calls
   * @param fence of its folder
   * @param isAwaited true for a trial whose answer may still come: its call stays open, or is opened again
   */
  static async open(
    path: string,
    isAnswered: (trialId: string) => boolean,
    fence: Fence = NO_FENCE,
    isAwaited: (trialId: string) => boolean = () => false,
  ): Promise<HoldFile> {
    const ledger = new HoldLedger(isAnswered);
    const holds = new HoldFile(path, ledger, fence);
    try {
      await holds.#read();
      for (const line of [...ledger.found(isAwaited), ...ledger.leftOpen(isAwaited)]) {
        ledger.add(line);
        await holds.#append(line);
      }
      holds.#awaited = ledger.awaited(isAwaited);
      for (const [trialId, cost] of holds.#awaited) holds.#untaken.set(trialId, cost);
      return holds;
    } catch (error) {
      await holds.#file?.close();
      throw error;
    }
  }

  /** Lines that were damaged or not ours when the file was opened, from 1. Their content is unknown. */
  get badLines(): readonly number[] {
    return this.#badLines;
  }

  /** What calls of earlier sessions may cost whose answers may still come, by trial. */
  get awaited(): ReadonlyMap<string, CallCost> {
    return this.#awaited;
  }

  /** The cost, known or possible, of other calls of earlier sessions that have no result. */
  get spending(): UntoldSpending {
    return this.#ledger.spending;
  }

  /**
   * Calls of the whole run that may have been billed, and of which no result reports a cost. Those whose answers may
   * still come are among them until they are taken: nobody else counts them, and nobody may ever ask for them.
   */
  get lost(): LostCalls {
    return this.#lostWith(this.#untaken.values());
  }

  /** Those of `lost` whose answers cannot come any more. */
  get lostForGood(): LostCalls {
    return this.#lostWith([]);
  }

  /** Calls of known cost whose trial has no result that repeats it. */
  get wasted(): Unreported {
    return this.#ledger.wasted;
  }

  /** True if a trial's answer has an unknown cost that is included in `spending`. */
  countsAnswer(trialId: string): boolean {
    return this.#ledger.countsAnswer(trialId);
  }

  /** A log with one line per call: exact, whenever the session dies. @param currency of the calls, ISO 4217 code */
  exact(currency: string): HoldLog {
    return this.#opened(new ExactHoldLog(currency, (line) => this.#note(line), this.#untaken), currency);
  }

  /**
   * A log that writes a line only when more is in flight than before: an upper bound, at almost no cost. @param
   * currency as above
   */
  bound(currency: string): HoldLog {
    // Lines of a currency cover everything in flight in it.
    const known = this.#bounds.get(currency);
    if (known !== undefined) return known;
    const log = this.#opened(new BoundHoldLog(currency, (line) => this.#note(line)), currency);
    this.#bounds.set(currency, log);
    return log;
  }

  /** Ends the logs and closes the file. What can no longer be written counts as lost in the next session. */
  async close(): Promise<void> {
    let isAllEnded = true;
    for (const { log } of this.#books) {
      if (!(await log.close().catch(() => false))) isAllEnded = false;
    }
    await this.#nextBatch?.catch(() => undefined);
    await this.#lastBatch;
    const isOurs = await this.#isOurs();
    await this.#file?.close();
    if (this.#file !== null && isOurs && isAllEnded && !this.#isNeeded) await rm(this.#path, { force: true });
  }

  /** False if another process now writes to the folder. */
  async #isOurs(): Promise<boolean> {
    try {
      await this.#checkShared();
      return true;
    } catch {
      return false;
    }
  }

  async #checkShared(): Promise<void> {
    const checking = this.#fence.check();
    if (checking !== null) await checking;
    if (this.#file !== null) checkUnshared({ path: this.#path, fd: this.#file.fd, end: this.#end });
  }

  #lostWith(untaken: Iterable<CallCost>): LostCalls {
    const own = this.#books.flatMap(({ log, currency }) => [...log.open.values()].map((most) => ({ most, currency })));
    return this.#ledger.lostWith([...untaken, ...own]);
  }

  #opened(log: HoldLog, currency: string): HoldLog {
    this.#books.push({ log, currency });
    return log;
  }

  async #read(): Promise<void> {
    const file = await open(this.#path, 'r+').catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
    if (file === null) return;
    try {
      const tornAt = await this.#readLines(file);
      if (tornAt !== null) await file.truncate(tornAt);
      this.#end = (await file.stat()).size;
    } finally {
      await file.close();
    }
  }

  /** @returns the byte offset of a torn last line; null if there is none */
  async #readLines(file: FileHandle): Promise<number | null> {
    const lines = readByteLines(file.createReadStream({ autoClose: false, start: 0 }));
    for await (const { bytes, offset, line: number, ended } of lines) {
      if (!ended) return offset;
      const line = parseHoldLine(bytes.toString('utf8'));
      if (line === null) this.#badLines.push(number);
      else this.#ledger.add(line);
      this.#isNeeded = true;
    }
    return null;
  }

  #note(line: HoldLine): Promise<void> {
    // Few have ended; what is held should not be in memory twice.
    if (line.kind === 'ended') this.#ledger.add(line);
    return this.#append(line);
  }

  /** Lines that arrive together are written together. */
  #append(line: HoldLine): Promise<void> {
    // What is held is needed unless all of it ends, and what ended without a cost is not.
    const isOver = line.kind === 'held' || line.kind === 'under way' || (line.kind === 'ended' && line.end === 'free');
    this.#isNeeded ||= !isOver;
    this.#pending += holdLine(line);
    this.#nextBatch ??= Promise.all([this.#lastBatch, turnOfLoop()]).then(() => this.#write());
    return this.#nextBatch;
  }

  #write(): Promise<void> {
    const text = this.#pending;
    this.#pending = '';
    this.#nextBatch = null;
    const written = this.#store(text);
    this.#lastBatch = written.catch(() => undefined);
    return written;
  }

  async #store(text: string): Promise<void> {
    try {
      this.#file ??= await open(this.#path, 'a');
      await this.#checkShared();
      await this.#file.appendFile(text);
      this.#end += Buffer.byteLength(text);
    } catch (cause) {
      if (cause instanceof FolderLostError || cause instanceof StorageError) throw cause;
      throw notStored(this.#path, cause);
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function notStored(path: string, cause: unknown): StorageError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StorageError(`${path}: what calls may cost could not be stored: ${reason}`, {
    hint: 'free some space, then run the same command again: completed calls are not paid again',
    cause,
  });
}

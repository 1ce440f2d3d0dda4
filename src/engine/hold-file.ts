import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { FolderLostError, StorageError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../core/json.ts';
import { formatDecimal, type Picounits } from '../core/money.ts';
import { Purse } from '../core/totals.ts';
import { readByteLines } from '../io/byte-lines.ts';
import { amountOrNull } from './completion-record.ts';
import { checkUnshared, type Fence, NO_FENCE } from './fence.ts';

/** Writes down what is held for calls, so that a session which dies leaves word of them. */
export interface HoldBook {
  /** A call is about to be made. Resolves once that is written. @param most that it can cost */
  held(trialId: string, most: Picounits): Promise<void>;
  /** A call of it has ended without an answer. @param cost what it cost, or may have cost at most */
  ended(trialId: string, cost: Picounits): Promise<void>;
}

interface OpenHold {
  readonly most: Picounits;
  readonly currency: string;
}

/**
 * What calls may have cost that no result tells of, a line each: `{"held": <trial>, "most_cost", "currency"}` before a
 * call, `{"ended": <trial>, "cost", "currency"}` after one without an answer. The result of an answer, which is in the
 * journal, ends its hold as well. Written and not synced, which is enough against the death of a process.
 */
export class HoldFile {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #fence: Fence;
  #end = 0;
  /** What calls without an answer had cost, or may have, before this session. */
  readonly #lost = new Purse();
  #pending = '';
  #nextBatch: Promise<void> | null = null;
  #lastBatch: Promise<void> = Promise.resolve();

  private constructor(path: string, file: FileHandle, fence: Fence) {
    this.#path = path;
    this.#file = file;
    this.#fence = fence;
  }

  /**
   * Opens the file, makes it where there is none, and ends what an earlier session left open, at its most.
   * @param isAnswered true for a trial whose answer is in the journal
   * @param fence of the folder that it is in
   */
  static async open(
    path: string,
    isAnswered: (trialId: string) => boolean,
    fence: Fence = NO_FENCE,
  ): Promise<HoldFile> {
    const file = await open(path, 'a+');
    const holds = new HoldFile(path, file, fence);
    try {
      for (const [trialId, { most, currency }] of await holds.#read(isAnswered)) {
        holds.#lost.add({ amount: most, currency });
        await holds.#append({ ended: trialId, cost: formatDecimal(most), currency });
      }
      return holds;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** What calls without an answer cost in earlier sessions, or may have cost. @param currency ISO 4217 code */
  lost(currency: string): Picounits {
    return this.#lost.of(currency);
  }

  /** @param currency of what is held, ISO 4217 code */
  book(currency: string): HoldBook {
    return {
      held: (trialId, most) => this.#append({ held: trialId, most_cost: formatDecimal(most), currency }),
      ended: (trialId, cost) => this.#append({ ended: trialId, cost: formatDecimal(cost), currency }),
    };
  }

  async close(): Promise<void> {
    await this.#nextBatch?.catch(() => undefined);
    await this.#file.close();
  }

  async #read(isAnswered: (trialId: string) => boolean): Promise<ReadonlyMap<string, OpenHold>> {
    const holds = new Map<string, OpenHold>();
    let end = 0;
    for await (const { bytes, offset, ended } of readByteLines(createReadStream(this.#path))) {
      if (!ended) break;
      end = offset + bytes.length + 1;
      const line = readLine(parseJson(bytes.toString('utf8')));
      if (line === null) continue;
      if (line.isEnd) {
        holds.delete(line.trialId);
        this.#lost.add(line);
      } else if (!isAnswered(line.trialId)) holds.set(line.trialId, { most: line.amount, currency: line.currency });
    }
    await this.#file.truncate(end);
    this.#end = end;
    return holds;
  }

  /** Lines that come together are written together. */
  #append(line: JsonObject): Promise<void> {
    this.#pending += `${JSON.stringify(line)}\n`;
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
      const checking = this.#fence.check();
      if (checking !== null) await checking;
      checkUnshared({ path: this.#path, fd: this.#file.fd, end: this.#end });
      await this.#file.appendFile(text);
      this.#end += Buffer.byteLength(text);
    } catch (cause) {
      if (cause instanceof FolderLostError || cause instanceof StorageError) throw cause;
      throw notStored(this.#path, cause);
    }
  }
}

interface HoldLine {
  readonly trialId: string;
  readonly isEnd: boolean;
  readonly amount: Picounits;
  readonly currency: string;
}

function readLine(value: JsonValue | undefined): HoldLine | null {
  if (!isJsonObject(value) || typeof value['currency'] !== 'string') return null;
  const { held, ended, currency } = value;
  const trialId = held ?? ended;
  if (typeof trialId !== 'string') return null;
  const isEnd = held === undefined;
  return { trialId, isEnd, amount: amountOrNull(value[isEnd ? 'cost' : 'most_cost']) ?? 0n, currency };
}

function notStored(path: string, cause: unknown): StorageError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StorageError(`${path}: what is held of the budget could not be written down: ${reason}`, {
    hint: 'make room, then run the same command again: what is kept is not paid again',
    cause,
  });
}

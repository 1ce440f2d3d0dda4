import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { StorageError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, parseJson } from '../core/json.ts';
import { formatDecimal, type Picounits } from '../core/money.ts';
import { Purse } from '../core/totals.ts';
import { readByteLines } from '../io/byte-lines.ts';
import { amountOrNull } from './completion-record.ts';
import { claimsSeal, sealJson, sealOf } from './sealed-line.ts';

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
 * journal, ends its hold as well. Written and not synced, which is enough against the death of a process. Lines have a
 * checksum, those of older versions excepted; a damaged one is not used.
 */
export class HoldFile {
  readonly #path: string;
  readonly #file: FileHandle;
  /** What calls without an answer had cost, or may have, before this session. */
  readonly #lost = new Purse();
  #badLines: readonly number[] = [];
  #pending = '';
  #nextBatch: Promise<void> | null = null;
  #lastBatch: Promise<void> = Promise.resolve();

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * Opens the file, makes it where there is none, and ends what an earlier session left open, at its most.
   * @param isAnswered true for a trial whose answer is in the journal
   */
  static async open(path: string, isAnswered: (trialId: string) => boolean): Promise<HoldFile> {
    const file = await open(path, 'a+');
    const holds = new HoldFile(path, file);
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

  /** Lines that were damaged when the file was opened, from 1. What they held is not known. */
  get badLines(): readonly number[] {
    return this.#badLines;
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
    const badLines: number[] = [];
    let end = 0;
    for await (const { bytes, offset, line: number, ended } of readByteLines(createReadStream(this.#path))) {
      if (!ended) break;
      end = offset + bytes.length + 1;
      const line = readLine(bytes.toString('utf8'));
      if (line === null) badLines.push(number);
      else if (line.isEnd) {
        holds.delete(line.trialId);
        this.#lost.add(line);
      } else if (!isAnswered(line.trialId)) holds.set(line.trialId, { most: line.amount, currency: line.currency });
    }
    await this.#file.truncate(end);
    this.#badLines = badLines;
    return holds;
  }

  /** Lines that come together are written together. */
  #append(line: JsonObject): Promise<void> {
    this.#pending += `${sealJson(JSON.stringify(line))}\n`;
    this.#nextBatch ??= Promise.all([this.#lastBatch, turnOfLoop()]).then(() => this.#write());
    return this.#nextBatch;
  }

  #write(): Promise<void> {
    const text = this.#pending;
    this.#pending = '';
    this.#nextBatch = null;
    const written = this.#file.appendFile(text).catch((cause: unknown) => {
      throw notStored(this.#path, cause);
    });
    this.#lastBatch = written.catch(() => undefined);
    return written;
  }
}

interface HoldLine {
  readonly trialId: string;
  readonly isEnd: boolean;
  readonly amount: Picounits;
  readonly currency: string;
}

function readLine(text: string): HoldLine | null {
  const seal = sealOf(text);
  const value = seal === 'broken' ? undefined : parseJson(text);
  if (!isJsonObject(value) || (seal === 'none' && claimsSeal(value))) return null;
  return readHold(value);
}

function readHold(value: JsonObject): HoldLine | null {
  if (typeof value['currency'] !== 'string') return null;
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

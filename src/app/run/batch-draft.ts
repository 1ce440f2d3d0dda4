import type { BatchInput, BatchLimits } from '../../core/batch.ts';
import { shortDigest } from '../../core/digest.ts';
import type { Picounits } from '../../core/money.ts';
import type { Trial } from '../../core/trial.ts';
import type { Budget, GrowingHold } from '../../engine/budget.ts';
import { type Clock, isoText } from '../../io/clock.ts';
import { SpoolFile } from '../../io/spool-file.ts';
import type { BatchFile } from '../../store/batch-file.ts';
import type { BatchedTrial, BatchIntent } from '../../store/batch-lines.ts';
import type { Lane } from '../endpoints/lanes.ts';

/** What a draft is written with. */
export interface DraftContext {
  readonly batches: BatchFile;
  /** null if the run has none. */
  readonly budget: Budget | null;
}

/** A request of a batch. */
interface DraftLine {
  /** Without a line feed. */
  readonly line: string;
  readonly cacheKey: string | null;
  /** The most that it may cost; null if nothing bounds it. */
  readonly most: Picounits | null;
}

/** A batch in the making: its requests are in a temporary file beside batches.jsonl. */
export class BatchDraft {
  readonly trials: BatchedTrial[] = [];
  readonly #cacheKeys = new Set<string>();
  readonly #limits: BatchLimits;
  readonly #spool: SpoolFile;
  #hold: GrowingHold | null;
  #bytes = 0;
  #model = '';
  #most: Picounits | null = 0n;
  #isDiscarded = false;

  private constructor(limits: BatchLimits, spool: SpoolFile, hold: GrowingHold | null) {
    this.#limits = limits;
    this.#spool = spool;
    this.#hold = hold;
  }

  /** @throws the file system's error */
  static async open(limits: BatchLimits, { batches, budget }: DraftContext): Promise<BatchDraft> {
    return new BatchDraft(limits, await SpoolFile.open(batches.path), budget?.growing() ?? null);
  }

  /** Bytes of a line, with its line feed. */
  static bytesOf(line: string): number {
    return Buffer.byteLength(line) + 1;
  }

  /** Number of its requests. */
  get size(): number {
    return this.trials.length;
  }

  /** True if one of its requests has an answer that is cached at this key. */
  holdsKey(cacheKey: string): boolean {
    return this.#cacheKeys.has(cacheKey);
  }

  /** True if a line belongs into another batch. */
  isFullFor(line: string): boolean {
    return this.size >= this.#limits.requests || this.#bytes + BatchDraft.bytesOf(line) > this.#limits.bytes;
  }

  /** Reserves what a request may cost. @returns false if the budget has no room for it */
  tryReserve(most: Picounits | null): boolean {
    return this.#hold === null || most === null || this.#hold.tryGrow(most);
  }

  async add({ id, row, variant, repeat }: Trial, { line, cacheKey, most }: DraftLine): Promise<void> {
    if (this.size === 0) this.#model = variant.model.model;
    if (cacheKey !== null) this.#cacheKeys.add(cacheKey);
    this.trials.push({ trialId: id, rowId: row.id, variant: variant.index, repeat, cacheKey, most });
    this.#bytes += BatchDraft.bytesOf(line);
    this.#most = most === null || this.#most === null ? null : this.#most + most;
    const writing = this.#spool.write(line);
    if (writing !== undefined) await writing;
  }

  /** What is recorded of it before it is created. */
  intent(
    { provider, currency }: Lane,
    { clock, random }: { readonly clock: Clock; readonly random: () => number },
  ): BatchIntent {
    const at = isoText(clock.date());
    const requests = this.size;
    const intent = shortDigest(JSON.stringify([at, random(), requests, this.trials[0]?.trialId ?? '']));
    return { intent, provider: provider.name, requests, most: this.#most, currency: currency ?? '', at };
  }

  input({ intent, requests }: BatchIntent): BatchInput {
    return { intent, model: this.#model, requests, bytes: this.#bytes, lines: () => this.#spool.lines() };
  }

  /** Its hold, which lasts until its results are there; null without a budget. */
  keepHold(): GrowingHold | null {
    const hold = this.#hold;
    this.#hold = null;
    return hold;
  }

  /** Removes the temporary file, and releases what is held for it. May be called again. */
  async discard(): Promise<void> {
    if (this.#isDiscarded) return;
    this.#isDiscarded = true;
    this.#hold?.settle(0n);
    await this.#spool.remove();
  }
}

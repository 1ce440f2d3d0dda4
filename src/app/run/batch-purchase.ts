import { CallError } from '../../core/call-error.ts';
import type { Trial } from '../../core/trial.ts';
import { withFileContent } from '../../engine/file-content.ts';
import { batchPriced } from '../endpoints/lanes.ts';
import { needsOf } from '../endpoints/needs.ts';
import type { BatchAnswers } from './batch-answers.ts';
import type { BatchCalls } from './batch-calls.ts';
import { type BatchPhase, type BoughtBatch, type LaneWork, newlyBought } from './batch-context.ts';
import type { BatchDraft } from './batch-draft.ts';
import { BatchDrafts } from './batch-drafts.ts';
import { createBatch } from './batch-submission.ts';
import { openTrials } from './lane-trials.ts';

/** What a purchase needs of its endpoint. */
interface PurchaseTools {
  readonly answers: BatchAnswers;
  readonly calls: BatchCalls;
  /** Called for each batch that was created. */
  readonly onBought: (bought: BoughtBatch) => void;
  /** True while a batch is not over. */
  readonly hasOpen: () => boolean;
}

/** Buys batches of the open trials of one endpoint. */
export class BatchPurchase {
  readonly #phase: BatchPhase;
  readonly #work: LaneWork;
  readonly #tools: PurchaseTools;
  readonly #needOf: ReturnType<typeof needsOf>;
  #mostRequests: number;
  /** True while the API's queue has no room for another batch. */
  #isQueueFull = false;

  constructor(phase: BatchPhase, work: LaneWork, tools: PurchaseTools) {
    this.#phase = phase;
    this.#work = work;
    this.#tools = tools;
    this.#needOf = needsOf(phase.config, batchPriced(work.lane));
    this.#mostRequests = work.batches.limits.requests;
  }

  /** The queue has no room for a batch of that size: it has once another batch is over, or for a smaller one. */
  noteFullQueue(requests: number): void {
    this.#mostRequests = Math.ceil(requests / 2);
    this.#isQueueFull = this.#tools.hasOpen();
  }

  /** A batch is over, so that the queue may have room. */
  noteRoom(): void {
    this.#isQueueFull = false;
  }

  /** Buys batches of what is open, as far as budget and queue go. */
  async buyOpen(): Promise<void> {
    const { control } = this.#phase;
    for (let isDone = false; !isDone && !this.#isQueueFull && !control.isDraining; ) {
      const mostRequests = this.#mostRequests;
      await this.#buyAll();
      // A batch was refused as too large for the queue: the same requests are sent in smaller ones.
      isDone = this.#mostRequests === mostRequests;
    }
  }

  async #buyAll(): Promise<void> {
    const { journal, config, control } = this.#phase;
    const { plan, lane, batches } = this.#work;
    const limits = { bytes: batches.limits.bytes, requests: this.#mostRequests };
    const drafts = new BatchDrafts({ limits, mixesModels: batches.mixesModels }, this.#phase);
    try {
      for await (const some of openTrials({ journal, config }, { plan, lane, live: null })) {
        for (const { trial } of some) {
          if (control.isDraining || !(await this.#draft(trial, drafts))) return;
        }
      }
      await this.#buyDrafts(drafts);
    } finally {
      await drafts.discard();
    }
  }

  /** Puts an open trial into a batch, unless it needs no request. @returns false if nothing more can be bought now */
  async #draft(trial: Trial, drafts: BatchDrafts): Promise<boolean> {
    if (await this.#needsNoRequest(trial, drafts)) return true;
    const line = await this.#lineOf(trial);
    if (line === null) return true;
    if (drafts.isTooLarge(line)) {
      await this.#tools.answers.refuse(trial, tooLarge(this.#work.batches.limits.bytes));
      return true;
    }
    const full = drafts.takeFull(trial, line);
    if (full !== null && !(await this.#buy(full))) return false;
    const { cost } = await this.#needOf(trial);
    const draft = await drafts.of(trial);
    if (draft.tryReserve(cost)) {
      await draft.add(trial, { line, cacheKey: this.#work.executor.cacheKey(trial), most: cost });
      return true;
    }
    // The rest fits once the batches are paid, which rarely cost what they may.
    const bought = await this.#buyDrafts(drafts);
    if (bought === 0 && !this.#tools.hasOpen() && !this.#phase.control.isDraining) {
      const { budget, control } = this.#phase;
      control.stop({ kind: 'budget', message: budget?.describe(cost ?? 0n) ?? '' });
    }
    return false;
  }

  /** True if a trial is asked already, has a result now, or shares the answer to an equal request. */
  async #needsNoRequest(trial: Trial, drafts: BatchDrafts): Promise<boolean> {
    const { batches: file } = this.#phase;
    const { answers } = this.#tools;
    const { executor } = this.#work;
    if (file.holds(trial.id) || answers.isSettled(trial.id)) return true;
    const known = executor.known(trial);
    if (known !== null) {
      await answers.store(known);
      return true;
    }
    const key = executor.cacheKey(trial);
    return key !== null && (drafts.holdsKey(key) || file.holdsKey(key));
  }

  /** @returns null if the trial's files cannot be read any more: it has a result then */
  async #lineOf(trial: Trial): Promise<string | null> {
    const { id, variant, messages, messagesJson } = trial;
    const { model, temperature, params, prompt } = variant;
    const request = { model: model.model, messages, messagesJson, temperature, params };
    try {
      return this.#work.batches.line(id, prompt.attaches === true ? await withFileContent(request) : request);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      await this.#tools.answers.refuse(trial, error);
      return null;
    }
  }

  /** @returns number of requests that were sent */
  async #buyDrafts(drafts: BatchDrafts): Promise<number> {
    let sent = 0;
    for (let draft = drafts.takeNext(); draft !== null; draft = drafts.takeNext()) {
      const { size } = draft;
      if (!(await this.#buy(draft))) return sent;
      sent += size;
    }
    return sent;
  }

  /** Too much at once is sent once another batch is over; if there is none, it may be the batch that is too large. */
  #noteRefusal(error: CallError, requests: number): void {
    if (error.kind === 'rate_limited' && this.#tools.hasOpen()) this.#isQueueFull = true;
    else if (error.kind === 'rate_limited' && requests > 1) this.noteFullQueue(requests);
    else this.#tools.calls.stop(error, 'the batch was refused');
  }

  /** Records that a batch is about to be created, and creates it. @returns false if nothing more can be bought now */
  async #buy(draft: BatchDraft): Promise<boolean> {
    const { batches: file, control, clock } = this.#phase;
    const { lane, batches } = this.#work;
    const { calls, onBought } = this.#tools;
    try {
      if (draft.size === 0) return true;
      if (control.isDraining) return false;
      const batch = draft.intent(lane, this.#phase);
      await file.intend(batch, draft.trials);
      const created = await createBatch(draft.input(batch), {
        batches,
        clock,
        control,
        ask: (work) => calls.carry(work),
        find: () => calls.search(batch),
      });
      switch (created.kind) {
        case 'created':
          if (created.isProven) await file.created(batch.intent, created.id);
          onBought(newlyBought({ ...batch, id: created.id }, { hold: draft.keepHold(), isProven: created.isProven }));
          return !control.isDraining;
        case 'refused':
          await file.over(batch.intent, 'refused');
          this.#noteRefusal(created.error, batch.requests);
          return false;
        case 'unsent':
          await file.over(batch.intent, 'never created');
          calls.stop(created.error, 'the requests of a batch could not be uploaded');
          return false;
        case 'unknown':
          calls.stop(created.error, 'it is not known whether the batch was created, and the next start finds out');
          return false;
      }
    } finally {
      await draft.discard();
    }
  }
}

function tooLarge(mostBytes: number): CallError {
  return new CallError('exceeds_limit', `the request is larger than a batch may be: ${mostBytes} bytes`);
}

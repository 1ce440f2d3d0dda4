import type { BatchStatus } from '../../core/batch.ts';
import { CallError, isFatal } from '../../core/call-error.ts';
import { UsageError } from '../../core/errors.ts';
import type { Batches } from '../../core/provider.ts';
import type { Trial } from '../../core/trial.ts';
import type { GrowingHold } from '../../engine/budget.ts';
import type { Executor } from '../../engine/execute.ts';
import { withFileContent } from '../../engine/file-content.ts';
import type { KnownBatch } from '../../store/batch-file.ts';
import type { BatchIntent } from '../../store/batch-lines.ts';
import { batchPriced, type Lane } from '../endpoints/lanes.ts';
import { needsOf } from '../endpoints/needs.ts';
import type { Plan } from '../plan/plan-stream.ts';
import { BatchAnswers } from './batch-answers.ts';
import type { BatchPhase } from './batch-context.ts';
import { BatchDraft } from './batch-draft.ts';
import { type FoundBatch, findCreated } from './batch-recovery.ts';
import { createBatch } from './batch-submission.ts';
import { openTrials } from './lane-trials.ts';

/** One endpoint with its part of the plan. */
interface LaneWork {
  readonly plan: Plan;
  readonly lane: Lane;
  readonly executor: Executor;
  readonly batches: Batches;
}

/** A batch that was created and is not over for this run. */
interface BoughtBatch {
  readonly batch: KnownBatch & { readonly id: string };
  /** null without a budget. */
  readonly hold: GrowingHold | null;
  /** Requests that are over, as far as the API says. */
  readonly done: number;
}

/** The first pause between two looks at the batches, and the longest one. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 120_000;
const PAUSE_GROWTH = 1.5;
/** After this many failed looks in a row nobody knows what becomes of the batches. */
const MOST_FAILED_LOOKS = 10;
/** Maximum duration of a question about a batch, and of carrying its requests or results. */
const QUESTION_MS = 120_000;
const TRANSFER_MS = 3_600_000;
/** As OpenAI names that its queue has no room for a batch's tokens. */
const QUEUE_IS_FULL = 'token_limit_exceeded';

/** The batches of one endpoint: buys them, waits for them, and puts their answers into the journal. */
export class BatchLane {
  readonly #phase: BatchPhase;
  readonly #work: LaneWork;
  readonly #answers: BatchAnswers;
  readonly #needOf: ReturnType<typeof needsOf>;
  #bought: readonly BoughtBatch[] = [];
  #mostRequests: number;
  /** True while the API's queue has no room for another batch. */
  #isQueueFull = false;
  #failedLooks = 0;

  constructor(phase: BatchPhase, work: LaneWork) {
    this.#phase = phase;
    this.#work = work;
    this.#answers = new BatchAnswers(phase, work);
    this.#needOf = needsOf(phase.config, batchPriced(work.lane));
    this.#mostRequests = work.batches.limits.requests;
  }

  /** Batches that are not over, in words. */
  get openBatches(): readonly string[] {
    return this.#bought.map(({ batch }) => `${batch.id} (${this.#work.lane.provider.name})`);
  }

  /** Returns once nothing is left to wait for, or the session should not wait. The rest of the trials stays open. */
  async carryOut(): Promise<void> {
    const { control, clock, batch } = this.#phase;
    await this.#recover();
    let pauseMs = FIRST_PAUSE_MS;
    for (let isFirst = true; !control.isDraining; isFirst = false) {
      const isNews = await this.#look();
      if (control.isDraining) return;
      if (isFirst || (isNews && !batch.thenLive)) await this.#buyOpen();
      if (this.#bought.length === 0 || !batch.waits || control.isDraining) return;
      pauseMs = isNews ? FIRST_PAUSE_MS : pauseMs;
      this.#tell();
      await clock.sleep(pauseMs, control.draining);
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * PAUSE_GROWTH);
    }
  }

  /** Finds the batches of earlier sessions again. If one cannot be told from others, the run is stopped. */
  async #recover(): Promise<void> {
    const { batches: file, control } = this.#phase;
    const { lane } = this.#work;
    for (const known of file.open) {
      if (known.provider !== lane.provider.name) continue;
      let { id } = known;
      if (id === null) {
        const found = await this.#find(known);
        if (found === null || control.isDraining) return;
        id = found.id;
        if (id === null) await file.over(known.intent, 'never created');
        else await file.created(known.intent, id);
      }
      if (id !== null)
        this.#bought = [...this.#bought, { batch: { ...known, id }, hold: this.#holdFor(known), done: 0 }];
    }
  }

  /** @returns null if the run was stopped before that could be told */
  async #find(intent: BatchIntent): Promise<FoundBatch | null> {
    const { control } = this.#phase;
    for (;;) {
      const found = await this.#attempt(() => this.#search(intent));
      if (found !== null || control.isDraining) return found;
    }
  }

  #search(intent: BatchIntent): Promise<FoundBatch | null> {
    const { batches: file } = this.#phase;
    const { batches } = this.#work;
    return findCreated(intent, { batches, file, ask: (work) => this.#ask(QUESTION_MS, work), phase: this.#phase });
  }

  /** What it may cost was within the budget when it was bought. */
  #holdFor({ most, id }: KnownBatch): GrowingHold | null {
    const hold = this.#phase.budget?.growing() ?? null;
    if (hold === null) return null;
    if (most !== null) {
      hold.grow(most);
      return hold;
    }
    throw new UsageError(`--budget cannot be kept: nothing bounds what the batch ${id} costs`, {
      hint: 'collect it first: run the same command without --budget',
    });
  }

  /** Asks what became of the batches, and takes what is over. @returns true if any was */
  async #look(): Promise<boolean> {
    let isNews = false;
    for (const bought of this.#bought) {
      if (this.#phase.control.isDraining) return isNews;
      const isOver = await this.#attempt(async () => {
        const { batches } = this.#work;
        const status = await this.#ask(QUESTION_MS, (signal) => batches.status(bought.batch.id, signal));
        if (status.state !== 'running') return this.#take(bought, status);
        this.#bought = this.#bought.map((each) => (each === bought ? { ...each, done: status.done ?? 0 } : each));
        return false;
      });
      isNews ||= isOver === true;
    }
    return isNews;
  }

  /** @returns true, as the batch is over */
  async #take(bought: BoughtBatch, status: BatchStatus): Promise<true> {
    const { batch, hold } = bought;
    const { batches: file } = this.#phase;
    if (status.failure === null) {
      const paid = await this.#ask(TRANSFER_MS, (signal) => this.#answers.take(batch, status, signal));
      await file.over(batch.intent, 'collected');
      hold?.settle(paid);
      this.#isQueueFull = false;
    } else {
      await file.over(batch.intent, 'refused');
      hold?.settle(0n);
      this.#refused(batch, status.failure);
    }
    this.#bought = this.#bought.filter((each) => each.batch.intent !== batch.intent);
    return true;
  }

  /** A full queue has room once another batch is over, or for a smaller one. */
  #refused({ id, requests }: BoughtBatch['batch'], { code, message }: NonNullable<BatchStatus['failure']>): void {
    if (code === QUEUE_IS_FULL && requests > 1) {
      this.#mostRequests = Math.ceil(requests / 2);
      this.#isQueueFull = this.#bought.length > 1;
      return;
    }
    const why = code === '' ? message : `${message} (${code})`;
    this.#phase.control.stop({ kind: 'batch', message: `the batch ${id} was refused: ${why}` });
  }

  /** Buys batches of what is open, as far as the budget goes. */
  async #buyOpen(): Promise<void> {
    const { journal, config, control, batches: file } = this.#phase;
    const { plan, lane, executor, batches } = this.#work;
    if (this.#isQueueFull) return;
    const limits = { bytes: batches.limits.bytes, requests: this.#mostRequests };
    let draft: BatchDraft | null = null;
    try {
      for await (const some of openTrials({ journal, config }, { plan, lane, live: null })) {
        for (const { trial } of some) {
          if (control.isDraining) return;
          if (file.holds(trial.id) || this.#answers.isSettled(trial.id)) continue;
          const known = executor.known(trial);
          if (known !== null) {
            await this.#answers.store(known);
            continue;
          }
          const line = await this.#lineOf(trial);
          if (line === null) continue;
          if (BatchDraft.bytesOf(line) > limits.bytes) {
            await this.#answers.refuse(trial, tooLarge(limits.bytes));
            continue;
          }
          if (draft?.isFullFor(line) === true) {
            await this.#buy(draft);
            draft = null;
            if (control.isDraining) return;
          }
          draft ??= await BatchDraft.open(limits, this.#phase);
          const need = await this.#needOf(trial);
          if (!draft.tryReserve(need.cost)) {
            if (draft.size > 0 || this.#bought.length > 0) {
              await this.#buy(draft);
              draft = null;
              return;
            }
            control.stop({ kind: 'budget', message: this.#phase.budget?.describe(need.cost ?? 0n) ?? '' });
            return;
          }
          await draft.add(trial, { line, cacheKey: executor.cacheKey(trial), most: need.cost });
        }
      }
      if (draft !== null) await this.#buy(draft);
      draft = null;
    } finally {
      await draft?.discard();
    }
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
      await this.#answers.refuse(trial, error);
      return null;
    }
  }

  /** Records that a batch is about to be created, and creates it. */
  async #buy(draft: BatchDraft): Promise<void> {
    const { batches: file, control } = this.#phase;
    const { lane, batches } = this.#work;
    try {
      if (draft.size === 0) return;
      const batch = draft.intent(lane, this.#phase);
      await file.intend(batch, draft.trials);
      const created = await createBatch(draft.input(batch), {
        batches,
        clock: this.#phase.clock,
        control,
        ask: (work) => this.#ask(TRANSFER_MS, work),
        find: () => this.#search(batch),
      });
      switch (created.kind) {
        case 'created':
          await file.created(batch.intent, created.id);
          this.#bought = [...this.#bought, { batch: { ...batch, id: created.id }, hold: draft.keepHold(), done: 0 }];
          return;
        case 'refused':
          await file.over(batch.intent, 'refused');
          this.#stop(created.error, 'the batch was refused');
          return;
        case 'unknown':
          this.#stop(created.error, 'it is not known whether the batch was created, and the next start finds out');
      }
    } finally {
      await draft.discard();
    }
  }

  /** Does something that may fail for a while. @returns null if it failed */
  async #attempt<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      const done = await work();
      this.#failedLooks = 0;
      return done;
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      this.#failedLooks += 1;
      const isLasting = error.kind === 'model_not_found' || error.kind === 'invalid_request' || isFatal(error.kind);
      if (isLasting || this.#failedLooks >= MOST_FAILED_LOOKS) this.#stop(error, 'batches cannot be looked at');
      return null;
    }
  }

  #stop({ kind, message, hint }: CallError, what: string): void {
    const { control } = this.#phase;
    const text = hint === undefined ? message : `${message}; ${hint}`;
    if (kind === 'unauthorized' || kind === 'insufficient_balance') control.stop({ kind, message: text });
    else if (kind !== 'cancelled') control.stop({ kind: 'batch', message: `${what}: ${text}` });
  }

  /** @throws CallError, and when the user ends what is in flight */
  async #ask<T>(mostMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const attempt = this.#phase.control.begin(mostMs);
    try {
      return await work(attempt.signal);
    } catch (error) {
      throw attempt.failure(error);
    } finally {
      attempt.end();
    }
  }

  #tell(): void {
    const requests = this.#bought.reduce((sum, { batch }) => sum + batch.requests, 0);
    const done = this.#bought.reduce((sum, bought) => sum + bought.done, 0);
    const { name: provider } = this.#work.lane.provider;
    this.#phase.events.onBatches?.({ provider, batches: this.#bought.length, requests, done });
  }
}

function tooLarge(mostBytes: number): CallError {
  return new CallError('exceeds_limit', `the request is larger than a batch may be: ${mostBytes} bytes`);
}

import type { BatchFailure } from '../../core/batch.ts';
import { UsageError } from '../../core/errors.ts';
import type { GrowingHold } from '../../engine/budget.ts';
import type { KnownBatch } from '../../store/batch-file.ts';
import type { BatchIntent } from '../../store/batch-lines.ts';
import { BatchAnswers } from './batch-answers.ts';
import { BatchCalls } from './batch-calls.ts';
import { type BatchPhase, type BoughtBatch, type LaneWork, newlyBought } from './batch-context.ts';
import { BatchLooks, isLeft } from './batch-looks.ts';
import { BatchPurchase } from './batch-purchase.ts';
import type { FoundBatch } from './batch-recovery.ts';

/** The first pause between two looks at the batches, and the longest one. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 120_000;
const PAUSE_GROWTH = 1.5;
/** As OpenAI names that its queue has no room for a batch's tokens. */
const QUEUE_IS_FULL = 'token_limit_exceeded';

/** The batches of one endpoint: buys them, waits for them, and puts their answers into the journal. */
export class BatchLane {
  readonly #phase: BatchPhase;
  readonly #work: LaneWork;
  readonly #calls: BatchCalls;
  readonly #looks: BatchLooks;
  readonly #purchase: BatchPurchase;
  #bought: readonly BoughtBatch[] = [];

  constructor(phase: BatchPhase, work: LaneWork) {
    this.#phase = phase;
    this.#work = work;
    const answers = new BatchAnswers(phase, work);
    this.#calls = new BatchCalls(phase, work);
    this.#looks = new BatchLooks(phase, work, { answers, calls: this.#calls });
    this.#purchase = new BatchPurchase(phase, work, {
      answers,
      calls: this.#calls,
      onBought: (bought) => {
        this.#bought = [...this.#bought, bought];
      },
      hasOpen: () => this.#bought.length > 0,
    });
  }

  /** Batches that are not over, in words. */
  get openBatches(): readonly string[] {
    return this.#namesOf(this.#bought.filter(({ fault }) => fault === null));
  }

  /** Those of them whose end was asked for. */
  get cancellingBatches(): readonly string[] {
    return this.#namesOf(this.#bought.filter(({ fault, isCancelling }) => fault === null && isCancelling));
  }

  /** Those of them that may be somebody else's. */
  get unprovenBatches(): readonly string[] {
    return this.#namesOf(this.#bought.filter(({ fault, isProven }) => fault === null && !isProven));
  }

  /** What is wrong with batches that are over, clauses. */
  get faults(): readonly string[] {
    return this.#bought.flatMap(({ fault }) => (fault === null ? [] : [fault.message]));
  }

  /** Batches that were over before their end because this session cancelled them, in words. */
  get cancelledBatches(): readonly string[] {
    return this.#looks.cancelled;
  }

  /** Batches that were closed without all of their results, clauses. */
  get givenUp(): readonly string[] {
    return this.#looks.givenUp;
  }

  /** Returns once nothing is left to wait for, or the session should not wait. The rest of the trials stays open. */
  async carryOut(): Promise<void> {
    const { control, clock, batch } = this.#phase;
    await this.#recover();
    let pauseMs = FIRST_PAUSE_MS;
    for (let isFirst = true; !control.isDraining; isFirst = false) {
      const faults = this.faults.length;
      const isNews = await this.#look();
      if (control.isDraining) return;
      if (!batch.cancels && (isFirst || (isNews && !batch.thenLive))) await this.#purchase.buyOpen();
      const isLeftNow = (each: BoughtBatch): boolean => isLeft(each) || (batch.cancels && !each.isProven);
      if (this.#bought.every(isLeftNow) || !batch.waits || control.isDraining) return;
      pauseMs = isNews || this.faults.length > faults ? FIRST_PAUSE_MS : pauseMs;
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
      let isProven = id !== null;
      if (id === null) {
        const found = await this.#find(known);
        if (found === null || control.isDraining) return;
        ({ id, isProven } = found);
        if (id === null) await file.over(known.intent, 'never created');
        else if (isProven) await file.created(known.intent, id);
      }
      if (id !== null)
        this.#bought = [...this.#bought, newlyBought({ ...known, id }, { hold: this.#holdFor(known), isProven })];
    }
  }

  /** @returns null if the run was stopped before that could be told */
  async #find(intent: BatchIntent): Promise<FoundBatch | null> {
    const { control } = this.#phase;
    for (;;) {
      const found = await this.#calls.attempt(() => this.#calls.search(intent));
      if (found !== null || control.isDraining) return found;
    }
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
      if (isLeft(bought)) continue;
      const seen = await this.#calls.attempt(() => this.#looks.at(bought));
      if (seen === null) continue;
      const left = seen.kind === 'open' ? [seen.bought] : [];
      this.#bought = this.#bought.flatMap((each) => (each === bought ? left : [each]));
      if (seen.kind === 'open') continue;
      isNews = true;
      if (seen.failure !== null) this.#refused(bought.batch, seen.failure);
      else this.#purchase.noteRoom();
    }
    return isNews;
  }

  /** A full queue has room once another batch is over, or for a smaller one. */
  #refused({ id, requests }: BoughtBatch['batch'], { code, message }: BatchFailure): void {
    if (code === QUEUE_IS_FULL && requests > 1) {
      this.#purchase.noteFullQueue(requests);
      return;
    }
    const why = code === '' ? message : `${message} (${code})`;
    this.#phase.control.stop({ kind: 'batch', message: `the batch ${id} was refused: ${why}` });
  }

  #namesOf(bought: readonly BoughtBatch[]): readonly string[] {
    return bought.map(({ batch }) => this.#looks.nameOf(batch.id));
  }

  #tell(): void {
    const requests = this.#bought.reduce((sum, { batch }) => sum + batch.requests, 0);
    const done = this.#bought.reduce((sum, bought) => sum + bought.done, 0);
    const { name: provider } = this.#work.lane.provider;
    this.#phase.events.onBatches?.({ provider, batches: this.#bought.length, requests, done });
  }
}

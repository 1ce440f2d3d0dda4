import { type BatchFailure, type BatchStatus, isOver } from '../../core/batch.ts';
import { CallError } from '../../core/call-error.ts';
import type { BatchEnd } from '../../store/batch-lines.ts';
import type { BatchAnswers } from './batch-answers.ts';
import type { BatchCalls } from './batch-calls.ts';
import type { BatchPhase, BoughtBatch, LaneWork } from './batch-context.ts';
import { isGone, isOurs } from './batch-recovery.ts';

/** What a look at a batch shows: it goes on, as it is now, or it is over for this run. */
type Look =
  | { readonly kind: 'open'; readonly bought: BoughtBatch }
  /** The failure is null unless the API took none of it. */
  | { readonly kind: 'over'; readonly failure: BatchFailure | null };

/** What looks need of their endpoint. */
interface LookTools {
  readonly answers: BatchAnswers;
  readonly calls: BatchCalls;
}

/** Results of a batch that were not to be had. */
interface MissingResults {
  /** A clause. */
  readonly message: string;
  /** Number of requests that have a result; null if nobody knows. */
  readonly reported: number | null;
  /** True if the API says that they are not there any more. */
  readonly isFinal: boolean;
}

/**
 * Looks at a batch that is over before its missing results are left to a later session. With the lane's pauses they take
 * 20 s.
 */
const MOST_LOOKS = 7;

/** True if a batch is over, and this session does not look at it again. */
export function isLeft({ fault }: BoughtBatch): boolean {
  return fault !== null && fault.looks >= MOST_LOOKS;
}

/** Looks at the batches of one endpoint, and takes what is over. */
export class BatchLooks {
  readonly #phase: BatchPhase;
  readonly #work: LaneWork;
  readonly #tools: LookTools;
  /** Batches whose end this session has asked for, in words. */
  readonly #cancelled: string[] = [];

  /** Batches whose results were given up, clauses. */
  readonly #givenUp: string[] = [];

  constructor(phase: BatchPhase, work: LaneWork, tools: LookTools) {
    this.#phase = phase;
    this.#work = work;
    this.#tools = tools;
  }

  /** Batches that were over before their end because this session cancelled them, in words. */
  get cancelled(): readonly string[] {
    return this.#cancelled;
  }

  /** Batches that were closed without all of their results, clauses. */
  get givenUp(): readonly string[] {
    return this.#givenUp;
  }

  /** Asks what became of a batch. @throws CallError */
  async at(bought: BoughtBatch): Promise<Look> {
    const { batches } = this.#work;
    const { calls } = this.#tools;
    const { id } = bought.batch;
    let status: BatchStatus;
    try {
      status = await calls.ask((signal) => batches.status(id, signal));
    } catch (error) {
      return await this.#gone(bought, error, null);
    }
    if (isOver(status.state)) {
      return bought.isProven ? await this.#take(bought, status) : await this.#identify(bought, status);
    }
    // What may be somebody else's is left alone.
    const cancelsNow = this.#phase.batch.cancels && bought.isProven && status.state === 'running';
    if (cancelsNow) await calls.ask((signal) => batches.cancel(id, signal));
    const isCancelling = cancelsNow || status.state === 'cancelling';
    return { kind: 'open', bought: { ...bought, done: status.done ?? 0, isCancelling, fault: null } };
  }

  nameOf(id: string): string {
    return `${id} (${this.#work.lane.provider.name})`;
  }

  /** Takes a batch that shows now that it is ours, or else looks for ours again: it may be over by now too. */
  async #identify(bought: BoughtBatch, status: BatchStatus): Promise<Look> {
    const { batch, hold } = bought;
    const { batches: file } = this.#phase;
    const { batches } = this.#work;
    const { calls } = this.#tools;
    let isOwn: boolean;
    try {
      isOwn = await isOurs(status, batch, { batches, file, ask: (question) => calls.ask(question) });
    } catch (error) {
      return await this.#gone(bought, error, status.done);
    }
    const found = isOwn ? { id: batch.id, isProven: true } : await calls.search(batch);
    if (found === null) return { kind: 'open', bought };
    const { id, isProven } = found;
    if (id === null) {
      await file.over(batch.intent, 'never created');
      hold?.settle(0n);
      return { kind: 'over', failure: null };
    }
    if (isProven) await file.created(batch.intent, id);
    const known = { ...bought, batch: { ...batch, id }, isProven };
    return isOwn ? await this.#take(known, status) : { kind: 'open', bought: known };
  }

  async #take(bought: BoughtBatch, status: BatchStatus): Promise<Look> {
    const { batch, hold } = bought;
    const { answers } = this.#tools;
    const { failure } = status;
    if (failure !== null) {
      // Some may have been answered before.
      const { paid } = await answers.giveUp(batch, status.answered ?? 0);
      await this.#phase.batches.over(batch.intent, 'refused');
      hold?.settle(paid);
    } else {
      const look = await this.#collect(bought, status);
      if (look !== null) return look;
    }
    await this.#removeFiles(status);
    return { kind: 'over', failure };
  }

  /** @returns null if all of it was taken */
  async #collect(bought: BoughtBatch, status: BatchStatus): Promise<Look | null> {
    const { batch } = bought;
    const { answers, calls } = this.#tools;
    let taken: Awaited<ReturnType<BatchAnswers['take']>>;
    try {
      taken = await calls.carry((signal) => answers.take(batch, status, signal));
    } catch (error) {
      return await this.#gone(bought, error, status.done);
    }
    if (taken.kind === 'part') {
      const read = `${taken.read} of ${taken.reported} were there`;
      const message = `the batch ${this.nameOf(batch.id)} is over, but not all of its results: ${read}`;
      return await this.#missing(bought, { message, reported: taken.reported, isFinal: false });
    }
    await this.#close(bought, taken, 'collected');
    return null;
  }

  /** @throws the error, unless it says that there is no such batch, or no such file */
  async #gone(bought: BoughtBatch, error: unknown, reported: number | null): Promise<Look> {
    if (!isGone(error)) throw error;
    const { keepsResultsFor } = this.#work.batches;
    const kept = keepsResultsFor === null ? '' : `, which keeps results for ${keepsResultsFor}`;
    const what = `the results of the batch ${this.nameOf(bought.batch.id)} are gone at the provider${kept}`;
    return await this.#missing(bought, { message: `${what}: ${error.message}`, reported, isFinal: true });
  }

  /** Whatever is missing may be there a little later. It is looked for again, and given up only if the user says so. */
  async #missing(bought: BoughtBatch, { message, reported, isFinal }: MissingResults): Promise<Look> {
    const { batch } = bought;
    const looks = (bought.fault?.looks ?? 0) + 1;
    const fault = { looks, message };
    if (!this.#phase.batch.cancels || (!isFinal && looks < MOST_LOOKS)) {
      return { kind: 'open', bought: { ...bought, done: batch.requests, fault } };
    }
    const taken = await this.#tools.answers.giveUp(batch, reported);
    await this.#close(bought, taken, 'given up');
    this.#givenUp.push(`${message}; what is missing counts as lost, at its maximum`);
    return { kind: 'over', failure: null };
  }

  async #close(
    { batch, hold }: BoughtBatch,
    { paid, answered }: { readonly paid: bigint; readonly answered: number },
    end: BatchEnd,
  ): Promise<void> {
    const { batches: file, journal } = this.#phase;
    await journal.settle();
    await file.over(batch.intent, end);
    hold?.settle(paid);
    if (!this.#phase.batch.cancels || end !== 'collected') return;
    this.#cancelled.push(`${this.nameOf(batch.id)}: ${answered} of ${batch.requests} requests answered`);
  }

  /** Everything in them is in the journal by now. What stays costs room in the account's storage, no more. */
  async #removeFiles(status: BatchStatus): Promise<void> {
    const { batches } = this.#work;
    if (status.files.length === 0) return;
    try {
      await this.#tools.calls.ask((signal) => batches.removeFiles(status, signal));
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      const files = status.files.join(', ');
      const message = `the files of the batch ${this.nameOf(status.id)} stay in the account's storage (${files})`;
      this.#phase.events.onWarning?.(`${message}: ${error.message}`);
    }
  }
}

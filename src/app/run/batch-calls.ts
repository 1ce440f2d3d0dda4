import { CallError, isFatal } from '../../core/call-error.ts';
import type { BatchIntent } from '../../store/batch-lines.ts';
import type { BatchPhase, LaneWork } from './batch-context.ts';
import { type FoundBatch, findCreated } from './batch-recovery.ts';

/** After this many failed looks in a row nobody knows what becomes of the batches. */
const MOST_FAILED_LOOKS = 10;
/** Maximum duration of a question about a batch, and of carrying its requests or results. */
const QUESTION_MS = 120_000;
const TRANSFER_MS = 3_600_000;

/** Calls about the batches of one endpoint, and what their failures mean for the run. */
export class BatchCalls {
  readonly #phase: BatchPhase;
  readonly #work: Pick<LaneWork, 'batches'>;
  /** Batches that searches have found: no other one is taken for them. */
  readonly #found = new Set<string>();
  #failedLooks = 0;

  constructor(phase: BatchPhase, work: Pick<LaneWork, 'batches'>) {
    this.#phase = phase;
    this.#work = work;
  }

  /** A short question. @throws CallError, and when the user ends what is in flight */
  ask<T>(question: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#within(QUESTION_MS, question);
  }

  /** Carries requests or results. @throws as `ask` does */
  carry<T>(transfer: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#within(TRANSFER_MS, transfer);
  }

  /** Looks for a batch that may have been created. @returns null if the run was stopped, as that cannot be told */
  async search(intent: BatchIntent): Promise<FoundBatch | null> {
    const { batches: file } = this.#phase;
    const { batches } = this.#work;
    const isTaken = (id: string): boolean => this.#found.has(id);
    const ask = <T>(question: (signal: AbortSignal) => Promise<T>): Promise<T> => this.ask(question);
    const found = await findCreated(intent, { batches, file, isTaken, ask, phase: this.#phase });
    if (typeof found?.id === 'string') this.#found.add(found.id);
    return found;
  }

  /** Does something that may fail for a while. @returns null if it failed; the run is stopped if it always does */
  async attempt<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      const done = await work();
      this.#failedLooks = 0;
      return done;
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      this.#failedLooks += 1;
      const isLasting = error.kind === 'model_not_found' || error.kind === 'invalid_request' || isFatal(error.kind);
      if (isLasting || this.#failedLooks >= MOST_FAILED_LOOKS) this.stop(error, 'batches cannot be looked at');
      return null;
    }
  }

  /** Stops the run. @param what goes wrong, a clause */
  stop({ kind, message, hint }: CallError, what: string): void {
    const { control } = this.#phase;
    const text = hint === undefined ? message : `${message}; ${hint}`;
    if (kind === 'unauthorized' || kind === 'insufficient_balance') control.stop({ kind, message: text });
    else if (kind !== 'cancelled') control.stop({ kind: 'batch', message: `${what}: ${text}` });
  }

  async #within<T>(mostMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const attempt = this.#phase.control.begin(mostMs);
    try {
      return await work(attempt.signal);
    } catch (error) {
      throw attempt.failure(error);
    } finally {
      attempt.end();
    }
  }
}

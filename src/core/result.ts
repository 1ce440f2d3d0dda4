import type { CallErrorKind } from './call-error.ts';
import type { Completion } from './completion.ts';
import type { Amount } from './money.ts';

/** A result's position in the grid. */
export interface TrialKey {
  readonly trialId: string;
  readonly rowId: string;
  /** Name of the prompt. */
  readonly prompt: string;
  /** The model's id as the API takes it. */
  readonly model: string;
  readonly provider: string;
  /** The model's label in the run; absent if it has none. */
  readonly label?: string | undefined;
  readonly temperature: number | null;
  /** From 1. */
  readonly repeat: number;
  /** The trial whose answer this one judges; absent for trials of the grid. */
  readonly judgeOf?: string | undefined;
}

interface ResultBase extends TrialKey {
  /**
   * Duration of the attempt that answered (or of the last one), in milliseconds, without waiting in our queue; null for
   * a request of a batch, whose duration nobody knows.
   */
  readonly latencyMs: number | null;
  /** Calls made for this trial; 0 if there were none. */
  readonly attempts: number;
  /** When the result was made, ISO 8601. */
  readonly at: string;
  /** Cost of failed attempts, as far as their responses report it; absent if nothing was paid for them. */
  readonly wasted?: Amount | undefined;
}

/** The model answered. */
export interface CompletedResult extends ResultBase {
  readonly status: 'completed';
  readonly completion: Completion;
  /** True if the answer comes from the response cache and cost nothing. */
  readonly cached: boolean;
  /** The answer's original cost; absent if it is not cached or the cost is unknown. */
  readonly saved?: Amount | undefined;
  /** Calls that were answered for it, if there were several. */
  readonly answeredCalls?: number | undefined;
}

/** No answer, with the reason. */
export interface ErroredResult extends ResultBase {
  readonly status: 'errored';
  readonly errorCode: CallErrorKind;
  readonly errorMessage: string;
}

/** Intentionally not run. */
export interface SkippedResult extends ResultBase {
  readonly status: 'skipped';
  readonly reason: string;
}

/** Result of a trial. An error is never answer text and is never scored. */
export type Result = CompletedResult | ErroredResult | SkippedResult;

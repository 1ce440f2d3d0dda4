import type { CallErrorKind } from './call-error.ts';
import type { Completion } from './completion.ts';
import type { Amount } from './money.ts';

/** Where in the grid a result belongs. */
export interface TrialKey {
  readonly trialId: string;
  readonly rowId: string;
  /** Name of the prompt. */
  readonly prompt: string;
  /** The model's id as the API takes it. */
  readonly model: string;
  readonly provider: string;
  readonly temperature: number | null;
  /** From 1. */
  readonly repeat: number;
  /** The trial whose answer is judged by this one; absent for trials of the grid. */
  readonly judgeOf?: string | undefined;
}

interface ResultBase extends TrialKey {
  /** Duration of the attempt that answered (or of the last one), in milliseconds, without waiting in our queue. */
  readonly latencyMs: number;
  /** Calls made for this trial; 0 where none was. */
  readonly attempts: number;
  /** When the result was made, ISO 8601. */
  readonly at: string;
  /** What failed attempts cost, as far as their answers told; absent where nothing was paid in vain. */
  readonly wasted?: Amount | undefined;
}

/** The model answered. */
export interface CompletedResult extends ResultBase {
  readonly status: 'completed';
  readonly completion: Completion;
  /** True where the answer comes from the response cache and cost nothing. */
  readonly cached: boolean;
  /** What the answer did cost when it was first given; absent where it is not cached or that is not known. */
  readonly saved?: Amount | undefined;
}

/** No answer, for a reason. */
export interface ErroredResult extends ResultBase {
  readonly status: 'errored';
  readonly errorCode: CallErrorKind;
  readonly errorMessage: string;
}

/** Not asked, by decision. */
export interface SkippedResult extends ResultBase {
  readonly status: 'skipped';
  readonly reason: string;
}

/** What came of a trial. An error is never answer text and is never scored. */
export type Result = CompletedResult | ErroredResult | SkippedResult;

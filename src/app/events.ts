import type { Estimate, JudgesEstimate } from '../core/estimate.ts';
import type { Result } from '../core/result.ts';
import type { TrustEvents } from './trust/admitted-endpoint.ts';

/** What is known before the first call. */
export interface RunStart {
  /** Path of the run folder. */
  readonly folder: string;
  readonly rows: number;
  readonly variants: number;
  /** Trials of the plan. */
  readonly trials: number;
  /** Trials of the plan with a result from an earlier session. */
  readonly alreadyDone: number;
  /** True if answers come from promptgrid's own gateway. */
  readonly simulated: boolean;
  /** Names of the scores that models give, on every answer. */
  readonly judged: readonly string[];
  /** Judge cost, on top of the answers; null if there are no judges, and for a pilot. */
  readonly judges: JudgesEstimate | null;
  /** Expected cost of the run; null if nothing is left to run. */
  readonly estimate: Estimate | null;
}

/** A pause that a server imposes on every call to an endpoint. */
export interface Pause {
  /** Time until calls resume, in milliseconds, so that no one needs the run's clock. */
  readonly pauseMs: number;
  /** Why, in a few words: `rate limit (429)`. */
  readonly reason: string;
}

/** The batches of one provider that are not over. */
export interface BatchProgress {
  readonly provider: string;
  readonly batches: number;
  /** Their requests. */
  readonly requests: number;
  /** Requests that are over, as far as the API says. */
  readonly done: number;
}

/** What a run reports while it is in progress. */
export interface RunEvents extends TrustEvents {
  /** Called for `confirmAbove`, before anything is paid or replaced; an error that it throws ends the run. */
  readonly confirm?: ((estimate: Estimate) => Promise<void>) | undefined;
  readonly onStart?: ((start: RunStart) => void) | undefined;
  /** A trial of this session has a result, and it is in the journal. */
  readonly onResult?: ((result: Result) => void) | undefined;
  /** The calls of the grid are over and judging begins. @param answers maximum number of answers to judge */
  readonly onJudging?: ((answers: number) => void) | undefined;
  /** An answer is judged. @param asked the judge requests about it */
  readonly onJudged?: ((asked: readonly Result[]) => void) | undefined;
  /** The calls are over and the result files are being written. */
  readonly onWriting?: (() => void) | undefined;
  /** Batches are waited for; reported at each look at them. */
  readonly onBatches?: ((progress: BatchProgress) => void) | undefined;
  /** All calls to an endpoint wait; reported again whenever the end of the pause changes. */
  readonly onPause?: ((pause: Pause) => void) | undefined;
}

import type { Estimate, JudgesEstimate } from '../core/estimate.ts';
import type { Result } from '../core/result.ts';
import type { TrustEvents } from './trust/admitted-endpoint.ts';

/** What is known when the first call is about to be made. */
export interface RunStart {
  /** Path of the run folder. */
  readonly folder: string;
  readonly rows: number;
  readonly variants: number;
  /** Trials of the plan. */
  readonly trials: number;
  /** Trials of the plan that an earlier session has already brought to a result. */
  readonly alreadyDone: number;
  /** True where answers come from promptgrid's own gateway. */
  readonly simulated: boolean;
  /** Names of the scores that models are asked for, about every answer. */
  readonly judged: readonly string[];
  /** What those models will cost, on top of the answers; null where none is asked, and for a pilot. */
  readonly judges: JudgesEstimate | null;
  /** What the run will spend; null where nothing is left to be asked. */
  readonly estimate: Estimate | null;
}

/** A pause that a server imposed on every call of an endpoint. */
export interface Pause {
  /** How long it is from now until calls are made again, in milliseconds: nobody needs the run's clock to tell. */
  readonly pauseMs: number;
  /** Why, in a few words: `rate limit (429)`. */
  readonly reason: string;
}

/** What a run reports while it is under way. */
export interface RunEvents extends TrustEvents {
  /** Asked with `confirmAbove`, before anything is paid or replaced; what it throws ends the run. */
  readonly confirm?: ((estimate: Estimate) => Promise<void>) | undefined;
  readonly onStart?: ((start: RunStart) => void) | undefined;
  /** A trial of this session has a result, and it is in the journal. */
  readonly onResult?: ((result: Result) => void) | undefined;
  /** The calls of the grid are over and judges are asked. @param answers most that there are to judge */
  readonly onJudging?: ((answers: number) => void) | undefined;
  /** An answer is judged. @param asked what judges were asked about it */
  readonly onJudged?: ((asked: readonly Result[]) => void) | undefined;
  /** The calls are over and the result files are being written. */
  readonly onWriting?: (() => void) | undefined;
  /** All calls of an endpoint wait; told again whenever the end of the pause moves. */
  readonly onPause?: ((pause: Pause) => void) | undefined;
}

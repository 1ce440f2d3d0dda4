import type { CallError } from './call-error.ts';
import type { Completion } from './completion.ts';

/** The service tier of answers that came in a batch, in results and for prices. */
export const BATCH_TIER = 'batch';

/** What one batch may hold at most. */
export interface BatchLimits {
  readonly requests: number;
  /** Of all its lines, with their line feeds. */
  readonly bytes: number;
}

/**
 * Where a batch is in its life. `running`: not over yet; `cancelling`: not over yet, but to be cancelled; `ended`: over,
 * whatever became of its requests; `failed`: the API took none of them; `expired` and `cancelled`: over before its last
 * request.
 */
export type BatchState = 'running' | 'cancelling' | 'ended' | 'failed' | 'expired' | 'cancelled';

/** True once nothing more becomes of a batch. */
export function isOver(state: BatchState): boolean {
  return state !== 'running' && state !== 'cancelling';
}

/** A batch as its API describes it. */
export interface BatchStatus {
  /** The API's own id. */
  readonly id: string;
  readonly state: BatchState;
  /** Number of its requests; null if the API does not say yet. */
  readonly requests: number | null;
  /** Those that are over, answered or failed; null if the API does not say yet. */
  readonly done: number | null;
  /** Those of them that were answered, and so are billed; null as `done`. */
  readonly answered: number | null;
  /** True if the API keeps nothing of what was answered in a batch that ended so. */
  readonly isEmptied: boolean;
  /** Our own id of it; null if it has none, as always where the API keeps no metadata. */
  readonly intent: string | null;
  /** Milliseconds since the epoch; null if the API does not say. */
  readonly createdMs: number | null;
  /** Why it failed; null if it did not. */
  readonly failure: BatchFailure | null;
  /** Where its results are, as the API names it; empty if there are none. */
  readonly outputs: readonly string[];
  /** Paths of the files that the API keeps for it, in storage of the account; empty if it keeps none. */
  readonly files: readonly string[];
}

/** Why an API took no request of a batch. */
export interface BatchFailure {
  /** As the API writes it; empty if it gives none. */
  readonly code: string;
  readonly message: string;
}

/** The lines of a new batch. */
export interface BatchInput {
  /** Our own id of it. */
  readonly intent: string;
  /** Of its first request, as the API takes it; of all, unless the API mixes models. */
  readonly model: string;
  readonly requests: number;
  /** Of all its lines, with their line feeds. */
  readonly bytes: number;
  /** The lines in order, without line feeds. */
  readonly lines: () => AsyncIterable<string>;
}

/** What became of one request of a batch; null if it was not carried out. */
export interface BatchAnswer {
  readonly customId: string;
  readonly outcome: Completion | CallError | null;
}

/** A line of results that belongs to no request of ours. */
export interface StrayLine {
  /** null if it has no id at all. */
  readonly customId: string | null;
  /** What is in it; absent for a line of ours. */
  readonly outcome?: undefined;
  /** `/files/file-1/content:3`: where it is, and its number from 1. */
  readonly place: string;
}

import type { LostCalls } from './billed.ts';
import type { ErrorCount } from './error-tally.ts';
import type { CostTotal } from './totals.ts';

/** A variant of a run in progress. */
export interface VariantView {
  /** Its name, unlike that of each other variant. */
  readonly name: string;
  readonly prompt: string;
  readonly provider: string;
  readonly model: string;
  /** The model's label in the run; absent if it has none. */
  readonly label?: string | undefined;
  readonly temperature: number | null;
  readonly completed: number;
  readonly errored: number;
  readonly skipped: number;
  readonly costs: readonly CostTotal[];
  readonly unknownCosts: number;
  /** Scores so far; `n` answers have one. */
  readonly scores: readonly { readonly name: string; readonly mean: number | null; readonly n: number }[];
}

/** What is known of a run at a moment. */
export interface RunView {
  /** Path of the run folder. */
  readonly run: string;
  /** As in run.json; `killed` if it says `running` and no process writes to the folder. */
  readonly state: string;
  /** True once no more results can come. */
  readonly ended: boolean;
  /** Why it ended early, or who is gone; null for nothing to say. */
  readonly why: string | null;
  readonly simulated: boolean;
  /** Trials of the plan. */
  readonly trials: number;
  /** Trials with a result. */
  readonly done: number;
  readonly completed: number;
  readonly errored: number;
  readonly skipped: number;
  readonly cached: number;
  /** Results per second over the last minute; null before there are any. */
  readonly perSecond: number | null;
  /** Until the last trial at that pace; null if unknown. */
  readonly leftSeconds: number | null;
  /** What all calls cost, failed ones and those of judges included. */
  readonly costs: readonly CostTotal[];
  readonly unknownCosts: number;
  /** Calls that may have been billed besides, as far as no result reports them; null while calls may be in flight. */
  readonly lost: LostCalls | null;
  /** Decimal text, in the currency of the run's costs; null without one. */
  readonly budget: string | null;
  /** Calls in flight; null if the folder does not tell. */
  readonly inFlight: { readonly calls: number; readonly isMost: boolean } | null;
  /** Requests to judges that have a result. */
  readonly judged: number;
  /** Why trials errored, the most common reason first. */
  readonly errors: readonly ErrorCount[];
  /** In plan order. */
  readonly variants: readonly VariantView[];
  /** What the scores lack, one line each. */
  readonly notes: readonly string[];
}

import type { ErrorCount } from '../../core/error-tally.ts';
import type { Estimate } from '../../core/estimate.ts';
import type { CostTotal } from '../../core/totals.ts';
import type { StopReason } from '../../engine/control.ts';
import type { AccountBalance } from '../endpoints/balances.ts';

/** The result of an estimate. */
export interface EstimateOutcome {
  readonly estimate: Estimate;
  /** Remaining funds of accounts, as far as they report them. */
  readonly balances: readonly AccountBalance[];
  /** Number of rows whose prompts were counted. */
  readonly countedRows: number;
  /** Tokens of the expected answers of counted rows; null if there are none. */
  readonly expectedTokens: number | null;
  readonly concurrency: number;
  /** The result of the pilot; null if there was none. */
  readonly pilot: PilotOutcome | null;
  readonly simulated: boolean;
}

/** The result of a pilot. */
interface PilotOutcome {
  /** The run folder that keeps its answers. */
  readonly folder: string;
  /** Rows that were run, now or earlier. */
  readonly rows: number;
  /** Total paid by the run, by currency. */
  readonly paid: readonly CostTotal[];
  /** Answers of unknown cost, which `paid` leaves out. */
  readonly unknownCosts: number;
  /** Its trials without an answer, including requests to judges. */
  readonly errored: number;
  /** Why trials of the grid errored, the most common reason first. */
  readonly errors: readonly ErrorCount[];
  /** Why judge requests failed. */
  readonly judgeErrors: readonly ErrorCount[];
  /** Rows needed for the requested precision; null if it is reached, or none was requested. */
  readonly rowsNeeded: number | null;
  /** Why it ended early; null if it did not. */
  readonly stopped: StopReason | null;
  /** The same in words. */
  readonly stoppedBecause: string | null;
}

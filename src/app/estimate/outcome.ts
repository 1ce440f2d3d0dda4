import type { ErrorCount } from '../../core/error-tally.ts';
import type { Estimate } from '../../core/estimate.ts';
import type { CostTotal } from '../../core/totals.ts';
import type { StopReason } from '../../engine/control.ts';
import type { AccountBalance } from '../endpoints/balances.ts';

/** What an estimate found. */
export interface EstimateOutcome {
  readonly estimate: Estimate;
  /** What accounts have left, as far as they tell. */
  readonly balances: readonly AccountBalance[];
  /** Rows that prompts were counted of. */
  readonly countedRows: number;
  /** Tokens of the expected answers of counted rows; null where there are none. */
  readonly expectedTokens: number | null;
  readonly concurrency: number;
  /** What the pilot did; null where there was none. */
  readonly pilot: PilotOutcome | null;
  readonly simulated: boolean;
}

/** What a pilot did. */
interface PilotOutcome {
  /** The run folder that keeps its answers. */
  readonly folder: string;
  /** Rows that were asked, now or earlier. */
  readonly rows: number;
  /** What the run has paid in all, by currency. */
  readonly paid: readonly CostTotal[];
  /** Answers whose cost is not known, which `paid` leaves out. */
  readonly unknownCosts: number;
  /** Its trials that got no answer, questions to judges among them. */
  readonly errored: number;
  /** Why those of the grid errored, the commonest reason first. */
  readonly errors: readonly ErrorCount[];
  /** Why judges did not answer. */
  readonly judgeErrors: readonly ErrorCount[];
  /** Rows that would make the range as narrow as was asked for; null where it is, or nothing was asked for. */
  readonly rowsNeeded: number | null;
  /** Why it ended early; null where it did not. */
  readonly stopped: StopReason | null;
  /** The same in words. */
  readonly stoppedBecause: string | null;
}

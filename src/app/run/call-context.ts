import type { Budget } from '../../engine/budget.ts';
import type { RunControl } from '../../engine/control.ts';
import type { RateBooks } from '../../engine/rate-book.ts';
import type { ResponseCache } from '../../engine/response-cache.ts';
import type { Clock } from '../../io/clock.ts';
import type { CallQueue } from '../../queue/call-queue.ts';
import type { BatchFile } from '../../store/batch-file.ts';
import type { HoldFile } from '../../store/hold-file.ts';
import type { Journal } from '../../store/journal.ts';
import type { CallConfig, MoneyConfig, OpenConfig } from '../config/run-config.ts';
import type { Lane } from '../endpoints/lanes.ts';
import type { RunEvents } from '../events.ts';

/** What the calls of a run need. */
export interface CallPhase {
  readonly config: CallConfig & MoneyConfig & OpenConfig;
  readonly lanes: readonly Lane[];
  readonly journal: Journal;
  /** null if the run has none. */
  readonly budget: Budget | null;
  /** Where the possible cost of calls is recorded. */
  readonly holds: HoldFile;
  /** The batches that the run has bought. */
  readonly batches: BatchFile;
  /** null if answers are not cached. */
  readonly cache: ResponseCache | null;
  /** Where calls are counted for limits; null if the run sets none. */
  readonly rates: RateBooks | null;
  /** Has the calls made by workers; null if they are made from here. */
  readonly queue: CallQueue | null;
  readonly control: RunControl;
  readonly clock: Clock;
  /** From 0 to 1, excluding 1. */
  readonly random: () => number;
  readonly events: RunEvents;
}

import type { Trial } from '../../core/trial.ts';
import type { Journal } from '../../store/journal.ts';
import type { OpenConfig } from '../config/run-config.ts';
import type { Lane } from '../endpoints/lanes.ts';
import { isOpen } from '../plan/open-trials.ts';
import { type Plan, planRows } from '../plan/plan-stream.ts';
import type { LiveResults, LiveRow } from './live-results.ts';

/** A trial to run. */
export interface OpenTrial {
  readonly trial: Trial;
  /** Its place in its row, from 0. */
  readonly place: number;
  /** Where its result is awaited; null if result files are made later. */
  readonly row: LiveRow | null;
}

/** Whose open trials of which plan. */
interface OpenPlan {
  readonly plan: Plan;
  readonly lane: Lane;
  readonly live: LiveResults | null;
  /** False for a trial that is left out; default none. */
  readonly isWanted?: (trialId: string) => boolean;
}

/** Where results are, and which of them are asked again. */
interface JournalledRun {
  readonly journal: Journal;
  readonly config: OpenConfig;
}

/** Trials are handed to the pool together, as each batch costs it a few promises. */
const BATCH_TRIALS = 64;

/** The lane's trials that have no result yet, in the order of their rows. */
export async function* openTrials(
  { journal, config }: JournalledRun,
  { plan, lane: { provider }, live, isWanted = () => true }: OpenPlan,
): AsyncGenerator<readonly OpenTrial[]> {
  // Without one, nobody needs the bytes, which some formats must read in addition.
  const onBytes = live === null ? undefined : (block: Uint8Array): void => live.noteBytes(block);
  // No trial is there twice.
  const areAllOpen = journal.index.size === 0;
  let batch: OpenTrial[] = [];
  for await (const planned of planRows(plan, onBytes)) {
    const { trials } = planned;
    const places: number[] = [];
    for (let place = 0; place < trials.length; place++) {
      const trial = trials[place];
      const isOwn = trial?.variant.model.provider === provider.name;
      if (trial === undefined || !isOwn || !isWanted(trial.id)) continue;
      if (areAllOpen || isOpen(trial, journal, config)) places.push(place);
    }
    const row = live?.expect(planned, places.length) ?? null;
    for (const place of places) {
      const trial = trials[place];
      if (trial !== undefined) batch.push({ trial, place, row });
    }
    const waiting = live?.room();
    // The rows that it waits for may be in this batch.
    if (batch.length >= BATCH_TRIALS || (waiting !== undefined && batch.length > 0)) {
      yield batch;
      batch = [];
    }
    if (waiting !== undefined) await waiting;
  }
  live?.noteEnd();
  if (batch.length > 0) yield batch;
}

import type { Estimate, JudgesEstimate } from '../../core/estimate.ts';
import type { JournalIndex } from '../../store/journal-index.ts';
import type { JournalLoss } from '../../store/journal-loss.ts';
import { JournalReader, readPaid } from '../../store/journal-reader.ts';
import type { RecordedCalls } from '../../store/recorded-calls.ts';
import { RUN_FILES } from '../../store/run-folder.ts';
import { type CountedRows, countRows, countSample } from '../forecast/counted-rows.ts';
import { estimateGrid, priceFinder } from '../forecast/grid-estimate.ts';
import { estimateJudges } from '../forecast/judges.ts';
import { learnFromOwn } from '../forecast/learn.ts';
import { DEFAULT_LEVEL, NO_ESTIMATE_OPTIONS } from '../forecast/options.ts';
import { type PaidSoFar, paidSoFar } from '../forecast/paid.ts';
import { nothingSeen, type Seen } from '../forecast/seen.ts';
import type { Prepared } from './prepare.ts';

/** Rows whose prompts are counted for the estimate line at the start of a run. */
const COUNTED_ROWS = 500;

/**
 * What a run is about to spend, without its judges, from a sample of its rows and from its results so far.
 * @param index where results are in the run's journal; an empty one needs no journal
 */
export async function estimateSession(prepared: Prepared, index: JournalIndex, paid: PaidSoFar): Promise<Estimate> {
  const { config, plan, lanes, folder } = prepared;
  if (index.size === 0) {
    const own = nothingSeen(plan.grid.variants);
    return estimated(prepared, await countSome(prepared, index), { own, paid });
  }
  const reader = await JournalReader.of(folder.file(RUN_FILES.journal), index);
  try {
    const counted = await countSome(prepared, index);
    const own = await learnFromOwn({ plan, counted, priceOf: priceFinder(lanes.lanes), config }, reader);
    return estimated(prepared, counted, { own, paid });
  } finally {
    await reader.close();
  }
}

/** False if no price is known and there are no results, so that an estimate has no cost to show. */
export function hasCosts({ plan, lanes }: Prepared, index: JournalIndex): boolean {
  const priceOf = priceFinder(lanes.lanes);
  return index.size > 0 || plan.grid.variants.some((variant) => priceOf(variant) !== null);
}

/** Judge cost of the run; null if it has no judges. @param index as of `estimateSession` */
export async function estimateSessionJudges(
  prepared: Prepared,
  index: JournalIndex,
  paid: PaidSoFar,
): Promise<JudgesEstimate | null> {
  if (prepared.scorers.every(({ asks }) => asks === null)) return null;
  const { folder, lanes } = prepared;
  const basis = { ...prepared, lanes: lanes.lanes, options: NO_ESTIMATE_OPTIONS, paid };
  if (index.size === 0) return estimateJudges({ ...basis, journal: null });
  const journal = await JournalReader.of(folder.file(RUN_FILES.journal), index);
  try {
    return await estimateJudges({ ...basis, journal });
  } finally {
    await journal.close();
  }
}

/**
 * What a run has paid so far.
 * @param calls that no result in the journal reports
 * @param loss of that journal
 */
export async function paidBefore(
  { folder, scorers }: Prepared,
  { wasted, lost }: RecordedCalls,
  loss: JournalLoss,
): Promise<PaidSoFar> {
  return paidSoFar({ parts: await readPaid(folder.file(RUN_FILES.journal), wasted), loss, lost }, scorers);
}

interface SoFar {
  readonly own: Seen;
  readonly paid: PaidSoFar;
}

function estimated({ config, plan, lanes, facts }: Prepared, counted: CountedRows, { own, paid }: SoFar): Estimate {
  const { estimate } = estimateGrid({
    config,
    plan,
    facts,
    lanes: lanes.lanes,
    counted,
    own,
    paid,
    other: null,
    planned: null,
    level: DEFAULT_LEVEL,
    isTimed: false,
  });
  return estimate;
}

/** Without results, the rows drawn by the dataset check suffice. */
function countSome({ config, plan, facts }: Prepared, index: JournalIndex): Promise<CountedRows> {
  const { expectedColumn, selection } = config;
  const isWhole = selection.limit === null && selection.sample === null;
  if (index.size === 0 && isWhole && facts.sample !== null) return countSample(plan, facts.sample, expectedColumn);
  const isDone = ({ id }: { readonly id: string }): boolean => index.get(id) !== undefined;
  return countRows(plan, { most: COUNTED_ROWS, isDone, expectedColumn });
}

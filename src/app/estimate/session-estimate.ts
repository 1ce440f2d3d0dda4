import type { Estimate } from '../../core/estimate.ts';
import type { Journal } from '../../engine/journal.ts';
import { JournalReader } from '../../engine/journal-reader.ts';
import type { Prepared } from '../run/prepare.ts';
import { RUN_FILES } from '../run/run-folder.ts';
import { type CountedRows, countRows, countSample } from './counted-rows.ts';
import { DEFAULT_LEVEL, estimateGrid, priceFinder } from './grid-estimate.ts';
import { learnFromOwn } from './learn.ts';

/** Rows whose prompts are counted for the line that a run begins with. */
const COUNTED_ROWS = 500;

/**
 * What a run is about to spend, from a sample of its rows and from what it has done already.
 * @returns null where no price is known and nothing was done, so that there is nothing to tell
 */
export async function estimateSession(prepared: Prepared, journal: Journal): Promise<Estimate | null> {
  const { config, plan, lanes, folder, facts } = prepared;
  const priceOf = priceFinder(lanes.lanes);
  if (journal.index.size === 0 && plan.grid.variants.every((variant) => priceOf(variant) === null)) return null;
  const reader = await JournalReader.of(folder.file(RUN_FILES.journal), journal.index);
  try {
    const counted = await countSome(prepared, reader);
    const own = await learnFromOwn(plan, reader, counted, priceOf);
    const { estimate } = estimateGrid({
      ...{ config, plan, lanes: lanes.lanes, counted, own, other: null, planned: null, level: DEFAULT_LEVEL },
      promptBytes: ({ prompt }) => facts.promptBytes[facts.prompts.indexOf(prompt)] ?? 0,
    });
    return estimate;
  } finally {
    await reader.close();
  }
}

/** Where nothing is done yet, the rows that were drawn when the dataset was checked will do. */
function countSome({ config, plan, facts }: Prepared, reader: JournalReader): Promise<CountedRows> {
  const { expectedColumn, selection } = config;
  const isWhole = selection.limit === null && selection.sample === null;
  if (reader.size === 0 && isWhole && facts.sample !== null) return countSample(plan, facts.sample, expectedColumn);
  const isDone = ({ id }: { readonly id: string }): boolean => reader.has(id);
  return countRows(plan, { most: COUNTED_ROWS, isDone, expectedColumn });
}

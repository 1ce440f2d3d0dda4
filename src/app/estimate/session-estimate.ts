import type { Estimate } from '../../core/estimate.ts';
import type { Journal } from '../../engine/journal.ts';
import { JournalReader } from '../../engine/journal-reader.ts';
import type { Prepared } from '../run/prepare.ts';
import { RUN_FILES } from '../run/run-folder.ts';
import { countRows } from './counted-rows.ts';
import { DEFAULT_LEVEL, estimateGrid, priceFinder } from './grid-estimate.ts';
import { learnFromOwn } from './learn.ts';

/** Rows whose prompts are counted for the line that a run begins with. */
const COUNTED_ROWS = 1000;

/** What a run is about to spend, from a sample of its rows and from what it has done already. */
export async function estimateSession(prepared: Prepared, journal: Journal): Promise<Estimate> {
  const { config, plan, lanes, folder, facts } = prepared;
  const reader = await JournalReader.of(folder.file(RUN_FILES.journal), journal.index);
  try {
    const isDone = ({ id }: { readonly id: string }): boolean => reader.has(id);
    const { expectedColumn } = config;
    const counted = await countRows(plan, { most: COUNTED_ROWS, isDone, expectedColumn });
    const own = await learnFromOwn(plan, reader, counted, priceFinder(lanes.lanes));
    const { estimate } = estimateGrid({
      ...{ config, plan, lanes: lanes.lanes, counted, own, other: null, planned: null, level: DEFAULT_LEVEL },
      promptBytes: ({ prompt }) => facts.promptBytes[facts.prompts.indexOf(prompt)] ?? 0,
    });
    return estimate;
  } finally {
    await reader.close();
  }
}

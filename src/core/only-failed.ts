import { countText } from './compare/words.ts';

/** Marks a run whose rows were picked because they failed in an earlier run. */
export interface OnlyFailed {
  /** Path of the earlier run, as given. */
  readonly run: string;
  /** Rows that failed there. */
  readonly rows: number;
}

/** Why such rows say nothing of others. */
export const LUCK = 'rows picked for failing improve by luck';

/** What the scores of such a run do not say. */
export function onlyFailedSentence({ run, rows }: OnlyFailed): string {
  return `only rows that failed in ${run} took part (${countText(rows, 'row')} failed there): ${LUCK}, so these scores are no estimate for the dataset`;
}

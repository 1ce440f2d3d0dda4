import { isCutOff } from '../../core/finish-reason.ts';
import { numberOf, textOf } from '../../core/json.ts';
import { isAtLeast } from '../../core/rounding.ts';
import type { Row } from '../../core/row.ts';
import type { StoredRow } from '../../store/stored-rows.ts';
import type { StoredScorer } from '../scoring/stored-scorers.ts';
import type { PageScore, PageTrial } from './chunk-maker.ts';

/** The scores of a trial. */
export function scoresOf(
  trial: StoredRow['trials'][number],
  row: Row,
  scorers: readonly StoredScorer[],
): readonly PageScore[] {
  if (trial.cells['status'] !== 'completed') return scorers.map(() => NOT_SCORED);
  return scorers.map(({ key, thresholdOf }) => {
    const value = numberOf(trial.cells[key]);
    return value === null ? NOT_SCORED : { value, passed: isAtLeast(value, thresholdOf(row) ?? 1) };
  });
}

const NOT_SCORED: PageScore = { value: null, passed: null };

/** True if a reader should see a row: an answer failed, errored, was cut off, or repeats or variants disagree. */
export function isNotable(trials: readonly PageTrial[]): boolean {
  return trials.some(({ cells, scores }) => {
    const finish = textOf(cells['finish_reason']);
    return (
      cells['status'] !== 'completed' ||
      (finish !== null && isCutOff(finish)) ||
      scores.some(({ passed, value }) => passed === false || (value !== null && value !== 1))
    );
  });
}

/** Text of a row and its answers, in UTF-16 code units; columns and messages are mostly the same text. */
export function unitsOf({ row }: StoredRow, trials: readonly PageTrial[]): number {
  let units = 0;
  for (const value of Object.values(row.vars)) if (typeof value === 'string') units += value.length;
  for (const { cells } of trials) {
    units += (textOf(cells['output'])?.length ?? 0) + (textOf(cells['reasoning'])?.length ?? 0);
  }
  return units;
}

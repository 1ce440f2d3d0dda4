import { type JsonObject, numberOf, objectOf } from '../../core/json.ts';
import { isAtLeast } from '../../core/rounding.ts';
import { columnText } from '../../core/row.ts';
import type { ComparedTrial } from '../../store/compared-trial.ts';
import type { Source } from '../../store/source.ts';
import { storedRow } from '../../store/stored-rows.ts';
import { assertionThreshold, scorerThresholds } from '../scoring/stored-scorers.ts';

const ROW_THRESHOLD = 'row.__threshold';

/** Thresholds of a baseline's line whose row sets them, by score. */
export const LINE_THRESHOLDS = 'thresholds';

/**
 * Value from which an answer passes by each scorer of a source; a row's assertions may have another.
 * @returns null if nothing says it: of files without their run, and of baselines of versions that saved only some
 */
export function sourceThresholds({ facts, scorers }: Source): ReadonlyMap<string, number> | null {
  const { givenScorers, savedThresholds } = facts;
  if (savedThresholds !== null) return scorers.every((name) => savedThresholds.has(name)) ? savedThresholds : null;
  const given = givenScorers === null ? null : scorerThresholds(givenScorers);
  // Others are scores of assertions in rows, and people's verdicts.
  return given && new Map(scorers.map((name) => [name, given.get(name) ?? 1]));
}

/** Value from which an answer passes by a score of its row's assertions; undefined if the row does not say. */
export function lineThreshold(cells: JsonObject, name: string): number | undefined {
  const saved = cells[LINE_THRESHOLDS];
  if (saved !== undefined) return numberOf(objectOf(saved)[name]) ?? undefined;
  // Most rows do not say, and to make a row of a line takes long.
  return columnText(cells[ROW_THRESHOLD]) === '' ? undefined : assertionThreshold(storedRow(cells, 0), name);
}

/** The columns that `lineThreshold` reads. @param columns of the dataset */
export function thresholdColumns(columns: readonly string[]): readonly string[] {
  const own = columns.map((name) => `row.${name}`);
  return own.includes(ROW_THRESHOLD)
    ? [LINE_THRESHOLDS, ...own.filter((name) => name.startsWith('row.__'))]
    : [LINE_THRESHOLDS];
}

/** Which scores pass. */
export interface PassMarks {
  /** Whether a trial passes by each compared scorer; false without a score. @param cells its record */
  passes(trial: ComparedTrial, cells: JsonObject): readonly boolean[];
}

/**
 * Which scores pass on one side. Where nothing says from which value on, what its file says of the whole trial decides,
 * or the other side's settings, so that the same answers pass on both.
 * @param scorers compared ones
 */
export function passMarks(source: Source, other: Source, scorers: readonly string[]): PassMarks {
  const [own, others] = [sourceThresholds(source), sourceThresholds(other)];
  const isAlone = source.scorers.length === 1;
  const passesBy = (name: string, value: number, { passed }: ComparedTrial, cells: JsonObject): boolean => {
    const threshold = lineThreshold(cells, name) ?? own?.get(name);
    if (threshold !== undefined) return isAtLeast(value, threshold);
    // A trial passes by all of its scores.
    if (passed === true || (passed !== null && isAlone)) return passed;
    return isAtLeast(value, others?.get(name) ?? 1);
  };
  return {
    passes: (trial, cells) =>
      scorers.map((name, index) => {
        const value = trial.scores[index] ?? null;
        return value !== null && passesBy(name, value, trial, cells);
      }),
  };
}

import { ResultsError } from '../../core/errors.ts';

/** Joins the name of a figure and its variant. */
export const JOINT = ' · ';

/** True for the column names of a wide table. */
export function isWide(names: readonly string[]): boolean {
  return (
    names.includes('row_id') && !names.includes('status') && names.some((name) => name.startsWith(`output${JOINT}`))
  );
}

/** The error for a wide table that should be read. */
export function wideRefusal(file: string): ResultsError {
  return new ResultsError({ file }, 'is a table for people, a line for each row; it is not read back', {
    hint: 'name the run folder, or its results.jsonl, results.parquet or results.csv',
  });
}

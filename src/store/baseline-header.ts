import { ResultsError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { RecordReader } from './formats/index.ts';
import { pickJsonLines, readJsonLines } from './formats/jsonl.ts';

/** Version of the format; raised when an older promptgrid cannot read it. */
export const BASELINE_VERSION = 1;

/** The key of a baseline's first line that no result has. */
export const BASELINE_KEY = 'promptgrid_baseline';

/** Reads the trials of a baseline: JSON Lines behind its header. */
export const baselineReader: RecordReader = {
  read: (path) => readJsonLines(path, 1),
  pick: pickJsonLines,
};

/** True for the first line of a baseline. */
export function isBaselineHeader(line: JsonObject): boolean {
  return Object.hasOwn(line, BASELINE_KEY);
}

/** @throws ResultsError if a newer promptgrid wrote it */
export function checkBaselineVersion(file: string, header: JsonObject): void {
  const version = header[BASELINE_KEY];
  if (version === BASELINE_VERSION) return;
  throw new ResultsError({ file }, `is a baseline of format ${JSON.stringify(version)}`, {
    hint: `this promptgrid reads format ${BASELINE_VERSION}; use the one that wrote it, or save the baseline again`,
  });
}

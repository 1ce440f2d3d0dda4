import type { Analysis } from '../../core/analysis/analysis.ts';
import { type LostCalls, NO_LOST_CALLS } from '../../core/billed.ts';
import { isJsonArray, isJsonObject, type JsonObject, numberOf } from '../../core/json.ts';
import type { Summary } from '../../core/summary.ts';

/** The figures of a finished run, as its summary.json has them. */
export interface StoredOutcome {
  readonly summary: Summary;
  readonly analysis: Analysis;
  readonly lost: LostCalls;
}

/**
 * Reads the figures of a run in which every variant ran every row.
 * @param document the content of a summary.json whose digest shows that this version of promptgrid wrote it
 * @returns null if it has not the parts that this version writes, or is of another run
 */
export function readStoredOutcome(document: JsonObject): StoredOutcome | null {
  const { total, unused, lostResults, errors, judge, variants, analysis, stoppedVariants, lostCalls } = document;
  const summary: unknown = {
    total,
    ...(unused === undefined ? {} : { unused }),
    ...(lostResults === undefined ? {} : { lostResults }),
    errors,
    ...(judge === undefined ? {} : { judge }),
    variants,
  };
  if (!isSummary(summary) || !isAnalysis(analysis)) return null;
  // Lost calls and stopped variants are told with facts that summary.json does not have.
  if (lostCalls !== 0 || !isJsonArray(stoppedVariants) || stoppedVariants.length > 0) return null;
  return { summary, analysis, lost: NO_LOST_CALLS };
}

/** The digest vouches for the figures; this for the parts that are used to tell one such file from another. */
function isSummary(value: unknown): value is Summary {
  if (!isJsonObject(value)) return false;
  const { total, unused = NOTHING_UNUSED, lostResults = 0, errors, judge = {}, variants } = value;
  const isComplete = isTotals(total) && isPaid(unused) && numberOf(lostResults) !== null && isJsonArray(errors);
  return isComplete && isJsonObject(judge) && isJsonArray(variants) && variants.every(isTotals);
}

const NOTHING_UNUSED = { costs: [], unknownCosts: 0 };

function isPaid(value: unknown): boolean {
  return isJsonObject(value) && isJsonArray(value['costs']) && numberOf(value['unknownCosts']) !== null;
}

function isTotals(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  const counts = [value['completed'], value['errored'], value['skipped']];
  return counts.every((count) => numberOf(count) !== null) && isPaid(value);
}

function isAnalysis(value: unknown): value is Analysis {
  if (!isJsonObject(value)) return false;
  const { rows, variants, scorers, notes } = value;
  return numberOf(rows) !== null && [variants, scorers, notes].every(isJsonArray);
}

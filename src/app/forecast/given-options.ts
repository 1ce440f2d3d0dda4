import type { ValueTable } from '../../core/option-spec.ts';
import { readGiven } from '../config/given-options.ts';
import type { GivenValues } from '../config/settings.ts';
import { ESTIMATE_OPTIONS, type EstimateOptions, NO_ESTIMATE_OPTIONS, wholeEstimateOptions } from './options.ts';

const { precision, from, level, maxCost } = ESTIMATE_OPTIONS;
const { pilot: pilotRows, rows: plannedRows, exact: isExact } = ESTIMATE_OPTIONS;

/** The flags by the names of their fields. */
const FIELDS = { pilotRows, precision, from, plannedRows, isExact, level, maxCost } as const satisfies ValueTable;

/** Options of an estimate as a program gives them: any of them. A share is a number up to 1, or a text such as `10%`. */
export type GivenEstimateOptions = {
  readonly [Name in keyof EstimateOptions]?: EstimateOptions[Name] | GivenValues<typeof FIELDS>[Name];
};

/**
 * Estimate options that a program gives, with the command's defaults for what is omitted.
 * @throws UsageError for an unknown option or a value that is not allowed
 */
export function givenEstimateOptions(given: GivenEstimateOptions): EstimateOptions {
  return wholeEstimateOptions(readGiven(FIELDS, given, { name: '', defaults: NO_ESTIMATE_OPTIONS }));
}

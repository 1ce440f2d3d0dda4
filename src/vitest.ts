/**
 * Prompt tests beside unit tests, under vitest or any other runner in which a thrown error fails a test.
 * @example import { expectNoRegression } from 'promptgrid/vitest'; it('answers as well as before', () =>
 * expectNoRegression('baselines/support.jsonl', 'results/now'));
 */
import {
  checkSides,
  compareStatus,
  executeCompare,
  type GivenCompareOptions,
  givenCompareOptions,
} from './app/compare/index.ts';
import { comparisonText } from './app/compare/reports.ts';
import type { Comparison } from './core/comparison.ts';

export type { CompareOptions } from './app/compare/index.ts';
export type { Comparison } from './core/comparison.ts';

/** Options of a comparison in a test; omitted ones have the defaults of `promptgrid compare`. */
export type ExpectOptions = GivenCompareOptions;

/** The error of a failed test: the comparison in words, as `promptgrid compare` prints it. */
export class RegressionError extends Error {
  override readonly name = 'RegressionError';
  /** The whole comparison, for your own assertions. */
  readonly comparison: Comparison;

  constructor(message: string, comparison: Comparison) {
    super(message);
    this.comparison = comparison;
  }
}

/**
 * Passes where `promptgrid compare` would exit with 0.
 * @param base path of a run folder, a result file or a baseline
 * @param candidate the same for the candidate
 * @returns the comparison
 * @throws RegressionError if a gate failed, or the comparison is unsound
 * @throws PromptgridError if the two cannot be compared
 */
export async function expectNoRegression(
  base: string,
  candidate: string,
  options: ExpectOptions = {},
): Promise<Comparison> {
  checkSides(base, candidate);
  const whole = givenCompareOptions(options);
  const { comparison, close } = await executeCompare({ base, candidate, options: whole, wantsLines: true });
  await close();
  if (compareStatus(comparison) !== 0) throw new RegressionError(comparisonText(comparison), comparison);
  return comparison;
}

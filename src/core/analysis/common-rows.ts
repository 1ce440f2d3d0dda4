import type { PairScanner, RowSelection, ScoredRows } from '../paired/pair-scan.ts';
import { ROUNDING } from '../rounding.ts';

/** Two variants on the rows for which both have a score. */
interface CommonRows {
  readonly n: number;
  /** Rows with a score of only one of them. */
  readonly unmatched: number;
  /** Mean score of the first minus that of the second, from −1 to 1; 0 without common rows. */
  readonly difference: number;
}

/** Compares two variants, by their indices, without a test. */
export type CommonRowsOf = (first: number, second: number) => CommonRows;

/** Such comparisons of the columns of a scorer. */
export function commonRowsOf(
  columns: readonly ScoredRows[],
  selection: RowSelection,
  scanner: PairScanner,
): CommonRowsOf {
  return (one, other) => {
    const [first, second] = [columns[one], columns[other]];
    if (first === undefined || second === undefined) return { n: 0, unmatched: 0, difference: 0 };
    const { n, unmatched, differences } = scanner.scan(first, second, selection);
    const difference = n === 0 ? 0 : differences.reduce((total, each) => total + each, 0) / n;
    return { n, unmatched, difference: Math.abs(difference) < ROUNDING ? 0 : difference };
  };
}

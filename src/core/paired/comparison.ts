import type { Interval } from '../stats/wilson.ts';
import type { CostTotal } from '../totals.ts';

/** Share of intervals that hold the true figure. */
export const LEVEL = 0.95;

/** Chance that any of several comparisons is called significant where there is no difference at all. */
export const ALPHA = 0.05;

/** With fewer clusters hardly any difference can be shown, and how many more it takes is not known. */
export const FEW_CLUSTERS = 10;

/** How a p-value was made. */
export type PairedTest = 'mcnemar' | 'sign-flip' | 'wilcoxon';

/** Whether the first of two variants is better than the second, as far as that is significant. */
export type Verdict = 'better' | 'worse' | 'none shown';

/** Two variants on the rows that both have a score for. */
export interface Comparison {
  readonly first: number;
  readonly second: number;
  /** Rows that both have. */
  readonly n: number;
  /** Mean score of the first less that of the second, in percentage points; null where they share no row. */
  readonly points: number | null;
  /** Of 95 %, in percentage points, for this comparison alone; null where one row or one cluster cannot tell. */
  readonly pointsInterval: Interval | null;
  /** Rows on which the first scores more; with pass or fail, those that only the first passed. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Chance of so large a difference where there is none; null where rows cannot tell. */
  readonly pValue: number | null;
  /** The same after correction for all comparisons (Holm). */
  readonly adjustedPValue: number | null;
  readonly test: PairedTest;
  readonly verdict: Verdict;
  /** Why nothing can be said, in words; null where a test was made. */
  readonly why: string | null;
  /** What it would take; null where a difference is shown, and within groups. */
  readonly power: Power | null;
}

/** What it would take to detect a difference with a power of 80 %, after correction for all comparisons. */
export interface Power {
  /** The difference in question, in percentage points: 2. */
  readonly points: number;
  /** Rows beyond those that there are; 0 where these would have shown it; null where no number is known. */
  readonly moreRows: number | null;
  /** What both variants' answers to those rows would cost, by what answers cost so far; null where not known. */
  readonly cost: CostTotal | null;
  /** The smallest difference that these rows would have shown, in percentage points; null where they show none. */
  readonly smallestPoints: number | null;
}

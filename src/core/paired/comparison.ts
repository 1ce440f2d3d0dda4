import type { Interval } from '../stats/wilson.ts';
import type { CostTotal } from '../totals.ts';

/** Coverage of intervals. */
export const LEVEL = 0.95;

/** Probability that any of several comparisons is significant if there is no difference at all. */
export const ALPHA = 0.05;

/** With fewer clusters, a difference is rarely detectable, and how many more are needed is unknown. */
export const FEW_CLUSTERS = 10;

/** How a p-value was computed. */
export type PairedTest = 'mcnemar' | 'sign-flip' | 'wilcoxon';

/** Whether the first of two variants is significantly better than the second, or the reverse. */
export type Verdict = 'better' | 'worse' | 'none shown';

/** Two variants on the rows for which both have a score. */
export interface Comparison {
  readonly first: number;
  readonly second: number;
  /** Common rows. */
  readonly n: number;
  /** Common rows; their clusters if rows belong together. */
  readonly units: number;
  /** Rows for which only one of the two has a score, which the comparison leaves out. */
  readonly unmatched: number;
  /** Mean score of the first minus that of the second, in percentage points; null without common rows. */
  readonly points: number | null;
  /** Of 95 %, in percentage points, for this comparison alone; null for a single row or cluster. */
  readonly pointsInterval: Interval | null;
  /** Rows on which the first scores more; with pass or fail, those that only the first passed. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Probability of a difference at least this large if there is none; null if rows cannot provide one. */
  readonly pValue: number | null;
  /** The same after correction for all comparisons (Holm). */
  readonly adjustedPValue: number | null;
  readonly test: PairedTest;
  readonly verdict: Verdict;
  /** Why there is no test, in words; null if a test was made. */
  readonly why: string | null;
  /** What more is needed; null if a difference is significant, and within groups. */
  readonly power: Power | null;
}

/** Rows needed to detect a difference with 80 % power, after correction for all comparisons. */
export interface Power {
  /** The difference to detect, in percentage points: 2. */
  readonly points: number;
  /** Rows needed in addition to the existing ones; 0 if these would have been enough; null if unknown. */
  readonly moreRows: number | null;
  /** Cost of both variants' answers to those rows, from the costs so far; null if unknown. */
  readonly cost: CostTotal | null;
  /** The smallest difference that these rows would have detected, in percentage points; null if none. */
  readonly smallestPoints: number | null;
}

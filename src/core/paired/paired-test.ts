import { agreeingInterval } from '../stats/agreeing-interval.ts';
import { mcnemarExact } from '../stats/mcnemar.ts';
import { MARGIN_LEVEL } from '../stats/non-inferiority.ts';
import { normalTail } from '../stats/normal.ts';
import { pairedMeanInterval } from '../stats/paired-mean.ts';
import { pairedShareInterval } from '../stats/paired-share.ts';
import { leastSignPValue, signFlipTest } from '../stats/sign-flip.ts';
import { wilcoxonSignedRank } from '../stats/wilcoxon.ts';
import type { Interval } from '../stats/wilson.ts';
import { ALPHA, LEVEL, type PairedTest } from './comparison.ts';
import type { PairScan } from './pair-scan.ts';

/** Two variants by one scorer, before the p-value is corrected for the number of comparisons. All values are shares. */
export interface PairedFigures {
  /** Rows with a score of both. */
  readonly n: number;
  /** Rows with a score of only one of them. */
  readonly unmatched: number;
  readonly firstMean: number | null;
  readonly secondMean: number | null;
  /** Sum of the rows' differences, first minus second: n times their mean. */
  readonly sum: number;
  /** Of the mean difference, 95 %; null for a single row or cluster. It never contradicts the p-value. */
  readonly interval: Interval | null;
  /** 90 %, whose ends give two one-sided tests at 5 %; null if it was not requested. */
  readonly marginInterval: Interval | null;
  readonly pValue: number | null;
  /** The smallest p-value possible with this many differing rows or clusters. */
  readonly leastPValue: number;
  readonly test: PairedTest;
  /** Rows on which the first scores more. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Standard deviation of a row's difference, taking clusters into account; null if unknown. */
  readonly standardDeviation: number | null;
  /** Number of clusters; null if rows are independent. */
  readonly clusters: number | null;
  /** Why there is no test, in words; null if a test was made. */
  readonly why: string | null;
}

/** How to compare two variants. */
export interface PairedOptions {
  /** The test if rows have repeats, partial scores or clusters; default sign-flip. */
  readonly test?: Exclude<PairedTest, 'mcnemar'> | undefined;
  /** Whether a loss is compared with a margin. */
  readonly hasMargin?: boolean | undefined;
}

/**
 * Tests whether two variants differ: by McNemar's exact test if each row has one pass/fail answer of each, and rows are
 * independent. Otherwise by a test of the differences of rows, or of their sums by cluster.
 */
export function pairedFigures(scan: PairScan, options: PairedOptions = {}): PairedFigures {
  const { n, unmatched, firstMore, secondMore, firstSum, secondSum, isPassFail } = scan;
  const clusters = scan.clusters === null ? null : scan.clusterSums.length;
  const isShare = isPassFail && clusters === null;
  const test = isShare ? 'mcnemar' : (options.test ?? 'sign-flip');
  const counts = { n, unmatched, onlyFirst: firstMore, onlySecond: secondMore, test, clusters } as const;
  const leastPValue = test === 'wilcoxon' ? 0 : leastSignPValue(differing(scan.clusterSums));
  if (n === 0) return { ...counts, ...NOTHING, sum: 0, leastPValue: 1, why: 'no row has a judged answer of both' };
  const means = { firstMean: firstSum / n, secondMean: secondSum / n };
  const tested = isShare ? shareFigures(scan, options) : meanFigures(scan, options);
  return { ...counts, leastPValue, ...tested, ...means };
}

type Tested = Omit<PairedFigures, 'n' | 'unmatched' | 'test' | 'onlyFirst' | 'onlySecond' | 'clusters' | 'leastPValue'>;

const NOTHING = {
  firstMean: null,
  secondMean: null,
  interval: null,
  marginInterval: null,
  pValue: null,
  standardDeviation: null,
} as const;

function shareFigures({ firstMore, secondMore, table }: PairScan, { hasMargin }: PairedOptions): Tested {
  return {
    ...NOTHING,
    sum: firstMore - secondMore,
    interval: pairedShareInterval(table, LEVEL),
    marginInterval: hasMargin === true ? pairedShareInterval(table, MARGIN_LEVEL) : null,
    pValue: mcnemarExact(firstMore, secondMore),
    why: null,
  };
}

function meanFigures(scan: PairScan, { test, hasMargin }: PairedOptions): Tested {
  const { n, differences, clusterSums } = scan;
  const clusters = scan.clusters ?? undefined;
  const found = pairedMeanInterval(differences, { clusters, level: LEVEL });
  const sum = differences.reduce((total, difference) => total + difference, 0);
  if (found === null) return { ...NOTHING, sum, why: n === 1 ? 'one row cannot tell' : 'all rows are in one cluster' };
  const pValue = test === 'wilcoxon' ? wilcoxonSignedRank(clusterSums).pValue : flipPValue(clusterSums);
  const { interval, student, standardError } = found;
  return {
    ...NOTHING,
    sum,
    interval: agreeingInterval(interval, { pValue, alpha: ALPHA, student }),
    marginInterval:
      hasMargin === true
        ? (pairedMeanInterval(differences, { clusters, level: MARGIN_LEVEL })?.interval ?? null)
        : null,
    pValue,
    standardDeviation: standardError * Math.sqrt(n),
    why: null,
  };
}

/** Rows or clusters that differ, in either direction: a test by signs has no other evidence. */
function differing(sums: Float64Array): number {
  let count = 0;
  for (const sum of sums) if (sum !== 0) count += 1;
  return count;
}

/** Draws the same signs each time, so that a repeated report gives the same result. */
const SEED = 1;

/** Draws that are enough to see that a p-value is not decisive, and the value above which it is not. */
const FIRST_ROUNDS = 1000;
const UNDECIDED = 0.1;

/**
 * With this many differences of one size, or of equal weight, drawing signs is less accurate than the normal
 * distribution.
 */
const MANY = 200;

/**
 * Two-sided p-value of a mean of 0 by flipping signs, fast enough for a thousand comparisons of a thousand rows. For
 * many differences the sum with random signs is treated as normal, with a continuity correction by the smallest
 * difference. Sums of signs have lighter tails than the normal distribution, so a decisive p-value is slightly too
 * large, if anything. Equal differences use the binomial distribution, which is exact.
 * @param differences finite; those of 0 carry no information
 */
export function flipPValue(differences: Float64Array): number {
  let [sum, squares, fourths] = [0, 0, 0];
  let [smallest, largest] = [Infinity, 0];
  for (const difference of differences) {
    if (difference === 0) continue;
    const square = difference * difference;
    sum += difference;
    squares += square;
    fourths += square * square;
    const size = Math.abs(difference);
    if (size < smallest) smallest = size;
    if (size > largest) largest = size;
  }
  if (squares * squares < MANY * fourths || smallest >= largest) {
    return drawnPValue(differences);
  }
  return Math.min(1, 2 * normalTail(Math.max(0, Math.abs(sum) - smallest) / Math.sqrt(squares)));
}

/**
 * A few draws may only show that the result is not decisive, so chance does not make the p-value too small too often.
 */
function drawnPValue(differences: Float64Array): number {
  const { pValue, method } = signFlipTest(differences, { seed: SEED, rounds: FIRST_ROUNDS });
  if (method !== 'sampled' || pValue > UNDECIDED) return pValue;
  return signFlipTest(differences, { seed: SEED }).pValue;
}

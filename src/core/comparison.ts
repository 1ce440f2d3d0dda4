import type { Gate } from './gate.ts';
import type { Measure } from './measure.ts';
import type { PairedTest } from './paired/comparison.ts';
import type { MeasureReason, UnsoundReason } from './reasons.ts';
import type { Interval } from './stats/wilson.ts';
import type { CostTotal } from './totals.ts';

/** What names a variant in result files. */
export interface VariantName {
  readonly prompt: string;
  /** As sent to the API. */
  readonly model: string;
  /** The model's label in the run; absent if it has none. */
  readonly label?: string | undefined;
  /** null if the provider's default was used. */
  readonly temperature: number | null;
}

/**
 * The verdict on one variant and scorer. `inconclusive`: too few rows to decide, or an unsound comparison. `unchanged`:
 * a loss as large as the margin is ruled out, and no difference is significant.
 */
export type PairVerdict = 'regressed' | 'improved' | 'unchanged' | 'inconclusive';

/** The verdict on the whole comparison. `unsound`: no conclusion, because the comparison itself is not valid. */
type ComparisonVerdict = PairVerdict | 'unsound';

/**
 * How a p-value was computed; `same answers` if every answer has the same text and the same score, whatever the number
 * of rows.
 */
type PairTest = PairedTest | 'same answers';

/** Trials or rows that a comparison leaves out, for each side. */
export interface LeftOut {
  readonly base: number;
  readonly candidate: number;
}

/** Number of rows needed for a conclusion. */
export interface RowsNeeded {
  /** The difference that this many rows would detect with 80 % power, as a share: 0.02 is 2 points. */
  readonly difference: number;
  /** In total. */
  readonly rows: number;
  /** In addition to the existing ones. */
  readonly moreRows: number;
  /** Their cost on both sides, from the rows' costs so far; null if unknown or in two currencies. */
  readonly cost: CostTotal | null;
}

/** One variant of the base compared with one of the candidate, by one scorer. All shares are from 0 to 1. */
export interface ScorePair {
  readonly base: VariantName;
  readonly candidate: VariantName;
  readonly scorer: string;
  /** Rows that could be scored on both sides: the denominator of every figure. */
  readonly n: number;
  /** Mean scores; null if n is 0. */
  readonly baseMean: number | null;
  readonly candidateMean: number | null;
  /** Candidate minus base, from -1 to 1; null if n is 0. */
  readonly delta: number | null;
  /** 95 % interval of `delta`, of this pair alone; null if there are too few rows. */
  readonly interval: Interval | null;
  /** Two-sided, of this pair alone; null if n is 0, and for a single row or cluster. */
  readonly pValue: number | null;
  /** After Holm's correction for all pairs and scorers; the verdict is based on it. */
  readonly adjustedPValue: number | null;
  readonly test: PairTest | null;
  /** Rows that passed on one side only; with repeats, rows that passed in most of them. */
  readonly onlyBasePassed: number;
  readonly onlyCandidatePassed: number;
  /** Rows with the same answer text on both sides. */
  readonly sameAnswers: number;
  /** Common rows that could be scored on the other side only. */
  readonly unjudged: LeftOut;
  readonly verdict: PairVerdict;
  /** null except for `inconclusive`, and if no number of rows would be enough. */
  readonly needed: RowsNeeded | null;
}

/** One measure of one pair of variants: the ratio of the candidate's mean to the base's. */
export interface MeasurePair {
  readonly base: VariantName;
  readonly candidate: VariantName;
  readonly measure: Measure;
  /** ISO 4217 code for cost, `tokens`, `ms`; null if there is none. */
  readonly unit: string | null;
  /** Rows whose values are all known on both sides; cached answers are left out of cost and latency. */
  readonly n: number;
  /** Rows with answers on both sides: `n`, `unknown`, and those whose answers on one side are all cached. */
  readonly rows: number;
  /** Rows with an answer on either side whose value is unknown. */
  readonly unknown: number;
  readonly baseMean: number | null;
  readonly candidateMean: number | null;
  /** Candidate's mean divided by the base's: 1.1 is 10 % more; null if the base's is 0, or a mean is unknown. */
  readonly ratio: number | null;
  /** 95 % interval of `ratio`, of this measure and pair alone. */
  readonly interval: Interval | null;
  /** For all pairs together, each at 1 - 0.05 / pairs: what a gate on latency uses; null for the others. */
  readonly familyInterval: Interval | null;
  readonly verdict: 'higher' | 'lower' | 'no difference shown' | 'not known';
  /** Why there is no ratio, in English; null if there is one. */
  readonly why: string | null;
  /** The same by its kind and figures. */
  readonly reason: MeasureReason | null;
}

/** A row that changed between passed and failed. */
export interface Flip {
  readonly rowId: string;
  readonly base: VariantName;
  readonly candidate: VariantName;
  readonly scorer: string;
  readonly direction: 'worse' | 'better';
  /** Mean scores over the repeats, from 0 to 1. */
  readonly baseScore: number;
  readonly candidateScore: number;
  readonly isCritical: boolean;
  /** True if the base's own repeats did not agree: such a row is flaky. */
  readonly isFlaky: boolean;
  /** Answers, the first repeat's; null if they were not stored. */
  readonly baseOutput: string | null;
  readonly candidateOutput: string | null;
  /** What was asked, as text: the candidate's messages, else the base's; null if nothing shows it. */
  readonly question: string | null;
  /** What the row expects: its expected answer, else its assertions; null if it expects nothing, or nothing shows it. */
  readonly expected: string | null;
  /** Start of the row in the dataset, from 1; null if the dataset is missing or has changed. */
  readonly line: number | null;
}

/** Some rows of many. */
export interface RowSample {
  readonly n: number;
  /** The first of them. */
  readonly rowIds: readonly string[];
}

/** What was compared. */
export interface ComparedSide {
  /** As named by the user. */
  readonly path: string;
  readonly kind: 'run' | 'results' | 'baseline';
  readonly rows: number;
  readonly trials: number;
  /** Path of the dataset according to the run; null if unknown. */
  readonly dataset: string | null;
}

/** Rows that belong together. */
export interface ComparedClusters {
  readonly column: string;
  /** Where the column was set: `--cluster`, or whose settings. */
  readonly namedBy: string;
  /** Among the common rows; each row without a value counts as its own cluster. */
  readonly clusters: number;
  /** Common rows without a value. */
  readonly missing: number;
  /** Common rows with a different value than in the base. */
  readonly changed: number;
}

/** The complete result of a comparison. */
export interface Comparison {
  readonly verdict: ComparisonVerdict;
  readonly base: ComparedSide;
  readonly candidate: ComparedSide;
  readonly rowsInCommon: number;
  readonly pairedBy: 'id' | 'content';
  /** null if rows are independent of each other. */
  readonly clusters: ComparedClusters | null;
  /** The loss that `unchanged` rules out, as a share. A significant one is `regressed` at any size. */
  readonly margin: number;
  readonly pairs: readonly ScorePair[];
  /** True if rows of a side were picked because they failed before, which makes it unsound. */
  readonly isPicked: boolean;
  readonly measures: readonly MeasurePair[];
  readonly gates: readonly Gate[];
  /** Why the comparison is not valid, in English; empty if it is. */
  readonly unsound: readonly string[];
  /** The same by kinds and figures, in the same order. */
  readonly unsoundReasons: readonly UnsoundReason[];
  /** The worst first, not all of them. */
  readonly flips: readonly Flip[];
  /** Counts of all: a row counts in each pair of variants in which it flipped. */
  readonly flipped: { readonly worse: number; readonly better: number; readonly flaky: number };
  readonly newRows: RowSample;
  readonly missingRows: RowSample;
  readonly flakyRows: RowSample;
  /** Notes on the two sides for a reader: other rows, prompts, parameters, currencies. */
  readonly notes: readonly string[];
}

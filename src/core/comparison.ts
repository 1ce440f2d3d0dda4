import type { Gate } from './gate.ts';
import type { PairedTest } from './paired/comparison.ts';
import type { Interval } from './stats/wilson.ts';
import type { CostTotal } from './totals.ts';

/** What names a column of the grid in result files. */
export interface VariantName {
  readonly prompt: string;
  /** As given to the API. */
  readonly model: string;
  /** null where the provider's default was taken. */
  readonly temperature: number | null;
}

/**
 * What is said of one variant and scorer. `inconclusive`: too few rows to say. `unchanged`: a loss as large as the
 * margin is ruled out, and no difference is significant.
 */
export type PairVerdict = 'regressed' | 'improved' | 'unchanged' | 'inconclusive';

/** What is said of the whole. `unsound`: nothing can be said, for the comparison itself cannot stand. */
type ComparisonVerdict = PairVerdict | 'unsound';

/** How a p-value was made; `same answers` where every answer is the same text with the same score, however few rows. */
type PairTest = PairedTest | 'same answers';

/** Trials or rows that a comparison leaves out, for each side. */
export interface LeftOut {
  readonly base: number;
  readonly candidate: number;
}

/** How many rows it would take to say something. */
export interface RowsNeeded {
  /** The difference that so many rows would show with a power of 80 %, as a share: 0.02 are 2 points. */
  readonly difference: number;
  /** In all. */
  readonly rows: number;
  /** Beside those that there are. */
  readonly moreRows: number;
  /** What those cost on both sides by what rows cost so far; null where that is not known or of two currencies. */
  readonly cost: CostTotal | null;
}

/** One variant of the base beside one of the candidate, by one scorer. All shares are from 0 to 1. */
export interface ScorePair {
  readonly base: VariantName;
  readonly candidate: VariantName;
  readonly scorer: string;
  /** Rows that could be scored on both sides: what every figure is out of. */
  readonly n: number;
  /** Mean scores; null where n is 0. */
  readonly baseMean: number | null;
  readonly candidateMean: number | null;
  /** Candidate minus base, from -1 to 1; null where n is 0. */
  readonly delta: number | null;
  /** 95 % interval of `delta`, of this pair alone; null where there are too few rows for one. */
  readonly interval: Interval | null;
  /** Two-sided, of this pair alone; null where n is 0, and where one row or one cluster cannot tell. */
  readonly pValue: number | null;
  /** After Holm's correction for all pairs and scorers: what the verdict is made by. */
  readonly adjustedPValue: number | null;
  readonly test: PairTest | null;
  /** Rows that passed on one side only; with repeats, rows that passed in most of them. */
  readonly onlyBasePassed: number;
  readonly onlyCandidatePassed: number;
  /** Rows whose answer is the same text on both sides. */
  readonly sameAnswers: number;
  /** Rows in common that could be scored on the other side only. */
  readonly unjudged: LeftOut;
  readonly verdict: PairVerdict;
  /** null but for `inconclusive`, and where no number of rows would do. */
  readonly needed: RowsNeeded | null;
}

/** What trials take, beside what they are worth. */
export type Measure = 'cost' | 'tokens' | 'latency';

/** One measure of one pair of variants: how many times the base's mean the candidate's is. */
export interface MeasurePair {
  readonly base: VariantName;
  readonly candidate: VariantName;
  readonly measure: Measure;
  /** ISO 4217 code for cost, `tokens`, `ms`; null where there is none. */
  readonly unit: string | null;
  /** Rows of which it is known on both sides; answers from a cache are left out of cost and latency. */
  readonly n: number;
  readonly baseMean: number | null;
  readonly candidateMean: number | null;
  /** Candidate's mean by the base's: 1.1 is 10 % more. */
  readonly ratio: number | null;
  /** 95 % interval of `ratio`, of this measure and pair alone. */
  readonly interval: Interval | null;
  /** For all pairs together, each at 1 - 0.05 / pairs: what a gate on latency goes by; null for the others. */
  readonly familyInterval: Interval | null;
  readonly verdict: 'higher' | 'lower' | 'no difference shown' | 'not known';
  /** Why it is not known; null where it is. */
  readonly why: string | null;
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
  /** True where the base's own repeats did not agree: such a row flips by itself. */
  readonly isFlaky: boolean;
  /** Answers, the first repeat's; null where they were not kept. */
  readonly baseOutput: string | null;
  readonly candidateOutput: string | null;
  /** Where the row begins in the dataset, from 1; null where the dataset is not there, or not the same any more. */
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
  /** As it was named. */
  readonly path: string;
  readonly kind: 'run' | 'results' | 'baseline';
  readonly rows: number;
  readonly trials: number;
  /** Path of the dataset as the run tells it; null where that is not known. */
  readonly dataset: string | null;
}

/** Rows that belong together. */
export interface ComparedClusters {
  readonly column: string;
  /** Who named the column: `--cluster`, or whose settings. */
  readonly namedBy: string;
  /** Among the rows in common; rows without a value count as a cluster each. */
  readonly clusters: number;
  /** Rows in common without a value. */
  readonly missing: number;
  /** Rows in common whose value is another one than in the base. */
  readonly changed: number;
}

/** Everything a comparison says. */
export interface Comparison {
  readonly verdict: ComparisonVerdict;
  readonly base: ComparedSide;
  readonly candidate: ComparedSide;
  readonly rowsInCommon: number;
  readonly pairedBy: 'id' | 'content';
  /** null where rows are independent of each other. */
  readonly clusters: ComparedClusters | null;
  /** Largest loss that counts as none, as a share. */
  readonly margin: number;
  readonly pairs: readonly ScorePair[];
  readonly measures: readonly MeasurePair[];
  readonly gates: readonly Gate[];
  /** Why the comparison cannot stand; empty where it does. */
  readonly unsound: readonly string[];
  /** The worst first, not all of them. */
  readonly flips: readonly Flip[];
  readonly flipped: { readonly worse: number; readonly better: number; readonly flaky: number };
  readonly newRows: RowSample;
  readonly missingRows: RowSample;
  readonly flakyRows: RowSample;
  /** What a reader should know of the two sides: other rows, prompts, parameters, currencies. */
  readonly notes: readonly string[];
}

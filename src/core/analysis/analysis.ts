import type { Comparison } from '../paired/comparison.ts';
import type { Interval } from '../stats/wilson.ts';
import type { CostTotal } from '../totals.ts';

/**
 * What a run's scores say, with how certain it is: a plain document, as `promptgrid report --json` prints it.
 * Variants are named by their place in `variants`. What is not known is null, and `notes` say why.
 */
export interface Analysis {
  readonly rows: number;
  /** Most answers that a row has from one variant. */
  readonly repeats: number;
  /** Of every interval: 0.95. */
  readonly level: number;
  /** Comparisons are certain where the corrected p-value is no larger: 0.05. */
  readonly alpha: number;
  /** null where rows are independent of each other. */
  readonly clusters: ClusterFacts | null;
  /** In plan order. */
  readonly variants: readonly AnalysedVariant[];
  readonly scorers: readonly ScorerAnalysis[];
  /** What a reader has to know of the figures, in words. */
  readonly notes: readonly string[];
}

/** Rows that belong together, such as questions about one document. */
export interface ClusterFacts {
  readonly column: string;
  /** Rows without a value count as a cluster each. */
  readonly clusters: number;
  /** Rows without a value. */
  readonly missing: number;
}

/** One column of the grid, without its scores. */
export interface AnalysedVariant {
  /** What tells it from the others: its model, and prompt, provider and temperature where those differ. */
  readonly name: string;
  readonly prompt: string;
  readonly provider: string;
  readonly model: string;
  readonly temperature: number | null;
  readonly completed: number;
  readonly errored: number;
  readonly skipped: number;
  /** Answers that were cut off at a token limit. */
  readonly cut: number;
  /** What 1,000 answers cost, cached ones at what they had cost; null where that is not known. */
  readonly costPerThousandRows: CostTotal | null;
  /** Answers whose cost is not known; the figure above leaves them out. */
  readonly unknownCosts: number;
  /** 95 of 100 answers came within this; null where all came from the cache, or none came. */
  readonly latencyP95Ms: number | null;
}

/** What one scorer says of the variants. */
export interface ScorerAnalysis {
  readonly scorer: string;
  /** True where every score is 0 or 1. */
  readonly isPassFail: boolean;
  /** Best first; variants without a score last. */
  readonly leaderboard: readonly LeaderboardEntry[];
  /** Every two variants, in plan order; with more than 20 variants the best and each other one. */
  readonly comparisons: readonly Comparison[];
  /** Pairs of variants that are not compared. */
  readonly notCompared: number;
  /** Comparisons that p-values are corrected for: those of all scorers that could be certain at all. */
  readonly corrections: number;
  /** One for each currency that variants were paid in. */
  readonly frontiers: readonly Frontier[];
  /** One for each prompt and model with several temperatures. */
  readonly bestTemperatures: readonly BestTemperature[];
  /** null where no column was named. */
  readonly breakdown: Breakdown | null;
  readonly rows: NotableRows;
  /** What a reader has to know of this scorer's figures, in words. */
  readonly notes: readonly string[];
}

/** Wilson's of a share of independent answers; else Wilson's with as many answers as they are worth. */
type IntervalMethod = 'wilson' | 'wilson with effective size';

/** A mean with how certain it is. */
export interface MeanFigure {
  /** Judged answers: the denominator of `mean` and `passed`. */
  readonly n: number;
  /** From 0 to 1; null where nothing could be scored. */
  readonly mean: number | null;
  /** Of 95 %; null where one row or one cluster cannot tell. */
  readonly interval: Interval | null;
  readonly method: IntervalMethod | null;
}

/** One variant's figures by one scorer. */
export interface LeaderboardEntry extends MeanFigure {
  readonly variant: number;
  /** Answers that reach the scorer's threshold. */
  readonly passed: number;
  /** Answers that could not be scored. */
  readonly unjudged: number;
  /** Trials without an answer. */
  readonly errored: number;
  /** Answers to rows that the scorer is not asked about. */
  readonly notAsked: number;
  /** For k from 1 to the number of repeats; empty where each row was asked once. */
  readonly passAtK: readonly PassAtK[];
  /** What an answer that passes costs, those that fail paid with it; null where none passes or costs are not known. */
  readonly costPerPassedRow: CostTotal | null;
}

/** What comes of asking a row k times. */
export interface PassAtK {
  readonly k: number;
  /** Rows with at least k judged answers: the denominator of both shares. */
  readonly rows: number;
  /** Share of rows of which at least one of k answers passes; null where there are no such rows. */
  readonly any: number | null;
  /** Share of rows of which all of k answers pass: pass^k. */
  readonly all: number | null;
}

/** What quality costs, over variants that were paid in one currency. */
export interface Frontier {
  readonly currency: string;
  /** Variants that nothing beats in both cost and score, the cheapest first. */
  readonly frontier: readonly number[];
  readonly dominated: readonly Dominated[];
}

/** A variant that costs no less and scores no more than another, and is worse in one of the two. */
export interface Dominated {
  readonly variant: number;
  readonly by: number;
  readonly costsLess: boolean;
  readonly scoresMore: boolean;
  /** True where the difference in score is certain. */
  readonly isCertain: boolean;
}

/** The temperature that scores most with a prompt and a model. */
export interface BestTemperature {
  /** The variant with that temperature. */
  readonly best: number;
  /** The variants with the others. */
  readonly others: readonly number[];
  /** True where it is certainly better than each of the others. */
  readonly isCertain: boolean;
}

/** Rows that are worth a look. */
export interface NotableRows {
  /** Rows that variants score differently on, the widest apart first. */
  readonly separating: RowList;
  /** Rows of which no judged answer passed, and none was cut off. */
  readonly allFailed: RowList;
  /** Rows of which no judged answer passed, and at least one was cut off at a token limit. */
  readonly cutOff: RowList;
  /** Rows whose repeats one variant scores differently on. */
  readonly disagreeing: RowList;
}

/** How many rows, and which. */
export interface RowList {
  readonly count: number;
  /** At most 20. */
  readonly rowIds: readonly string[];
}

/** A scorer's figures by the values of a column. */
export interface Breakdown {
  readonly column: string;
  /** In order of appearance, at most 50. */
  readonly groups: readonly GroupFigures[];
  /** Further values of the column, whose rows are in no group. */
  readonly otherRows: number;
  /** Comparisons within groups that p-values are corrected for: those that could be certain at all. */
  readonly corrections: number;
}

/** Rows with one value of the column. */
export interface GroupFigures {
  /** null for rows without a value. */
  readonly value: string | null;
  readonly rows: number;
  /** In plan order. */
  readonly variants: readonly GroupMean[];
  /** Every two variants on the group's rows. */
  readonly comparisons: readonly Comparison[];
}

/** One variant's mean on a group. */
export interface GroupMean extends MeanFigure {
  readonly variant: number;
}

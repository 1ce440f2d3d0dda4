import type { Comparison } from '../paired/comparison.ts';
import type { RepeatFigures } from '../repeat-gate.ts';
import type { Interval } from '../stats/wilson.ts';
import type { CostTotal } from '../totals.ts';
import type { AnalysisNote } from './note.ts';

/**
 * Results of a run's scores with their uncertainty: a plain document, as `promptgrid report --json` prints it. Variants
 * are identified by their index in `variants`. Unknown values are null, and `notes` explain why.
 */
export interface Analysis {
  readonly rows: number;
  /** Maximum number of answers of a row from one variant. */
  readonly repeats: number;
  /** Level of every interval: 0.95. */
  readonly level: number;
  /** Comparisons are significant if the corrected p-value is at most this: 0.05. */
  readonly alpha: number;
  /** Percentage points below the best that are good enough for a cheaper variant. */
  readonly goodEnoughPoints: number;
  /** null if rows are independent of each other. */
  readonly clusters: ClusterFacts | null;
  /** In plan order. */
  readonly variants: readonly AnalysedVariant[];
  readonly scorers: readonly ScorerAnalysis[];
  /** How often rows passed over their repeats; absent unless the run has such gates. */
  readonly minRepeats?: readonly RepeatFigures[] | undefined;
  /** Notes on the figures that a reader needs. */
  readonly notes: readonly AnalysisNote[];
}

/** Rows that belong together, such as questions about one document. */
export interface ClusterFacts {
  readonly column: string;
  /** Number of clusters; each row without a value counts as its own cluster. */
  readonly clusters: number;
  /** Rows without a value. */
  readonly missing: number;
}

/** A variant, without its scores. */
export interface AnalysedVariant {
  /** Its distinct name: its model or that one's label, and prompt, provider and temperature if those differ. */
  readonly name: string;
  readonly prompt: string;
  readonly provider: string;
  readonly model: string;
  /** The model's label in the run; absent if it has none. */
  readonly label?: string | undefined;
  readonly temperature: number | null;
  readonly completed: number;
  readonly errored: number;
  readonly skipped: number;
  /** Answers that were cut off at a token limit. */
  readonly cut: number;
  /** Cost per 1,000 answers, cached ones at their original cost; null if unknown. */
  readonly costPerThousandRows: CostTotal | null;
  /** Answers of unknown cost, which the figure above leaves out. */
  readonly unknownCosts: number;
  /** 95 of 100 answers arrived within this time; null if all came from the cache, or there are none. */
  readonly latencyP95Ms: number | null;
}

/** One scorer's results for the variants. */
export interface ScorerAnalysis {
  readonly scorer: string;
  /** True if every score is 0 or 1. */
  readonly isPassFail: boolean;
  /** Best first; variants without a score last. */
  readonly leaderboard: readonly LeaderboardEntry[];
  /** All pairs of variants, in plan order; with more than 20 variants the best and each other one. */
  readonly comparisons: readonly Comparison[];
  /** Pairs of variants that are not compared. */
  readonly notCompared: number;
  /** Number of comparisons that p-values are corrected for: those of all scorers that could be significant. */
  readonly corrections: number;
  /** One for each currency in which variants were paid. */
  readonly frontiers: readonly Frontier[];
  /** Whether a variant can be chosen, and on what evidence. */
  readonly choice: ChoiceBasis;
  /** The cheapest good enough variant of each currency, if there is one. */
  readonly cheapest: readonly CheapestVariant[];
  /** One for each prompt and model with several temperatures. */
  readonly bestTemperatures: readonly BestTemperature[];
  /** null if no column was named. */
  readonly breakdown: Breakdown | null;
  readonly rows: NotableRows;
  /** Notes on this scorer's figures that a reader needs. */
  readonly notes: readonly AnalysisNote[];
}

/** Wilson's interval for a share of independent answers; otherwise Wilson's with an effective sample size. */
type IntervalMethod = 'wilson' | 'wilson with effective size';

/** A mean with its uncertainty. */
export interface MeanFigure {
  /** Scored answers: the denominator of `mean` and `passed`. */
  readonly n: number;
  /** Rows with a scored answer; their clusters if rows belong together. */
  readonly units: number;
  /** From 0 to 1; null if nothing could be scored. */
  readonly mean: number | null;
  /** Of 95 %; null for a single row or a single cluster. */
  readonly interval: Interval | null;
  readonly method: IntervalMethod | null;
}

/** What a choice among variants rests on. */
export interface ChoiceBasis {
  /** Rows with a score of the best variant; their clusters if rows belong together. */
  readonly units: number;
  /**
   * Why none is chosen: `few` rows or clusters, every score is 0 (`nothing scored`), or another one is significantly
   * better than the best on the rows that both have (`other rows`); null if one can be chosen.
   */
  readonly obstacle: 'no score' | 'one variant' | 'nothing scored' | 'few' | 'other rows' | null;
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
  /** Answers to rows to which the scorer does not apply. */
  readonly notAsked: number;
  /** For k from 1 to the number of repeats; empty without repeats. */
  readonly passAtK: readonly PassAtK[];
  /** Cost per passing answer, including the cost of failing ones; null if none passes or costs are unknown. */
  readonly costPerPassedRow: CostTotal | null;
}

/** Results for k attempts at a row. */
export interface PassAtK {
  readonly k: number;
  /** Rows with at least k scored answers: the denominator of both shares. */
  readonly rows: number;
  /** Share of rows for which at least one of k answers passes; null if there are no such rows. */
  readonly any: number | null;
  /** Share of rows for which all of k answers pass: pass^k. */
  readonly all: number | null;
}

/** Cost against quality, over variants paid in one currency. */
export interface Frontier {
  readonly currency: string;
  /** Pareto-optimal variants in cost and score, the cheapest first. */
  readonly frontier: readonly number[];
  readonly dominated: readonly Dominated[];
}

/**
 * A variant that costs no less and scores no more than another, and is worse in at least one of the two. Its mean is not
 * the higher one over all of its rows, nor on those that both have.
 */
export interface Dominated {
  readonly variant: number;
  readonly by: number;
  readonly costsLess: boolean;
  /** On the rows that both have. */
  readonly scoresMore: boolean;
  /** Number of those rows if either has a score of others besides; null if both have scores of the same rows. */
  readonly commonRows: number | null;
  /** True if the difference in score is significant. */
  readonly isCertain: boolean;
}

/**
 * The cheapest variant of a currency that is good enough compared with the best; the best one itself if none costs
 * less.
 */
export interface CheapestVariant {
  readonly currency: string;
  readonly variant: number;
  /** The one with the highest score, in any currency. */
  readonly best: number;
  /**
   * Ratio of the best one's cost to its own; null for the best itself, for one that costs nothing, and if its cost is
   * unknown.
   */
  readonly timesCheaper: number | null;
  /** Mean score of the best minus this one's, in percentage points, on the rows that both have. */
  readonly pointsWorse: number;
  /** Of 95 %, for this comparison alone; null for the best one itself. */
  readonly pointsWorseInterval: Interval | null;
}

/** The temperature with the highest score for a prompt and a model. */
export interface BestTemperature {
  /** The variant with that temperature. */
  readonly best: number;
  /** The variants with the others. */
  readonly others: readonly number[];
  /** True if it is significantly better than each of the others. */
  readonly isCertain: boolean;
}

/** Rows that deserve a look. */
export interface NotableRows {
  /** Rows that variants score differently, the largest differences first. */
  readonly separating: RowList;
  /** Rows without a passing answer and without one cut off. */
  readonly allFailed: RowList;
  /** Rows without a passing answer and with at least one cut off at a token limit. */
  readonly cutOff: RowList;
  /** Rows whose repeats one variant scores differently. */
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
  /** Number of comparisons within groups that p-values are corrected for: those that could be significant. */
  readonly corrections: number;
}

/** Rows with one value of the column. */
export interface GroupFigures {
  /** null for rows without a value. */
  readonly value: string | null;
  readonly rows: number;
  /** In plan order. */
  readonly variants: readonly GroupMean[];
  /** All pairs of variants on the group's rows. */
  readonly comparisons: readonly Comparison[];
}

/** One variant's mean on a group. */
export interface GroupMean extends MeanFigure {
  readonly variant: number;
}

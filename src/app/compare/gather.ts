import { PairedRatio, type RatioFigures } from '../../core/compare/paired-ratio.ts';
import type { FlipPlace, WorstFlips } from '../../core/compare/worst-flips.ts';
import type { LeftOut } from '../../core/comparison.ts';
import type { GrowingNumbers } from '../../core/growing-numbers.ts';
import type { Measure } from '../../core/measure.ts';
import { ALPHA } from '../../core/paired/comparison.ts';
import type { PairScanner } from '../../core/paired/pair-scan.ts';
import { type PairedFigures, pairedFigures } from '../../core/paired/paired-test.ts';
import { RowScores } from '../../core/paired/row-scores.ts';
import type { Interval } from '../../core/stats/wilson.ts';
import { rowChange } from './row-change.ts';
import type { RowClusters } from './row-clusters.ts';
import type { Side } from './side.ts';
import type { VariantPair } from './variant-pairs.ts';

/** Figures of one pair of variants over the rows that both have. */
export interface GatheredPair {
  readonly pair: VariantPair;
  /** Rows that both have. */
  readonly rows: number;
  /** Rows that both have answers to. */
  readonly answered: number;
  /** By the compared scorers. */
  readonly scores: readonly GatheredScores[];
  readonly measures: Readonly<Record<Measure, GatheredMeasure>>;
  /** Of the latency, at a confidence level that holds for all pairs together. */
  readonly latencyFamily: Interval | null;
  /** Trials of those rows. */
  readonly errored: LeftOut;
  readonly completed: LeftOut;
}

/** One measure of a pair of variants, over the rows that both have answers to and whose values are all known. */
interface GatheredMeasure extends RatioFigures {
  /** Rows with an answer whose value is unknown, by the side that has it. */
  readonly lacking: LeftOut;
  /** Rows with such an answer on either side. */
  readonly unknown: number;
}

/** Figures of one pair of variants by one scorer. */
interface GatheredScores {
  /** The first scores are the candidate's, the second the base's. */
  readonly figures: PairedFigures;
  /** Rows that passed in most of their answers on one side only. */
  readonly onlyBasePassed: number;
  readonly onlyCandidatePassed: number;
  /** Rows with identical answer texts on both sides. */
  readonly sameAnswers: number;
  readonly unscored: LeftOut;
}

/** Both sides, with their stored row data. */
export interface GatherInput {
  readonly base: Side;
  readonly candidate: Side;
  /** Rows of both sides together. */
  readonly rows: number;
  /** Number of compared scorers; they come first. */
  readonly scorers: number;
  /** Number of compared pairs. */
  readonly pairs: number;
  /** null if rows are independent. */
  readonly clusters: RowClusters | null;
  readonly scanner: PairScanner;
  readonly flips: WorstFlips;
  /** 1 at each row that flipped. */
  readonly flipped: GrowingNumbers;
  /** 1 for a row whose base repeats disagree by some scorer. */
  readonly flaky: GrowingNumbers;
}

/** Iterates over the rows of one pair of variants. @param place the pair's place among the pairs */
export function gatherPair(input: GatherInput, pair: VariantPair, place: number): GatheredPair {
  const { base, candidate } = pair;
  const scorers = Array.from({ length: input.scorers }, (_, scorer) => new ScorerRows(input, pair, { place, scorer }));
  const [cost, tokens, latency] = [
    new MeasureRows(pair, 'cost'),
    new MeasureRows(pair, 'tokens'),
    new MeasureRows(pair, 'latency'),
  ];
  const [errored, completed] = [
    { base: 0, candidate: 0 },
    { base: 0, candidate: 0 },
  ];
  let [rows, answered] = [0, 0];
  for (let row = 0; row < input.rows; row++) {
    if (!base.has(row) || !candidate.has(row)) continue;
    rows += 1;
    errored.base += base.errored.at(row);
    errored.candidate += candidate.errored.at(row);
    completed.base += base.completed.at(row);
    completed.candidate += candidate.completed.at(row);
    if (base.completed.at(row) === 0 || candidate.completed.at(row) === 0) continue;
    answered += 1;
    let flips: readonly FlipPlace[] = NO_FLIPS;
    for (const scorer of scorers) {
      const flip = scorer.add(row);
      if (flip !== null) flips = [...flips, flip];
    }
    if (flips.length > 0) {
      input.flips.add(flips);
      input.flipped.set(row, 1);
    }
    cost.add(row);
    tokens.add(row);
    latency.add(row);
  }
  const measures = { cost: cost.end(), tokens: tokens.end(), latency: latency.end() };
  const latencyFamily = latency.ratio.figures(1 - ALPHA / input.pairs).interval;
  const scores = scorers.map((scorer) => scorer.end());
  return { pair, rows, answered, scores, measures, latencyFamily, errored, completed };
}

/** One measure over the rows of a pair of variants. */
class MeasureRows {
  readonly ratio = new PairedRatio();
  readonly #pair: VariantPair;
  readonly #measure: Measure;
  readonly #lacking = { base: 0, candidate: 0 };
  #unknown = 0;

  constructor(pair: VariantPair, measure: Measure) {
    this.#pair = pair;
    this.#measure = measure;
  }

  /** Adds a row that both sides have answers to. A row with an unknown value is counted and is in no mean. */
  add(row: number): void {
    const { base, candidate } = this.#pair;
    const measure = this.#measure;
    const [isBase, isCandidate] = [base.lacks(row, measure), candidate.lacks(row, measure)];
    if (isBase) this.#lacking.base += 1;
    if (isCandidate) this.#lacking.candidate += 1;
    if (isBase || isCandidate) {
      this.#unknown += 1;
      return;
    }
    const [before, after] = [base[measure].mean(row), candidate[measure].mean(row)];
    if (before !== null && after !== null) this.ratio.add(before, after);
  }

  end(): GatheredMeasure {
    return { ...this.ratio.figures(), lacking: this.#lacking, unknown: this.#unknown };
  }
}

interface ScorerPlace {
  readonly place: number;
  readonly scorer: number;
}

const NO_FLIPS: readonly FlipPlace[] = [];
const NO_SCORES = new RowScores();

/** The rows of one pair of variants by one scorer. */
class ScorerRows {
  readonly #input: GatherInput;
  readonly #pair: VariantPair;
  readonly #place: ScorerPlace;
  readonly #passed = { base: 0, candidate: 0 };
  readonly #unscored = { base: 0, candidate: 0 };
  #sameAnswers = 0;

  constructor(input: GatherInput, pair: VariantPair, place: ScorerPlace) {
    this.#input = input;
    this.#pair = pair;
    this.#place = place;
  }

  /** @returns how the row flipped by this scorer; null if it did not */
  add(row: number): FlipPlace | null {
    const { scorer } = this.#place;
    const change = rowChange(this.#pair, row, scorer);
    if (change === null) {
      // A row with a score in the base only counts as unscored in the candidate.
      if (this.#pair.base.score(row, scorer) !== null) this.#unscored.candidate += 1;
      if (this.#pair.candidate.score(row, scorer) !== null) this.#unscored.base += 1;
      return null;
    }
    const { baseScore, candidateScore, hadPassed, passes, hasSameAnswers, isFlaky, direction } = change;
    if (hadPassed && !passes) this.#passed.base += 1;
    if (passes && !hadPassed) this.#passed.candidate += 1;
    if (hasSameAnswers) this.#sameAnswers += 1;
    if (isFlaky) this.#input.flaky.set(row, 1);
    if (direction === null) return null;
    return {
      row,
      pair: this.#place.place,
      scorer,
      direction,
      baseScore,
      candidateScore,
      isCritical: this.#input.base.isCritical(row) || this.#input.candidate.isCritical(row),
      isFlaky,
    };
  }

  end(): GatheredScores {
    const { scanner, rows, clusters } = this.#input;
    const { base, candidate } = this.#pair;
    const [before = NO_SCORES, after = NO_SCORES] = [base, candidate].map(({ scores }) => scores[this.#place.scorer]);
    const selection = { count: rows, places: null, clusters: clusters?.ofRows ?? null };
    const scan = scanner.scan(after, before, selection);
    return {
      figures: pairedFigures(scan, { hasMargin: true }),
      onlyBasePassed: this.#passed.base,
      onlyCandidatePassed: this.#passed.candidate,
      sameAnswers: this.#sameAnswers,
      unscored: this.#unscored,
    };
  }
}

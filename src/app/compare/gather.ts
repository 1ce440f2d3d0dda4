import { PairedRatio, type RatioFigures } from '../../core/compare/paired-ratio.ts';
import { type FlipPlace, flipDirection, type WorstFlips } from '../../core/compare/worst-flips.ts';
import type { LeftOut, Measure } from '../../core/comparison.ts';
import type { GrowingNumbers } from '../../core/growing-numbers.ts';
import { ALPHA } from '../../core/paired/comparison.ts';
import type { PairScanner } from '../../core/paired/pair-scan.ts';
import { type PairedFigures, pairedFigures } from '../../core/paired/paired-test.ts';
import { RowScores } from '../../core/paired/row-scores.ts';
import type { Interval } from '../../core/stats/wilson.ts';
import type { RowClusters } from './row-clusters.ts';
import type { Side } from './side.ts';
import type { VariantPair } from './variant-pairs.ts';

/** Figures of one pair of variants over the rows that both have. */
export interface GatheredPair {
  readonly pair: VariantPair;
  /** Rows that both have. */
  readonly rows: number;
  /** By the compared scorers. */
  readonly scores: readonly GatheredScores[];
  readonly measures: Readonly<Record<Measure, RatioFigures>>;
  /** Of the latency, at a confidence level that holds for all pairs together. */
  readonly latencyFamily: Interval | null;
  /** Trials of those rows. */
  readonly errored: LeftOut;
  readonly completed: LeftOut;
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
  const ratios = { cost: new PairedRatio(), tokens: new PairedRatio(), latency: new PairedRatio() };
  const [errored, completed] = [
    { base: 0, candidate: 0 },
    { base: 0, candidate: 0 },
  ];
  let rows = 0;
  for (let row = 0; row < input.rows; row++) {
    if (!base.has(row) || !candidate.has(row)) continue;
    rows += 1;
    errored.base += base.errored.at(row);
    errored.candidate += candidate.errored.at(row);
    completed.base += base.completed.at(row);
    completed.candidate += candidate.completed.at(row);
    if (base.completed.at(row) === 0 || candidate.completed.at(row) === 0) continue;
    let flips: readonly FlipPlace[] = NO_FLIPS;
    for (const scorer of scorers) {
      const flip = scorer.add(row);
      if (flip !== null) flips = [...flips, flip];
    }
    if (flips.length > 0) {
      input.flips.add(flips);
      input.flipped.set(row, 1);
    }
    addMeasure(ratios.cost, base.cost.mean(row), candidate.cost.mean(row));
    addMeasure(ratios.tokens, base.tokens.mean(row), candidate.tokens.mean(row));
    addMeasure(ratios.latency, base.latency.mean(row), candidate.latency.mean(row));
  }
  const measures = { cost: ratios.cost.figures(), tokens: ratios.tokens.figures(), latency: ratios.latency.figures() };
  const latencyFamily = ratios.latency.figures(1 - ALPHA / input.pairs).interval;
  return { pair, rows, scores: scorers.map((scorer) => scorer.end()), measures, latencyFamily, errored, completed };
}

function addMeasure(ratio: PairedRatio, base: number | null, candidate: number | null): void {
  if (base !== null && candidate !== null) ratio.add(base, candidate);
}

interface ScorerPlace {
  readonly place: number;
  readonly scorer: number;
}

const NO_FLIPS: readonly FlipPlace[] = [];
const NO_SCORES = new RowScores();

/** Passed in more than half of the cases. */
const MOST = 0.5;

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
    const { base, candidate } = this.#pair;
    const { scorer } = this.#place;
    const [before, after] = [base.score(row, scorer), candidate.score(row, scorer)];
    if (before === null || after === null) {
      // A row with a score in the base only counts as unscored in the candidate.
      if (before !== null) this.#unscored.candidate += 1;
      if (after !== null) this.#unscored.base += 1;
      return null;
    }
    const passed = [base.passedShare(row, scorer), candidate.passedShare(row, scorer)] as const;
    const [hadPassed, passes] = [passed[0] >= MOST, passed[1] >= MOST];
    if (hadPassed && !passes) this.#passed.base += 1;
    if (passes && !hadPassed) this.#passed.candidate += 1;
    if (base.hasSameAnswers(candidate, row)) this.#sameAnswers += 1;
    const isFlaky = passed[0] > 0 && passed[0] < 1;
    if (isFlaky) this.#input.flaky.set(row, 1);
    const direction = flipDirection([before, after], passed);
    if (direction === null) return null;
    return {
      row,
      pair: this.#place.place,
      scorer,
      direction,
      baseScore: before,
      candidateScore: after,
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

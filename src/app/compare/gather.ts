import { PairedRatio, type RatioFigures } from '../../core/compare/paired-ratio.ts';
import { PairedScores, type PairFigures } from '../../core/compare/paired-scores.ts';
import { flipDirection, type WorstFlips } from '../../core/compare/worst-flips.ts';
import type { LeftOut, Measure } from '../../core/comparison.ts';
import type { GrowingNumbers } from '../../core/growing-numbers.ts';
import type { Side } from './side.ts';
import type { VariantPair } from './variant-pairs.ts';

/** What one pair of variants comes to over the rows that both have. */
export interface GatheredPair {
  readonly pair: VariantPair;
  /** Rows that both have. */
  readonly rows: number;
  /** By the scorers that are compared. */
  readonly scores: readonly { readonly figures: PairFigures; readonly unjudged: LeftOut }[];
  readonly measures: Readonly<Record<Measure, RatioFigures>>;
  /** Trials of those rows. */
  readonly errored: LeftOut;
  readonly completed: LeftOut;
}

/** Both sides, with what is kept of their rows. */
export interface GatherInput {
  readonly base: Side;
  readonly candidate: Side;
  /** Rows of both sides together. */
  readonly rows: number;
  /** How many scorers are compared; they come first. */
  readonly scorers: number;
  readonly flips: WorstFlips;
  /** 1 for a row whose base repeats did not agree by some scorer. */
  readonly flaky: GrowingNumbers;
}

/** Goes through the rows of one pair of variants. @param place the pair's place among the pairs */
export function gatherPair(input: GatherInput, pair: VariantPair, place: number): GatheredPair {
  const { base, candidate } = pair;
  const hasRepeats = base.hasRepeats || candidate.hasRepeats;
  const scorers = Array.from(
    { length: input.scorers },
    (_, scorer) => new ScorerRows(input, pair, { place, scorer, hasRepeats }),
  );
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
    for (const scorer of scorers) scorer.add(row);
    addMeasure(ratios.cost, base.cost.mean(row), candidate.cost.mean(row));
    addMeasure(ratios.tokens, base.tokens.mean(row), candidate.tokens.mean(row));
    addMeasure(ratios.latency, base.latency.mean(row), candidate.latency.mean(row));
  }
  const measures = { cost: ratios.cost.figures(), tokens: ratios.tokens.figures(), latency: ratios.latency.figures() };
  return { pair, rows, scores: scorers.map((scorer) => scorer.end()), measures, errored, completed };
}

function addMeasure(ratio: PairedRatio, base: number | null, candidate: number | null): void {
  if (base !== null && candidate !== null) ratio.add(base, candidate);
}

interface ScorerPlace {
  readonly place: number;
  readonly scorer: number;
  readonly hasRepeats: boolean;
}

/** The rows of one pair of variants by one scorer. */
class ScorerRows {
  readonly #input: GatherInput;
  readonly #pair: VariantPair;
  readonly #place: ScorerPlace;
  readonly #scores: PairedScores;
  #onlyBase = 0;
  #onlyCandidate = 0;

  constructor(input: GatherInput, pair: VariantPair, place: ScorerPlace) {
    this.#input = input;
    this.#pair = pair;
    this.#place = place;
    this.#scores = new PairedScores(place.hasRepeats);
  }

  add(row: number): void {
    const { base, candidate } = this.#pair;
    const { scorer } = this.#place;
    const [before, after] = [base.score(row, scorer), candidate.score(row, scorer)];
    if (before === null || after === null) {
      if (before !== null) this.#onlyBase += 1;
      if (after !== null) this.#onlyCandidate += 1;
      return;
    }
    const passed = [base.passedShare(row, scorer), candidate.passedShare(row, scorer)] as const;
    this.#scores.add([before, after], passed);
    if (base.hasSameAnswers(candidate, row)) this.#scores.noteSameAnswers();
    const isFlaky = passed[0] > 0 && passed[0] < 1;
    if (isFlaky) this.#input.flaky.set(row, 1);
    this.#noteFlip(row, [before, after], passed);
  }

  #noteFlip(row: number, [before, after]: readonly [number, number], passed: readonly [number, number]): void {
    const direction = flipDirection([before, after], passed);
    if (direction === null) return;
    const { base, candidate, flips } = this.#input;
    flips.add({
      row,
      pair: this.#place.place,
      scorer: this.#place.scorer,
      direction,
      baseScore: before,
      candidateScore: after,
      isCritical: base.isCritical(row) || candidate.isCritical(row),
      isFlaky: passed[0] > 0 && passed[0] < 1,
    });
  }

  end(): { readonly figures: PairFigures; readonly unjudged: LeftOut } {
    // A row that the base alone could judge is one that the candidate could not.
    const unjudged = { base: this.#onlyCandidate, candidate: this.#onlyBase };
    return { figures: this.#scores.figures(), unjudged };
  }
}

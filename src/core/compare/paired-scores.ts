import type { PairTest } from '../comparison.ts';
import { growingFloats } from '../growing-numbers.ts';
import { agreeingInterval } from '../stats/agreeing-interval.ts';
import { mcnemarExact } from '../stats/mcnemar.ts';
import { MARGIN_LEVEL } from '../stats/non-inferiority.ts';
import { pairedMeanInterval } from '../stats/paired-mean.ts';
import { type PairedTable, pairedShareInterval } from '../stats/paired-share.ts';
import { signFlipTest } from '../stats/sign-flip.ts';
import type { Interval } from '../stats/wilson.ts';

/** Figures of one pair of variants by one scorer, before they are corrected for how many pairs there are. */
export interface PairFigures {
  readonly n: number;
  readonly baseMean: number | null;
  readonly candidateMean: number | null;
  /** Candidate minus base. */
  readonly delta: number | null;
  /** 95 %. */
  readonly interval: Interval | null;
  /** 90 %, whose ends are what two one-sided tests at 5 % are read from. */
  readonly marginInterval: Interval | null;
  readonly pValue: number | null;
  readonly test: PairTest | null;
  readonly onlyBasePassed: number;
  readonly onlyCandidatePassed: number;
  readonly sameAnswers: number;
  /** Share of rows whose score differs; 0 where n is 0. */
  readonly discordant: number;
  /** Standard deviation of a row's difference; null below two rows. */
  readonly deviation: number | null;
  /** True where every score is 0 or 1 and of one answer. */
  readonly isPassFail: boolean;
}

/** Passed more often than not. */
const MOST = 0.5;
const SEED = 1;
/** What an interval of 95 % leaves. */
const ALPHA = 0.05;
/** Below this a difference of mean scores is rounding. */
const TINY = 1e-12;

/** Gathers the rows that could be judged on both sides, a row at a time. */
export class PairedScores {
  readonly #differences = growingFloats();
  #isPassFail: boolean;
  #baseSum = 0;
  #candidateSum = 0;
  #bothPassed = 0;
  #onlyBasePassed = 0;
  #onlyCandidatePassed = 0;
  #sameAnswers = 0;
  #discordant = 0;

  /** @param hasRepeats whether a row may have several answers on a side */
  constructor(hasRepeats: boolean) {
    this.#isPassFail = !hasRepeats;
  }

  /** Adds a row's mean scores, from 0 to 1, and the shares of its answers that passed. */
  add(scores: readonly [number, number], passed: readonly [number, number]): void {
    const [base, candidate] = scores;
    const [before, after] = [passed[0] >= MOST, passed[1] >= MOST];
    this.#differences.push(candidate - base);
    this.#baseSum += base;
    this.#candidateSum += candidate;
    if (Math.abs(candidate - base) > TINY) this.#discordant += 1;
    if (before && after) this.#bothPassed += 1;
    else if (before) this.#onlyBasePassed += 1;
    else if (after) this.#onlyCandidatePassed += 1;
    this.#isPassFail &&= isWhole(base) && isWhole(candidate) && before === (base === 1) && after === (candidate === 1);
  }

  /** Notes that the row added last has the same answers on both sides. */
  noteSameAnswers(): void {
    this.#sameAnswers += 1;
  }

  /** The figures of the rows so far. */
  figures(): PairFigures {
    const n = this.#differences.length;
    const means = n === 0 ? null : { base: this.#baseSum / n, candidate: this.#candidateSum / n };
    const differences = this.#differences.values().subarray(0, n);
    return {
      ...{ n, baseMean: means?.base ?? null, candidateMean: means?.candidate ?? null },
      delta: means === null ? null : (this.#candidateSum - this.#baseSum) / n,
      ...(this.#sameAnswers === n && n > 0 ? NOTHING_CHANGED : this.#tested(differences)),
      ...{ onlyBasePassed: this.#onlyBasePassed, onlyCandidatePassed: this.#onlyCandidatePassed },
      ...{ sameAnswers: this.#sameAnswers, discordant: n === 0 ? 0 : this.#discordant / n },
      ...{ deviation: deviationOf(differences), isPassFail: this.#isPassFail },
    };
  }

  #tested(differences: Float64Array): Pick<PairFigures, 'interval' | 'marginInterval' | 'pValue' | 'test'> {
    if (differences.length === 0) return { interval: null, marginInterval: null, pValue: null, test: null };
    if (this.#isPassFail) {
      const table = this.#table(differences.length);
      return {
        interval: pairedShareInterval(table),
        marginInterval: pairedShareInterval(table, MARGIN_LEVEL),
        pValue: mcnemarExact(this.#onlyCandidatePassed, this.#onlyBasePassed),
        test: 'mcnemar',
      };
    }
    const { pValue } = signFlipTest(differences, { seed: SEED });
    const found = pairedMeanInterval(differences, {});
    return {
      interval:
        found === null ? null : agreeingInterval(found.interval, { pValue, alpha: ALPHA, student: found.student }),
      marginInterval: pairedMeanInterval(differences, { level: MARGIN_LEVEL })?.interval ?? null,
      pValue,
      test: 'sign-flip',
    };
  }

  /** The candidate stands first: intervals are of candidate minus base. */
  #table(n: number): PairedTable {
    const [both, onlyFirst, onlySecond] = [this.#bothPassed, this.#onlyCandidatePassed, this.#onlyBasePassed];
    return { both, onlyFirst, onlySecond, neither: n - both - onlyFirst - onlySecond };
  }
}

/** Where all answers are the same there is no chance in it: the two are one. */
const NOTHING_CHANGED = {
  interval: { low: 0, high: 0 },
  marginInterval: { low: 0, high: 0 },
  pValue: 1,
  test: 'same answers',
} as const;

function isWhole(score: number): boolean {
  return score === 0 || score === 1;
}

function deviationOf(differences: Float64Array): number | null {
  if (differences.length < 2) return null;
  let sum = 0;
  for (const difference of differences) sum += difference;
  const mean = sum / differences.length;
  let squares = 0;
  for (const difference of differences) squares += (difference - mean) ** 2;
  return Math.sqrt(squares / (differences.length - 1));
}

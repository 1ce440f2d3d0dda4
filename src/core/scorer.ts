import type { Row } from './row.ts';

/** A scorer's judgement of one answer. null means that it could not be judged, which is never 0. */
export interface Score {
  /** Name of the scorer, as in the column `score.<name>`. */
  readonly name: string;
  /** 0 (worst) to 1 (best); null where the answer could not be judged. */
  readonly value: number | null;
  /** Why, in a few words; null where the value speaks for itself. */
  readonly explanation: string | null;
}

/** What a scorer may look at. */
export interface ScorerInput {
  readonly row: Row;
  readonly output: string;
  /** The row's expected answer; null where it has none. */
  readonly expected: string | null;
}

/** Judges answers. Never throws on any text. */
export interface Scorer {
  readonly name: string;
  /** True where a row without an expected answer cannot be judged. */
  readonly needsExpected: boolean;
  score(input: ScorerInput): Score;
}

import type { Completion } from './completion.ts';
import type { Ask, JudgeQuestion } from './judge-question.ts';
import type { Amount } from './money.ts';
import type { CompletedResult, Result, TrialKey } from './result.ts';
import type { Row } from './row.ts';
import type { NamedVariant } from './variant.ts';

/**
 * Which of two answers a judge prefers when it is asked twice, with their order swapped: the same whatever the order, or
 * the one that stands first, or second, both times.
 */
export type OrderEffect = 'none' | 'first' | 'second';

/** What a scorer makes of one answer. */
export interface Judgement {
  /** 0 (worst) to 1 (best); null where the answer could not be scored, which is never 0. */
  readonly value: number | null;
  /** Why, in a few words; null where the value speaks for itself. */
  readonly explanation: string | null;
  /** True where the answer has nothing that could be compared: then it is wrong, turned round or not. */
  readonly isVoid?: boolean | undefined;
  /** What the order of two answers did to their comparison; absent where none were compared. */
  readonly orderEffect?: OrderEffect | undefined;
}

/** A judgement under the name of its scorer. */
export interface Score extends Judgement {
  /** Name of the scorer, as in the column `score.<name>`. */
  readonly name: string;
  /** Value from which on the answer passes; 1 where it is absent. */
  readonly threshold?: number | undefined;
  /** The calls that it took, in their order, those of an earlier session too; absent where no model was asked. */
  readonly asked?: readonly Result[] | undefined;
}

/** What a scorer may look at. */
export interface ScorerInput {
  readonly row: Row;
  /** The answer's text, as in the completion. */
  readonly output: string;
  /** The row's expected answer; null where it has none. */
  readonly expected: string | null;
  /** The right answers where the row has a list of them; absent where it has one or none. */
  readonly alternatives?: readonly string[] | undefined;
  readonly completion: Completion;
  /** Duration of the attempt that answered, in milliseconds. */
  readonly latencyMs: number;
  /** Calls made for the trial; 0 where the answer is cached. */
  readonly attempts: number;
  /** True where the answer comes from the response cache: its latency and cost are then those of no call. */
  readonly cached: boolean;
  /** What a cached answer did cost when it was first given; null where it is not cached or that is not known. */
  readonly saved: Amount | null;
  /** The trial that was answered. */
  readonly place: TrialKey;
  /** Answers of the row's other trials; empty unless a scorer of the run compares answers. */
  readonly peers: readonly CompletedResult[];
  /** Asks a model; only for scorers that say that they do. */
  readonly ask: Ask;
}

/**
 * What a scorer makes of an expected answer: `one` compares with one text or number, and of a list with any of its
 * members; `list` reads a list; `any` takes whatever there is, objects too.
 */
export type ExpectedUse = 'one' | 'list' | 'any';

/** Judges answers. Never throws on any text. */
export interface Scorer {
  readonly name: string;
  /** True where a row without an expected answer cannot be judged. */
  readonly needsExpected: boolean;
  readonly expects: ExpectedUse;
  /** What is wrong with an expected answer, in a few words; null where nothing is. */
  readonly faultOf: (expected: string) => string | null;
  /** What it counts for in a variant's weighted score; null where the user gave no weight. */
  readonly weight: number | null;
  /** The column that decides whether it is asked about a row; null where it is asked about every row. */
  readonly conditionColumn: string | null;
  /** Whether it is asked about answers to this row. */
  readonly appliesTo: (row: Row) => boolean;
  /** True where its explanations are worth a column of their own. */
  readonly explains: boolean;
  /** What it asks models for; null where it asks none. */
  readonly asks: AskingScorer | null;
  /** A promise only where judging takes one: most scorers answer at once, a million times a run. */
  readonly score: (input: ScorerInput) => Score | Promise<Score>;
}

/** What is known of a scorer that asks models, before any is asked. */
export interface AskingScorer {
  /** Whom it asks, and with which request fields. */
  readonly request: Pick<JudgeQuestion, 'model' | 'params'>;
  /** True where it looks at other answers to the same row. */
  readonly compares: boolean;
  /** Columns that its templates name. */
  readonly variables: readonly string[];
  /** True for a trial that it has nothing to ask about, as the one that others are compared with. */
  readonly skips: (place: TrialKey) => boolean;
  /** @throws UsageError where it cannot be used with these variants */
  readonly checkVariants: (variants: readonly NamedVariant[]) => void;
}

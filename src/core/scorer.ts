import type { Completion } from './completion.ts';
import type { Ask, JudgeQuestion } from './judge-question.ts';
import type { Amount } from './money.ts';
import type { CompletedResult, Result, TrialKey } from './result.ts';
import type { Row } from './row.ts';
import type { NamedVariant } from './variant.ts';

/**
 * Which of two answers a judge prefers in two requests with swapped order: the same one in both orders, or the first,
 * or the second, both times.
 */
export type OrderEffect = 'none' | 'first' | 'second';

/** A scorer's result for one answer. */
export interface UnnamedScore {
  /** 0 (worst) to 1 (best); null if the answer could not be scored, which is never 0. */
  readonly value: number | null;
  /** Why, in a few words; null if the value needs no explanation. */
  readonly explanation: string | null;
  /** The highest value that it could have if `value` is null, from 0 to 1; absent if it may be 1. */
  readonly most?: number | undefined;
  /** True if the answer has nothing to compare: then it is wrong, inverted or not. */
  readonly isVoid?: boolean | undefined;
  /** Effect of the order of two answers on their comparison; absent if none were compared. */
  readonly orderEffect?: OrderEffect | undefined;
}

/** A score under the name of its scorer. */
export interface Score extends UnnamedScore {
  /** Name of the scorer, as in the column `score.<name>`. */
  readonly name: string;
  /** Minimum value at which the answer passes; 1 if absent. */
  readonly threshold?: number | undefined;
  /** The calls made for it, in order, including those of an earlier session; absent if no model was called. */
  readonly asked?: readonly Result[] | undefined;
}

/** Inputs of a scorer. */
export interface ScorerInput {
  readonly row: Row;
  /** The answer's text, as in the completion. */
  readonly output: string;
  /** The row's expected answer; null if it has none. */
  readonly expected: string | null;
  /** The right answers if the row has a list of them; absent if it has one or none. */
  readonly alternatives?: readonly string[] | undefined;
  readonly completion: Completion;
  /** Duration of the attempt that answered, in milliseconds; null if it was part of a batch. */
  readonly latencyMs: number | null;
  /** Calls made for the trial; 0 if the answer is cached. */
  readonly attempts: number;
  /** True if the answer comes from the response cache: its latency and cost then belong to no call. */
  readonly cached: boolean;
  /** A cached answer's original cost; null if it is not cached or the cost is unknown. */
  readonly saved: Amount | null;
  /** The trial that was answered. */
  readonly place: TrialKey;
  /** Answers of the row's other trials; empty unless a scorer of the run compares answers. */
  readonly peers: readonly CompletedResult[];
  /** Sends a request to a model; only for scorers that declare it. */
  readonly ask: Ask;
}

/**
 * How a scorer interprets an expected answer: `one` compares with one text or number, or with any member of a list;
 * `list` reads a list; `any` accepts any value, including objects.
 */
export type ExpectedUse = 'one' | 'list' | 'any';

/** Scores answers. Never throws on any text. */
export interface Scorer {
  readonly name: string;
  /** True if a row without an expected answer cannot be scored. */
  readonly needsExpected: boolean;
  readonly expects: ExpectedUse;
  /** What is wrong with an expected answer, in a few words; null if nothing is. */
  readonly faultOf: (expected: string) => string | null;
  /** Its weight in a variant's weighted score; null if the user gave none. */
  readonly weight: number | null;
  /** The column that decides whether it applies to a row; null if it applies to every row. */
  readonly conditionColumn: string | null;
  /** Whether it applies to answers to this row. */
  readonly appliesTo: (row: Row) => boolean;
  /** True for a trial that it does not score; absent if it scores every answer to a row to which it applies. */
  readonly skips?: ((place: TrialKey) => boolean) | undefined;
  /** True if its explanations get a column of their own. */
  readonly explains: boolean;
  /** The requests it sends to models; null if it sends none. */
  readonly asks: AskingScorer | null;
  /**
   * SHA-256 of the files by which it scores, besides its options; null if it runs the user's own code, which may depend
   * on anything. Absent if its options are all.
   */
  readonly sources?: readonly string[] | null | undefined;
  /** Number of answers that it may be asked about before it has scored the first of them; 1 if absent. */
  readonly atOnce?: number | undefined;
  /** Ends what it has started, such as a thread; absent if it has started nothing. Nothing is scored afterwards. */
  readonly close?: (() => Promise<void>) | undefined;
  /** A promise only if scoring takes one: most scorers return at once, a million times per run. */
  readonly score: (input: ScorerInput) => Score | Promise<Score>;
}

/** A kind of request to a model. */
export type AskedRequest = Pick<JudgeQuestion, 'model' | 'temperature' | 'params' | 'task'>;

/** What is known about a scorer's requests to models before the first one. */
export interface AskingScorer {
  /** Each kind of request: the model, the request fields, and the task. */
  readonly requests: readonly AskedRequest[];
  /** True if it uses other answers to the same row. */
  readonly compares: boolean;
  /** Columns that its templates name. */
  readonly variables: readonly string[];
  /** True for a trial that needs no request, such as the one that others are compared with. */
  readonly skips: (place: TrialKey) => boolean;
  /** @throws UsageError if it cannot be used with these variants */
  readonly checkVariants: (variants: readonly NamedVariant[]) => void;
}

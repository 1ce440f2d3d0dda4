import type { Flip, VariantName } from './comparison.ts';
import type { JsonValue } from './json.ts';
import type { Message } from './prompt.ts';
import type { CostTotal } from './totals.ts';

/** A score of an answer, as stored. */
export interface ShownScore {
  readonly name: string;
  /** From 0 to 1; null if the answer could not be scored. */
  readonly value: number | null;
  /** Why, in words; null if the scorer does not say. */
  readonly explanation: string | null;
}

/** The answer of a trial with what is stored about it; null for what is unknown. */
export interface ShownAnswer extends VariantName {
  readonly provider: string;
  /** From 1. */
  readonly repeat: number;
  readonly status: 'completed' | 'errored' | 'skipped';
  /** null if there is no answer. */
  readonly output: string | null;
  /** The model's reasoning; null if there was none, or the file does not keep it. */
  readonly thoughts: string | null;
  readonly finishReason: string | null;
  /** Whether every score reaches its threshold; null without a score. */
  readonly passed: boolean | null;
  readonly scores: readonly ShownScore[];
  readonly tokens: { readonly prompt: number | null; readonly completion: number | null };
  readonly cost: CostTotal | null;
  /** In milliseconds. */
  readonly latencyMs: number | null;
  readonly attempts: number | null;
  readonly cached: boolean;
  /** Why there is no answer; null if there is one. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** What some prompts asked. */
export interface ShownQuestion {
  /** Names of the prompts. */
  readonly prompts: readonly string[];
  readonly messages: readonly Message[];
}

/** A row with its answers. */
export interface ShownRow {
  readonly rowId: string;
  /** The row's columns. */
  readonly vars: Readonly<Record<string, JsonValue>>;
  readonly expected: string | null;
  /** One for all prompts that ask the same; empty if it cannot be made again. */
  readonly questions: readonly ShownQuestion[];
  /** In plan order. */
  readonly answers: readonly ShownAnswer[];
  /** How it flipped; empty unless flipped rows were asked for. */
  readonly flips: readonly Flip[];
}

/** Which rows are shown: a named one, or the first of those that failed, flipped, or are worth a look. */
export type ShownChoice = 'named' | 'failed' | 'flipped' | 'worth a look';

/** Some rows of a run. */
export interface ShownRows {
  /** Path of the run folder. */
  readonly run: string;
  readonly choice: ShownChoice;
  /** Rows read; of a named row, as many as were read to find it. */
  readonly rows: number;
  /** Rows of that choice; null if only a part of them was counted. */
  readonly matching: number | null;
  /** Names of the run's variants in plan order, each unlike the others. */
  readonly variants: readonly (VariantName & { readonly provider: string; readonly name: string })[];
  readonly shown: readonly ShownRow[];
  /** True if answers came from promptgrid's own gateway. */
  readonly simulated: boolean;
}

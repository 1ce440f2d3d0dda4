import type { JsonValue } from './json.ts';
import type { Cost, Usage } from './usage.ts';

/** Remaining quota of an account until a limit resets. */
export interface RateHint {
  /** Number of calls like this one that are still allowed, from 0. */
  readonly remainingCalls: number;
  /** Milliseconds until it resets. */
  readonly resetMs: number;
}

/**
 * What surrounded the thoughts at the start of an answer's text. The original text is `before`, the thoughts, `after` and
 * `output`, concatenated.
 */
export interface ThoughtTags {
  /** The opening tag and the white space around it, such as `<think>\n`; empty if there was no opening tag. */
  readonly before: string;
  /** The closing tag and the white space around it; empty if the answer was cut off before it. */
  readonly after: string;
  /** Offset in `reasoning` at which these thoughts begin; above 0 if other thoughts came in a separate field. */
  readonly from: number;
}

/** A model's answer to one request. */
export interface Completion {
  /** The provider's id of the answer; null if it gives none. */
  readonly id: string | null;
  /**
   * The answer's text, without thoughts at its start. Tool and function calls are JSON: `{tool_calls}` or
   * `{function_call}`, and `{content, tool_calls}` if the answer also has text.
   */
  readonly output: string;
  /** `stop`, `length`, `tool_calls`, …, as the API names it; null if it gives none. */
  readonly finishReason: string | null;
  readonly usage: Usage;
  readonly cost: Cost;
  /** True if the answer says that it comes from promptgrid's own gateway and not from a model. */
  readonly simulated: boolean;
  /** What the model thought before its answer, separate from `output`; absent if it shows none. */
  readonly reasoning?: string | undefined;
  /** Set if the thoughts were at the start of the answer's text: what surrounded them there. */
  readonly thoughtTags?: ThoughtTags | undefined;
  /**
   * Set if the model refused or a filter withheld the answer: the model's words, or the finish reason if it gave none.
   * If there is no other text, `output` is the model's words, or empty.
   */
  readonly refusal?: string | undefined;
  /** The model's name according to the answer; absent if it is the requested one. */
  readonly answeredModel?: string | undefined;
  /** Log probabilities of the answer's tokens, as the API returns them; absent if none were requested. */
  readonly logprobs?: JsonValue | undefined;
  /** Milliseconds from sending to the first piece of an event stream that holds text; absent without a stream. */
  readonly ttftMs?: number | undefined;
  /** The account's limits according to the answer's headers; absent if there are none. */
  readonly rate?: RateHint | undefined;
}

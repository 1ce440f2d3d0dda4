import type { JsonValue } from './json.ts';
import type { Cost, Usage } from './usage.ts';

/** How much an account has left until a limit begins anew. */
export interface RateHint {
  /** Calls like this one that are still let in, from 0. */
  readonly remainingCalls: number;
  /** Milliseconds until it begins anew. */
  readonly resetMs: number;
}

/** A model's answer to one request. */
export interface Completion {
  /** The provider's id of the answer; null where it gives none. */
  readonly id: string | null;
  /** The answer's text; for a call of a function or tools without text, that call as JSON. */
  readonly output: string;
  /** `stop`, `length`, `tool_calls`, …, as the API names it; null where it gives none. */
  readonly finishReason: string | null;
  readonly usage: Usage;
  readonly cost: Cost;
  /** True where the answer says that it comes from promptgrid's own gateway and not from a model. */
  readonly simulated: boolean;
  /** What the model thought before its answer, apart from `output`; absent where it shows none. */
  readonly reasoning?: string | undefined;
  /** The model's own words for not answering; absent where it did not refuse. Then `output` is the same text. */
  readonly refusal?: string | undefined;
  /** The model's name as the answer gives it; absent where that is the one that was asked for. */
  readonly answeredModel?: string | undefined;
  /** Log probabilities of the answer's tokens, as the API gives them; absent where none were asked for. */
  readonly logprobs?: JsonValue | undefined;
  /** Milliseconds from sending to the first piece of an event stream that holds text; absent without a stream. */
  readonly ttftMs?: number | undefined;
  /** What the answer's headers told of the account's limits; absent where they told nothing. */
  readonly rate?: RateHint | undefined;
}

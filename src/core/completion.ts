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
  /** What the answer's headers told of the account's limits; absent where they told nothing. */
  readonly rate?: RateHint | undefined;
}

import type { Cost, Usage } from './usage.ts';

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
}

import type { JsonObject, JsonValue } from './json.ts';
import type { Message } from './prompt.ts';

/** A scorer's question about an answer, for a model. */
export interface JudgeQuestion {
  /** The judge as the user named it, `provider/model` or a plain id; null for the run's own judge model. */
  readonly model: string | null;
  readonly messages: readonly Message[];
  /** null leaves the field out. */
  readonly temperature: number | null;
  /** Other request fields, as the API names them. Equal inquiries should share one object. */
  readonly params: JsonObject;
  /** Set if the texts of two messages are compared by their embeddings, and no model is asked to judge. */
  readonly task?: 'similarity' | undefined;
  /** Set if the request does not depend on the answer: it is then sent once for all answers. */
  readonly shared?: SharedQuestion | undefined;
}

/** A question that is the same for all answers. */
export interface SharedQuestion {
  /** The shortest reply that can be used: an estimate counts what is asked after it. */
  readonly leastReply: string;
}

/** Result of a request to a judge. */
export type Reply =
  | {
      readonly kind: 'answered';
      readonly output: string;
      readonly finishReason: string | null;
      /** As in a completion. */
      readonly logprobs?: JsonValue | undefined;
    }
  /** `reason` in a few words; only a few different ones, because the summary counts them. */
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * Sends a request to a model, or looks up its earlier response to the same request about the same answer. Never throws
 * for a failed call.
 */
export type Ask = (judgeQuestion: JudgeQuestion) => Promise<Reply>;

/** For contexts without any judge. */
export const NOBODY_TO_ASK: Ask = () => Promise.resolve({ kind: 'failed', reason: 'there is no judge to ask' });

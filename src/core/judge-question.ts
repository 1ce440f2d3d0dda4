import type { JsonObject } from './json.ts';
import type { Message } from './prompt.ts';

/** What a scorer asks a model about an answer. */
export interface JudgeQuestion {
  /** The judge as the user named it, `provider/model` or a plain id; null for the run's own judge model. */
  readonly model: string | null;
  readonly messages: readonly Message[];
  /** null leaves the field out. */
  readonly temperature: number | null;
  /** Other request fields, as the API names them. Of two inquiries alike, better the same object. */
  readonly params: JsonObject;
}

/** What came of a judge's question. */
export type Reply =
  | { readonly kind: 'answered'; readonly output: string; readonly finishReason: string | null }
  /** `reason` in a few words; few different ones, for the summary counts them. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Asks a model, or looks up what it said when it was asked the same about the same answer. Never throws for a call. */
export type Ask = (judgeQuestion: JudgeQuestion) => Promise<Reply>;

/** Where nobody can be asked. */
export const NOBODY_TO_ASK: Ask = () => Promise.resolve({ kind: 'failed', reason: 'there is no judge to ask' });

import type { Completion } from './completion.ts';
import type { CompletedResult } from './result.ts';

/** Separates thoughts from a separate field and thoughts from the answer's text in `reasoning`. */
export const THOUGHTS_SEPARATOR = '\n\n';

/**
 * The completion with the thoughts from the start of its text put back into `output`, which is then the original text.
 * Thoughts from a separate field stay in `reasoning`.
 */
export function withThoughts(completion: Completion): Completion {
  const { thoughtTags, reasoning = '', output } = completion;
  if (thoughtTags === undefined) return completion;
  const { before, after, from } = thoughtTags;
  return {
    ...completion,
    output: `${before}${reasoning.slice(from)}${after}${output}`,
    reasoning: from === 0 ? undefined : reasoning.slice(0, from - THOUGHTS_SEPARATOR.length),
    thoughtTags: undefined,
  };
}

/** A result as written to files and scored. @param keepThoughts true puts thoughts back into the output */
export function shownAnswer(result: CompletedResult, keepThoughts: boolean): CompletedResult {
  const isChanged = keepThoughts && result.completion.thoughtTags !== undefined;
  return isChanged ? { ...result, completion: withThoughts(result.completion) } : result;
}

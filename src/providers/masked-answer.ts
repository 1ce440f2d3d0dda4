import type { CallError } from '../core/call-error.ts';
import type { Completion, ThoughtTags } from '../core/completion.ts';
import { printable } from '../core/plain-text.ts';
import type { Balance, ModelInfo } from '../core/provider.ts';
import type { Mask } from '../core/secret-mask.ts';

const MAX_MESSAGE_CHARACTERS = 300;

/**
 * An answer without the secrets that were sent for it: a server may repeat a request, including its headers, as the
 * model's words. Journals, caches and result files are written from it.
 */
export function maskedCompletion(completion: Completion, mask: Mask): Completion {
  const { id, output, finishReason, reasoning, refusal, answeredModel, thoughtTags, logprobs } = completion;
  const shown = mask(output);
  return {
    ...completion,
    id: maskedText(id, mask),
    output: shown,
    finishReason: maskedText(finishReason, mask),
    reasoning: maskedText(reasoning, mask),
    thoughtTags: thoughtTags === undefined ? undefined : maskedTags(thoughtTags, reasoning ?? '', mask),
    refusal: maskedText(refusal, mask),
    answeredModel: maskedText(answeredModel, mask),
    // Token by token they would spell what was removed from the output.
    logprobs: shown === output ? logprobs : undefined,
  };
}

/** The same for a provider's data about its models. */
export function maskedModels(models: readonly ModelInfo[], mask: Mask): readonly ModelInfo[] {
  return models.map((model) => ({ ...model, id: mask(model.id), title: maskedText(model.title, mask) }));
}

/** The same for its data about an account. */
export function maskedBalance(balance: Balance, mask: Mask): Balance {
  return { ...balance, orgId: maskedText(balance.orgId, mask) };
}

/** Thoughts in the text begin after those of another field, which get shorter if a secret was in them. */
function maskedTags({ before, after, from }: ThoughtTags, reasoning: string, mask: Mask): ThoughtTags {
  return { before: mask(before), after: mask(after), from: mask(reasoning.slice(0, from)).length };
}

function maskedText<Absent>(text: string | Absent, mask: Mask): string | Absent {
  return typeof text === 'string' ? mask(text) : text;
}

/**
 * The same error with its message on one line, without terminal control characters, and of bounded length. A server may
 * repeat the key in it. Neither the key nor a part of it may reach files or terminals, so it is removed before the
 * message is cut.
 */
export function presentable(error: CallError, mask: Mask): CallError {
  // An escape sequence in the middle of a key must not hide it.
  const line = mask(printable(error.message));
  const message = line.length > MAX_MESSAGE_CHARACTERS ? `${line.slice(0, MAX_MESSAGE_CHARACTERS)}…` : line;
  return message === error.message ? error : error.with({ message });
}

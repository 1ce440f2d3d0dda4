import type { Completion, ThoughtTags } from '../core/completion.ts';
import type { Balance, ModelInfo } from '../core/provider.ts';
import type { Mask } from '../core/secret-mask.ts';

/**
 * An answer without the secrets that were sent for it: a server may repeat a request, headers included, as the model's
 * words. Journals, caches and result files are made from it.
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
    // Token by token they would spell what the output no longer has.
    logprobs: shown === output ? logprobs : undefined,
  };
}

/** The same for what a provider says of its models. */
export function maskedModels(models: readonly ModelInfo[], mask: Mask): readonly ModelInfo[] {
  return models.map((model) => ({ ...model, id: mask(model.id), title: maskedText(model.title, mask) }));
}

/** The same for what it says of an account. */
export function maskedBalance(balance: Balance, mask: Mask): Balance {
  return { ...balance, orgId: maskedText(balance.orgId, mask) };
}

/** Thoughts in the text begin where those of another field end, which are shorter where a secret was in them. */
function maskedTags({ before, after, from }: ThoughtTags, reasoning: string, mask: Mask): ThoughtTags {
  return { before: mask(before), after: mask(after), from: mask(reasoning.slice(0, from)).length };
}

function maskedText<Absent>(text: string | Absent, mask: Mask): string | Absent {
  return typeof text === 'string' ? mask(text) : text;
}

import type { NamedVariant } from '../variant.ts';
import { formatModelRef } from '../variant.ts';

/**
 * Short names that tell variants apart: the model, with prompt, provider and temperature where those differ;
 * `gpt-4o`, `gpt-4o at 0.7`, `short · openai/gpt-4o`.
 */
export function variantNames(variants: readonly NamedVariant[]): readonly string[] {
  const differs = (pick: (variant: NamedVariant) => unknown): boolean => new Set(variants.map(pick)).size > 1;
  const prompts = differs(({ prompt }) => prompt.name);
  const providers = differs(({ model }) => model.provider);
  const models = differs(({ model }) => model.model);
  const temperatures = differs(({ temperature }) => temperature);
  return variants.map(({ prompt, model, temperature }) => {
    const ref = providers ? formatModelRef(model) : model.model;
    const warmth = temperature === null ? 'default temperature' : String(temperature);
    const named = temperatures ? `${ref} at ${warmth}` : ref;
    if (!prompts) return named;
    return models || providers || temperatures ? `${prompt.name} · ${named}` : prompt.name;
  });
}

import type { VariantName } from './comparison.ts';
import { formatModelRef, type NamedVariant } from './variant.ts';

/**
 * What distinguishes a variant from the others of a run whose models have one provider each; a text that never changes.
 */
export function variantKey({ prompt, model, label = '', temperature }: VariantName): string {
  return label === ''
    ? JSON.stringify([prompt, model, temperature])
    : JSON.stringify([prompt, model, temperature, label]);
}

/** `v2 · gpt-4o · t=0.7`: prompt, model (by its label if it has one) and, if one was given, temperature. */
export function variantLabel(name: VariantName): string {
  return joined(labelParts(name));
}

/** The label of one variant, with `a → b` if the other has another name: `v1 → v2 · gpt-4o`. */
export function pairLabel(base: VariantName, candidate: VariantName): string {
  const after = labelParts(candidate);
  return joined(
    labelParts(base).map((part, index) => {
      const other = after[index] ?? '';
      return part === other ? part : `${part === '' ? 'default' : part} → ${other === '' ? 'default' : other}`;
    }),
  );
}

/** What names a variant of a run, if providers may have models of the same name. */
export interface RunVariantName extends VariantName {
  readonly provider: string;
}

/**
 * The labels of a run's variants without the parts that all of them share: `gpt-4o`, `gpt-4o · t=0.7`,
 * `short · openai/gpt-4o`.
 */
export function variantNames(variants: readonly RunVariantName[]): readonly string[] {
  const differs = (part: keyof RunVariantName): boolean => new Set(variants.map((variant) => variant[part])).size > 1;
  const [prompts, providers, temperatures] = [differs('prompt'), differs('provider'), differs('temperature')];
  const isPrompt = prompts && !providers && !temperatures && !differs('model') && !differs('label');
  return variants.map(({ prompt, provider, model, label, temperature }) =>
    joined([
      prompts ? prompt : '',
      isPrompt ? '' : (label ?? (providers ? formatModelRef({ provider, model }) : model)),
      temperatures ? `t=${temperature ?? 'default'}` : '',
    ]),
  );
}

/** What names a variant, for `variantNames`. */
export function runVariantName({ prompt, model, label, temperature }: NamedVariant): RunVariantName {
  return { prompt: prompt.name, provider: model.provider, model: model.model, label, temperature };
}

function labelParts({ prompt, model, label = model, temperature }: VariantName): readonly string[] {
  return [prompt, label, temperature === null ? '' : `t=${temperature}`];
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' · ');
}

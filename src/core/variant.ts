import type { JsonObject } from './json.ts';
import type { Prompt } from './prompt.ts';

/** A model at a provider; written `provider/model`. */
export interface ModelRef {
  readonly provider: string;
  /** The id as the API takes it. */
  readonly model: string;
}

/** `provider/model`. */
export function formatModelRef(ref: ModelRef): string {
  return `${ref.provider}/${ref.model}`;
}

/** A variant: prompt × model × temperature × the other request fields. */
export interface Variant {
  /** Index in the grid, from 0: prompt, then model, then temperature. */
  readonly index: number;
  readonly prompt: Prompt;
  readonly model: ModelRef;
  /** Sampling temperature; null leaves the field out, which means the provider's default. */
  readonly temperature: number | null;
  /** Other request fields, as the API names them. */
  readonly params: JsonObject;
  /** What is made of its messages; absent for a chat. */
  readonly task?: VariantTask | undefined;
}

/**
 * `similarity`: how alike the texts of two messages are, by their embeddings. `embedding`: the embedding of one, which
 * is a part of that.
 */
export type VariantTask = 'similarity' | 'embedding';

/** What names a variant. */
export interface NamedVariant extends Pick<Variant, 'model' | 'temperature'> {
  readonly prompt: Pick<Variant['prompt'], 'name'>;
}

/** Inputs for the grid's variants. */
interface VariantAxes {
  readonly prompts: readonly Prompt[];
  readonly models: readonly ModelRef[];
  readonly temperatures: readonly (number | null)[];
  readonly params: JsonObject;
}

/** Every variant, in plan order: prompt, then model, then temperature. */
export function buildVariants(axes: VariantAxes): readonly Variant[] {
  const columns = axes.prompts.flatMap((prompt) =>
    axes.models.flatMap((model) => axes.temperatures.map((temperature) => ({ prompt, model, temperature }))),
  );
  return columns.map((column, index) => ({ index, ...column, params: axes.params }));
}

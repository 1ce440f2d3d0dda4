import { givenText, type JsonObject, type JsonValue, listOf, numberOf, objectOf, textOr } from '../core/json.ts';
import { type GridModel, gridPlaces, type ModelRef, readModelRef, type VariantRule } from '../core/variant.ts';

/** A variant as named in result files. */
export interface StoredVariant {
  readonly prompt: { readonly name: string };
  readonly model: ModelRef;
  /** The model's label in the run; absent if it has none. */
  readonly label?: string | undefined;
  readonly temperature: number | null;
  /** Other request fields. */
  readonly params: JsonObject;
}

/** The prompts, models and temperatures of a run, in plan order. */
export function readVariants({
  prompts,
  models,
  temperatures,
  params,
  exclude,
  include,
}: JsonObject): readonly StoredVariant[] {
  const common = { temperatures: listOf(temperatures).map(numberOf), params: objectOf(params) };
  const places = gridPlaces({
    prompts: listOf(prompts).map((prompt) => ({ name: textOr(objectOf(prompt)['name'], '') })),
    models: listOf(models).map((model) =>
      typeof model === 'string' ? { ref: readModelRef(model), ...common } : readOwn(model),
    ),
    exclude: listOf(exclude).map(readRule),
    include: listOf(include).map(readRule),
  });
  return places.map(({ prompt, model: { ref, label, params: own }, temperature }) => ({
    prompt,
    model: ref,
    ...(label === undefined ? {} : { label }),
    temperature,
    params: own,
  }));
}

function readOwn(model: JsonValue): GridModel {
  const { id, label, temperatures, params } = objectOf(model);
  return {
    ref: readModelRef(textOr(id, '')),
    label: givenText(label),
    temperatures: listOf(temperatures).map(numberOf),
    params: objectOf(params),
  };
}

function readRule(rule: JsonValue): VariantRule {
  const { prompt, model, temperature } = objectOf(rule);
  return {
    prompt: givenText(prompt),
    model: givenText(model),
    temperature: temperature === undefined ? undefined : numberOf(temperature),
  };
}

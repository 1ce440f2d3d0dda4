import { UsageError } from '../../core/errors.ts';
import { programOf } from '../../core/program-ref.ts';
import type { GridModel } from '../../core/variant.ts';
import { type ModelTraits, modelTraits } from '../../providers/model-traits.ts';
import type { FileSettings } from './schema.ts';

/**
 * Models of a grid as they take its temperatures and its reasoning effort. Where a model takes no temperature, several
 * would be as many equal variants, each of them paid: it runs once.
 * @param warnings to which one line is added for each thing that is not sent
 * @throws UsageError for a reasoning effort that a model is known not to have
 */
export function asTheyTake<Model extends GridModel>(
  models: readonly Model[],
  { reasoningEffort, modelCheck = true }: FileSettings,
  warnings: string[],
): readonly Model[] {
  const asked = models.map((model) => withEffort(model, reasoningEffort, modelCheck));
  const plain = asked.filter(({ params }) => reasoningEffort !== undefined && params['reasoning_effort'] === undefined);
  if (plain.length > 0) warnings.push(`--reasoning-effort is not sent to ${listOf(plain)}: it does not reason`);
  if (!modelCheck) return asked;
  return asked.map((model) => {
    const { temperature } = traitsOf(model);
    const isVoid = temperature !== 'taken' && model.temperatures.some((value) => value !== null);
    if (!isVoid) return model;
    warnings.push(voidText(model, temperature));
    return { ...model, temperatures: [null] };
  });
}

/** True if a temperature may change what a model answers, as far as is known. */
export function heedsTemperature(model: GridModel): boolean {
  return traitsOf(model).temperature === 'taken';
}

function traitsOf({ ref, params }: GridModel): ModelTraits {
  // A program's file may be named like a model.
  return modelTraits(programOf(ref.provider) === null ? ref.model : '', params);
}

function withEffort<Model extends GridModel>(model: Model, effort: string | undefined, isChecked: boolean): Model {
  const own = model.params['reasoning_effort'] ?? effort;
  const { efforts } = traitsOf(model);
  if (typeof own !== 'string') return model;
  // A model that does not reason refuses the field.
  if (efforts?.length === 0) return model;
  if (isChecked && efforts !== null && !efforts.includes(own)) {
    throw new UsageError(`${nameOf(model)} has no reasoning effort "${own}"`, {
      hint: `it has ${efforts.join(', ')}: such as --set ${nameOf(model)}.reasoning_effort=${efforts[0]}; --no-model-check sends it all the same`,
    });
  }
  return model.params['reasoning_effort'] === own
    ? model
    : { ...model, params: { ...model.params, reasoning_effort: own } };
}

function voidText(model: GridModel, use: 'refused' | 'ignored'): string {
  const { temperatures } = model;
  const why = use === 'refused' ? 'takes no temperature' : 'ignores its temperature';
  const given = temperatures.filter((value) => value !== null).join(', ');
  const what = temperatures.length === 1 ? `${given} is not sent` : `it runs once instead of at ${given}`;
  return `${nameOf(model)} ${why}: ${what}`;
}

function nameOf({ ref, label }: GridModel): string {
  return label ?? ref.model;
}

function listOf(models: readonly GridModel[]): string {
  return models.map(nameOf).join(', ');
}

import { UsageError } from '../../core/errors.ts';
import type { ModelInfo, Provider } from '../../core/provider.ts';
import { type GridModel, gridPlaces, type VariantAxes } from '../../core/variant.ts';

/** Request fields that lists of models name as such. Others may be left out of them without a meaning. */
const LISTED_FIELDS: ReadonlySet<string> = new Set([
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'frequency_penalty',
  'presence_penalty',
  'repetition_penalty',
  'seed',
  'stop',
  'logit_bias',
  'logprobs',
  'top_logprobs',
  'response_format',
  'tools',
  'tool_choice',
]);

/** The models of a grid at one provider, and the rules of the whole grid. */
type ModelAxes = Pick<VariantAxes, 'models' | 'exclude' | 'include'>;

/**
 * Warnings about request fields that a model does not take, as the provider's list says, one line for each model. Such
 * a field has no effect, or the call fails.
 * @throws UsageError if several temperatures would make as many equal variants, each of them paid
 */
export function untakenWarnings(
  provider: Pick<Provider, 'name'>,
  axes: ModelAxes,
  known: readonly ModelInfo[],
): readonly string[] {
  return axes.models.flatMap((model) => {
    const { ref, label, params } = model;
    const { takes } = known.find(({ id }) => id === ref.model) ?? {};
    if (takes === undefined) return [];
    const asked = temperaturesByPrompt(axes, model);
    if (asked.length === 0) return [];
    const isCold = asked.flat().some((temperature) => temperature !== null);
    const sent = [...(isCold ? ['temperature'] : []), ...Object.keys(params)];
    const untaken = sent.filter((field) => LISTED_FIELDS.has(field) && !takes.includes(field));
    if (untaken.length === 0) return [];
    const name = label ?? ref.model;
    const equal = Math.max(...asked.map(({ length }) => length));
    if (untaken.includes('temperature') && equal > 1) {
      throw new UsageError(
        `${name} takes no temperature, as the list of ${provider.name} says: its ${equal} variants would be equal`,
        {
          hint: `leave it out for this model: --set ${name}.temperature=null, and not in include; --no-model-check runs them all the same`,
        },
      );
    }
    return [`${name} does not take ${untaken.join(', ')}, as the list of ${provider.name} says`];
  });
}

/** The temperatures of a model with each prompt that a rule names, and with any other one; without those that have none. */
function temperaturesByPrompt(
  { exclude, include }: ModelAxes,
  model: GridModel,
): readonly (readonly (number | null)[])[] {
  const names = new Set(['', ...[...exclude, ...include].map(({ prompt }) => prompt ?? '')]);
  return [...names]
    .map((name) => gridPlaces({ prompts: [{ name }], models: [model], exclude, include }))
    .map((places) => places.map(({ temperature }) => temperature))
    .filter(({ length }) => length > 0);
}

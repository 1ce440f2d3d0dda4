import { UsageError } from '../../core/errors.ts';
import type { ModelInfo, Provider } from '../../core/provider.ts';
import type { GridModel } from '../../core/variant.ts';

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

/**
 * Warnings about request fields that a model does not take, as the provider's list says, one line for each model. Such
 * a field has no effect, or the call fails.
 * @param models of the grid, at this provider
 * @throws UsageError if several temperatures would make as many equal variants, each of them paid
 */
export function untakenWarnings(
  provider: Provider,
  models: readonly GridModel[],
  known: readonly ModelInfo[],
): readonly string[] {
  return models.flatMap(({ ref, label, temperatures, params }) => {
    const { takes } = known.find(({ id }) => id === ref.model) ?? {};
    if (takes === undefined) return [];
    const isCold = temperatures.some((temperature) => temperature !== null);
    const sent = [...(isCold ? ['temperature'] : []), ...Object.keys(params)];
    const untaken = sent.filter((field) => LISTED_FIELDS.has(field) && !takes.includes(field));
    if (untaken.length === 0) return [];
    const name = label ?? ref.model;
    if (untaken.includes('temperature') && temperatures.length > 1) {
      throw new UsageError(
        `${name} takes no temperature, as the list of ${provider.name} says: its ${temperatures.length} variants would be equal`,
        {
          hint: `leave it out for this model: --set ${name}.temperature=null; --no-model-check runs them all the same`,
        },
      );
    }
    return [`${name} does not take ${untaken.join(', ')}, as the list of ${provider.name} says`];
  });
}

import { UsageError } from '../../core/errors.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { answerBound } from '../../core/request-fields.ts';
import { fieldFlag } from '../../core/request-hint.ts';
import { formatModelRef, type GridModel } from '../../core/variant.ts';
import type { ProviderDefinition } from '../../providers/index.ts';
import { traitsOfNamed } from './endpoints.ts';
import type { FileSettings } from './schema.ts';

/** Where providers get their names from. */
type Naming = Pick<FileSettings, 'providers'>;

/** A request field that an API has no counterpart for. */
interface LackedField {
  readonly name: string;
  /** What was given in the words of an error: empty, or what of the value the API lacks if it has the field. */
  readonly given: string;
  /** What to do instead. */
  readonly hint: string;
}

/** The first field that the API has no counterpart for: sent or not, it would have no effect. null for none. */
export function lackedField(params: JsonObject, { wire }: Pick<ProviderDefinition, 'wire'>): LackedField | null {
  for (const [name, value] of Object.entries(params)) {
    if (value === null) continue;
    const instead = Object.hasOwn(wire.lacks, name) ? wire.lacks[name] : undefined;
    if (instead !== undefined) return { name, given: '', hint: instead };
    const fault = wire.faultIn?.(name, value) ?? null;
    if (fault !== null) return { name, given: fault.what, hint: fault.hint };
  }
  return null;
}

/**
 * @param common request fields of all models
 * @throws UsageError for a field that the API of one of the models has no counterpart for
 */
export function checkGridFields(models: readonly GridModel[], common: JsonObject, naming: Naming): void {
  for (const { ref, label = ref.model, params } of models) {
    const lack = lackedField(params, traitsOfNamed(ref.provider, naming));
    if (lack === null) continue;
    const { name, given, hint } = lack;
    const isShared = hasGiven(common[name]);
    const field = isShared ? fieldFlag(name) : `the field ${name} of ${label}`;
    const own = isShared && models.length > 1 ? `; for this model alone: --set ${label}.${name}=null` : '';
    throw new UsageError(`${field}${given} has no counterpart in the API of ${formatModelRef(ref)}`, {
      hint: `${hint}${own}`,
    });
  }
}

function hasGiven(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null;
}

/** Warnings about answers that a required field cuts off, which the user did not set, one line for each provider. */
export function boundWarnings(models: readonly GridModel[], naming: Naming): readonly string[] {
  const open = models.filter(({ params }) => answerBound(params) === null);
  const names = [...new Set(open.map(({ ref }) => ref.provider))];
  return names.flatMap((name) => {
    const { defaultMaxTokens } = traitsOfNamed(name, naming);
    if (defaultMaxTokens === undefined) return [];
    return [`${name} requires max_tokens: answers end after ${defaultMaxTokens} tokens; --max-tokens changes that`];
  });
}

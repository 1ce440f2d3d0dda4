import { UsageError } from '../../core/errors.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { answerBound } from '../../core/request-fields.ts';
import { fieldFlag } from '../../core/request-hint.ts';
import { formatModelRef, type GridModel, type ModelRef } from '../../core/variant.ts';
import type { ProviderDefinition } from '../../providers/index.ts';
import type { Wire } from '../../providers/wire.ts';
import { requireNamed } from './endpoints.ts';
import type { FileSettings } from './schema.ts';

/**
 * @param nameOf how a field is given, by its name; default its flag
 * @throws UsageError for a field that a model's API has no counterpart for: sent or not, it would have no effect
 */
export function checkLacks(
  ref: ModelRef,
  params: JsonObject,
  { wire }: Pick<ProviderDefinition, 'wire'>,
  nameOf: (field: string) => string = fieldFlag,
): void {
  for (const [name, value] of Object.entries(params)) {
    const fault = faultOf(wire, name, value);
    if (fault === null) continue;
    const given = `${nameOf(name)}${fault.isValue ? `=${JSON.stringify(value)}` : ''}`;
    throw new UsageError(`${given} has no counterpart in the API of ${formatModelRef(ref)}`, { hint: fault.hint });
  }
}

/** Warnings about answers that a required field cuts off, which the user did not set, one line for each provider. */
export function boundWarnings(
  models: readonly GridModel[],
  naming: Pick<FileSettings, 'providers'>,
): readonly string[] {
  const open = models.filter(({ params }) => answerBound(params) === null);
  const names = [...new Set(open.map(({ ref }) => ref.provider))];
  return names.flatMap((name) => {
    const { defaultMaxTokens } = requireNamed(name, naming).definition;
    if (defaultMaxTokens === undefined) return [];
    return [`${name} requires max_tokens: answers end after ${defaultMaxTokens} tokens; --max-tokens changes that`];
  });
}

interface Fault {
  readonly hint: string;
  /** True if the API has the field, but not this value. */
  readonly isValue: boolean;
}

function faultOf({ lacks, faultIn }: Wire, name: string, value: JsonValue): Fault | null {
  if (value === null) return null;
  const instead = Object.hasOwn(lacks, name) ? lacks[name] : undefined;
  if (instead !== undefined) return { hint: instead, isValue: false };
  const hint = faultIn?.(name, value) ?? null;
  return hint === null ? null : { hint, isValue: true };
}

import { CallError, type CallErrorDetails, type CallErrorKind } from '../../src/core/call-error.ts';
import { buildVariants, type Variant } from '../../src/core/variant.ts';

/** Variants of one prompt: a model a name, without a temperature. */
export function variants(...models: readonly string[]): readonly Variant[] {
  return buildVariants({
    prompts: [{ name: 'p1', template: '', variables: [], render: () => [] }],
    models: models.map((model) => ({ ref: { provider: 'custom', model }, temperatures: [null], params: {} })),
    exclude: [],
    include: [],
  });
}

/** One variant. */
export function variant(model = 'm'): Variant {
  const [first] = variants(model);
  if (first === undefined) throw new Error('no variant');
  return first;
}

/** A call that was refused. */
export function refusal(
  message = 'No',
  kind: CallErrorKind = 'invalid_request',
  details?: CallErrorDetails,
): CallError {
  return new CallError(kind, message, details);
}

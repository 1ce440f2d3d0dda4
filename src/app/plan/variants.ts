import { UsageError } from '../../core/errors.ts';
import { buildVariants, formatModelRef, idleRule, type Variant, type VariantRule } from '../../core/variant.ts';
import { didYouMean } from '../../io/nearest.ts';
import type { GridConfig } from '../config/run-config.ts';
import type { DatasetFacts } from './dataset-check.ts';

/**
 * The variants of a grid.
 * @throws UsageError for a rule of `exclude` or `include` that means no variant, and if none is left
 */
export function variantsOf(config: GridConfig, { prompts }: Pick<DatasetFacts, 'prompts'>): readonly Variant[] {
  const { models, exclude, include } = config;
  const axes = { prompts, models, exclude, include };
  const idle = idleRule(axes, exclude);
  if (idle !== null) throw idleError('exclude', idle, axes);
  const unknown = include.find(({ prompt }) => prompt !== undefined && !prompts.some(({ name }) => name === prompt));
  if (unknown !== undefined) throw idleError('include', unknown, axes);
  const variants = buildVariants(axes);
  if (variants.length > 0) return variants;
  throw new UsageError('exclude leaves out every variant', { hint: 'remove one of its entries' });
}

function idleError(
  key: string,
  rule: VariantRule,
  { prompts, models }: Pick<GridConfig, 'models'> & Pick<DatasetFacts, 'prompts'>,
): UsageError {
  const names = {
    prompt: prompts.map(({ name }) => name),
    model: models.flatMap(({ ref, label }) => [
      ...(label === undefined ? [] : [label]),
      ref.model,
      formatModelRef(ref),
    ]),
  };
  const { prompt, model } = rule;
  if (prompt !== undefined && !names.prompt.includes(prompt)) return noSuch(key, 'prompt', prompt, names.prompt);
  if (model !== undefined && !names.model.includes(model)) return noSuch(key, 'model', model, names.model);
  return new UsageError(`${key}: no variant has ${JSON.stringify(rule)}`, { hint: 'correct it, or remove it' });
}

function noSuch(key: string, what: string, name: string, known: readonly string[]): UsageError {
  return new UsageError(`${key}: the grid has no ${what} "${name}"`, {
    hint: `it has ${[...new Set(known)].join(', ')}${didYouMean(name, known)}`,
  });
}

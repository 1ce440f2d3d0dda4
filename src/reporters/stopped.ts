import { oneLine } from '../core/plain-text.ts';
import type { CostTotal } from '../core/totals.ts';
import { type RunVariantName, variantNames } from '../core/variant-name.ts';
import { formatCosts, formatCount } from './format.ts';

/** A variant by its place in the grid. */
interface ShownVariant {
  readonly index: number;
}

/** A variant that was stopped before its last row. */
interface ShownStop {
  readonly variant: ShownVariant;
  readonly beatenBy: ShownVariant;
  readonly rows: number;
  readonly eValue: number;
  readonly skipped: number;
  readonly spared: CostTotal | null;
}

/** What a race stopped and what that saved, one line each. @param variants of the grid, in plan order */
export function renderStopped(
  stopped: readonly ShownStop[],
  { variants }: { readonly variants: readonly RunVariantName[] },
): readonly string[] {
  const names = variantNames(variants).map(oneLine);
  return stopped.map(({ variant, beatenBy, rows, eValue, skipped, spared }) => {
    const certainty = `by chance that is seen less than once in ${formatCount(Math.floor(eValue))} such runs`;
    const cost = spared === null ? '' : `, which saved about ${formatCosts([spared], 0)}`;
    return (
      `${names[variant.index] ?? ''} was stopped after ${formatCount(rows)} rows: ${names[beatenBy.index] ?? ''} is better (${certainty}); ` +
      `${formatCount(skipped)} trials were not sent${cost}`
    );
  });
}

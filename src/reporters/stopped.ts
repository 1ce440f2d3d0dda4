import { variantLabel } from '../core/compare/words.ts';
import { oneLine } from '../core/plain-text.ts';
import type { CostTotal } from '../core/totals.ts';
import { formatCosts, formatCount } from './format.ts';

/** What names a variant. */
interface ShownVariant {
  readonly prompt: { readonly name: string };
  readonly model: { readonly model: string };
  readonly temperature: number | null;
}

/** A variant that was asked no further rows. */
interface ShownStop {
  readonly variant: ShownVariant;
  readonly beatenBy: ShownVariant;
  readonly rows: number;
  readonly eValue: number;
  readonly skipped: number;
  readonly spared: CostTotal | null;
}

/** What a race stopped and what that saved, a line each. */
export function renderStopped(stopped: readonly ShownStop[]): readonly string[] {
  return stopped.map(({ variant, beatenBy, rows, eValue, skipped, spared }) => {
    const certainty = `by chance that is seen less than once in ${formatCount(Math.floor(eValue))} such runs`;
    const cost = spared === null ? '' : `, which saved about ${formatCosts([spared], 0)}`;
    return (
      `${labelOf(variant)} was stopped after ${formatCount(rows)} rows: ${labelOf(beatenBy)} is better (${certainty}); ` +
      `${formatCount(skipped)} trials were not sent${cost}`
    );
  });
}

function labelOf({ prompt, model, temperature }: ShownVariant): string {
  return oneLine(variantLabel({ prompt: prompt.name, model: model.model, temperature }));
}

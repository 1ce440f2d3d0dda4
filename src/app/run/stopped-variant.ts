import type { JsonObject } from '../../core/json.ts';
import { divideRounded, formatDecimal, parseDecimal } from '../../core/money.ts';
import type { Summary } from '../../core/summary.ts';
import type { CostTotal } from '../../core/totals.ts';
import type { Variant } from '../../core/variant.ts';

/** A variant that was stopped because another is clearly better. */
export interface StoppedVariant {
  readonly variant: Variant;
  readonly beatenBy: Variant;
  /** Rows after which it was stopped. */
  readonly rows: number;
  /**
   * How many times more likely than by chance the observations are, at least; 1 / e is the probability to see them by
   * chance.
   */
  readonly eValue: number;
  /** Trials that did not run. */
  readonly skipped: number;
}

/** A stopped variant, with what the stop saved. */
export interface SparedVariant extends StoppedVariant {
  /** Estimated cost of its skipped trials, from the cost of its others; null if unknown. */
  readonly spared: CostTotal | null;
}

/** What stopping a variant saved, by the average cost of its answers. */
export function withSavings(stopped: StoppedVariant, { variants }: Summary): SparedVariant {
  const own = variants[stopped.variant.index];
  const [cost, ...others] = own?.costs ?? [];
  // A cached answer was free this time, and says nothing about the cost of the next one.
  const paid = own === undefined ? 0 : own.completed - own.cached - own.unknownCosts;
  const total = cost === undefined || others.length > 0 ? null : parseDecimal(cost.total);
  if (cost === undefined || total === null || paid <= 0) return { ...stopped, spared: null };
  const amount = divideRounded(total * BigInt(stopped.skipped), BigInt(paid));
  return { ...stopped, spared: { total: formatDecimal(amount), currency: cost.currency } };
}

/** A stopped variant as documents show it. */
export function stoppedRecord({ variant, beatenBy, rows, eValue, skipped, spared }: SparedVariant): JsonObject {
  return {
    ...nameOf(variant),
    beatenBy: nameOf(beatenBy),
    rows,
    eValue,
    skipped,
    spared: spared === null ? null : { ...spared },
  };
}

function nameOf({ prompt, model, label, temperature }: Variant): JsonObject {
  const named = label === undefined ? {} : { label };
  return { prompt: prompt.name, provider: model.provider, model: model.model, ...named, temperature };
}

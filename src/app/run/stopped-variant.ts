import type { JsonObject } from '../../core/json.ts';
import { divideRounded, formatDecimal, parseDecimal } from '../../core/money.ts';
import type { Summary } from '../../core/summary.ts';
import type { CostTotal } from '../../core/totals.ts';
import type { Variant } from '../../core/variant.ts';

/** A variant that was asked no further rows, for another is clearly better. */
export interface StoppedVariant {
  readonly variant: Variant;
  readonly beatenBy: Variant;
  /** Rows after which it was decided. */
  readonly rows: number;
  /** How many times likelier than by chance what was seen is, at least; 1 / e is the chance to see it by chance. */
  readonly eValue: number;
  /** Trials that were not asked. */
  readonly skipped: number;
}

/** A variant that was stopped, with what that saved. */
export interface SparedVariant extends StoppedVariant {
  /** What its trials that were not asked would have cost, by what the others of it cost; null if unknown. */
  readonly spared: CostTotal | null;
}

/** What stopping a variant saved, by what its answers cost on average. */
export function sparedBy(stopped: StoppedVariant, { variants }: Summary): SparedVariant {
  const own = variants[stopped.variant.index];
  const [cost, ...others] = own?.costs ?? [];
  // A cached answer cost nothing this time, and says nothing of what the next would have cost.
  const asked = own === undefined ? 0 : own.completed - own.cached - own.unknownCosts;
  const total = cost === undefined || others.length > 0 ? null : parseDecimal(cost.total);
  if (cost === undefined || total === null || asked <= 0) return { ...stopped, spared: null };
  const amount = divideRounded(total * BigInt(stopped.skipped), BigInt(asked));
  return { ...stopped, spared: { total: formatDecimal(amount), currency: cost.currency } };
}

/** A stopped variant as documents tell it. */
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

function nameOf({ prompt, model, temperature }: Variant): JsonObject {
  return { prompt: prompt.name, provider: model.provider, model: model.model, temperature };
}

import type { JsonValue } from '../core/json.ts';
import type { ModelInfo } from '../core/provider.ts';

/** A model's price according to a provider's list of models. */
export type ListedPrice = Pick<ModelInfo, 'price' | 'unusablePrice'>;

const LONGEST_VALUE = 40;

/** If a list has no usable price: what it has instead, if anything. */
export function unusable(rates: Readonly<Record<string, JsonValue | undefined>>): ListedPrice {
  const found = Object.entries(rates).flatMap(([name, value]) => {
    if (value === undefined || value === null || value === '') return [];
    // In a form that is safe for terminals.
    return [
      `${name} ${JSON.stringify(value)
        .slice(0, LONGEST_VALUE)
        .replace(/[^\x20-\x7e]/g, '?')}`,
    ];
  });
  return found.length === 0 ? { price: null } : { price: null, unusablePrice: found.join(', ') };
}

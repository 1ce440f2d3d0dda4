import type { JsonValue } from '../core/json.ts';
import type { ModelInfo } from '../core/provider.ts';

/** What a provider's list of models says of a model's price. */
export type ListedPrice = Pick<ModelInfo, 'price' | 'unusablePrice'>;

const LONGEST_VALUE = 40;

/** Where a list has no price that can be used: what it has instead, if it has anything. */
export function unusable(rates: Readonly<Record<string, JsonValue | undefined>>): ListedPrice {
  const found = Object.entries(rates).flatMap(([name, value]) => {
    if (value === undefined || value === null || value === '') return [];
    // As a terminal may show it.
    return [
      `${name} ${JSON.stringify(value)
        .slice(0, LONGEST_VALUE)
        .replace(/[^\x20-\x7e]/g, '?')}`,
    ];
  });
  return found.length === 0 ? { price: null } : { price: null, unusablePrice: found.join(', ') };
}

import { describe, expect, it } from 'vitest';
import type { PageCost } from '../../../src/core/page-data.ts';
import { coverageOf, isPriced } from '../../../src/page/data/estimate.ts';

const NOTHING: PageCost = { currency: 'RUB', low: null, expected: null, high: null, ceiling: null };
const PROMPTS: PageCost = { ...NOTHING, low: '1' };
const DOLLARS: PageCost = { ...NOTHING, currency: 'USD' };

function head(variants: readonly (PageCost | null)[], hasJudges: boolean): Parameters<typeof coverageOf>[0] {
  return {
    estimate: { level: 0.9, costs: [PROMPTS], variants, unknownPrices: [] },
    paid: { hasJudges },
  };
}

describe('what an estimate covers', () => {
  it('leaves out variants without a price in its currency', () => {
    expect([PROMPTS, NOTHING, null].map(isPriced)).toEqual([true, false, false]);
    expect(coverageOf(head([PROMPTS, NOTHING, null, DOLLARS], false), 'RUB')).toEqual({
      variants: 3,
      unpriced: 2,
      hasJudges: false,
    });
  });

  it('is all of a run that kept no variants, and never its judges', () => {
    expect(coverageOf(head([], true), 'RUB')).toEqual({ variants: 0, unpriced: 0, hasJudges: true });
    expect(coverageOf({ ...head([PROMPTS], false), estimate: null }, 'RUB').unpriced).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { checkMaxCost } from '../../../src/app/estimate/gate.ts';
import { type CostOutlook, type CurrencyEstimate, type Estimate, NO_TOKENS } from '../../../src/core/estimate.ts';

const COST: CostOutlook = { low: 1n, expected: 50n, high: 100n, ceiling: 1000n };

function estimate(costs: readonly CurrencyEstimate[], unknownPrices: readonly string[] = []): Estimate {
  return {
    ...{ rows: 1, trials: 1, done: 0, level: 0.9, variants: [], completionTokens: NO_TOKENS },
    promptTokens: { low: 0, expected: 0, high: 0, isExact: true },
    ...{ costs, unknownPrices, seconds: null, leastSeconds: 0, judges: null },
  };
}

function rubles(cost: Partial<CostOutlook>, currency = 'RUB'): CurrencyEstimate {
  return { currency, cost: { ...COST, ...cost }, paid: 0n };
}

describe('the gate of a cost', () => {
  it('is passed up to the high end and not beyond it, exactly', () => {
    expect(checkMaxCost(estimate([rubles({})]), 100n).passed).toBe(true);
    expect(checkMaxCost(estimate([rubles({})]), 99n).passed).toBe(false);
    expect(checkMaxCost(estimate([rubles({ high: 500_000_000_000n })]), 10n ** 12n).why).toBe(
      'the high end, 0.5 RUB, is within --max-cost 1',
    );
  });

  it('goes by the ceiling where nothing was seen', () => {
    const unseen = estimate([rubles({ expected: null, high: null })]);
    expect(checkMaxCost(unseen, 1000n).passed).toBe(true);
    expect(checkMaxCost(unseen, 999n)).toEqual({
      passed: false,
      why: expect.stringMatching(/^the ceiling, .* is above/),
    });
  });

  it.for([
    ['nothing bounds the cost', [rubles({ high: null, ceiling: null })], [], /nothing bounds.*--max-tokens or --pilot/],
    ['a price is not known', [rubles({})], ['custom/x'], /the price of custom\/x is not known/],
    ['there are two currencies', [rubles({}), rubles({}, 'USD')], [], /costs are in RUB and USD/],
    ['no cost is known', [], [], /no cost is known/],
  ] as const)('is not passed where %s, and says so', ([, costs, unknown, why]) => {
    expect(checkMaxCost(estimate(costs, unknown), 10n ** 30n)).toEqual({
      passed: false,
      why: expect.stringMatching(why),
    });
  });
});

import { describe, expect, it } from 'vitest';
import { checkMaxCost } from '../../../src/app/forecast/gate.ts';
import { NO_LOST_CALLS } from '../../../src/core/billed.ts';
import {
  type CostRange,
  type CurrencyEstimate,
  type Estimate,
  type JudgesEstimate,
  NO_TOKENS,
} from '../../../src/core/estimate.ts';

const COST: CostRange = { low: 1n, expected: 50n, high: 100n, ceiling: 1000n };

function estimate(costs: readonly CurrencyEstimate[], unknownPrices: readonly string[] = []): Estimate {
  return {
    rows: 1,
    trials: 1,
    done: 0,
    level: 0.9,
    variants: [],
    completionTokens: NO_TOKENS,
    promptTokens: { low: 0, expected: 0, high: 0, isExact: true },
    costs,
    unknownCosts: 0,
    lost: NO_LOST_CALLS,
    unknownPrices,
    seconds: null,
    secondsRange: null,
    leastSeconds: 0,
    judges: null,
  };
}

function rubles(cost: Partial<CostRange>, currency = 'RUB'): CurrencyEstimate {
  return { currency, cost: { ...COST, ...cost }, paid: 0n };
}

function judged(costs: readonly CurrencyEstimate[], unknownPrices: readonly string[] = []): JudgesEstimate {
  return { costs, unknownCosts: 0, unknownPrices, seenRows: 20, level: 0.9, openRows: 80 };
}

function above(high: bigint, most: bigint): string {
  return checkMaxCost(estimate([rubles({ high })]), most).why;
}

describe('the gate of a cost', () => {
  it.each([
    [{ ...NO_TOKENS, high: null, ceiling: null }, 'the length of answers; give --max-tokens or --pilot'],
    [
      { ...NO_TOKENS, high: null, ceiling: 40 },
      'what prompts cost that hold more than text, such as images; run --pilot',
    ],
    [
      { ...NO_TOKENS, high: 30, ceiling: null },
      'what prompts cost that hold more than text, such as images; run --pilot',
    ],
  ])('says what is not bounded: %j', (completionTokens, text) => {
    const unbounded = { ...estimate([rubles({ high: null, ceiling: null })]), completionTokens };
    const { passed, why } = checkMaxCost(unbounded, 10n ** 20n);
    expect([passed, why]).toEqual([false, expect.stringContaining(`nothing bounds ${text}`)]);
  });

  it('fails where an answer so far has an unknown cost that nothing bounds', () => {
    const unbounded = estimate([rubles({ high: null, ceiling: null })]);
    expect(checkMaxCost({ ...unbounded, unknownCosts: 1 }, 10n ** 20n)).toEqual({
      passed: false,
      why: '--max-cost 100000000: what 1 answer so far cost is not known, and has no bound',
    });
    const judges = { ...judged([rubles({ high: null, ceiling: null })]), unknownCosts: 1200 };
    expect(checkMaxCost({ ...estimate([rubles({})]), judges }, 10n ** 20n).why).toContain('what 1,200 answers so far');
    expect(checkMaxCost({ ...estimate([rubles({})]), unknownCosts: 1 }, 100n).passed).toBe(true);
  });

  it('fails where a lost call has no bound, and says so', () => {
    const lost = { ...NO_LOST_CALLS, calls: 3, unbounded: 2 };
    const unbounded = { ...estimate([rubles({ high: null, ceiling: null })]), lost };
    expect(checkMaxCost(unbounded, 10n ** 20n)).toEqual({
      passed: false,
      why: '--max-cost 100000000: what 2 lost calls so far cost is not known, and has no bound',
    });
    // Answers may have one all the same.
    expect(checkMaxCost({ ...unbounded, unknownCosts: 1 }, 10n ** 20n).why).toContain('what 2 lost calls so far cost');
  });

  it('passes up to the high end and not beyond it, exactly', () => {
    expect(checkMaxCost(estimate([rubles({})]), 100n).passed).toBe(true);
    expect(checkMaxCost(estimate([rubles({})]), 99n).passed).toBe(false);
    expect(checkMaxCost(estimate([rubles({ high: 500_000_000_000n })]), 10n ** 12n).why).toBe(
      'the high end, 0.5 ₽, is within --max-cost 1',
    );
  });

  it('prints cents, and more where these would not be above the limit', () => {
    expect(above(51_737_953_767_563n, 10n ** 12n)).toBe('the high end, 51.74 ₽, is above --max-cost 1');
    expect(above(5_000_200_000_001n, 5n * 10n ** 12n)).toBe('the high end, 5.0002 ₽, is above --max-cost 5');
  });

  it('uses the ceiling if nothing was seen', () => {
    const unseen = estimate([rubles({ expected: null, high: null })]);
    expect(checkMaxCost(unseen, 1000n).passed).toBe(true);
    expect(checkMaxCost(unseen, 999n)).toEqual({
      passed: false,
      why: expect.stringMatching(/^the ceiling, .* is above/),
    });
  });

  it.for([
    ['a price is not known', [rubles({})], ['custom/x'], /the price of custom\/x is not known/],
    ['there are two currencies', [rubles({}), rubles({}, 'USD')], [], /costs are in RUB and USD/],
    ['no cost is known', [], [], /no cost is known/],
  ] as const)('fails if %s, and says so', ([, costs, unknown, why]) => {
    expect(checkMaxCost(estimate(costs, unknown), 10n ** 30n)).toEqual({
      passed: false,
      why: expect.stringMatching(why),
    });
  });

  it('adds the high end of judges to that of answers, or to their ceiling', () => {
    const judges = judged([rubles({ high: 20n, ceiling: null })]);
    expect(checkMaxCost({ ...estimate([rubles({})]), judges }, 120n).passed).toBe(true);
    expect(checkMaxCost({ ...estimate([rubles({})]), judges }, 119n)).toEqual({
      passed: false,
      why: 'the high end, 0.00000000012 ₽ with judges, is above --max-cost 0.000000000119',
    });
    const unseen = estimate([rubles({ expected: null, high: null })]);
    expect(checkMaxCost({ ...unseen, judges }, 1020n).passed).toBe(true);
    expect(checkMaxCost({ ...unseen, judges }, 1019n).passed).toBe(false);
  });

  it.for([
    ['no verdict was seen', judged([rubles({ expected: null, high: null, ceiling: null })]), /--pilot 20/],
    ['a judge has no price', judged([], ['plain']), /the price of plain is not known/],
    ['judges are paid in another currency', judged([rubles({}, 'USD')]), /costs are in RUB and USD/],
  ] as const)('fails if %s, and says so', ([, judges, why]) => {
    expect(checkMaxCost({ ...estimate([rubles({})]), judges }, 10n ** 30n)).toEqual({
      passed: false,
      why: expect.stringMatching(why),
    });
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDecimal, parseDecimal } from '../../src/core/money.ts';
import { paidIn, spentOf } from '../../src/core/paid.ts';
import type { Result } from '../../src/core/result.ts';
import { CurrencyTotals, Tally, type Totals, WastedCalls } from '../../src/core/totals.ts';
import { UNKNOWN_COST } from '../../src/core/usage.ts';
import { completed, errored, skipped } from './parts.ts';

const UNTOLD = { promptTokens: null, completionTokens: null, totalTokens: null, cachedPromptTokens: null };

function totals(results: readonly Result[]): Totals {
  const tally = new Tally();
  for (const result of results) tally.add(result);
  return tally.totals();
}

function paid(total: bigint, currency: string | null): Result {
  return completed({ cost: { prompt: null, completion: null, total, currency, source: 'provider' } });
}

const tokens = fc.option(fc.nat({ max: 100_000 }));
const anyResult: fc.Arbitrary<Result> = fc.oneof(
  fc.constant(errored()),
  fc.constant(skipped()),
  fc
    .record({
      prompt: tokens,
      completion: tokens,
      total: fc.option(fc.bigInt({ min: 0n, max: 10n ** 18n })),
      currency: fc.constantFrom('RUB', 'USD', null),
      cached: fc.boolean(),
      finishReason: fc.constantFrom('stop', 'length', null),
    })
    .map(({ prompt, completion, total, currency, cached, finishReason }) =>
      completed(
        {
          finishReason,
          usage: { ...UNTOLD, promptTokens: prompt, completionTokens: completion },
          cost: { ...UNKNOWN_COST, total, currency },
        },
        { cached },
      ),
    ),
);
const results = fc.array(anyResult, { maxLength: 30 });

/** Costs by currency, in picounits. */
function costsOf({ costs }: Totals): Map<string, bigint> {
  return new Map(costs.map(({ total, currency }) => [currency, parseDecimal(total) ?? -1n]));
}

describe('totals', () => {
  it('of two parts sum to those of the whole', () => {
    fc.assert(
      fc.property(results, results, (first, second) => {
        const [one, two, both] = [totals(first), totals(second), totals([...first, ...second])];
        for (const count of [
          'completed',
          'errored',
          'skipped',
          'cached',
          'cut',
          'unknownTokens',
          'unknownCosts',
        ] as const) {
          expect(both[count]).toBe(one[count] + two[count]);
        }
        expect(both.tokens.prompt).toBe(one.tokens.prompt + two.tokens.prompt);
        expect(both.tokens.completion).toBe(one.tokens.completion + two.tokens.completion);
        const [a, b, all] = [costsOf(one), costsOf(two), costsOf(both)];
        expect(all.size).toBe(new Set([...a.keys(), ...b.keys()]).size);
        for (const [currency, total] of all) expect(total).toBe((a.get(currency) ?? 0n) + (b.get(currency) ?? 0n));
      }),
    );
  });

  it('count every result once', () => {
    fc.assert(
      fc.property(results, (all) => {
        const { completed: done, errored: failed, skipped: left } = totals(all);
        expect(done + failed + left).toBe(all.length);
      }),
    );
  });

  it('never add amounts of different currencies', () => {
    const { costs } = totals([paid(1n, 'RUB'), paid(2n, 'USD'), paid(10n, 'RUB')]);
    expect(costs).toEqual([
      { total: formatDecimal(11n), currency: 'RUB' },
      { total: formatDecimal(2n), currency: 'USD' },
    ]);
  });

  it('have no cost, rather than 0, if none is known', () => {
    const { costs, unknownCosts } = totals([completed(), paid(5n, null)]);
    expect(costs).toEqual([]);
    expect(unknownCosts).toBe(2);
  });

  it('say how many costs are missing in addition to the known ones', () => {
    const all = totals([completed(), paid(10n ** 12n, 'RUB')]);
    expect(all).toMatchObject({ costs: [{ total: '1', currency: 'RUB' }], unknownCosts: 1 });
  });

  it('have a cost of 0 if that was paid', () => {
    expect(totals([paid(0n, 'RUB')])).toMatchObject({ costs: [{ total: '0', currency: 'RUB' }], unknownCosts: 0 });
  });

  it('say how many answers reported no tokens, and count those of the others', () => {
    const silent = completed({ usage: UNTOLD });
    const half = completed({ usage: { ...UNTOLD, promptTokens: 5 } });
    expect(totals([silent, half, completed()])).toMatchObject({
      tokens: { prompt: 15, completion: 2 },
      unknownTokens: 2,
    });
  });

  it('count every call, and those without a completion separately', () => {
    const wasted = { amount: 5n, currency: 'RUB' };
    const saved = { amount: 7n, currency: 'RUB' };
    const all = totals([
      completed({}, { attempts: 3, wasted }),
      completed({ cost: { ...UNKNOWN_COST, total: 0n, currency: 'RUB' } }, { attempts: 0, cached: true, saved }),
      errored({ attempts: 6, wasted }),
      errored({ attempts: 0 }),
      skipped(),
    ]);
    expect(all).toMatchObject({ calls: 9, wastedCalls: 8, costs: [{ total: '0' }] });
    expect(all.wastedCosts).toEqual([{ total: formatDecimal(10n), currency: 'RUB' }]);
    expect(all.savedCosts).toEqual([{ total: formatDecimal(7n), currency: 'RUB' }]);
  });

  it('count answers that were cut off, including cached ones', () => {
    const all = totals([
      completed({ finishReason: 'length' }),
      completed({ finishReason: 'MAX_TOKENS' }, { cached: true }),
      completed({ finishReason: 'content_filter' }),
      completed({ finishReason: null }),
      completed(),
      errored(),
    ]);
    expect(all).toMatchObject({ completed: 5, cut: 2 });
  });

  it('are exact for decimals that binary fractions cannot represent', () => {
    const tenth = parseDecimal('0.1') ?? 0n;
    expect(totals(Array.from({ length: 3000 }, () => paid(tenth, 'RUB'))).costs[0]?.total).toBe('300');
  });
});

describe('totals by currency', () => {
  it('keeps each currency separate, in order of appearance', () => {
    const byCurrency = new CurrencyTotals();
    for (const [amount, currency] of [
      [3n, 'USD'],
      [1n, 'RUB'],
      [4n, 'USD'],
    ] as const)
      byCurrency.add({ amount, currency });
    expect([byCurrency.of('USD'), byCurrency.of('RUB'), byCurrency.of('EUR')]).toEqual([7n, 1n, 0n]);
    expect(byCurrency.totals().map(({ currency }) => currency)).toEqual(['USD', 'RUB']);
  });
});

const wasted = (...replaced: readonly Result[]): WastedCalls => {
  const calls = new WastedCalls();
  for (const result of replaced) calls.addReplaced(result);
  return calls;
};

describe('calls of replaced results', () => {
  it('count with the cost of their answers, and of the attempts before them', () => {
    const failed = errored({ attempts: 3, wasted: { amount: 5n, currency: 'RUB' } });
    const { calls, costs } = wasted(failed, { ...paid(7n, 'RUB'), attempts: 2 }, paid(1n, 'USD'));
    expect(calls).toBe(3 + 2 + paid(1n, 'USD').attempts);
    expect([costs.of('RUB'), costs.of('USD')]).toEqual([12n, 1n]);
  });

  it('are of unknown cost where an answer has none', () => {
    const { costs, unknownCosts } = wasted(paid(0n, 'RUB'), completed({ cost: UNKNOWN_COST }));
    expect([costs.totals(), unknownCosts]).toEqual([[], 1]);
  });

  it('are in the totals of a run as wasted', () => {
    const tally = new Tally();
    tally.add({ ...paid(10n, 'RUB'), attempts: 1 });
    tally.addWasted(wasted({ ...paid(7n, 'RUB'), attempts: 2 }));
    const { calls, wastedCalls, costs, wastedCosts } = tally.totals();
    expect([calls, wastedCalls]).toEqual([3, 2]);
    expect([...costs, ...wastedCosts].map(({ total }) => total)).toEqual(['0.00000000001', '0.000000000007']);
    expect(paidIn(spentOf(tally.totals()), 'RUB')).toBe(17n);
  });
});

import { describe, expect, it } from 'vitest';
import { estimateDocument, estimateRecord, verdictsOf, withActual } from '../../../src/app/forecast/record.ts';
import { NO_LOST_CALLS } from '../../../src/core/billed.ts';
import type { CostRange, Estimate } from '../../../src/core/estimate.ts';
import { Summarizer } from '../../../src/core/summary.ts';
import { completed, errored, variant } from '../../core/parts.ts';
import { countedRows, estimated, rubles, seenVariant } from '../estimate/parts.ts';

const COST: CostRange = { low: 10n, expected: 20n, high: 10n ** 12n, ceiling: 10n ** 30n };
const KEPT = new Date('2026-01-02T03:04:05Z');

function estimate(costs: Estimate['costs']): Estimate {
  const asked = [0, 1, 2].map((place) => ({ place, promptTokens: 10, completionTokens: 5 + place }));
  const price = rubles('1.35', '2.70');
  const part = estimated(countedRows([10, 10, 10, 10]), { own: seenVariant(asked, price), price, mostCompletion: 50 });
  const { promptTokens, completionTokens } = part.estimate;
  return {
    rows: 4,
    trials: 4,
    done: 3,
    level: 0.9,
    variants: [part.estimate],
    promptTokens,
    completionTokens,
    costs,
    unknownCosts: 0,
    lost: NO_LOST_CALLS,
    unknownPrices: [],
    seconds: null,
    secondsRange: null,
    leastSeconds: 0,
    judges: null,
  };
}

const ONE = estimate([{ currency: 'RUB', cost: COST, paid: 5n }]);
const TWO = estimate([
  { currency: 'RUB', cost: COST, paid: 5n },
  { currency: 'USD', cost: { ...COST, high: null }, paid: 0n },
]);

/** The totals of one answer with this cost, and one failed call with the same cost. */
function totals(amount: bigint, currency = 'RUB'): ReturnType<Summarizer['summary']>['total'] {
  const summarizer = new Summarizer([variant()], []);
  const cost = { prompt: null, completion: null, total: amount, currency, source: 'provider' as const };
  summarizer.add(0, completed({ cost }), []);
  summarizer.add(0, errored({ wasted: { amount, currency } }), []);
  return summarizer.summary().total;
}

describe('the document of an estimate', () => {
  it('has exact decimal texts, and one total if there is one currency', () => {
    expect(estimateDocument(ONE)).toMatchObject({
      currency: 'RUB',
      rows: 4,
      trials: 4,
      done: 3,
      level: 0.9,
      total: {
        cost: { low: '0.00000000001', expected: '0.00000000002', high: '1', ceiling: '1000000000000000000' },
        paid: '0.000000000005',
      },
      variants: [{ seenRows: 3, method: 'mean', price: { input: '1350', output: '2700', per: 1_000_000 } }],
    });
  });

  it('has a total for each of two currencies and none for both', () => {
    const document = estimateDocument(TWO);
    const nothing = { low: null, expected: null, high: null, ceiling: null };
    expect(document).toMatchObject({ currency: null, total: { cost: nothing, paid: null } });
    expect(document['totals']).toMatchObject([
      { currency: 'RUB', cost: { high: '1' } },
      { currency: 'USD', cost: { high: null } },
    ]);
  });

  it('is plain JSON', () => {
    const document = estimateDocument(TWO);
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });
});

describe('a stored estimate', () => {
  it('is not compared with anything before every result is there', () => {
    const kept = estimateRecord(ONE, KEPT);
    expect(kept).toMatchObject({ at: '2026-01-02T03:04:05.000Z', done: 3, level: 0.9 });
    expect(withActual(kept, null)).toEqual({ ...kept, actual: null });
  });

  it.for([
    ['at its high end', 500_000_000_000n, true],
    ['a picounit above it', 500_000_000_001n, false],
    ['at its low end', 5n, true],
    ['below it', 4n, false],
  ] as const)('is met or not, %s, including failed calls', ([, amount, within]) => {
    const kept = estimateRecord(ONE, KEPT);
    expect(withActual(kept, { total: totals(amount) })).toMatchObject({
      actual: { costs: [{ currency: 'RUB', within }] },
    });
    expect(verdictsOf(kept, { total: totals(amount) })).toEqual([
      {
        currency: 'RUB',
        cost: COST,
        actual: 2n * amount,
        unknownCosts: 0,
        unknownPrices: [],
        isSaved: false,
        isWithin: within,
      },
    ]);
  });

  it('has no total and no outcome if the cost of an answer is unknown', () => {
    const kept = estimateRecord(ONE, KEPT);
    const total = { ...totals(50n), unknownCosts: 1 };
    expect(withActual(kept, { total })).toMatchObject({ actual: { costs: [{ total: null, within: null }] } });
    const judge = { ...totals(1n), unknownCosts: 1, errors: [] };
    expect(verdictsOf(kept, { total, judge })).toMatchObject([{ actual: 98n, unknownCosts: 0, isWithin: true }]);
  });

  it('of a part of the models has no outcome, and names the others', () => {
    const kept = estimateRecord({ ...ONE, unknownPrices: ['gpt-4o'] }, KEPT);
    const total = totals(500_000_000_000n);
    expect(verdictsOf(kept, { total })).toMatchObject([{ unknownPrices: ['gpt-4o'], isWithin: null }]);
    expect(withActual(kept, { total })).toMatchObject({ actual: { costs: [{ total: '1', within: null }] } });
  });

  it('has an outcome although a model that is billed in another currency has no price', () => {
    const [priced] = ONE.variants;
    if (priced === undefined) throw new Error('no variant');
    const cost: CostRange = { low: null, expected: null, high: null, ceiling: null };
    const other = { ...priced, model: 'other', currency: 'USD', price: null, cost };
    const kept = estimateRecord({ ...ONE, variants: [priced, other], unknownPrices: ['other'] }, KEPT);
    expect(verdictsOf(kept, { total: totals(5n) })).toMatchObject([{ unknownPrices: [], isWithin: true }]);
  });

  it('names models without a price as tables do, and those of two providers apart', () => {
    const [priced] = ONE.variants;
    if (priced === undefined) throw new Error('no variant');
    const cost: CostRange = { low: null, expected: null, high: null, ceiling: null };
    const unpriced = { ...priced, price: null, cost };
    const variants = [priced, { ...unpriced, provider: 'rub', currency: 'USD' }, { ...unpriced, model: 'bad' }];
    const unknownPrices = [`rub/${priced.model}`, 'bad'];
    const kept = estimateRecord({ ...ONE, variants, unknownPrices }, KEPT);
    expect(kept['unknownPrices']).toEqual(unknownPrices);
    expect(verdictsOf(kept, { total: totals(5n) })).toMatchObject([{ unknownPrices: [`${priced.provider}/bad`] }]);
  });

  it('has no outcome if the cache, whose answers it counts as paid, made the bill smaller', () => {
    const kept = estimateRecord(ONE, KEPT);
    const judgeOf = (amount: bigint): object[] => {
      const verdicts = verdictsOf(kept, { total: { ...totals(amount), cached: 1 } });
      return verdicts.map(({ isSaved, isWithin }) => ({ isSaved, isWithin }));
    };
    expect(judgeOf(4n)).toEqual([{ isSaved: true, isWithin: null }]);
    expect(judgeOf(5n)).toEqual([{ isSaved: false, isWithin: true }]);
    expect(judgeOf(10n ** 12n)).toEqual([{ isSaved: false, isWithin: false }]);
  });

  it('has no outcome without a range, and keeps currencies apart', () => {
    const verdicts = verdictsOf(estimateRecord(TWO, KEPT), { total: totals(7n, 'USD') });
    expect(verdicts.map(({ currency, actual, isWithin }) => [currency, actual, isWithin])).toEqual([
      ['RUB', 0n, false],
      ['USD', 14n, null],
    ]);
  });

  it('has no outcome if it is damaged', () => {
    expect(verdictsOf({ costs: 'none' }, { total: totals(1n) })).toEqual([]);
    expect(verdictsOf({ costs: [null, { currency: 1 }] }, { total: totals(1n) })).toEqual([]);
  });
});

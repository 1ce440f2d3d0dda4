import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Analyst } from '../../../src/core/analysis/analyst.ts';
import { type AnalysedTrial, analysedTrial } from '../../../src/core/analysis/input.ts';
import { completed, errored } from '../parts.ts';
import { analyse, entryOf, models, roubles, scorerOf, textsOf, times } from './rows.ts';

function paidTrial(currency: string): AnalysedTrial {
  const cost = { amount: 1n, currency };
  return { variant: 0, status: 'completed', isCached: false, isCut: false, latencyMs: 1, cost, scores: [] };
}

describe('cost per 1,000 rows', () => {
  it('is the exact cost of answers, cached ones at their original cost', () => {
    const cost = { prompt: null, completion: null, total: 0n, currency: 'RUB', source: 'provider' } as const;
    const paid = completed({ cost: { ...cost, total: 3n * 10n ** 10n } });
    const cached = completed({ cost }, { cached: true, saved: { amount: 10n ** 10n, currency: 'RUB' } });
    const analyst = new Analyst({ variants: models(1), scorers: [] });
    const results = [paid, cached, errored(), completed()];
    for (const [index, result] of results.entries()) {
      const trials = [analysedTrial(0, result, [])];
      analyst.add({ id: String(index), cluster: null, group: null, trials });
    }
    const [variant] = analyst.analyse().variants;
    expect(variant?.costPerThousandRows).toEqual({ total: '20', currency: 'RUB' });
    expect(variant?.unknownCosts).toBe(1);
    expect(textsOf(analyst.analyse().notes)).toContain(
      'what m0 costs is not known of 1 of 3 answers, which its cost leaves out',
    );
  });

  it('is unknown if no cost is known, or answers were paid in several currencies', () => {
    const analyst = new Analyst({ variants: models(1), scorers: [] });
    for (const currency of ['RUB', 'USD']) {
      const trials = [paidTrial(currency)];
      analyst.add({ id: currency, cluster: null, group: null, trials });
    }
    expect(analyst.analyse().variants[0]?.costPerThousandRows).toBeNull();
    expect(textsOf(analyst.analyse().notes)).toContain('m0 was paid in several currencies, which are never added');
    expect(textsOf(analyse(times(2, 1)).notes)).toContain('what m0 costs is not known');
  });
});

describe('cost per passed row', () => {
  it('includes the cost of failing rows', () => {
    const rows = [...times(3, 1), ...times(1, null), ...times(2, 0)];
    expect(entryOf(analyse(rows, { costs: [roubles(2)] }), 0).costPerPassedRow).toEqual({
      total: '4',
      currency: 'RUB',
    });
    expect(entryOf(analyse(times(2, 0), { costs: [roubles(2)] }), 0).costPerPassedRow).toBeNull();
  });
});

describe('the frontier of cost and quality', () => {
  const rows = [...times(30, 1, 1, 0), ...times(10, 0, 1, 0)];

  it('excludes a variant that costs no less and scores no more than another', () => {
    const [frontier] = scorerOf(analyse(rows, { costs: [3, 2, 1].map(roubles) })).frontiers;
    expect(frontier).toEqual({
      currency: 'RUB',
      frontier: [2, 1],
      dominated: [{ variant: 0, by: 1, costsLess: true, scoresMore: true, isCertain: true }],
    });
  });

  it('names the best variant that dominates each of the others, whatever they cost and score', () => {
    const offer = fc.record({ passed: fc.nat(5), cost: fc.integer({ min: 1, max: 5 }) });
    fc.assert(
      fc.property(fc.array(offer, { minLength: 1, maxLength: 12 }), (offers) => {
        const asked = Array.from({ length: 5 }, (_, row) => ({
          outcomes: offers.map(({ passed }) => [row < passed ? 1 : 0]),
        }));
        const scorer = scorerOf(analyse(asked, { costs: offers.map(({ cost }) => roubles(cost)) }));
        const ranked = scorer.leaderboard.map(({ variant }) => ({
          variant,
          ...(offers[variant] ?? { passed: 0, cost: 0 }),
        }));
        const beats = (one: (typeof ranked)[number], other: (typeof ranked)[number]): boolean =>
          one.cost <= other.cost && one.passed >= other.passed && (one.cost < other.cost || one.passed > other.passed);
        const wanted = ranked.flatMap((other) => {
          const by = ranked.find((one) => beats(one, other));
          return by === undefined ? [] : [{ variant: other.variant, by: by.variant }];
        });
        const found = scorer.frontiers.flatMap(({ dominated }) =>
          dominated.map(({ variant, by }) => ({ variant, by })),
        );
        expect(found).toEqual(wanted);
      }),
    );
  });

  it('keeps variants that are equal in both', () => {
    const [frontier] = scorerOf(analyse(times(5, 1, 1), { costs: [2, 2].map(roubles) })).frontiers;
    expect(frontier).toMatchObject({ frontier: [0, 1], dominated: [] });
  });

  it('never compares currencies, and excludes variants of unknown cost', () => {
    const costs = [roubles(3), { amount: 1n, currency: 'USD' }, null];
    expect(scorerOf(analyse(rows, { costs })).frontiers).toEqual([
      { currency: 'USD', frontier: [1], dominated: [] },
      { currency: 'RUB', frontier: [0], dominated: [] },
    ]);
  });
});

describe('the best temperature', () => {
  const variants = [0, 0.5, 1].map((temperature) => ({
    prompt: { name: 'p' },
    model: { provider: 'x', model: 'm' },
    temperature,
  }));

  it('is the one with the highest score, significant if it is better than each of the others', () => {
    const certain = scorerOf(analyse(times(40, 0, 1, 0), { variants })).bestTemperatures;
    expect(certain).toEqual([{ best: 1, others: [0, 2], isCertain: true }]);
    const open = scorerOf(analyse([...times(40, 0, 1, 0), ...times(39, 1, 0, 0)], { variants })).bestTemperatures;
    expect(open).toEqual([{ best: 1, others: [0, 2], isCertain: false }]);
  });

  it('does not exist if each model has one temperature', () => {
    expect(scorerOf(analyse(times(4, 0, 1))).bestTemperatures).toEqual([]);
  });
});

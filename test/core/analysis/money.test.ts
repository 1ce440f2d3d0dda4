import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Analyst } from '../../../src/core/analysis/analyst.ts';
import { aheadOfBest } from '../../../src/core/analysis/choice-basis.ts';
import { type AnalysedTrial, analysedTrial } from '../../../src/core/analysis/input.ts';
import { completed, errored } from '../parts.ts';
import { analyse, comparisonOf, entryOf, models, type Outcome, roubles, scorerOf, textsOf, times } from './rows.ts';

/** A cost for each of four variants. */
const SIZE = { minLength: 4, maxLength: 4 };

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
      dominated: [{ variant: 0, by: 1, costsLess: true, scoresMore: true, commonRows: null, isCertain: true }],
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

  it('never contradicts the comparison on the rows that both answered', () => {
    const answer = fc.constantFrom<Outcome>(0, 1, 'errored');
    const row = fc.tuple(answer, answer, answer, answer);
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), fc.array(fc.nat(3), SIZE), (outcomes, costs) => {
        const asked = outcomes.map((own) => ({ outcomes: own.map((one) => [one]) }));
        const analysis = analyse(asked, { costs: costs.map((cost) => roubles(cost)) });
        for (const one of scorerOf(analysis).frontiers.flatMap(({ dominated }) => dominated)) {
          const [first, second] = [Math.min(one.by, one.variant), Math.max(one.by, one.variant)];
          const { points, n, unmatched } = comparisonOf(analysis, first, second);
          const lead = (one.by === first ? 1 : -1) * (points ?? Number.NaN);
          expect(one.scoresMore ? lead > 0 : Math.abs(lead) < 1e-9).toBe(true);
          expect(one.commonRows).toBe(unmatched === 0 ? null : n);
        }
      }),
    );
  });

  it.each([4, 24])('has a variant that is better on common rows, among %d variants', (count) => {
    const outcomes = (first: Outcome, second: Outcome): readonly Outcome[] => [
      first,
      second,
      ...Array.from({ length: count - 2 }, (): Outcome => 0),
    ];
    // The second one has answered easy rows besides: its mean is higher, and it is worse where both answered.
    const asked = [
      ...times(20, ...outcomes(1, 0)),
      ...times(80, ...outcomes('errored', 1)),
      ...times(40, ...outcomes(0, 'errored')),
    ];
    const costs = outcomes(1, 1).map((_one, place) => roubles(place === 0 ? 2 : 1));
    const scorer = scorerOf(analyse(asked, { costs, variants: models(count) }));
    expect(scorer.leaderboard[0]).toMatchObject({ variant: 1, mean: 0.8 });
    expect(scorer.frontiers[0]?.dominated.map(({ variant }) => variant)).not.toContain(0);
    expect(aheadOfBest(scorer)).toEqual([0]);
    expect(scorer.choice.obstacle).toBe('other rows');
    expect(scorer.cheapest).toEqual([]);
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

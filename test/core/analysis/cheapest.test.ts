import { describe, expect, it } from 'vitest';
import type { CheapestVariant, ChoiceBasis } from '../../../src/core/analysis/analysis.ts';
import { Analyst } from '../../../src/core/analysis/analyst.ts';
import type { Amount } from '../../../src/core/money.ts';
import { analyse, comparisonOf, models, roubles, scorerOf, type TestOptions, type TestRow, times } from './rows.ts';

/** 48 rows: of them the first model passes 46, the second 42, the third 34. */
const ROWS = [...times(34, 1, 1, 1), ...times(8, 1, 1, 0), ...times(4, 1, 0, 0), ...times(2, 0, 0, 0)];

const PASSED = {
  status: 'completed',
  isCached: false,
  isCut: false,
  latencyMs: 100,
  scores: [{ name: 'score', value: 1, explanation: null }],
} as const;

/** The choice between two variants that pass every row, of which the cheaper one has so many answers of unknown cost. */
function chosenWith(unknown: number): readonly CheapestVariant[] {
  const analyst = new Analyst({ variants: models(2), scorers: ['score'] });
  for (const row of ROWS.keys()) {
    const cheap = row < unknown ? null : roubles(1);
    const trials = [roubles(2), cheap].map((cost, variant) => ({ ...PASSED, variant, cost }));
    analyst.add({ id: String(row), cluster: null, group: null, trials });
  }
  return scorerOf(analyst.analyse()).cheapest;
}

/** Thirty rows of which the better model answers six. */
const UNEVEN = [...times(6, 1, 1), ...times(24, 'errored', 0)];

/** Ten rows with three answers of each model. */
const REPEATED = Array.from(
  { length: 10 },
  (): TestRow => ({
    outcomes: [
      [1, 1, 1],
      [1, 1, 1],
    ],
  }),
);

function inTwoClusters(rows: readonly TestRow[]): readonly TestRow[] {
  return rows.map((row, index) => ({ ...row, cluster: index % 2 === 0 ? 'even' : 'odd' }));
}

function dollars(amount: number): Amount {
  return { ...roubles(amount), currency: 'USD' };
}

function chosen(rows: readonly TestRow[], options: TestOptions): readonly CheapestVariant[] {
  return scorerOf(analyse(rows, options)).cheapest;
}

describe('the cheapest good enough variant', () => {
  it('is the cheapest of those within the limit of points below the best', () => {
    const [choice, ...others] = chosen(ROWS, { costs: [17, 2, 1].map(roubles) });
    expect(others).toEqual([]);
    expect(choice).toMatchObject({ currency: 'RUB', variant: 1, best: 0, timesCheaper: 8.5 });
    expect(choice?.pointsWorse).toBeCloseTo(100 * (4 / 48), 9);
    const { pointsInterval } = comparisonOf(analyse(ROWS), 0, 1);
    expect(choice?.pointsWorseInterval).toEqual(pointsInterval);
  });

  it('has its loss inverted if the best comes later in the plan', () => {
    const turned = ROWS.map(({ outcomes }) => ({ outcomes: outcomes.toReversed() }));
    const [choice] = chosen(turned, { costs: [1, 2, 17].map(roubles) });
    const [straight] = chosen(ROWS, { costs: [17, 2, 1].map(roubles) });
    expect(choice).toMatchObject({ variant: 1, best: 2 });
    expect(choice?.pointsWorseInterval?.high).toBeCloseTo(straight?.pointsWorseInterval?.high ?? 0, 9);
  });

  it('uses the requested limit', () => {
    const costs = [17, 2, 1].map(roubles);
    expect(chosen(ROWS, { costs, goodEnoughPoints: 25 })).toMatchObject([{ variant: 1 }]);
    expect(chosen(ROWS, { costs, goodEnoughPoints: 8 })).toEqual([]);
    expect(analyse(ROWS, { costs, goodEnoughPoints: 8 }).goodEnoughPoints).toBe(8);
    expect(analyse(ROWS).goodEnoughPoints).toBe(10);
  });

  it('is never significantly worse, however small the loss', () => {
    const rows = [...times(900, 1, 1), ...times(30, 1, 0)];
    expect(comparisonOf(analyse(rows)).points).toBeLessThan(4);
    expect(chosen(rows, { costs: [2, 1].map(roubles) })).toEqual([]);
  });

  it('never loses much, even if few rows and many variants make nothing significant', () => {
    const rows = Array.from({ length: 48 }, (_, row) => ({
      outcomes: Array.from({ length: 60 }, (_unused, place) => [row < (place === 0 ? 46 : 34) ? 1 : 0]),
    }));
    const costs = Array.from({ length: 60 }, (_, place) => roubles(place === 0 ? 10 : 1));
    const scorer = scorerOf(analyse(rows, { variants: models(60), costs }));
    expect(scorer.comparisons.some(({ verdict, points }) => verdict === 'none shown' && (points ?? 0) > 20)).toBe(true);
    expect(scorer.cheapest).toEqual([]);
  });

  it('is the best itself if none costs less', () => {
    expect(chosen(ROWS, { costs: [1, 2, 3].map(roubles) })).toEqual([
      { currency: 'RUB', variant: 0, best: 0, timesCheaper: null, pointsWorse: 0, pointsWorseInterval: null },
    ]);
    expect(chosen(times(20, 1, 1), { costs: [1, 1].map(roubles) })).toMatchObject([{ variant: 0, best: 0 }]);
  });

  it('never has an unknown cost, of however few answers', () => {
    expect(chosen(ROWS, { costs: [roubles(17), null, null] })).toEqual([]);
    expect(chosen(ROWS, { costs: [null, roubles(2), null] })).toMatchObject([{ variant: 1, timesCheaper: null }]);
  });

  it('never has a single answer of unknown cost', () => {
    expect(chosenWith(0)).toMatchObject([{ variant: 1, timesCheaper: 2 }]);
    expect(chosenWith(1)).toEqual([]);
  });

  it('is chosen separately in each currency', () => {
    expect(chosen(ROWS, { costs: [dollars(1), roubles(2), roubles(1)] })).toMatchObject([
      { currency: 'RUB', variant: 1, best: 0, timesCheaper: null },
    ]);
    const rows = times(40, 1, 1, 1, 1);
    expect(chosen(rows, { costs: [dollars(3), roubles(2), roubles(1), dollars(1)] })).toMatchObject([
      { currency: 'USD', variant: 3, timesCheaper: 3 },
      { currency: 'RUB', variant: 2, timesCheaper: null },
    ]);
  });

  it('may cost nothing', () => {
    expect(chosen(ROWS, { costs: [roubles(1), roubles(0), null] })).toMatchObject([{ variant: 1, timesCheaper: null }]);
  });

  it('is not determined from few rows or clusters, or if nothing passes', () => {
    const costs = [roubles(2), roubles(1)];
    expect(chosen(times(20, 1, 1), { costs })).toHaveLength(1);
    expect(chosen(times(19, 1, 1), { costs })).toEqual([]);
    expect(chosen(times(40, 0, 0), { costs })).toEqual([]);
  });

  it.each<[string, readonly TestRow[], TestOptions, ChoiceBasis]>([
    ['a row each', times(20, 1, 1), {}, { units: 20, obstacle: null }],
    ['too few rows', times(19, 1, 1), {}, { units: 19, obstacle: 'few' }],
    ['answers of the best to too few rows', UNEVEN, {}, { units: 6, obstacle: 'few' }],
    ['too few rows, however often each was answered', REPEATED, {}, { units: 10, obstacle: 'few' }],
    ['too few clusters', inTwoClusters(times(24, 1, 1)), { clusterColumn: 'c' }, { units: 2, obstacle: 'few' }],
    ['scores of 0 only', times(30, 0, 0), {}, { units: 30, obstacle: 'nothing scored' }],
    ['one variant', times(30, 1), {}, { units: 30, obstacle: 'one variant' }],
    ['no score', times(30, null, null), {}, { units: 0, obstacle: 'no score' }],
  ])('rests on the rows or clusters that the best has scores of: %s', (_what, rows, options, basis) => {
    const scorer = scorerOf(analyse(rows, { costs: [2, 1].map(roubles), ...options }));
    expect(scorer.choice).toEqual(basis);
    expect(scorer.cheapest).toHaveLength(basis.obstacle === null ? 1 : 0);
  });

  it('is never a variant that has answered too few rows of the best', () => {
    const rows = [...times(19, 1, 1), ...times(21, 1, 'errored')];
    expect(chosen(rows, { costs: [2, 1].map(roubles) })).toEqual([]);
    expect(chosen([...rows, ...times(1, 1, 1)], { costs: [2, 1].map(roubles) })).toMatchObject([{ variant: 1 }]);
  });

  it('is not determined for one variant, without scores, or from one row', () => {
    expect(chosen(times(9, 1), { costs: [roubles(1)] })).toEqual([]);
    expect(chosen(times(9, null, null), { costs: [roubles(1), roubles(2)] })).toEqual([]);
    expect(
      chosen(
        [
          {
            outcomes: [
              [1, 1],
              [1, 0],
            ],
          },
        ],
        { costs: [roubles(2), roubles(1)] },
      ),
    ).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import type { CheapestVariant } from '../../src/core/analysis/analysis.ts';
import { cheapestSentences } from '../../src/reporters/cheapest-words.ts';
import { analyse, roubles, scorerOf, times } from '../core/analysis/rows.ts';

const CHOICE: CheapestVariant = {
  currency: 'RUB',
  variant: 1,
  best: 0,
  timesCheaper: 16.6,
  pointsWorse: 3.3,
  pointsWorseInterval: { low: -1, high: 7.8 },
};

/** The sentence about two variants, m0 and m1, of which the second costs 2 ₽ per row. */
function told(choice: Partial<CheapestVariant>): readonly string[] {
  const analysis = analyse(times(3, 1, 1), { costs: [roubles(3), roubles(2)] });
  const scorer = { ...scorerOf(analysis), cheapest: [{ ...CHOICE, ...choice }] };
  return cheapestSentences({ ...analysis, scorers: [scorer] });
}

describe('the sentence about the cheapest good enough variant', () => {
  it('says how many times cheaper it is, and how much worse at most', () => {
    expect(told({})).toEqual(['good enough: m1 costs 17× less than m0 and is 3.3 points worse, at most 7.8 (95 % CI)']);
  });

  it.each([
    [2.44, '2.4× less'],
    [1234, '1,234× less'],
    [1.25, '20 % less'],
    [1.001, 'under 1 % less'],
  ])('rounds %d times to %s', (timesCheaper, text) => {
    expect(told({ timesCheaper })[0]).toContain(`costs ${text} than m0`);
  });

  it.each([
    [0, 'and scores the same, at most 7.8 points worse (95 % CI)'],
    [-2, 'and is 2.0 points better, at most 7.8 worse (95 % CI)'],
  ])('describes a loss of %d points', (pointsWorse, text) => {
    expect(told({ pointsWorse })[0]).toMatch(new RegExp(`${text.replace(/[().]/g, '\\$&')}$`));
  });

  it('gives the cost itself if it cannot be compared with that of the best', () => {
    expect(told({ timesCheaper: null })).toEqual([
      'good enough: m1 costs 2,000.00 ₽ per 1,000 rows and is 3.3 points worse than m0, at most 7.8 (95 % CI)',
    ]);
  });

  it('says if the best is itself the cheapest, and of which that is true', () => {
    const ofTwo = analyse(times(20, 1, 0), { costs: [roubles(1), roubles(2)] });
    expect(cheapestSentences(ofTwo)).toEqual(['m0 scores best and costs the least']);
    const analysis = analyse(times(20, 1, 0, 0), { costs: [roubles(1), roubles(2), null] });
    expect(cheapestSentences(analysis)).toEqual([
      'm0 scores best and costs the least of those whose cost is known in RUB',
    ]);
  });

  it('claims no first place where another variant scores or costs as much', () => {
    const same = analyse(times(20, 1, 1), { costs: [roubles(1), roubles(1)] });
    expect(cheapestSentences(same)).toEqual(['none scores better than m0 or costs less']);
    const dearer = analyse(times(20, 1, 1, 0), { costs: [roubles(1), roubles(2), null] });
    expect(cheapestSentences(dearer)).toEqual([
      'none of those whose cost is known in RUB scores better than m0 or costs less',
    ]);
    const worse = analyse(times(20, 1, 0), { costs: [roubles(1), roubles(1)] });
    expect(cheapestSentences(worse)).toEqual(['none scores better than m0 or costs less']);
  });

  it('says that another variant scores more on the rows that both answered', () => {
    const rows = [...times(2, 0, 1), ...times(30, 1, 1), ...times(8, 1, 'errored'), ...times(8, 'errored', 0)];
    expect(cheapestSentences(analyse(rows, { costs: [roubles(1), roubles(2)] }))).toEqual([
      'm0 costs the least and has the highest score, but on the rows that both answered m1 scores more',
    ]);
  });

  it('is about the first score, and is absent without a choice', () => {
    const analysis = analyse(times(20, 1, 0), { costs: [roubles(2), roubles(1)] });
    expect(cheapestSentences(analysis)).toEqual([]);
    expect(cheapestSentences({ ...analysis, scorers: [] })).toEqual([]);
  });
});

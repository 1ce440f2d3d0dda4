import { describe, expect, it } from 'vitest';
import { paidBesides, paidForAnswers, paidForJudges, paidIn, paidInAll, spentOf } from '../../src/core/paid.ts';
import type { CostTotal } from '../../src/core/totals.ts';

function rubles(total: string): readonly CostTotal[] {
  return [{ total, currency: 'RUB' }];
}

const TOTAL = { costs: rubles('5'), wastedCosts: rubles('0.5'), unknownCosts: 3 };
const JUDGE = { costs: rubles('2'), wastedCosts: rubles('0.1'), unknownCosts: 1 };
const UNUSED = {
  costs: [...rubles('1'), { total: '7', currency: 'USD' }],
  unknownCosts: 4,
  judge: { costs: rubles('0.25'), unknownCosts: 2 },
};

describe('what a run has paid', () => {
  it('is for answers, failed calls and results that are not part of it any more', () => {
    const paid = paidInAll({ total: TOTAL, judge: JUDGE, unused: UNUSED });
    expect(paid).toEqual({
      costs: [
        { total: '6.5', currency: 'RUB' },
        { total: '7', currency: 'USD' },
      ],
      unknownCosts: 7,
    });
    expect(paidInAll({ total: TOTAL })).toEqual({ costs: rubles('5.5'), unknownCosts: 3 });
  });

  it('is for judges, or else for answers', () => {
    const billed = { total: TOTAL, judge: JUDGE, unused: UNUSED };
    expect(paidForJudges(billed)).toEqual({ costs: rubles('2.35'), unknownCosts: 3 });
    expect(paidForAnswers(billed)).toEqual({
      costs: [
        { total: '4.15', currency: 'RUB' },
        { total: '7', currency: 'USD' },
      ],
      unknownCosts: 4,
    });
    expect(paidForJudges({})).toEqual({ costs: [], unknownCosts: 0 });
    expect(paidForAnswers({ total: TOTAL })).toEqual(spentOf(TOTAL));
  });

  it('has no currency of which nothing is left', () => {
    expect(paidBesides(spentOf(TOTAL), [spentOf(TOTAL)])).toEqual({ costs: [], unknownCosts: 0 });
    expect(paidIn(spentOf(TOTAL), 'RUB')).toBe(5_500_000_000_000n);
    expect(paidIn(spentOf(TOTAL), 'USD')).toBe(0n);
  });
});

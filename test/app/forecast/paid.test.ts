import { describe, expect, it } from 'vitest';
import { paidSoFar, withPaid } from '../../../src/app/forecast/paid.ts';
import { type LostCalls, NO_LOST_CALLS } from '../../../src/core/billed.ts';
import type { CostRange } from '../../../src/core/estimate.ts';
import { formatDecimal } from '../../../src/core/money.ts';
import type { Paid } from '../../../src/core/paid.ts';
import { makeScorers } from '../../scorers/scoring.ts';

const COST: CostRange = { low: 10n, expected: 20n, high: 30n, ceiling: null };

function paid(amount: bigint, currency = 'RUB', unknownCosts = 0): Paid {
  return { costs: [{ total: formatDecimal(amount), currency }], unknownCosts };
}

function part(own: Paid, lost: LostCalls = NO_LOST_CALLS): Parameters<typeof withPaid>[1] {
  return { paid: own, lost };
}

/** Lost calls, as many of them without a bound as are given. */
function lostCalls(most: bigint, unbounded = 0, currency = 'RUB'): LostCalls {
  const costsAtMost = [{ total: formatDecimal(most), currency }];
  return { calls: 1 + unbounded, isBound: false, costsAtMost, unbounded };
}

describe('an estimate with all that was paid', () => {
  it('is higher by what no result in use has cost', () => {
    expect(withPaid([{ currency: 'RUB', cost: COST, paid: 5n }], part(paid(7n)), 0)).toEqual([
      { currency: 'RUB', cost: { low: 12n, expected: 22n, high: 32n, ceiling: null }, paid: 7n },
    ]);
  });

  it('has a currency in which only such results were paid', () => {
    const cost = { low: 7n, expected: 7n, high: 7n, ceiling: 7n };
    expect(withPaid([], part(paid(7n, 'USD')), 0)).toEqual([{ currency: 'USD', cost, paid: 7n }]);
    expect(withPaid([], part(paid(0n, 'USD')), 0)).toEqual([]);
  });

  it('has no upper end where such a result has an unknown cost', () => {
    const estimates = [{ currency: 'RUB', cost: { ...COST, ceiling: 40n }, paid: 5n }];
    expect(withPaid(estimates, part(paid(5n, 'RUB', 2)), 2)).toEqual(estimates);
    expect(withPaid(estimates, part(paid(5n, 'RUB', 3)), 2)).toEqual([
      { currency: 'RUB', cost: { low: 10n, expected: 20n, high: null, ceiling: null }, paid: 5n },
    ]);
  });
});

describe('an estimate of a run that lost calls', () => {
  const estimates = [{ currency: 'RUB', cost: { ...COST, ceiling: 40n }, paid: 5n }];

  it('has them in its upper ends alone, at their most', () => {
    expect(withPaid(estimates, part(paid(5n), lostCalls(100n)), 0)).toEqual([
      { currency: 'RUB', cost: { low: 10n, expected: 20n, high: 130n, ceiling: 140n }, paid: 5n },
    ]);
    const cost = { low: 0n, expected: 0n, high: 9n, ceiling: 9n };
    expect(withPaid(estimates, part(paid(5n), lostCalls(9n, 0, 'USD')), 0)).toEqual([
      ...estimates,
      { currency: 'USD', cost, paid: 0n },
    ]);
  });

  it('has no upper end where one of them has no bound', () => {
    expect(withPaid(estimates, part(paid(5n), lostCalls(100n, 1)), 0)).toEqual([
      { currency: 'RUB', cost: { low: 10n, expected: 20n, high: null, ceiling: null }, paid: 5n },
    ]);
  });
});

describe('what a run has paid before an estimate', () => {
  const parts = { trials: paid(5n), judges: paid(2n, 'RUB', 1) };
  const loss = { missing: 0, isLeast: false, damaged: 0, givenUp: 0 };

  it('is apart for judges where the run has some, else with the answers', async () => {
    const scorers = await makeScorers(['exact', 'judge:good']);
    const lost = lostCalls(3n);
    expect(paidSoFar({ parts, loss, lost }, scorers)).toEqual({ answers: parts.trials, judges: parts.judges, lost });
    expect(paidSoFar({ parts, loss, lost }, scorers.slice(0, 1))).toEqual({
      answers: paid(7n, 'RUB', 1),
      judges: { costs: [], unknownCosts: 0 },
      lost,
    });
  });

  it('counts lost results, given up or not, as answers of unknown cost', async () => {
    const given = { parts, loss: { ...loss, missing: 2, givenUp: 3 }, lost: NO_LOST_CALLS };
    const answers = paid(5n, 'RUB', 5);
    expect(paidSoFar(given, await makeScorers(['judge:good']))).toMatchObject({ answers, judges: parts.judges });
  });
});

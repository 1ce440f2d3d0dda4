import { type CostRange, type CurrencyEstimate, NO_COST } from '../../core/estimate.ts';
import type { Picounits } from '../../core/money.ts';
import { type Paid, paidIn, sumOf } from '../../core/paid.ts';
import type { Scorer } from '../../core/scorer.ts';
import { type JournalLoss, lostResults } from '../../store/journal-loss.ts';
import type { PaidParts } from '../../store/journal-reader.ts';

/** What a run has paid so far, in the parts in which it is estimated. */
export interface PaidSoFar {
  readonly answers: Paid;
  readonly judges: Paid;
}

const NOTHING: Paid = { costs: [], unknownCosts: 0 };

/** That of a run which has not begun, or of a planned volume. */
export const NOTHING_PAID: PaidSoFar = { answers: NOTHING, judges: NOTHING };

/** The money part of a journal. */
interface PaidJournal {
  readonly parts: PaidParts;
  readonly loss: JournalLoss;
}

/**
 * Without judges there is no estimate of them: what earlier ones cost counts with the answers. So do lost results, whose
 * lines do not say what they were.
 */
export function paidSoFar({ parts, loss }: PaidJournal, scorers: readonly Pick<Scorer, 'asks'>[]): PaidSoFar {
  const { trials, judges } = parts;
  const hasJudges = scorers.some(({ asks }) => asks !== null);
  const answers = sumOf([trials, { costs: [], unknownCosts: lostResults(loss) }, ...(hasJudges ? [] : [judges])]);
  return { answers, judges: hasJudges ? judges : NOTHING };
}

/**
 * Estimates of what results in use have cost and open ones will, with all else that was paid: for results that were
 * replaced or are not part of the run any more, and for calls without one.
 * @param used answers of unknown cost that the estimates include; nothing bounds what further ones have cost
 */
export function withPaid(
  estimates: readonly CurrencyEstimate[],
  paid: Paid,
  used: number,
): readonly CurrencyEstimate[] {
  const estimated = estimates.map(({ currency }) => currency);
  const all = new Set([
    ...estimated,
    ...paid.costs.flatMap(({ total, currency }) => (total === '0' ? [] : [currency])),
  ]);
  const isBounded = paid.unknownCosts <= used;
  return [...all].map((currency) => {
    const own = estimates.find((each) => each.currency === currency) ?? { cost: NO_COST, paid: 0n };
    const inAll = paidIn(paid, currency);
    const cost = moreBy(own.cost, inAll - own.paid);
    return { currency, cost: isBounded ? cost : { ...cost, high: null, ceiling: null }, paid: inAll };
  });
}

function moreBy({ low, expected, high, ceiling }: CostRange, amount: Picounits): CostRange {
  const plus = (end: Picounits | null): Picounits | null => (end === null ? null : end + amount);
  return { low: plus(low), expected: plus(expected), high: plus(high), ceiling: plus(ceiling) };
}

import { type LostCalls, NO_LOST_CALLS } from '../../core/billed.ts';
import { type CostRange, type CurrencyEstimate, NO_COST } from '../../core/estimate.ts';
import type { Picounits } from '../../core/money.ts';
import { mostLostIn, type Paid, paidIn, sumOf } from '../../core/paid.ts';
import type { Scorer } from '../../core/scorer.ts';
import { type JournalLoss, lostResults } from '../../store/journal-loss.ts';
import type { PaidParts } from '../../store/journal-reader.ts';

/** What a run has paid so far, in the parts in which it is estimated. */
export interface PaidSoFar {
  readonly answers: Paid;
  readonly judges: Paid;
  /** Calls that may have been paid: no record says whether they were for answers or judges. */
  readonly lost: LostCalls;
}

const NOTHING: Paid = { costs: [], unknownCosts: 0 };

/** That of a run which has not begun, or of a planned volume. */
export const NOTHING_PAID: PaidSoFar = { answers: NOTHING, judges: NOTHING, lost: NO_LOST_CALLS };

/** The money part of a run's folder. */
interface PaidFolder {
  readonly parts: PaidParts;
  readonly loss: JournalLoss;
  readonly lost: LostCalls;
}

/**
 * Without judges there is no estimate of them: what earlier ones cost counts with the answers. So do lost results, whose
 * lines do not say what they were.
 */
export function paidSoFar({ parts, loss, lost }: PaidFolder, scorers: readonly Pick<Scorer, 'asks'>[]): PaidSoFar {
  const { trials, judges } = parts;
  const hasJudges = scorers.some(({ asks }) => asks !== null);
  const answers = sumOf([trials, { costs: [], unknownCosts: lostResults(loss) }, ...(hasJudges ? [] : [judges])]);
  return { answers, judges: hasJudges ? judges : NOTHING, lost };
}

/** What a run has paid so far in one of these parts, and may have paid besides. */
interface PaidPart {
  readonly paid: Paid;
  readonly lost: LostCalls;
}

/**
 * Estimates of what results in use have cost and open ones will, with all else that was paid: for results that were
 * replaced or are not part of the run any more, and for calls without one. The upper ends have lost calls at their most.
 * @param used answers of unknown cost that the estimates include; nothing bounds what further ones have cost
 */
export function withPaid(
  estimates: readonly CurrencyEstimate[],
  { paid, lost }: PaidPart,
  used: number,
): readonly CurrencyEstimate[] {
  const estimated = estimates.map(({ currency }) => currency);
  const all = new Set([
    ...estimated,
    ...[...paid.costs, ...lost.costsAtMost].flatMap(({ total, currency }) => (total === '0' ? [] : [currency])),
  ]);
  return [...all].map((currency) => {
    const own = estimates.find((each) => each.currency === currency) ?? { cost: NO_COST, paid: 0n };
    const inAll = paidIn(paid, currency);
    const most = paid.unknownCosts <= used ? mostLostIn(lost, currency) : null;
    return { currency, cost: moreBy(own.cost, inAll - own.paid, most), paid: inAll };
  });
}

/** @param most by how much more the upper ends may rise; null if nothing bounds it */
function moreBy({ low, expected, high, ceiling }: CostRange, amount: Picounits, most: Picounits | null): CostRange {
  const plus = (end: Picounits | null, more: Picounits | null): Picounits | null => {
    return end === null || more === null ? null : end + amount + more;
  };
  return { low: plus(low, 0n), expected: plus(expected, 0n), high: plus(high, most), ceiling: plus(ceiling, most) };
}

import type { LostCalls } from './billed.ts';
import { type Picounits, parseDecimal } from './money.ts';
import { type CostTotal, CurrencyTotals, type Totals } from './totals.ts';

/** What was paid: the known part of it, by currency. */
export interface Paid {
  readonly costs: readonly CostTotal[];
  /** Answers of unknown cost, which `costs` leaves out. */
  readonly unknownCosts: number;
}

/** Sums that tell what was paid, in a summary or in what was read of one. */
type PaidTotals = Pick<Totals, 'costs' | 'wastedCosts' | 'unknownCosts'>;

/** The parts of a summary that together are the bill. */
export interface Billed {
  /** Of the results that are in use, those of judges included, and of failed and replaced calls. */
  readonly total: PaidTotals;
  /** The part of `total` that is for judges. */
  readonly judge?: PaidTotals | undefined;
  /** Of results that are not part of the run any more, with the part of it that is for judges. */
  readonly unused?: (Paid & { readonly judge?: Paid | undefined }) | undefined;
}

/**
 * What a run has paid in all. Every figure of money paid comes from here; calls of which nobody knows whether they were
 * billed (`LostCalls`) are in none. A budget counts these at their most (`mostLostIn`), as each upper bound does.
 */
export function paidInAll({ total, unused = NOTHING }: Billed): Paid {
  return sumOf([spentOf(total), unused]);
}

/** The part of it for judges. */
export function paidForJudges({ judge, unused }: Pick<Billed, 'judge' | 'unused'>): Paid {
  return sumOf([judge === undefined ? NOTHING : spentOf(judge), unused?.judge ?? NOTHING]);
}

/** The part of it for answers, which is all that is not for judges. */
export function paidForAnswers(billed: Billed): Paid {
  return paidBesides(paidInAll(billed), [paidForJudges(billed)]);
}

/** What one sum is made of: answers, failed calls among them. */
export function spentOf({ costs, wastedCosts, unknownCosts }: PaidTotals): Paid {
  return { costs: totalsOf([...costs, ...wastedCosts]).totals(), unknownCosts };
}

/** What is left of a sum without some of its parts; a currency of which nothing is left is not in it. */
export function paidBesides({ costs, unknownCosts }: Paid, parts: readonly Paid[]): Paid {
  const rest = totalsOf(costs);
  for (const part of parts) rest.subtract(totalsOf(part.costs));
  return {
    costs: rest.totals().filter(({ total }) => total !== '0'),
    unknownCosts: parts.reduce((sum, part) => sum - part.unknownCosts, unknownCosts),
  };
}

/** True if nothing was paid, at a cost that is known or not. */
export function isNothing({ costs, unknownCosts }: Paid): boolean {
  return costs.length === 0 && unknownCosts === 0;
}

/** The known part in one currency, exact. */
export function paidIn({ costs }: Paid, currency: string): Picounits {
  return totalsOf(costs).of(currency);
}

/** The most that lost calls have cost in one currency, exact; null if nothing bounds it. */
export function mostLostIn({ costsAtMost, unbounded }: LostCalls, currency: string): Picounits | null {
  return unbounded > 0 ? null : totalsOf(costsAtMost).of(currency);
}

const NOTHING: Paid = { costs: [], unknownCosts: 0 };

/** Parts of what was paid together. */
export function sumOf(parts: readonly Paid[]): Paid {
  return {
    costs: totalsOf(parts.flatMap(({ costs }) => costs)).totals(),
    unknownCosts: parts.reduce((sum, { unknownCosts }) => sum + unknownCosts, 0),
  };
}

function totalsOf(costs: readonly CostTotal[]): CurrencyTotals {
  const sums = new CurrencyTotals();
  for (const { total, currency } of costs) sums.add({ amount: parseDecimal(total) ?? 0n, currency });
  return sums;
}

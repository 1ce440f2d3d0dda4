import type { Comparison } from '../paired/comparison.ts';
import type { IsShownBetter } from '../paired/pair-family.ts';
import { ROUNDING } from '../rounding.ts';
import type { CheapestVariant, LeaderboardEntry } from './analysis.ts';
import { choiceBasis, isEnough } from './choice-basis.ts';
import { type Offer, offersOf } from './leaderboard.ts';
import type { TrialTally } from './trial-tally.ts';

/** Default percentage points below the best that are good enough. */
export const GOOD_ENOUGH_POINTS = 10;

/** Inputs for the choice. */
interface Choosing {
  /** The best first. */
  readonly leaderboard: readonly LeaderboardEntry[];
  /** At least those of the best with each other variant. */
  readonly comparisons: readonly Comparison[];
  readonly tallies: readonly TrialTally[];
  readonly isShownBetter: IsShownBetter;
  /** Percentage points below the best that are good enough. */
  readonly goodEnoughPoints: number;
}

/**
 * The cheapest good enough variant of each currency: one at most this many points below the best on the rows that both
 * have, and not significantly worse. Both conditions are needed: few rows cannot show that a variant is worse, and a
 * small loss may be significant. A variant with any answer of unknown cost is never chosen. The best one itself is
 * named if none of several costs less; there is no choice if some do and are not good enough. Nor is there one if the
 * best scores 0, if another is significantly better on the rows that both have, or if its rows or clusters are too few
 * to tell variants apart. One that has too few of them in common with the best is never chosen.
 */
export function cheapestGoodEnough(choosing: Choosing): readonly CheapestVariant[] {
  const { leaderboard, tallies, isShownBetter } = choosing;
  const [best] = leaderboard;
  if (best === undefined || choiceBasis(leaderboard, isShownBetter).obstacle !== null) return [];
  const offers = offersOf(leaderboard, tallies).filter(({ variant }) => tallies[variant]?.unknownCosts === 0);
  const losses = goodEnoughLosses(best.variant, choosing);
  const currencies = [...new Set(offers.map(({ currency }) => currency))];
  return currencies.flatMap((currency) => {
    const same = offers.filter((offer) => offer.currency === currency);
    return chooseAmong(same, best.variant, losses);
  });
}

type Loss = Pick<CheapestVariant, 'pointsWorse' | 'pointsWorseInterval'>;

const NO_LOSS: Loss = { pointsWorse: 0, pointsWorseInterval: null };

/** The loss of each good enough variant against the best. */
function goodEnoughLosses(
  best: number,
  { comparisons, isShownBetter, goodEnoughPoints }: Choosing,
): ReadonlyMap<number, Loss> {
  const losses = new Map<number, Loss>();
  for (const { first, second, units, points, pointsInterval } of comparisons) {
    if ((first !== best && second !== best) || points === null || pointsInterval === null) continue;
    if (!isEnough(units)) continue;
    const { low, high } = pointsInterval;
    const [variant, loss] =
      first === best
        ? [second, { pointsWorse: points, pointsWorseInterval: { low, high } }]
        : [first, { pointsWorse: -points, pointsWorseInterval: { low: -high, high: -low } }];
    if (loss.pointsWorse <= goodEnoughPoints + ROUNDING && !isShownBetter(best, variant)) losses.set(variant, loss);
  }
  return losses;
}

/** @param offers of one currency, the best first */
function chooseAmong(
  offers: readonly Offer[],
  best: number,
  losses: ReadonlyMap<number, Loss>,
): readonly CheapestVariant[] {
  const own = offers.find(({ variant }) => variant === best);
  const [cheapest] = offers
    .filter(({ variant }) => variant === best || losses.has(variant))
    .toSorted((one, other) => (one.cost < other.cost ? -1 : Number(one.cost > other.cost)));
  if (cheapest === undefined) return [];
  const { variant, currency, cost } = cheapest;
  if (variant !== best) {
    const timesCheaper = own === undefined || cost === 0n ? null : Number(own.cost) / Number(cost);
    return [{ currency, variant, best, ...(losses.get(variant) ?? NO_LOSS), timesCheaper }];
  }
  const isCheapest = offers.length > 1 && offers.every((offer) => offer.cost >= cost);
  return isCheapest ? [{ currency, variant, best, ...NO_LOSS, timesCheaper: null }] : [];
}

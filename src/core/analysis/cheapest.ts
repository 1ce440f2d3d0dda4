import type { Comparison } from '../paired/comparison.ts';
import type { IsShownBetter } from '../paired/pair-family.ts';
import type { CheapestVariant, LeaderboardEntry } from './analysis.ts';
import { type Offer, offersOf } from './leaderboard.ts';
import type { TrialTally } from './trial-tally.ts';

/** Percentage points below the best that are good enough, unless told otherwise. */
export const GOOD_ENOUGH_POINTS = 10;

/** What a choice is made of. */
interface Choosing {
  /** The best first. */
  readonly leaderboard: readonly LeaderboardEntry[];
  /** Those of the best with each other variant at least. */
  readonly comparisons: readonly Comparison[];
  readonly tallies: readonly TrialTally[];
  readonly isShownBetter: IsShownBetter;
  /** Percentage points below the best that are good enough. */
  readonly goodEnoughPoints: number;
}

/** Below this a difference of points is rounding. */
const TINY = 1e-9;

/**
 * The cheapest good enough variant of each currency: one that is at most so many points below the best on the rows that
 * both have, and not significantly worse. Neither alone will do: few rows show nothing to be worse, and a small loss may
 * be shown. A variant of which the cost of any answer is unknown is never chosen. The best one itself is named where
 * none of several costs less; there is no choice where some do and are not good enough.
 */
export function cheapestGoodEnough(choosing: Choosing): readonly CheapestVariant[] {
  const { leaderboard, tallies } = choosing;
  const [best, second] = leaderboard;
  if (best === undefined || second === undefined || best.mean === null) return [];
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

/** What each good enough variant loses against the best. */
function goodEnoughLosses(
  best: number,
  { comparisons, isShownBetter, goodEnoughPoints }: Choosing,
): ReadonlyMap<number, Loss> {
  const losses = new Map<number, Loss>();
  for (const { first, second, points, pointsInterval } of comparisons) {
    if ((first !== best && second !== best) || points === null || pointsInterval === null) continue;
    const { low, high } = pointsInterval;
    const [variant, loss] =
      first === best
        ? [second, { pointsWorse: points, pointsWorseInterval: { low, high } }]
        : [first, { pointsWorse: -points, pointsWorseInterval: { low: -high, high: -low } }];
    if (loss.pointsWorse <= goodEnoughPoints + TINY && !isShownBetter(best, variant)) losses.set(variant, loss);
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

import type { Picounits } from '../money.ts';
import type { Comparison, Dominated, Frontier, LeaderboardEntry } from './analysis.ts';
import { isShownBetter } from './comparisons.ts';
import type { VariantTally } from './variant-tally.ts';

interface Offer {
  readonly variant: number;
  readonly mean: number;
  /** Cost of a thousand answers. */
  readonly cost: Picounits;
  readonly currency: string;
}

const THOUSAND = 1000n;

/** Who gives the most for the money, in each currency for itself; variants without a score or a cost are left out. */
export function frontiersOf(
  leaderboard: readonly LeaderboardEntry[],
  tallies: readonly VariantTally[],
  comparisons: readonly Comparison[],
): readonly Frontier[] {
  const offers = leaderboard.flatMap(({ variant, mean }) => {
    const costs = tallies[variant]?.costs() ?? null;
    if (mean === null || costs === null) return [];
    // Compared per thousand with three digits more than files have: models that cost next to nothing differ, too.
    const cost = (costs.total * THOUSAND * THOUSAND) / BigInt(costs.answers);
    return { variant, mean, cost, currency: costs.currency };
  });
  const currencies = [...new Set(offers.map(({ currency }) => currency))];
  return currencies.map((currency) => {
    const same = offers.filter((offer) => offer.currency === currency);
    return { currency, ...sift(same, comparisons) };
  });
}

/** @param offers the best first */
function sift(offers: readonly Offer[], comparisons: readonly Comparison[]): Omit<Frontier, 'currency'> {
  const dominated: Dominated[] = [];
  const frontier: Offer[] = [];
  for (const offer of offers) {
    // The best comes first, so that the reason given is the strongest there is.
    const by = offers.find((other) => dominates(other, offer));
    if (by === undefined) frontier.push(offer);
    else dominated.push(dominatedBy(offer, by, comparisons));
  }
  frontier.sort((one, other) => (one.cost < other.cost ? -1 : Number(one.cost > other.cost)));
  return { frontier: frontier.map(({ variant }) => variant), dominated };
}

function dominates(one: Offer, other: Offer): boolean {
  return one.cost <= other.cost && one.mean >= other.mean && (one.cost < other.cost || one.mean > other.mean);
}

function dominatedBy({ variant, mean, cost }: Offer, by: Offer, comparisons: readonly Comparison[]): Dominated {
  return {
    ...{ variant, by: by.variant },
    ...{ costsLess: by.cost < cost, scoresMore: by.mean > mean },
    isCertain: isShownBetter(comparisons, by.variant, variant),
  };
}

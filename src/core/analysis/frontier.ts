import type { Picounits } from '../money.ts';
import type { Dominated, Frontier, LeaderboardEntry } from './analysis.ts';
import type { IsShownBetter } from './comparisons.ts';
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
  isShownBetter: IsShownBetter,
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
    return { currency, ...sift(same, isShownBetter) };
  });
}

/** @param offers the best first */
function sift(offers: readonly Offer[], isShownBetter: IsShownBetter): Omit<Frontier, 'currency'> {
  const dominated: Dominated[] = [];
  const frontier: Offer[] = [];
  const cheaper = cheaperOnes(offers);
  for (const offer of offers) {
    // The best comes first, so that the reason given is the strongest there is.
    const by = firstDominating(cheaper, offer);
    if (by === undefined) frontier.push(offer);
    else dominated.push(dominatedBy(offer, by, isShownBetter));
  }
  frontier.sort((one, other) => (one.cost < other.cost ? -1 : Number(one.cost > other.cost)));
  return { frontier: frontier.map(({ variant }) => variant), dominated };
}

/** Offers that cost less than all before them: whatever another one dominates, one of these before it does too. */
function cheaperOnes(offers: readonly Offer[]): readonly Offer[] {
  let least: Picounits | null = null;
  return offers.filter(({ cost }) => {
    const isCheaper = least === null || cost < least;
    if (isCheaper) least = cost;
    return isCheaper;
  });
}

/** @param cheaper with costs that fall and means that do not rise */
function firstDominating(cheaper: readonly Offer[], offer: Offer): Offer | undefined {
  let [from, to] = [0, cheaper.length];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if ((cheaper[middle]?.cost ?? 0n) <= offer.cost) to = middle;
    else from = middle + 1;
  }
  // The first that costs no more may be as good and as dear as the offer, or the offer itself; the next is cheaper.
  return cheaper.slice(from, from + 2).find((other) => dominates(other, offer));
}

function dominates(one: Offer, other: Offer): boolean {
  return one.cost <= other.cost && one.mean >= other.mean && (one.cost < other.cost || one.mean > other.mean);
}

function dominatedBy({ variant, mean, cost }: Offer, by: Offer, isShownBetter: IsShownBetter): Dominated {
  return {
    ...{ variant, by: by.variant },
    ...{ costsLess: by.cost < cost, scoresMore: by.mean > mean },
    isCertain: isShownBetter(by.variant, variant),
  };
}

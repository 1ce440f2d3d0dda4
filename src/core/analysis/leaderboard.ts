import { divideRounded, formatDecimal, type Picounits } from '../money.ts';
import type { IsShownBetter } from '../paired/pair-family.ts';
import type { RowSelection } from '../paired/pair-scan.ts';
import type { Interval } from '../stats/wilson.ts';
import type { CostTotal } from '../totals.ts';
import type { NamedVariant } from '../variant.ts';
import { formatModelRef } from '../variant.ts';
import type { Analysis, BestTemperature, Dominated, Frontier, LeaderboardEntry } from './analysis.ts';
import type { CommonRowsOf } from './common-rows.ts';
import { meanFigure } from './mean-figure.ts';
import type { ScoreColumn } from './score-column.ts';
import type { ScoreTable } from './score-table.ts';
import type { TrialTally } from './trial-tally.ts';

/** Every variant's figures by one scorer, best first; equal ones in plan order. */
export function leaderboardOf(
  table: ScoreTable,
  tallies: readonly TrialTally[],
  selection: RowSelection,
): readonly LeaderboardEntry[] {
  const { repeats } = table;
  const entries = table.columns.flatMap((column, variant) => {
    const tally = tallies[variant];
    if (tally === undefined) return [];
    const { passed, unscored, scored } = column;
    const { completed, errored } = tally;
    const ks = repeats < 2 ? [] : Array.from({ length: repeats }, (_, index) => index + 1);
    return {
      variant,
      ...meanFigure(column, selection),
      passed,
      unjudged: unscored,
      errored,
      notAsked: completed - scored - unscored,
      passAtK: ks.map((k) => column.passAtK(k)),
      costPerPassedRow: costPerPassed(column, tally),
    };
  });
  return entries.sort((one, other) => (other.mean ?? -1) - (one.mean ?? -1));
}

/** The interval of a variant's mean score; it accounts for repeats, clusters and partial scores. */
export function intervalIn({ scorers }: Analysis, variant: number, scorer: string): Interval | null {
  const entries = scorers.find((one) => one.scorer === scorer)?.leaderboard ?? [];
  return entries.find((entry) => entry.variant === variant)?.interval ?? null;
}

/** Answers that could not be scored were paid too; those to rows to which the scorer does not apply are not counted. */
function costPerPassed({ passed, scored, unscored }: ScoreColumn, tally: TrialTally): CostTotal | null {
  const costs = tally.costs();
  if (costs === null || passed === 0) return null;
  const { total, answers, currency } = costs;
  const each = divideRounded(total * BigInt(scored + unscored), BigInt(answers) * BigInt(passed));
  return { total: formatDecimal(each), currency };
}

/** The best temperature of each prompt and model with several temperatures. @param leaderboard the best first */
export function bestTemperatures(
  variants: readonly NamedVariant[],
  leaderboard: readonly LeaderboardEntry[],
  isShownBetter: IsShownBetter,
): readonly BestTemperature[] {
  const siblings = new Map<string, number[]>();
  for (const { variant: place, mean } of leaderboard) {
    const variant = variants[place];
    if (variant === undefined || mean === null) continue;
    const key = JSON.stringify([variant.prompt.name, formatModelRef(variant.model), variant.label]);
    const known = siblings.get(key);
    if (known === undefined) siblings.set(key, [place]);
    else known.push(place);
  }
  return [...siblings.values()].flatMap(([best, ...others]) => {
    if (best === undefined || others.length === 0) return [];
    return { best, others, isCertain: others.every((other) => isShownBetter(best, other)) };
  });
}

/** A variant's score and cost. */
export interface Offer {
  readonly variant: number;
  readonly mean: number;
  /** Cost per thousand answers. */
  readonly cost: Picounits;
  readonly currency: string;
}

const THOUSAND = 1000n;

/** Score and cost of variants that have both, in the order of the leaderboard. */
export function offersOf(leaderboard: readonly LeaderboardEntry[], tallies: readonly TrialTally[]): readonly Offer[] {
  return leaderboard.flatMap(({ variant, mean }) => {
    const costs = tallies[variant]?.costs() ?? null;
    if (mean === null || costs === null) return [];
    // Compared per thousand with three more digits than in files, so that very cheap models still differ.
    const cost = (costs.total * THOUSAND * THOUSAND) / BigInt(costs.answers);
    return { variant, mean, cost, currency: costs.currency };
  });
}

/** How variants compare on common rows. */
interface Pairwise {
  readonly commonRows: CommonRowsOf;
  readonly isShownBetter: IsShownBetter;
}

/** Cost against quality, separately for each currency; variants without a score or a cost are left out. */
export function frontiersOf(
  leaderboard: readonly LeaderboardEntry[],
  tallies: readonly TrialTally[],
  pairwise: Pairwise,
): readonly Frontier[] {
  const offers = offersOf(leaderboard, tallies);
  const currencies = [...new Set(offers.map(({ currency }) => currency))];
  return currencies.map((currency) => {
    const same = offers.filter((offer) => offer.currency === currency);
    return { currency, ...sift(same, pairwise) };
  });
}

/** @param offers the best first */
function sift(offers: readonly Offer[], pairwise: Pairwise): Omit<Frontier, 'currency'> {
  const dominated: Dominated[] = [];
  const frontier: Offer[] = [];
  const cheaper = cheaperOnes(offers);
  for (const offer of offers) {
    // The best comes first, so that the strongest reason is given.
    const found = firstDominating(cheaper, offer, pairwise);
    if (found === undefined) frontier.push(offer);
    else dominated.push(found);
  }
  frontier.sort((one, other) => (one.cost < other.cost ? -1 : Number(one.cost > other.cost)));
  return { frontier: frontier.map(({ variant }) => variant), dominated };
}

/** Offers that cost less than all before them: whatever dominates another one, one of these dominates it too. */
function cheaperOnes(offers: readonly Offer[]): readonly Offer[] {
  let least: Picounits | null = null;
  return offers.filter(({ cost }) => {
    const isCheaper = least === null || cost < least;
    if (isCheaper) least = cost;
    return isCheaper;
  });
}

/** @param cheaper with decreasing costs and non-increasing means */
function firstDominating(cheaper: readonly Offer[], offer: Offer, pairwise: Pairwise): Dominated | undefined {
  let [from, to] = [0, cheaper.length];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if ((cheaper[middle]?.cost ?? 0n) <= offer.cost) to = middle;
    else from = middle + 1;
  }
  // The first that costs no more may equal the offer in score and cost, or be the offer itself.
  for (const other of cheaper.slice(from)) {
    if (other.mean < offer.mean) return undefined;
    const found = other === offer ? null : dominatedBy(offer, other, pairwise);
    if (found !== null) return found;
  }
  return undefined;
}

/** null if the other one costs and scores the same, or scores less on the rows that both have. */
function dominatedBy({ variant, cost }: Offer, by: Offer, { commonRows, isShownBetter }: Pairwise): Dominated | null {
  const costsLess = by.cost < cost;
  const { n, unmatched, difference } = commonRows(by.variant, variant);
  const scoresMore = difference > 0;
  if (n === 0 || difference < 0 || !(costsLess || scoresMore)) return null;
  return {
    variant,
    by: by.variant,
    costsLess,
    scoresMore,
    commonRows: unmatched === 0 ? null : n,
    isCertain: isShownBetter(by.variant, variant),
  };
}

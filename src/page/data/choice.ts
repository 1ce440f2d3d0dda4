import type { AnalysedVariant, LeaderboardEntry, ScorerAnalysis } from '../../core/analysis/analysis.ts';
import { isEnough } from '../../core/analysis/choice-basis.ts';
import type { Comparison } from '../../core/paired/comparison.ts';
import type { Interval } from '../../core/stats/wilson.ts';
import type { CostTotal } from '../../core/totals.ts';

/** When a variant is good enough. */
export interface Rule {
  /** `within`: at most so many points below the best; `least`: at least so many percent. */
  readonly kind: 'within' | 'least';
  readonly points: number;
  /** True asks for it of the far end of the 95 % interval. */
  readonly isCertain: boolean;
}

/** By how many points a variant is worse than the best, on the rows that both have. */
export interface Loss {
  readonly points: number;
  readonly interval: Interval | null;
  readonly comparison: Comparison | null;
}

/** The choice among the variants of a run. */
export interface Choice {
  /** The cheapest that is good enough; null if none is. */
  readonly variant: number | null;
  /** The one with the highest score; null without a score. */
  readonly best: number | null;
  /** Others with the same score and the same cost as the chosen one. */
  readonly equals: readonly number[];
  /** Number of variants of known cost that are good enough. */
  readonly goodOnes: number;
  /** Of the chosen one; null if it is the best. */
  readonly loss: Loss | null;
  /** Rows that the choice rests on; their clusters if rows belong together. */
  readonly units: number;
}

/** Smaller differences in points are rounding. */
const TINY = 1e-9;

/** The comparison of two variants as one of them sees it; null if they were not compared. */
export function lossTo(best: number, variant: number, comparisons: readonly Comparison[]): Loss | null {
  for (const comparison of comparisons) {
    const { first, second, points, pointsInterval } = comparison;
    if (points === null) continue;
    if (first === best && second === variant) return { points, interval: pointsInterval, comparison };
    if (first === variant && second === best) {
      const interval = pointsInterval === null ? null : { low: -pointsInterval.high, high: -pointsInterval.low };
      return { points: -points, interval, comparison };
    }
  }
  return null;
}

/** True if the first of two variants is significantly better. */
export function isBetter(first: number, second: number, comparisons: readonly Comparison[]): boolean {
  return comparisons.some((one) => {
    if (one.first === first && one.second === second) return one.verdict === 'better';
    return one.first === second && one.second === first && one.verdict === 'worse';
  });
}

/** Where there is nothing to choose by. */
export const NO_CHOICE: Choice = { variant: null, best: null, equals: [], goodOnes: 0, loss: null, units: 0 };

/**
 * Chooses the cheapest good enough variant, if the analysis says that one can be chosen; unknown costs never win, and
 * currencies are never mixed.
 */
export function choose(scorer: ScorerAnalysis, variants: readonly AnalysedVariant[], rule: Rule): Choice {
  const best = scorer.leaderboard.find(({ mean }) => mean !== null);
  if (best === undefined) return NO_CHOICE;
  const { units, obstacle } = scorer.choice;
  // A single variant is shown as if it were chosen.
  if (obstacle !== null && obstacle !== 'one variant') return { ...NO_CHOICE, best: best.variant, units };
  const currency = currencyOf(best.variant, variants);
  const good = scorer.leaderboard.filter((entry) => {
    return costIn(currency, entry.variant, variants) !== null && isGood(entry, best.variant, { scorer, rule });
  });
  const [chosen] = good.toSorted((one, other) => {
    return (costIn(currency, one.variant, variants) ?? 0) - (costIn(currency, other.variant, variants) ?? 0);
  });
  const variant = chosen?.variant ?? null;
  const isOther = variant !== null && variant !== best.variant;
  const loss = isOther ? lossTo(best.variant, variant, scorer.comparisons) : null;
  return {
    variant,
    best: best.variant,
    equals: good.flatMap((one) => {
      const isEqual = one.mean === chosen?.mean && sameCost(variants[one.variant], variants[chosen?.variant ?? -1]);
      return isEqual && one !== chosen ? [one.variant] : [];
    }),
    goodOnes: good.length,
    loss,
    units: (rule.kind === 'least' ? chosen?.units : loss?.comparison?.units) ?? units,
  };
}

interface Judging {
  readonly scorer: ScorerAnalysis;
  readonly rule: Rule;
}

function isGood(
  { variant, units, mean, interval }: LeaderboardEntry,
  best: number,
  { scorer, rule }: Judging,
): boolean {
  if (mean === null) return false;
  if (rule.kind === 'least') {
    const figure = rule.isCertain ? (interval?.low ?? null) : mean;
    return figure !== null && figure * 100 >= rule.points - TINY && (isEnough(units) || variant === best);
  }
  if (variant === best) return true;
  const loss = lossTo(best, variant, scorer.comparisons);
  if (loss === null || !isEnough(loss.comparison?.units ?? 0)) return false;
  if (rule.isCertain) return loss.interval !== null && loss.interval.high <= rule.points + TINY;
  return loss.points <= rule.points + TINY && !isBetter(best, variant, scorer.comparisons);
}

/** The currency of a variant's cost; else the first that any has. */
function currencyOf(variant: number, variants: readonly AnalysedVariant[]): string | null {
  const own = variants[variant]?.costPerThousandRows?.currency;
  return (
    own ??
    variants.find(({ costPerThousandRows }) => costPerThousandRows !== null)?.costPerThousandRows?.currency ??
    null
  );
}

/** Cost of 1,000 rows; null if any part of it is unknown, or in another currency. */
export function costIn(currency: string | null, variant: number, variants: readonly AnalysedVariant[]): number | null {
  const { costPerThousandRows: cost, unknownCosts = 0 } = variants[variant] ?? {};
  return cost === null || cost === undefined || unknownCosts > 0 || cost.currency !== currency
    ? null
    : Number(cost.total);
}

/** Cost of 1,000 rows of a variant; null if any part of it is unknown. */
export function knownCost({ costPerThousandRows, unknownCosts }: AnalysedVariant): CostTotal | null {
  return unknownCosts > 0 ? null : costPerThousandRows;
}

function sameCost(one: AnalysedVariant | undefined, other: AnalysedVariant | undefined): boolean {
  const [own, theirs] = [one?.costPerThousandRows?.total, other?.costPerThousandRows?.total];
  return own !== undefined && own === theirs;
}

/** The place of the least known value; null if none is known, or if several are and all are equal. */
export function leastOf(values: readonly (number | null)[]): number | null {
  const known = values.flatMap((value, place) => (value === null ? [] : [{ value, place }]));
  const [least, ...others] = known.toSorted((one, other) => one.value - other.value);
  if (least === undefined || (others.length > 0 && others.every(({ value }) => value === least.value))) return null;
  return least.place;
}

/** How many other values equal the one at a place; 0 for no place. */
export function equalsOf(values: readonly (number | string | null)[], place: number | null): number {
  const own = place === null ? null : values[place];
  return own === null || own === undefined ? 0 : values.filter((value) => value === own).length - 1;
}

/** The cheapest of the variants of known cost; null if none has one, or if they are equal or in several currencies. */
export function cheapestOf(variants: readonly AnalysedVariant[]): number | null {
  const costs = variants.map(knownCost);
  if (new Set(costs.flatMap((cost) => cost?.currency ?? [])).size > 1) return null;
  return leastOf(costs.map((cost) => (cost === null ? null : Number(cost.total))));
}

/** True if there are several variants, and all have the same score. */
export function isEven({ leaderboard }: ScorerAnalysis): boolean {
  const means = leaderboard.flatMap(({ mean }) => (mean === null ? [] : [mean]));
  return means.length > 1 && means.length === leaderboard.length && new Set(means).size === 1;
}

/** True if each variant has a cost, and each that costs more scores more. */
export function areTraded({ frontiers, leaderboard }: ScorerAnalysis, variants: readonly AnalysedVariant[]): boolean {
  const [only, ...others] = frontiers;
  if (only === undefined || others.length > 0 || only.frontier.length !== variants.length) return false;
  const means = leaderboard.flatMap(({ mean }) => (mean === null ? [] : [mean]));
  const rising = only.frontier.map((variant) => leaderboard.findIndex((entry) => entry.variant === variant));
  if (rising.some((place, index) => place > (rising[index - 1] ?? Infinity))) return false;
  return new Set(means).size === variants.length && variants.every((variant) => knownCost(variant) !== null);
}

/** Variants that another one dominates, by the run's own analysis. */
export function dominatedOf({ frontiers }: ScorerAnalysis): ReadonlySet<number> {
  return new Set(frontiers.flatMap(({ dominated }) => dominated.map(({ variant }) => variant)));
}

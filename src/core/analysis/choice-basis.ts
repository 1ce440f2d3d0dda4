import type { IsShownBetter } from '../paired/pair-family.ts';
import { ROUNDING } from '../rounding.ts';
import type { ChoiceBasis, LeaderboardEntry, ScorerAnalysis } from './analysis.ts';

/** With fewer rows or clusters only a large difference can be significant. */
export const FEW_ROWS = 20;

/** True if so many rows or clusters can tell variants apart. */
export function isEnough(units: number): boolean {
  return units >= FEW_ROWS;
}

/** Whether variants can be chosen from, and on what evidence. @param leaderboard the best first */
export function choiceBasis(leaderboard: readonly LeaderboardEntry[], isShownBetter: IsShownBetter): ChoiceBasis {
  const [best, ...others] = leaderboard;
  if (best === undefined || best.mean === null) return { units: 0, obstacle: 'no score' };
  const { units } = best;
  if (others.length === 0) return { units, obstacle: 'one variant' };
  if (best.mean <= 0) return { units, obstacle: 'nothing scored' };
  if (!isEnough(units)) return { units, obstacle: 'few' };
  const isOutdone = others.some(({ variant }) => isShownBetter(variant, best.variant));
  return { units, obstacle: isOutdone ? 'other rows' : null };
}

/**
 * Variants that score more than the best one on the rows that both have, in the order of the leaderboard: its mean is
 * the highest only because it is of other rows.
 */
export function aheadOfBest({ leaderboard, comparisons }: ScorerAnalysis): readonly number[] {
  const [best, ...others] = leaderboard;
  if (best === undefined) return [];
  const ahead = new Set(
    comparisons.flatMap(({ first, second, points }) => {
      const lead = points ?? 0;
      if (first === best.variant && lead < -ROUNDING) return [second];
      return second === best.variant && lead > ROUNDING ? [first] : [];
    }),
  );
  return others.flatMap(({ variant }) => (ahead.has(variant) ? [variant] : []));
}

import type { ChoiceBasis, LeaderboardEntry } from './analysis.ts';

/** With fewer rows or clusters only a large difference can be significant. */
export const FEW_ROWS = 20;

/** True if so many rows or clusters can tell variants apart. */
export function isEnough(units: number): boolean {
  return units >= FEW_ROWS;
}

/** Whether variants can be chosen from, and on what evidence. @param leaderboard the best first */
export function choiceBasis(leaderboard: readonly LeaderboardEntry[]): ChoiceBasis {
  const [best, second] = leaderboard;
  if (best === undefined || best.mean === null) return { units: 0, obstacle: 'no score' };
  const { units } = best;
  if (second === undefined) return { units, obstacle: 'one variant' };
  if (best.mean <= 0) return { units, obstacle: 'nothing scored' };
  return { units, obstacle: isEnough(units) ? null : 'few' };
}

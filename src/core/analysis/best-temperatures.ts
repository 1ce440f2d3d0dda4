import type { NamedVariant } from '../variant.ts';
import { formatModelRef } from '../variant.ts';
import type { BestTemperature, LeaderboardEntry } from './analysis.ts';
import type { IsShownBetter } from './comparisons.ts';

/** The best temperature of each prompt and model that was tried with several. @param leaderboard the best first */
export function bestTemperatures(
  variants: readonly NamedVariant[],
  leaderboard: readonly LeaderboardEntry[],
  isShownBetter: IsShownBetter,
): readonly BestTemperature[] {
  const siblings = new Map<string, number[]>();
  for (const { variant: place, mean } of leaderboard) {
    const variant = variants[place];
    if (variant === undefined || mean === null) continue;
    const key = JSON.stringify([variant.prompt.name, formatModelRef(variant.model)]);
    const known = siblings.get(key);
    if (known === undefined) siblings.set(key, [place]);
    else known.push(place);
  }
  return [...siblings.values()].flatMap(([best, ...others]) => {
    if (best === undefined || others.length === 0) return [];
    return { best, others, isCertain: others.every((other) => isShownBetter(best, other)) };
  });
}

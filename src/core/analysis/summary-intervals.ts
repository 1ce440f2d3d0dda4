import type { Summary } from '../summary.ts';
import type { Analysis } from './analysis.ts';

/**
 * A summary whose scores have the analysis's intervals: these know of repeats, of rows that belong together, and of
 * scores between 0 and 1.
 */
export function withIntervals(summary: Summary, { scorers }: Analysis): Summary {
  const variants = summary.variants.map((variant, index) => ({
    ...variant,
    scores: variant.scores.map((score) => {
      const entries = scorers.find(({ scorer }) => scorer === score.name)?.leaderboard ?? [];
      return { ...score, interval: entries.find((entry) => entry.variant === index)?.interval ?? null };
    }),
  }));
  return { ...summary, variants };
}

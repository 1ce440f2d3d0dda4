import { UsageError } from '../../core/errors.ts';
import type { Scorer } from '../../core/scorer.ts';
import type { RaceConfig } from '../config/run-config.ts';

/**
 * The scorer that decides a race.
 * @param variants number of participating variants
 * @throws UsageError if there is nothing to decide, or no score to decide by
 */
export function raceScorer({ scorer: name }: RaceConfig, scorers: readonly Scorer[], variants: number): Scorer {
  if (variants < 2) {
    throw new UsageError('--stop-when-decided compares variants, and there is one only', {
      hint: 'give another model, temperature or prompt, or leave it out',
    });
  }
  const [first, ...more] = scorers;
  const named = name === null && more.length === 0 ? first : scorers.find((scorer) => scorer.name === name);
  if (named !== undefined) return named;
  const names = scorers.map((scorer) => scorer.name);
  const hint =
    first === undefined ? 'give a --score' : `name one of ${names.join(', ')}: --stop-when-decided ${first.name}`;
  if (name !== null) throw new UsageError(`--stop-when-decided: there is no score "${name}"`, { hint });
  const what = first === undefined ? 'there is no score' : 'there are several scores';
  throw new UsageError(`--stop-when-decided: ${what} to decide by`, { hint });
}

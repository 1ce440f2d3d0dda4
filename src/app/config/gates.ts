import { UsageError } from '../../core/errors.ts';
import type { LeastScore, MinOn } from '../../core/gate.ts';
import type { Picounits } from '../../core/money.ts';
import { didYouMean } from '../../io/nearest.ts';
import type { FileSettings } from './schema.ts';

/** The gates of a run. */
export interface GateConfig {
  readonly least: readonly LeastScore[];
  readonly minOn: MinOn;
  /** Largest share of errored trials that a variant may have; null for no gate. */
  readonly maxErrored: number | null;
  /** Largest cost of 1,000 rows for any variant, in its currency; null for no gate. */
  readonly maxCostPerThousand: Picounits | null;
}

/** The gates in the settings. */
export function resolveGates({ min, minOn, maxErrored, maxCostPer1k }: FileSettings): GateConfig {
  return {
    least: min ?? [],
    minOn: minOn ?? 'lower',
    maxErrored: maxErrored ?? null,
    maxCostPerThousand: maxCostPer1k ?? null,
  };
}

/** @throws UsageError for a minimum on a score that no scorer gives, with the nearest name */
export function checkLeast({ least }: GateConfig, scorers: readonly string[]): void {
  const unknown = least.find(({ scorer }) => !scorers.includes(scorer));
  if (unknown === undefined) return;
  const known = scorers.length === 0 ? 'give a --score' : `scores: ${scorers.join(', ')}`;
  throw new UsageError(`--min ${unknown.scorer}: there is no such score`, {
    hint: `${known}${didYouMean(unknown.scorer, scorers)}`,
  });
}

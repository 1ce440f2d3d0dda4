import { UsageError } from '../../core/errors.ts';
import type { LeastScore, MinOn } from '../../core/gate.ts';
import type { Picounits } from '../../core/money.ts';
import { didYouMean } from '../../io/nearest.ts';
import type { FileSettings } from './schema.ts';
import { readAmount, readShare } from './values.ts';

/** What a run has to meet. */
export interface GateConfig {
  readonly least: readonly LeastScore[];
  readonly minOn: MinOn;
  /** Largest share of errored trials that a variant may have; null where it is no gate. */
  readonly maxErrored: number | null;
  /** Most that 1,000 rows may cost with any variant, in its currency; null where it is no gate. */
  readonly maxCostPerThousand: Picounits | null;
}

/** The gates that settings ask for. @throws UsageError for what is no such figure */
export function resolveGates({ min = [], minOn, maxErrored, maxCostPer1k }: FileSettings): GateConfig {
  return {
    least: min.map(readLeast),
    minOn: minOn === 'point' ? 'point' : 'lower',
    maxErrored:
      maxErrored === undefined
        ? null
        : readShare({ flag: '--max-errored', text: maxErrored, example: '--max-errored 1%' }),
    maxCostPerThousand:
      maxCostPer1k === undefined
        ? null
        : readAmount({ flag: '--max-cost-per-1k', text: maxCostPer1k, example: '--max-cost-per-1k 200' }),
  };
}

/** Reads `exact=0.9` or `exact=90%`. @throws UsageError */
export function readLeast(text: string): LeastScore {
  const at = text.lastIndexOf('=');
  const scorer = text.slice(0, at);
  if (at > 0)
    return {
      scorer,
      least: readShare({ flag: `--min ${scorer}`, text: text.slice(at + 1), example: `--min ${scorer}=0.9` }),
    };
  throw new UsageError(`--min ${text}: names no score`, { hint: 'write it like --min exact=0.9' });
}

/** @throws UsageError for a least score that no scorer gives, with the nearest name */
export function checkLeast({ least }: GateConfig, scorers: readonly string[]): void {
  const unknown = least.find(({ scorer }) => !scorers.includes(scorer));
  if (unknown === undefined) return;
  const known = scorers.length === 0 ? 'give a --score' : `scores: ${scorers.join(', ')}`;
  throw new UsageError(`--min ${unknown.scorer}: there is no such score`, {
    hint: `${known}${didYouMean(unknown.scorer, scorers)}`,
  });
}

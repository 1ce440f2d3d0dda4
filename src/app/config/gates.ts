import { UsageError } from '../../core/errors.ts';
import type { LeastScore, MinOn } from '../../core/gate-settings.ts';
import type { Picounits } from '../../core/money.ts';
import type { LeastRepeats } from '../../core/repeat-gate.ts';
import { didYouMean } from '../../io/nearest.ts';
import type { FileSettings } from './schema.ts';

/** The gates of a run. */
export interface GateConfig {
  readonly least: readonly LeastScore[];
  readonly minOn: MinOn;
  /** How often each row must pass over its repeats. */
  readonly minRepeats: readonly LeastRepeats[];
  /** Largest share of errored trials that a variant may have; null for no gate. */
  readonly maxErrored: number | null;
  /** Largest cost of 1,000 rows for any variant, in its currency; null for no gate. */
  readonly maxCostPerThousand: Picounits | null;
}

/** The gates in the settings. @throws UsageError for more repeats than the run has */
export function resolveGates(settings: FileSettings): GateConfig {
  const { min, minOn, maxErrored, maxCostPer1k, minRepeats = [], repeat = 1 } = settings;
  return {
    least: min ?? [],
    minOn: minOn ?? 'lower',
    minRepeats: minRepeats.map((text) => readLeastRepeats(text, repeat)),
    maxErrored: maxErrored ?? null,
    maxCostPerThousand: maxCostPer1k ?? null,
  };
}

const LEAST_REPEATS = /^(.+)=\s*(\d{1,6})\s*\/\s*(\d{1,6})\s*$/s;

/** `exact=8/10`. @param repeat repeats of the run */
function readLeastRepeats(text: string, repeat: number): LeastRepeats {
  const [, scorer = '', least = '0', of = '0'] = LEAST_REPEATS.exec(text) ?? [];
  const wanted = { scorer: scorer.trim(), least: Number(least), of: Number(of) };
  if (wanted.least < 1 || wanted.of < wanted.least) {
    throw new UsageError(`--min-repeats must be score=passes/repeats, got ${JSON.stringify(text)}`, {
      hint: 'give how many repeats must pass of how many, such as --min-repeats exact=8/10',
    });
  }
  if (repeat >= wanted.of) return wanted;
  throw new UsageError(`--min-repeats ${text} needs ${wanted.of} repeats of each trial, but --repeat is ${repeat}`, {
    hint: `give --repeat ${wanted.of}`,
  });
}

/** @throws UsageError for a minimum on a score that no scorer gives, with the nearest name */
export function checkLeast({ least, minRepeats }: GateConfig, scorers: readonly string[]): void {
  const isUnknown = ({ scorer }: { readonly scorer: string }): boolean => !scorers.includes(scorer);
  const [inLeast, inRepeats] = [least.find(isUnknown), minRepeats.find(isUnknown)];
  const unknown = inLeast ?? inRepeats;
  if (unknown === undefined) return;
  const known = scorers.length === 0 ? 'give a --score' : `scores: ${scorers.join(', ')}`;
  const flag = inLeast === undefined ? '--min-repeats' : '--min';
  throw new UsageError(`${flag} ${unknown.scorer}: there is no such score`, {
    hint: `${known}${didYouMean(unknown.scorer, scorers)}`,
  });
}

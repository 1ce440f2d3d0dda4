import { countText, limitText } from '../../core/compare/words.ts';
import { erroredGate, type Gate } from '../../core/gate.ts';
import type { ErroredTrials, Side } from '../../core/reasons.ts';
import { isAtMost } from '../../core/rounding.ts';
import { variantLabel } from '../../core/variant-name.ts';
import type { CriticalFound } from './critical.ts';
import type { GatheredPair } from './gather.ts';
import type { VariantTrials } from './variant-trials.ts';

/** Conditions for a sound comparison. */
interface SoundnessInput {
  readonly gathered: readonly GatheredPair[];
  readonly rowsInCommon: number;
  /** False if rows have nothing that they could be paired by. */
  readonly canPair: boolean;
  /** Names of the scorers that both sides have. */
  readonly scorers: readonly string[];
  /** False if only cost and similar figures are compared. */
  readonly needsScores: boolean;
  /** Largest share of errored trials. */
  readonly maxErrored: number;
  readonly critical: CriticalFound;
}

const OTHER_ROWS = 'no rows in common: the two were made from different rows';
const NOTHING_TO_PAIR_BY =
  'no rows in common: without an id column, rows are paired by columns that both have, and there are none, or a baseline is of others';

/** Why a comparison is unsound, one line each; empty if it is sound. */
export function whyUnsound(input: SoundnessInput): readonly string[] {
  const { rowsInCommon, canPair, scorers, needsScores, gathered, critical } = input;
  if (rowsInCommon === 0) return [canPair ? OTHER_ROWS : NOTHING_TO_PAIR_BY];
  if (scorers.length === 0 && needsScores) return ['no scorer in common: score both runs alike with promptgrid score'];
  return [
    ...gathered.flatMap((pair) => erroredReasons(pair, input.maxErrored)),
    ...gathered.flatMap((pair) => unscoredReasons(pair, input)),
    ...(critical.unansweredCount === 0
      ? []
      : [`${countText(critical.unansweredCount, 'critical trial')} of the candidate got no answer`]),
  ];
}

function erroredReasons({ pair, errored, completed, rows }: GatheredPair, most: number): readonly string[] {
  const sides = [
    { side: 'base', trials: pair.base, errored: errored.base, completed: completed.base },
    { side: 'candidate', trials: pair.candidate, errored: errored.candidate, completed: completed.candidate },
  ] as const;
  if (rows === 0) return [];
  return sides.flatMap(({ side, trials, ...counts }) => {
    const n = counts.errored + counts.completed;
    if (n > 0 && isAtMost(counts.errored, most * n)) return [];
    const label = variantLabel(trials.name);
    if (n === 0) return [`${side} ${label}: no trial has a result; all were skipped`];
    const what = `${counts.errored} of ${countText(n, 'trial')} errored (${errorKinds(trials)})`;
    return [`${side} ${label}: ${what}, more than ${limitText(most, 1)}`];
  });
}

/** `30 rate_limit, 1 timeout` */
function errorKinds({ errors }: VariantTrials): string {
  return [...errors].map(([code, count]) => `${count} ${code}`).join(', ');
}

function unscoredReasons({ pair, scores }: GatheredPair, { scorers, maxErrored }: SoundnessInput): readonly string[] {
  return scores.flatMap(({ figures, unscored }, index) => {
    const lost = unscored.base + unscored.candidate;
    const n = figures.n + lost;
    if (isAtMost(lost, maxErrored * n)) return [];
    const named = `${variantLabel(pair.candidate.name)} by ${scorers[index] ?? ''}`;
    const sides = `${unscored.base} in the candidate only, ${unscored.candidate} in the base only`;
    return [`${named}: ${lost} of ${countText(n, 'row')} could be scored on one side only (${sides})`];
  });
}

/** The error gate that is reported with the reasons, over both sides of every pair: the rows that are compared. */
export function erroredTrialsGate(gathered: readonly GatheredPair[], most: number): Gate {
  const variants = gathered.flatMap(({ pair, errored, completed }): ErroredTrials[] => [
    errorsOf('base', pair.base, errored.base, completed.base),
    errorsOf('candidate', pair.candidate, errored.candidate, completed.candidate),
  ]);
  const isEmpty = gathered.every(({ rows }) => rows === 0);
  return erroredGate(most, variants, isEmpty ? 'no row compared' : 'no results');
}

function errorsOf(side: Side, { name }: VariantTrials, errored: number, completed: number): ErroredTrials {
  return { side, variant: variantLabel(name), trials: errored + completed, errored };
}

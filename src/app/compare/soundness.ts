import { erroredGate, type Gate } from '../../core/gate.ts';
import { type ErroredTrials, SIDES, type UnsoundReason } from '../../core/reasons.ts';
import { isAtMost } from '../../core/rounding.ts';
import { variantLabel } from '../../core/variant-name.ts';
import type { CriticalFound } from './critical.ts';
import type { GatheredPair } from './gather.ts';

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

/** Why a comparison is unsound; empty if it is sound. */
export function whyUnsound(input: SoundnessInput): readonly UnsoundReason[] {
  const { rowsInCommon, canPair, scorers, needsScores, gathered, critical } = input;
  if (rowsInCommon === 0) return [{ kind: canPair ? 'other rows' : 'nothing to pair by' }];
  if (scorers.length === 0 && needsScores) return [{ kind: 'no scorer in common' }];
  return [
    ...gathered.flatMap((pair) => erroredReasons(pair, input.maxErrored)),
    ...gathered.flatMap((pair) => unscoredReasons(pair, input)),
    ...(critical.unansweredCount === 0
      ? []
      : [{ kind: 'critical unanswered', count: critical.unansweredCount } as const]),
  ];
}

function erroredReasons({ pair, errored, completed, rows }: GatheredPair, most: number): readonly UnsoundReason[] {
  if (rows === 0) return [];
  return SIDES.flatMap((side): readonly UnsoundReason[] => {
    const trials = errored[side] + completed[side];
    if (trials > 0 && isAtMost(errored[side], most * trials)) return [];
    const variant = variantLabel(pair[side].name);
    if (trials === 0) return [{ kind: 'all skipped', side, variant }];
    const errors = [...pair[side].errors].map(([code, count]) => ({ code, count }));
    return [{ kind: 'errored', side, variant, errored: errored[side], trials, errors, most }];
  });
}

function unscoredReasons(
  { pair, scores }: GatheredPair,
  { scorers, maxErrored }: SoundnessInput,
): readonly UnsoundReason[] {
  return scores.flatMap(({ figures, unscored }, index): readonly UnsoundReason[] => {
    const lost = unscored.base + unscored.candidate;
    const rows = figures.n + lost;
    if (isAtMost(lost, maxErrored * rows)) return [];
    const variant = variantLabel(pair.candidate.name);
    // What could not be scored in the base could be in the candidate only.
    const { base: onlyCandidate, candidate: onlyBase } = unscored;
    return [{ kind: 'scored on one side', variant, scorer: scorers[index] ?? '', rows, onlyCandidate, onlyBase }];
  });
}

/** The error gate that is reported with the reasons, over both sides of every pair: the rows that are compared. */
export function erroredTrialsGate(gathered: readonly GatheredPair[], most: number): Gate {
  const variants = gathered.flatMap(({ pair, errored, completed }) =>
    SIDES.map((side): ErroredTrials => {
      const trials = errored[side] + completed[side];
      return { side, variant: variantLabel(pair[side].name), trials, errored: errored[side] };
    }),
  );
  const isEmpty = gathered.every(({ rows }) => rows === 0);
  return erroredGate(most, variants, isEmpty ? 'no row compared' : 'no results');
}

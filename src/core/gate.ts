import { limitText } from './compare/words.ts';
import type { LeastScore, MinOn } from './gate-settings.ts';
import { gateText, standingOf } from './reason-text.ts';
import type { ErroredTrials, GateReason } from './reasons.ts';
import { isAtMost } from './rounding.ts';
import type { Interval } from './stats/wilson.ts';

/** A condition that a run or a comparison must meet. */
export interface Gate {
  readonly name: string;
  readonly passed: boolean;
  /** One line, for people, in English. */
  readonly why: string;
  /** The same by its kind and figures; null for a gate that was stored without it. */
  readonly reason: GateReason | null;
}

/** A gate with its reason in words. @param name as people type it */
export function gateOf(name: string, passed: boolean, reason: GateReason): Gate {
  return { name, passed, why: gateText(reason), reason };
}

/** A variant's figure by one scorer. */
export interface OwnScore {
  /** The variant's display name. */
  readonly label: string;
  readonly scorer: string;
  /** Answers that could be scored. */
  readonly n: number;
  /** From 0 to 1; null if nothing could be scored. */
  readonly mean: number | null;
  readonly interval: Interval | null;
}

/** A gate for each variant that has the score. */
export function leastGates({ scorer, least }: LeastScore, minOn: MinOn, own: readonly OwnScore[]): readonly Gate[] {
  return own
    .filter((score) => score.scorer === scorer)
    .map(({ label, n, mean, interval }) => {
      const figure = minOn === 'point' ? mean : (interval?.low ?? null);
      const reason = { kind: 'score', variant: label, n, mean, minOn, figure, least } as const;
      return gateOf(`min ${scorer}=${least}`, standingOf(reason).isReached, reason);
    });
}

/**
 * Whether every variant's share of errored trials is within the limit; not if there are no trials.
 * @param most from 0 to 1; @param none why there are none
 */
export function erroredGate(
  most: number,
  variants: readonly ErroredTrials[],
  none: 'no results' | 'no row compared' = 'no results',
): Gate {
  const name = `max-errored ${limitText(most, 0)}`;
  if (variants.every(({ trials }) => trials === 0)) return gateOf(name, false, { kind: none });
  const faults = variants.filter(({ trials, errored }) => !isAtMost(errored, most * trials));
  const errored = variants.reduce((sum, one) => sum + one.errored, 0);
  return gateOf(name, faults.length === 0, { kind: 'errored', errored, faults });
}

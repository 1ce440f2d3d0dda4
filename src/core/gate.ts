import { decimalsApart, limitText } from './compare/words.ts';
import { isAtLeast, isAtMost } from './rounding.ts';
import type { Interval } from './stats/wilson.ts';

/** A condition that a run or a comparison must meet. */
export interface Gate {
  readonly name: string;
  readonly passed: boolean;
  /** One line, for people. */
  readonly why: string;
}

/** Which figure a minimum score is compared with. */
export const MIN_ON = ['lower', 'point'] as const;

/** One of them: the lower end of the 95 % interval, or the mean. */
export type MinOn = (typeof MIN_ON)[number];

/** A minimum score, as `--min` gives it. */
export interface LeastScore {
  readonly scorer: string;
  /** From 0 to 1. */
  readonly least: number;
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
      const passed = figure !== null && isAtLeast(figure, least);
      const decimals = figure === null || passed ? 1 : decimalsApart(figure, least);
      const what = minOn === 'point' ? 'the mean' : 'the low end of the 95% interval';
      const seen = mean === null ? 'nothing could be scored' : `${percent(mean, decimals)} of ${answers(n)}`;
      const told = `${passed ? 'reaches' : 'is below'} ${limitText(least, 0)}`;
      const end = figure === null ? 'is not known' : `, ${percent(figure, decimals)}, ${told}`;
      const why = `${label}: ${seen}; ${what}${figure === null ? ' ' : ''}${end}`;
      return { name: `min ${scorer}=${least}`, passed, why };
    });
}

/** Trials of a variant, and those of them without an answer. */
export interface ErroredTrials {
  readonly label: string;
  readonly trials: number;
  readonly errored: number;
}

/**
 * Whether every variant's share of errored trials is within the limit; not if there are no trials.
 * @param most from 0 to 1; @param whyNone why there are none
 */
export function erroredGate(
  most: number,
  variants: readonly ErroredTrials[],
  whyNone: string = 'no trial has a result',
): Gate {
  const name = `max-errored ${limitText(most, 0)}`;
  if (variants.every(({ trials }) => trials === 0)) return { name, passed: false, why: whyNone };
  const faults = variants.filter(({ trials, errored }) => !isAtMost(errored, most * trials));
  const texts = faults.map(({ label, trials, errored }) => `${label}: ${errored} of ${trials} trials errored`);
  const all = variants.reduce((sum, { errored }) => sum + errored, 0);
  const why = faults.length > 0 ? texts.join('; ') : `${all === 0 ? 'no' : all} trial${all === 1 ? '' : 's'} errored`;
  return { name, passed: faults.length === 0, why };
}

/** `95.8%`, `90%` */
function percent(share: number, decimals: number): string {
  return `${Number((share * 100).toFixed(decimals))}%`;
}

function answers(n: number): string {
  return `${n} ${n === 1 ? 'answer' : 'answers'}`;
}

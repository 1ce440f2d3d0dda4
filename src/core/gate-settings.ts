/** Conditions that make a comparison fail. */
export const FAIL_ON = ['regression', 'any-drop', 'inconclusive', 'none'] as const;

/** One of them. */
export type FailOn = (typeof FAIL_ON)[number];

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

import { normalQuantile } from './normal.ts';

/** How certainly a difference is to be found. */
interface Certainty {
  /** Chance to find the difference, above 0 and below 1; 0.8 is usual. */
  readonly power: number;
  /** Chance to find one that is not there, either way, above 0 and below 1; 0.05 is usual. */
  readonly alpha: number;
}

/** A difference of the shares that two pass, on the same rows. */
interface ShareDifference extends Certainty {
  /** Share of rows that one of the two passes and the other fails, from 0 to 1. */
  readonly discordant: number;
  /** Share that one passes less the share that the other passes; its sign does not matter. */
  readonly difference: number;
}

/** A mean difference of scores on the same rows. */
interface MeanDifference extends Certainty {
  /** Of the rows' differences, from 0. */
  readonly standardDeviation: number;
  /** In the same unit; its sign does not matter. */
  readonly difference: number;
}

/**
 * How many rows McNemar's exact test takes to find a difference of shares.
 * R. J. Connor, "Sample Size for Testing Differences in Proportions for the Paired-Sample Design", Biometrics 43 (1987),
 * 207–211, for A. L. Edwards' statistic, which takes 1 off the difference of counts (Psychometrika 13 (1948), 185–187):
 * without that the exact test misses the power by up to four points in a hundred; with it, it has up to three more than
 * asked, and up to thirteen where all rows that tell the two apart are for the same one.
 * @returns whole rows; null where no number would do: no difference, or one larger than `discordant`
 */
export function rowsForShareDifference({ discordant, difference, power, alpha }: ShareDifference): number | null {
  const size = Math.abs(difference);
  if (!(size <= discordant)) return null;
  const byChance = normalQuantile(1 - alpha / 2) * Math.sqrt(discordant);
  const needed = Math.max(0, byChance + normalQuantile(power) * Math.sqrt(discordant - size * size));
  return wholeRows(((needed + Math.sqrt(needed * needed + 4 * size)) / (2 * size)) ** 2);
}

/**
 * How many rows a paired test of scores takes to find a mean difference, as Student's t, which the sign-flip test is
 * about as strong as. W. C. Guenther, "Sample Size Formulas for Normal Theory T Tests", American Statistician 35 (1981),
 * 243–244; no fewer than the rows of which all must point one way for the sign-flip test to find anything.
 * @returns whole rows; null where no number would do: no difference
 */
export function rowsForMeanDifference(sought: MeanDifference): number | null {
  const { standardDeviation, difference, power, alpha } = sought;
  const byChance = normalQuantile(1 - alpha / 2);
  const needed = Math.max(0, byChance + normalQuantile(power)) * (standardDeviation / Math.abs(difference));
  const rows = wholeRows(needed ** 2 + byChance ** 2 / 2);
  return rows === null ? null : Math.max(Math.ceil(Math.log2(2 / alpha)), rows);
}

/** The next whole number; null where there is none that can be told exactly. */
function wholeRows(rows: number): number | null {
  const whole = Math.ceil(rows);
  return Number.isSafeInteger(whole) ? whole : null;
}

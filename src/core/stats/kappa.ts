import { normalQuantile } from './normal.ts';
import { type Interval, wilsonInterval } from './wilson.ts';

/** Rows by the verdicts of two raters; integers from 0. */
interface AgreementTable {
  readonly bothPass: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly bothFail: number;
}

/** Agreement of two raters. */
export interface Agreement {
  /** Rows that both rated. */
  readonly n: number;
  /** Share of rows on which they agree; null without rows. */
  readonly accuracy: number | null;
  readonly accuracyInterval: Interval | null;
  /**
   * Cohen's kappa, from -1 to 1: 1 for full agreement, 0 for chance agreement; null if chance alone gives full
   * agreement.
   */
  readonly kappa: number | null;
  readonly kappaInterval: Interval | null;
}

/** A variance of one row that differs from 0 only by rounding. */
const NO_VARIANCE = 1e-12;
const Z_95 = normalQuantile(0.975);

/**
 * Agreement of two pass/fail raters, such as a model and a person, with 95 % intervals. J. Cohen, "A Coefficient of
 * Agreement for Nominal Scales", Educ. Psychol. Meas. 20 (1960), 37–46; J. L. Fleiss, J. Cohen, B. S. Everitt, "Large
 * Sample Standard Errors of Kappa and Weighted Kappa", Psychological Bulletin 72 (1969), 323–327, (13). If that error
 * is 0, as with full agreement, kappa's ends come from the ends of Wilson's interval of the agreement, so that a few
 * rows do not look certain.
 */
export function agreement(table: AgreementTable): Agreement {
  const { bothPass, onlyFirst, onlySecond, bothFail } = table;
  const n = bothPass + onlyFirst + onlySecond + bothFail;
  if (n === 0) return { n, accuracy: null, accuracyInterval: null, kappa: null, kappaInterval: null };
  const accuracy = (bothPass + bothFail) / n;
  const accuracyInterval = wilsonInterval(bothPass + bothFail, n);
  const known = { n, accuracy, accuracyInterval };
  const byChance = (bothPass + onlyFirst) * (onlyFirst + bothFail) + (bothPass + onlySecond) * (onlySecond + bothFail);
  if (byChance === 0 || accuracyInterval === null) return { ...known, kappa: null, kappaInterval: null };
  const chanceOfParting = byChance / n ** 2;
  const kappa = (2 * (bothPass * bothFail - onlyFirst * onlySecond)) / byChance;
  const variance = varianceOf(table, n, kappa, chanceOfParting);
  if (variance > NO_VARIANCE) {
    const margin = (Z_95 * Math.sqrt(variance / n)) / chanceOfParting;
    return { ...known, kappa, kappaInterval: around(kappa, kappa - margin, kappa + margin) };
  }
  const kappaAt = (share: number): number => 1 - (1 - share) / chanceOfParting;
  const ends = [kappaAt(accuracyInterval.low), kappaAt(accuracyInterval.high)] as const;
  return { ...known, kappa, kappaInterval: around(kappa, ...ends) };
}

/** Variance of kappa times rows and the square of the probability of chance disagreement. */
function varianceOf(table: AgreementTable, n: number, kappa: number, chanceOfParting: number): number {
  const first = (table.bothPass + table.onlyFirst) / n;
  const second = (table.bothPass + table.onlySecond) / n;
  const rest = 1 - kappa;
  const agreed =
    (table.bothPass / n) * (1 - (first + second) * rest) ** 2 +
    (table.bothFail / n) * (1 - (2 - first - second) * rest) ** 2;
  const parted = (table.onlyFirst / n) * (1 - first + second) ** 2 + (table.onlySecond / n) * (1 + first - second) ** 2;
  return agreed + rest ** 2 * parted - (kappa - (1 - chanceOfParting) * rest) ** 2;
}

/** An interval around kappa, limited to possible values. */
function around(kappa: number, low: number, high: number): Interval {
  return { low: Math.max(-1, Math.min(kappa, low)), high: Math.min(1, Math.max(kappa, high)) };
}

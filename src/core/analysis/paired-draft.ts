import { agreeingInterval } from '../stats/agreeing-interval.ts';
import { mcnemarExact } from '../stats/mcnemar.ts';
import { pairedMeanInterval } from '../stats/paired-mean.ts';
import { pairedShareInterval } from '../stats/paired-share.ts';
import { wilcoxonSignedRank } from '../stats/wilcoxon.ts';
import type { Interval } from '../stats/wilson.ts';
import { type Comparison, LEVEL, type PairedTest } from './analysis.ts';
import { flipPValue } from './flip-p-value.ts';
import type { PairScan } from './pair-scan.ts';

const POINTS = 100;

/** A comparison before its p-value is corrected. */
export interface PairedDraft extends Omit<Comparison, 'adjustedPValue' | 'verdict' | 'power' | 'first' | 'second'> {
  /** Standard deviation of a row's difference, clusters taken into account; null where it is not known. */
  readonly standardDeviation: number | null;
  /** Clusters that were met; null where rows are independent. */
  readonly clusters: number | null;
}

/** Tests whether two variants differ. @param test McNemar's only where each row has one answer, which passes or not */
export function pairedDraft(scan: PairScan, test: PairedTest): PairedDraft {
  const { n, firstMore, secondMore } = scan;
  const clusters = scan.clusters === null ? null : scan.clusterSums.length;
  const counts = { n, onlyFirst: firstMore, onlySecond: secondMore, test, clusters };
  if (n === 0) return { ...counts, ...NOTHING, why: 'no row has a judged answer of both' };
  return { ...counts, ...(test === 'mcnemar' ? shareFigures(scan) : meanFigures(scan, test)) };
}

type Figures = Pick<PairedDraft, 'points' | 'pointsInterval' | 'pValue' | 'why' | 'standardDeviation'>;

const NOTHING = { points: null, pointsInterval: null, pValue: null, standardDeviation: null } as const;

function shareFigures({ n, firstMore, secondMore, table }: PairScan): Figures {
  return {
    points: (POINTS * (firstMore - secondMore)) / n,
    pointsInterval: inPoints(pairedShareInterval(table)),
    pValue: mcnemarExact(firstMore, secondMore),
    why: null,
    standardDeviation: null,
  };
}

function meanFigures({ n, differences, clusters, clusterSums }: PairScan, test: PairedTest): Figures {
  const found = pairedMeanInterval(differences, clusters === null ? {} : { clusters });
  if (found === null) {
    const points = (POINTS * differences.reduce((sum, difference) => sum + difference, 0)) / n;
    return { ...NOTHING, points, why: n === 1 ? 'one row cannot tell' : 'all rows are in one cluster' };
  }
  const pValue = test === 'wilcoxon' ? wilcoxonSignedRank(clusterSums).pValue : flipPValue(clusterSums);
  const { interval, student } = found;
  return {
    points: POINTS * found.mean,
    pointsInterval: inPoints(agreeingInterval(interval, { pValue, alpha: 1 - LEVEL, student })),
    ...{ pValue, why: null },
    standardDeviation: found.standardError * Math.sqrt(n),
  };
}

function inPoints(interval: Interval | null): Interval | null {
  return interval === null ? null : { low: POINTS * interval.low, high: POINTS * interval.high };
}

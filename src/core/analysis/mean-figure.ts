import { placeOf, type RowSelection, type ScoredRows } from '../paired/pair-scan.ts';
import { ClusterSums, clusteredMean } from '../stats/clustered-mean.ts';
import { meanInterval } from '../stats/mean-interval.ts';
import type { MeanFigure } from './analysis.ts';

/** The mean of a column over some rows, each scored answer counting once. */
export function meanFigure(column: ScoredRows, selection: RowSelection): MeanFigure {
  const sums = new ClusterSums();
  const means = column.means();
  const { count, clusters } = selection;
  for (let index = 0; index < count; index++) {
    const row = placeOf(selection, index);
    const mean = means[row] ?? Number.NaN;
    if (Number.isNaN(mean)) continue;
    const cluster = clusters === null ? index : (clusters[row] ?? 0);
    for (let left = column.answersOf(row); left > 0; left--) sums.add(cluster, mean);
  }
  const clustered = clusteredMean(sums);
  if (clustered === null) return { n: 0, mean: null, interval: null, method: null };
  const interval = meanInterval(clustered, { isShare: column.isPassFail });
  const isPlain = column.isPassFail && clustered.n === clustered.clusters;
  const method = isPlain ? 'wilson' : 'wilson with effective size';
  return { n: clustered.n, mean: clustered.mean, interval, method: interval === null ? null : method };
}

import { placeOf, type RowSelection, type ScoredRows } from '../paired/pair-scan.ts';
import { ClusterSums, type Clusters, clusteredMean } from '../stats/clustered-mean.ts';
import { meanInterval } from '../stats/mean-interval.ts';
import type { MeanFigure } from './analysis.ts';

/** The mean of a column over some rows, each scored answer counting once. */
export function meanFigure(column: ScoredRows, selection: RowSelection): MeanFigure {
  const clustered = clusteredMean(
    selection.clusters === null ? ofRows(column, selection) : ofClusters(column, selection),
  );
  if (clustered === null) return { n: 0, units: 0, mean: null, interval: null, method: null };
  const interval = meanInterval(clustered, { isShare: column.isPassFail });
  const isPlain = column.isPassFail && clustered.n === clustered.clusters;
  const method = isPlain ? 'wilson' : 'wilson with effective size';
  return {
    n: clustered.n,
    units: clustered.clusters,
    mean: clustered.mean,
    interval,
    method: interval === null ? null : method,
  };
}

/** Rows as clusters: their answers are visited, as sums of a million rows would take more memory than their run. */
function ofRows(column: ScoredRows, selection: RowSelection): Clusters {
  let n = 0;
  eachScored(column, selection, (_row, answers) => {
    n += answers;
  });
  return { n, each: (visit) => eachScored(column, selection, (_row, answers, mean) => visit(answers * mean, answers)) };
}

function ofClusters(column: ScoredRows, selection: RowSelection): Clusters {
  const sums = new ClusterSums();
  eachScored(column, selection, (row, answers, mean) => {
    for (let left = answers; left > 0; left--) sums.add(selection.clusters?.[row] ?? 0, mean);
  });
  return sums;
}

/** Visits the rows that have a score: their place, how many answers it is of, and its mean. */
function eachScored(
  column: ScoredRows,
  selection: RowSelection,
  visit: (row: number, answers: number, mean: number) => void,
): void {
  const means = column.means();
  for (let index = 0; index < selection.count; index++) {
    const row = placeOf(selection, index);
    const mean = means[row] ?? Number.NaN;
    if (!Number.isNaN(mean)) visit(row, column.answersOf(row), mean);
  }
}

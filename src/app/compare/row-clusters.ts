import type { ComparedClusters } from '../../core/comparison.ts';
import { UsageError } from '../../core/errors.ts';
import { growingUints } from '../../core/growing-numbers.ts';
import { didYouMean } from '../../io/nearest.ts';
import type { Source } from '../../store/source.ts';
import type { Side } from './side.ts';

/** The column that groups rows, and where it was named. */
export interface ClusterColumn {
  readonly column: string;
  readonly namedBy: string;
}

/**
 * The column of `--cluster`, else that of the runs' own settings; null if none is named, or `--cluster ''` is given.
 * @throws UsageError if neither side has the column, or their settings name two different ones
 */
export function clusterColumn(base: Source, candidate: Source, requested: string | null): ClusterColumn | null {
  if (requested === '') return null;
  const [before, after] = [base.facts.clusterColumn, candidate.facts.clusterColumn];
  if (requested === null && before !== null && after !== null && before !== after) {
    throw new UsageError(`rows belong together by "${before}" in the base and by "${after}" in the candidate`, {
      hint: `say by which: --cluster ${before} or --cluster ${after}`,
    });
  }
  const column = requested ?? after ?? before;
  if (column === null) return null;
  const isThere = [base, candidate].some(({ columns, facts }) => [...columns, facts.clusterColumn].includes(column));
  if (!isThere) {
    const known = [...new Set([...base.columns, ...candidate.columns])];
    throw new UsageError(`--cluster ${column}: neither side has such a column`, {
      hint: `columns: ${known.join(', ')}${didYouMean(column, known)}`,
    });
  }
  if (requested !== null) return { column, namedBy: '--cluster' };
  if (before === after) return { column, namedBy: 'the settings of both runs' };
  return { column, namedBy: `the settings of the ${after === null ? 'base' : 'candidate'}` };
}

/** Which rows of two sides belong together. */
export interface RowClusters {
  /** Each row's cluster, from 0. */
  readonly ofRows: Uint32Array;
  /** Number of clusters. */
  readonly size: number;
  readonly compared: ComparedClusters;
}

/**
 * Numbers the clusters of all rows by the candidate's values, or the base's if the candidate has none. A row without a
 * value is its own cluster.
 * @param named number of distinct values on both sides together
 */
export function rowClusters(
  { base, candidate }: { readonly base: Side; readonly candidate: Side },
  rows: number,
  { column, named }: { readonly column: ClusterColumn; readonly named: number },
): RowClusters {
  const ofRows = growingUints();
  const common = new Set<number>();
  let [size, missing, changed] = [named, 0, 0];
  for (let row = 0; row < rows; row++) {
    const [before, after] = [base.clusterOf(row), candidate.clusterOf(row)];
    const cluster = after ?? before ?? size++;
    ofRows.push(cluster);
    if (!base.has(row) || !candidate.has(row)) continue;
    common.add(cluster);
    if (after === null && before === null) missing += 1;
    if (after !== null && before !== null && after !== before) changed += 1;
  }
  const compared = { column: column.column, namedBy: column.namedBy, clusters: common.size, missing, changed };
  return { ofRows: ofRows.values().subarray(0, rows), size, compared };
}

import type { PairedTable } from '../stats/paired-share.ts';
import { placeOf, type RowSelection } from './row-selection.ts';
import type { ScoreColumn } from './score-column.ts';

/** Means of the same scores in another order differ by less. */
export const ROUNDING = 1e-12;

/** Two variants' scores on the rows that both have one for. Its arrays are valid until the next scan. */
export interface PairScan {
  /** Rows that both have. */
  readonly n: number;
  /** First less second, a number for each of those rows. */
  readonly differences: Float64Array;
  /** The cluster of each of those rows, numbered from 0 without gaps; null where rows are independent. */
  readonly clusters: Uint32Array | null;
  /** What `differences` come to in each cluster; in each row where rows are independent. */
  readonly clusterSums: Float64Array;
  readonly firstMore: number;
  readonly secondMore: number;
  /** Counts of rows that passed, where every mean is 0 or 1. */
  readonly table: PairedTable;
}

/** Goes through pairs of columns, with one set of buffers for all. */
export class PairScanner {
  readonly #differences: Float64Array;
  readonly #clusters: Uint32Array;
  readonly #clusterSums: Float64Array;
  /** Each cluster's number in the scan, from 1; 0 where it has none yet. */
  readonly #numbers: Uint32Array;

  /** @param rows the run's; @param clusters how many there are, 0 where rows are independent */
  constructor(rows: number, clusters: number) {
    this.#differences = new Float64Array(rows);
    this.#clusters = new Uint32Array(clusters === 0 ? 0 : rows);
    this.#clusterSums = new Float64Array(clusters);
    this.#numbers = new Uint32Array(clusters);
  }

  scan(first: ScoreColumn, second: ScoreColumn, selection: RowSelection): PairScan {
    const [one, other] = [first.means(), second.means()];
    const counts = { both: 0, firstMore: 0, secondMore: 0 };
    let [n, clusters] = [0, 0];
    this.#numbers.fill(0);
    for (let index = 0; index < selection.count; index++) {
      const row = placeOf(selection, index);
      const score = one[row] ?? Number.NaN;
      const exact = score - (other[row] ?? Number.NaN);
      if (Number.isNaN(exact)) continue;
      const difference = Math.abs(exact) < ROUNDING ? 0 : exact;
      if (difference > 0) counts.firstMore += 1;
      else if (difference < 0) counts.secondMore += 1;
      else if (score === 1) counts.both += 1;
      this.#differences[n] = difference;
      if (selection.clusters !== null) clusters = this.#note(n, selection.clusters[row] ?? 0, clusters);
      n += 1;
    }
    const { both, firstMore, secondMore } = counts;
    const table = { both, onlyFirst: firstMore, onlySecond: secondMore, neither: n - both - firstMore - secondMore };
    return { n, firstMore, secondMore, table, ...this.#views(n, selection.clusters === null ? null : clusters) };
  }

  /** Adds a row's difference to its cluster. @returns clusters met so far */
  #note(at: number, cluster: number, met: number): number {
    const known = this.#numbers[cluster] ?? 0;
    const number = known === 0 ? met : known - 1;
    if (known === 0) {
      this.#numbers[cluster] = met + 1;
      this.#clusterSums[number] = 0;
    }
    this.#clusters[at] = number;
    this.#clusterSums[number] = (this.#clusterSums[number] ?? 0) + (this.#differences[at] ?? 0);
    return known === 0 ? met + 1 : met;
  }

  #views(n: number, clusters: number | null): Pick<PairScan, 'differences' | 'clusters' | 'clusterSums'> {
    const differences = this.#differences.subarray(0, n);
    if (clusters === null) return { differences, clusters: null, clusterSums: differences };
    const clusterSums = this.#clusterSums.subarray(0, clusters);
    return { differences, clusters: this.#clusters.subarray(0, n), clusterSums };
  }
}

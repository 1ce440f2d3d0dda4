import type { PairedTable } from '../stats/paired-share.ts';

/** Means of the same scores in another order differ by less. */
export const ROUNDING = 1e-12;

/** One variant's scores by one scorer, as a mean over its repeats for each row. */
export interface ScoredRows {
  /** NaN if a row has no scored answer; the array may be longer than the number of rows, or shorter. */
  means(): Float64Array;
  /** Maximum number of scored answers of a row. */
  readonly repeats: number;
  /** True if every score is 0 or 1. */
  readonly isPassFail: boolean;
  /** Number of a row's scored answers, if its mean is not NaN. */
  answersOf(row: number): number;
}

/** The rows over which a figure is computed. */
export interface RowSelection {
  readonly count: number;
  /** Their indices among the run's rows; null for all of them. */
  readonly places: Uint32Array | null;
  /** The cluster of each of the run's rows; null if rows are independent of each other. */
  readonly clusters: Uint32Array | null;
}

/** The index among the run's rows of a selection's row. @param index from 0 to `count` minus one */
export function placeOf({ places }: RowSelection, index: number): number {
  return places === null ? index : (places[index] ?? 0);
}

/** Two variants' scores on their common rows. Its arrays are valid until the next scan. */
export interface PairScan {
  /** Common rows. */
  readonly n: number;
  /** Rows with a score of only one of the two. */
  readonly unmatched: number;
  /** Sums of the rows' means. */
  readonly firstSum: number;
  readonly secondSum: number;
  /** First minus second, a number for each of those rows. */
  readonly differences: Float64Array;
  /** The cluster of each of those rows, numbered from 0 without gaps; null if rows are independent. */
  readonly clusters: Uint32Array | null;
  /** Sums of `differences` by cluster; by row if rows are independent. */
  readonly clusterSums: Float64Array;
  readonly firstMore: number;
  readonly secondMore: number;
  /** True if each row has one answer of each, and every score is 0 or 1. */
  readonly isPassFail: boolean;
  /** Counts of rows that passed, if `isPassFail`. */
  readonly table: PairedTable;
}

/** Scans pairs of columns, with one set of buffers for all. */
export class PairScanner {
  readonly #differences: Float64Array;
  readonly #clusters: Uint32Array;
  readonly #clusterSums: Float64Array;
  /** Each cluster's number in the scan, from 1; 0 if it has none yet. */
  readonly #numbers: Uint32Array;

  /** @param rows the run's; @param clusters number of clusters, 0 if rows are independent */
  constructor(rows: number, clusters: number) {
    this.#differences = new Float64Array(rows);
    this.#clusters = new Uint32Array(clusters === 0 ? 0 : rows);
    this.#clusterSums = new Float64Array(clusters);
    this.#numbers = new Uint32Array(clusters);
  }

  scan(first: ScoredRows, second: ScoredRows, selection: RowSelection): PairScan {
    const [one, other] = [first.means(), second.means()];
    let [n, unmatched, clusters, both, partial] = [0, 0, 0, 0, 0];
    let [firstSum, secondSum, firstMore, secondMore] = [0, 0, 0, 0];
    this.#numbers.fill(0);
    for (let index = 0; index < selection.count; index++) {
      const row = placeOf(selection, index);
      const [score, against] = [one[row] ?? Number.NaN, other[row] ?? Number.NaN];
      const exact = score - against;
      if (Number.isNaN(exact)) {
        if (Number.isNaN(score) !== Number.isNaN(against)) unmatched += 1;
        continue;
      }
      const difference = Math.abs(exact) < ROUNDING ? 0 : exact;
      firstSum += score;
      secondSum += against;
      if (!isWhole(score) || !isWhole(against)) partial += 1;
      if (difference > 0) firstMore += 1;
      else if (difference < 0) secondMore += 1;
      else if (score === 1) both += 1;
      this.#differences[n] = difference;
      if (selection.clusters !== null) clusters = this.#note(n, selection.clusters[row] ?? 0, clusters);
      n += 1;
    }
    const isPassFail = partial === 0 && first.repeats <= 1 && second.repeats <= 1;
    const table = { both, onlyFirst: firstMore, onlySecond: secondMore, neither: n - both - firstMore - secondMore };
    const views = this.#views(n, selection.clusters === null ? null : clusters);
    return { n, unmatched, firstSum, secondSum, firstMore, secondMore, isPassFail, table, ...views };
  }

  /** Adds a row's difference to its cluster. @returns number of clusters so far */
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
    for (const [cluster, sum] of clusterSums.entries()) if (Math.abs(sum) < ROUNDING) clusterSums[cluster] = 0;
    return { differences, clusters: this.#clusters.subarray(0, n), clusterSums };
  }
}

function isWhole(score: number): boolean {
  return score === 0 || score === 1;
}

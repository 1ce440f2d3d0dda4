/** Sums of values by cluster. */
export interface Clusters {
  /** Number of values. */
  readonly n: number;
  /** Visits the sum and the number of values of each cluster, which may be 0; the same each time. */
  readonly each: (visit: (sum: number, count: number) => void) => void;
}

/** Initial capacity in clusters. */
const FIRST_ROOM = 64;

/** Sums values by cluster, such as the repeats of a row. Stores two numbers per cluster, however many values it has. */
export class ClusterSums implements Clusters {
  #sums = new Float64Array(FIRST_ROOM);
  #counts = new Uint32Array(FIRST_ROOM);
  #reach = 0;
  #n = 0;

  /** Adds one value. @param cluster integer from 0; unused numbers are not clusters */
  add(cluster: number, value: number): void {
    if (cluster >= this.#sums.length) this.#grow(cluster + 1);
    this.#sums[cluster] = (this.#sums[cluster] ?? 0) + value;
    this.#counts[cluster] = (this.#counts[cluster] ?? 0) + 1;
    this.#reach = Math.max(this.#reach, cluster + 1);
    this.#n += 1;
  }

  /** Number of values. */
  get n(): number {
    return this.#n;
  }

  each(visit: (sum: number, count: number) => void): void {
    for (let cluster = 0; cluster < this.#reach; cluster++) visit(this.#sums[cluster] ?? 0, this.#counts[cluster] ?? 0);
  }

  #grow(least: number): void {
    const room = Math.max(least, 2 * this.#sums.length);
    const [sums, counts] = [new Float64Array(room), new Uint32Array(room)];
    sums.set(this.#sums);
    counts.set(this.#counts);
    [this.#sums, this.#counts] = [sums, counts];
  }
}

/** A mean of values in clusters, with its uncertainty. */
export interface ClusteredMean {
  readonly mean: number;
  /** Standard error of the mean, from 0; null for a single cluster, which does not show how others vary. */
  readonly standardError: number | null;
  /** Clusters with at least one value. */
  readonly clusters: number;
  /** Number of values. */
  readonly n: number;
  /** Mean cluster size over values: 1 if each value has its own. */
  readonly clusterSize: number;
}

/**
 * Mean of all values with a standard error that allows for values of one cluster being alike, from the squared
 * deviations of whole clusters. With one value in each cluster it is the usual standard error. E. Miller, "Adding Error
 * Bars to Evals", arXiv 2411.00640, the formula for clustered standard errors, with k/(k − 1) under the root for k
 * clusters, without which few clusters would look too precise.
 * @returns null if no value was added
 */
export function clusteredMean(values: Clusters): ClusteredMean | null {
  const { n } = values;
  if (n === 0) return null;
  let [total, clusters, sizeSquares] = [0, 0, 0];
  values.each((sum, count) => {
    total += sum;
    sizeSquares += count * count;
    if (count > 0) clusters += 1;
  });
  const mean = total / n;
  let squares = 0;
  values.each((sum, count) => {
    squares += (sum - count * mean) ** 2;
  });
  const standardError = clusters < 2 ? null : Math.sqrt((squares * clusters) / (clusters - 1)) / n;
  return { mean, standardError, clusters, n, clusterSize: sizeSquares / n };
}

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClusterSums, clusteredMean } from '../../../src/core/stats/clustered-mean.ts';

/** A value and its cluster. */
type Entry = readonly [cluster: number, value: number];

function sumsOf(entries: readonly Entry[]): ClusterSums {
  const sums = new ClusterSums();
  for (const [cluster, value] of entries) sums.add(cluster, value);
  return sums;
}

const score = fc.double({ min: 0, max: 1, noNaN: true });
const entries = fc.array(fc.tuple(fc.nat({ max: 9 }), score), { minLength: 1, maxLength: 60 });

/** The formula as the paper has it, over pairs of values of one cluster. */
function byPairs(values: readonly Entry[]): number {
  const mean = values.reduce((sum, [, value]) => sum + value, 0) / values.length;
  const clusters = new Set(values.map(([cluster]) => cluster)).size;
  const products = values.flatMap(([one, x]) =>
    values.filter(([other]) => other === one).map(([, y]) => (x - mean) * (y - mean)),
  );
  const sum = Math.max(
    0,
    products.reduce((all, product) => all + product, 0),
  );
  return Math.sqrt((sum * clusters) / (clusters - 1)) / values.length;
}

describe('the clustered mean', () => {
  it('has the standard error that NumPy gives for the paper’s formula', () => {
    // With NumPy 2.4.6, x and g as below: m = x.mean(); sum(outer(x[g==c]-m, x[g==c]-m).sum() for c in unique(g))
    // / 9**2, times 4/3, its square root.
    const values = [1, 1, 0, 1, 0, 0, 1, 0.5, 0.25];
    const clusters = [0, 0, 0, 1, 1, 1, 2, 2, 3];
    const found = clusteredMean(sumsOf(values.map((value, index) => [clusters[index] ?? 0, value])));
    expect(found?.mean).toBeCloseTo(0.5277777777777778, 15);
    expect(found?.standardError).toBeCloseTo(0.11393307160417389, 15);
    expect(found).toMatchObject({ clusters: 4, n: 9, clusterSize: 23 / 9 });
  });

  it('has the usual standard error if each value has its own cluster', () => {
    // NumPy 2.4.6: std([0.1, 0.9, 0.4, 0.7], ddof=1) / 2
    const found = clusteredMean(sumsOf([0.1, 0.9, 0.4, 0.7].map((value, index) => [index, value])));
    expect(found?.standardError).toBeCloseTo(0.17500000000000002, 15);
    expect(found?.clusterSize).toBe(1);
  });

  it('is the paper’s sum over pairs, whatever the clusters', () => {
    fc.assert(
      fc.property(entries, (all) => {
        const found = clusteredMean(sumsOf(all));
        if (found?.clusters === 1) expect(found.standardError).toBeNull();
        else expect(found?.standardError).toBeCloseTo(byPairs(all), 7);
      }),
    );
  });

  it('does not depend on order or on how clusters are numbered', () => {
    fc.assert(
      fc.property(entries, (all) => {
        const found = clusteredMean(sumsOf(all));
        const other = clusteredMean(
          sumsOf(all.toReversed().map(([cluster, value]) => [997 - 100 * cluster + 7, value])),
        );
        expect(other).toMatchObject({ n: found?.n, clusters: found?.clusters, clusterSize: found?.clusterSize });
        expect(other?.mean).toBeCloseTo(found?.mean ?? Number.NaN, 12);
        expect(other?.standardError ?? -1).toBeCloseTo(found?.standardError ?? -1, 12);
      }),
    );
  });

  it('is null without values, and has no error for one cluster', () => {
    expect(clusteredMean(new ClusterSums())).toBeNull();
    expect(
      clusteredMean(
        sumsOf([
          [3, 1],
          [3, 0],
        ]),
      ),
    ).toEqual({
      mean: 0.5,
      standardError: null,
      clusters: 1,
      n: 2,
      clusterSize: 2,
    });
  });

  it('keeps the sums of many clusters', () => {
    const sums = new ClusterSums();
    for (let cluster = 0; cluster < 10_000; cluster++) sums.add(cluster, cluster % 2);
    for (let cluster = 0; cluster < 10_000; cluster++) sums.add(cluster, cluster % 2);
    const visited: (readonly [number, number])[] = [];
    sums.each((sum, count) => visited.push([sum, count]));
    expect(visited).toHaveLength(10_000);
    expect(visited.slice(0, 3)).toEqual([
      [0, 2],
      [2, 2],
      [0, 2],
    ]);
    expect(clusteredMean(sums)).toMatchObject({ mean: 0.5, clusters: 10_000, n: 20_000, clusterSize: 2 });
  });
});

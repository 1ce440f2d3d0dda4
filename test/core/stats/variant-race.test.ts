import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/core/sampling.ts';
import { PairedEvidence } from '../../../src/core/stats/evidence.ts';
import { VariantRace } from '../../../src/core/stats/variant-race.ts';

/** A row of scores by variant. */
type Row = readonly (number | null)[];

function raceOf(rows: readonly Row[], alpha = 0.05): VariantRace {
  const race = new VariantRace({ variants: rows[0]?.length ?? 0, alpha });
  for (const row of rows) race.add(row);
  return race;
}

/** Rows that each variant passes with a probability of its own. */
function drawn(shares: readonly number[], count: number, seed: number): readonly Row[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => shares.map((share) => (random() < share ? 1 : 0)));
}

const score = fc.option(fc.double({ min: 0, max: 1, noNaN: true }));
const rows = fc
  .integer({ min: 2, max: 5 })
  .chain((variants) => fc.array(fc.array(score, { minLength: variants, maxLength: variants }), { minLength: 1 }));

describe('a race of variants', () => {
  it('stops the worse of two when the evidence is enough, and reports by which and when', () => {
    const race = new VariantRace({ variants: 2 });
    const told = Array.from({ length: 9 }, () => race.add([0, 1]));
    const evidence = new PairedEvidence(0.05);
    for (let row = 0; row < 8; row++) evidence.add(-1);
    expect(told.slice(0, 7).flat()).toEqual([]);
    expect(told[7]).toEqual([{ variant: 0, by: 1, eValue: evidence.eValue, rows: 8 }]);
    expect(told[8]).toEqual([]);
    expect(race.beaten).toEqual(told[7]);
    expect([race.isBeaten(0), race.isBeaten(1), race.rows, race.threshold]).toEqual([true, false, 9, 20]);
  });

  it('needs more evidence with more variants', () => {
    const race = new VariantRace({ variants: 6, alpha: 0.01 });
    expect(race.threshold).toBeCloseTo(1500, 9);
    const steps = Array.from({ length: 30 }, () => race.add([1, 1, 0, 1, 1, 1]).length);
    const alone = new PairedEvidence(0.01 / 15);
    let needed = 0;
    for (; !alone.isDecided; needed++) alone.add(1);
    expect(steps.indexOf(1)).toBe(needed - 1);
    expect(race.beaten).toMatchObject([{ variant: 2 }]);
  });

  it('stops several, and never the last', () => {
    const race = raceOf(Array.from({ length: 40 }, () => [0, 0.5, 1]));
    expect(race.beaten.map(({ variant }) => variant)).toEqual([0, 1]);
    expect(race.beaten.map(({ by }) => by)).toEqual([2, 2]);
  });

  it('never stops the last, even if each is beaten by another', () => {
    // The first beats the second, the second the third, and the third the first.
    const circle = [
      [1, 0, null],
      [null, 1, 0],
      [0, null, 1],
    ] as const;
    const race = raceOf(Array.from({ length: 90 }, (_, row) => circle[row % 3] ?? []));
    expect(race.beaten).toHaveLength(2);
  });

  it('counts rows without a score as no evidence, and pairs on the rows that both have', () => {
    const full = raceOf(drawn([0.9, 0.5], 60, 3));
    const gaps = raceOf(drawn([0.9, 0.5], 60, 3).flatMap((row) => [row, [1, null], [null, 0], [null, null]]));
    expect(gaps.beaten.map(({ variant, by, eValue }) => ({ variant, by, eValue }))).toEqual(
      full.beaten.map(({ variant, by, eValue }) => ({ variant, by, eValue })),
    );
    expect(full.beaten).toHaveLength(1);
  });

  it('decides the same if the rows are fed again, with or without later scores of beaten variants', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const often = all.flatMap((row) => Array.from({ length: 8 }, () => row));
        const first = raceOf(often);
        const again = new VariantRace({ variants: often[0]?.length ?? 0 });
        for (const row of often) again.add(row.map((value, variant) => (again.isBeaten(variant) ? null : value)));
        expect(again.beaten).toEqual(first.beaten);
        expect(first.beaten.length).toBeLessThan(often[0]?.length ?? 0);
      }),
    );
  });

  it('of one variant or none has nothing to decide', () => {
    expect(raceOf(Array.from({ length: 50 }, () => [1])).beaten).toEqual([]);
    expect(raceOf([[]]).beaten).toEqual([]);
  });

  it('stops none of four equal variants in 95 of 100 runs, and nearly always a worse one', () => {
    const runs = 300;
    let [wrong, right] = [0, 0];
    for (let seed = 0; seed < runs; seed++) {
      if (raceOf(drawn([0.7, 0.7, 0.7, 0.7], 200, seed)).beaten.length > 0) wrong += 1;
      if (raceOf(drawn([0.7, 0.7, 0.7, 0.4], 300, seed + runs)).isBeaten(3)) right += 1;
    }
    expect(wrong / runs).toBeLessThan(0.05 + 0.038);
    expect(right / runs).toBeGreaterThan(0.95);
  });

  it('counts rows of one cluster as one piece of evidence', () => {
    const [apart, together] = [new VariantRace({ variants: 2 }), new VariantRace({ variants: 2 })];
    const twenty = Array.from({ length: 20 }, () => [1, 0]);
    for (const row of twenty) apart.add(row);
    together.addCluster(twenty, 20);
    expect(apart.isBeaten(1)).toBe(true);
    expect(together.beaten).toEqual([]);
    expect(together.rows).toBe(20);
    // Eight clusters without exception say as much as eight rows do.
    for (let cluster = 0; cluster < 7; cluster++) together.addCluster(twenty, 20);
    expect(together.beaten).toMatchObject([{ variant: 1, by: 0, rows: 160 }]);
  });

  it('treats a row as a cluster of one, and ignores cluster rows without a score for one of two', () => {
    const [alone, clusters] = [new VariantRace({ variants: 3 }), new VariantRace({ variants: 3 })];
    for (const scores of drawn([0.9, 0.5, 0.2], 40, 5)) {
      alone.add(scores);
      clusters.addCluster([scores, [null, 1, null], [1, null, null]], 1);
    }
    expect(clusters.beaten.map(({ variant, by, eValue }) => ({ variant, by, eValue }))).toEqual(
      alone.beaten.map(({ variant, by, eValue }) => ({ variant, by, eValue })),
    );
    expect(alone.beaten).not.toEqual([]);
  });

  it('bets less on a cluster the smaller it is compared with the largest', () => {
    const race = new VariantRace({ variants: 2 });
    const evidence = new PairedEvidence(0.05);
    for (let cluster = 0; cluster < 40; cluster++) {
      race.addCluster(cluster % 2 === 0 ? [[1, 0]] : Array.from({ length: 4 }, () => [1, 0]), 4);
      if (!evidence.isDecided) evidence.add(cluster % 2 === 0 ? 0.25 : 1);
    }
    expect(race.beaten).toMatchObject([{ variant: 1, eValue: evidence.eValue }]);
  });

  it('stops none of two equal variants in 95 of 100 runs of ten clusters, unlike by rows alone', () => {
    const runs = 300;
    let [wrong, naive] = [0, 0];
    for (let seed = 0; seed < runs; seed++) {
      const random = seededRandom(seed);
      const [apart, together] = [new VariantRace({ variants: 2 }), new VariantRace({ variants: 2 })];
      for (let cluster = 0; cluster < 10; cluster++) {
        const shares = [random(), random()];
        const drawnRows = Array.from({ length: 50 }, () => shares.map((share) => (random() < share ? 1 : 0)));
        together.addCluster(drawnRows, 50);
        for (const row of drawnRows) apart.add(row);
      }
      if (together.beaten.length > 0) wrong += 1;
      if (apart.beaten.length > 0) naive += 1;
    }
    expect(wrong / runs).toBeLessThan(0.05);
    expect(naive / runs).toBeGreaterThan(0.3);
  });
});

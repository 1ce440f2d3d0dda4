import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Population } from '../../../src/core/stats/population.ts';

interface Row {
  readonly x: number;
  readonly tag: string | null;
}

const rows: fc.Arbitrary<Row[]> = fc.array(
  fc.record({ x: fc.nat({ max: 100_000 }), tag: fc.constantFrom('a', 'b', null) }),
  { minLength: 1, maxLength: 50 },
);

function populationOf(added: readonly Row[]): Population {
  const population = new Population();
  for (const { x, tag } of added) population.add(x, tag);
  return population;
}

describe('a population', () => {
  it('knows the moments of its rows', () => {
    const population = populationOf([2, 4, 4, 4, 5, 5, 7, 9].map((x) => ({ x, tag: null })));
    expect(population).toMatchObject({ observed: 8, rows: 8, sumX: 40, meanX: 5, varianceX: 4 });
  });

  it('forgets removed rows', () => {
    fc.assert(
      fc.property(rows, rows, (kept, removed) => {
        const population = populationOf([...kept, ...removed]);
        for (const { x, tag } of removed) population.remove(x, tag);
        const wanted = populationOf(kept);
        expect(population.observed).toBe(wanted.observed);
        expect(population.sumX).toBe(wanted.sumX);
        expect(population.varianceX).toBeCloseTo(wanted.varianceX, 3);
        for (const [tag, sums] of wanted.tags ?? []) expect(population.tags?.get(tag)).toEqual(sums);
      }),
    );
  });

  it('counts rows that it never sees', () => {
    const population = new Population(90);
    for (let x = 0; x < 10; x++) population.add(x, null);
    expect(population).toMatchObject({ observed: 10, rows: 100 });
    population.remove(3, null);
    expect(population.rows).toBe(99);
    population.setUnseen(5);
    expect(population.rows).toBe(14);
  });

  it('distinguishes up to twelve tags, and none beyond', () => {
    const tagged = Array.from({ length: 12 }, (_, index) => ({ x: 1, tag: `t${index}` }));
    expect(populationOf(tagged).tags?.size).toBe(12);
    expect(populationOf([...tagged, { x: 1, tag: null }]).tags).toBeNull();
  });

  it('works when empty', () => {
    expect(new Population()).toMatchObject({ observed: 0, rows: 0, sumX: 0, meanX: 0, varianceX: 0 });
  });
});

import { describe, expect, it } from 'vitest';
import { chooseModel, type PilotRow } from '../../../src/core/stats/pilot-model.ts';
import { type Draw, drawing, drawRows, populationOf, type Split, split } from './pilots.ts';

const SEEDS = Array.from({ length: 200 }, (_, index) => index);
const LEVELS = [40, 120, 250, 500];

/** In what share of pilots x and the tags are used. */
function shares(n: number, row: (draw: Draw) => PilotRow): { readonly x: number; readonly tags: number } {
  const models = SEEDS.map((seed) => {
    const { pilot, rest } = split(drawRows(200, seed, row), n, seed);
    return chooseModel(pilot, populationOf(rest));
  });
  const share = (is: (model: (typeof models)[number]) => boolean): number => models.filter(is).length / SEEDS.length;
  return { x: share(({ usesX }) => usesX), tags: share(({ tags }) => tags.length > 0) };
}

const lengthOf = ({ normal }: Draw): number => Math.round(20 + 100 * Math.exp(0.5 * normal()));
const tagOf = ({ uniform }: Draw): number => Math.floor(4 * uniform());

/** A pilot and the rest with the tags of one of many columns that say nothing: that within whose tags y is spread least. */
function bestOf(columns: number, seed: number): Split {
  const rows = drawRows(200, seed, (draw) => ({ x: lengthOf(draw), tag: null, y: 100 + draw.normal() }));
  const draw = drawing(seed + 1000);
  const all = Array.from({ length: columns }, () => {
    const tagged = rows.map((row) => ({ ...row, tag: `t${tagOf(draw)}` }));
    return split(tagged, 20, seed);
  });
  return all.reduce((best, one) => (spreadWithin(one.pilot) < spreadWithin(best.pilot) ? one : best));
}

function spreadWithin(pilot: readonly PilotRow[]): number {
  let squares = 0;
  for (const tag of new Set(pilot.map((row) => row.tag))) {
    const ys = pilot.filter((row) => row.tag === tag).map(({ y }) => y);
    const mean = ys.reduce((sum, y) => sum + y, 0) / ys.length;
    squares += ys.reduce((sum, y) => sum + (y - mean) ** 2, 0);
  }
  return squares;
}

describe('the choice of a model', () => {
  it('detects that y depends on x', () => {
    const used = shares(20, (draw) => {
      const x = lengthOf(draw);
      return { x, tag: null, y: x * Math.exp(0.3 * draw.normal()) };
    });
    expect(used.x).toBeGreaterThan(0.95);
    expect(used.tags).toBe(0);
  });

  it('detects that y depends on the tag', () => {
    const used = shares(20, (draw) => {
      const tag = tagOf(draw);
      return { x: lengthOf(draw), tag: `t${tag}`, y: (LEVELS[tag] ?? 0) * Math.exp(0.3 * draw.normal()) };
    });
    expect(used.tags).toBeGreaterThan(0.95);
    expect(used.x).toBeLessThan(0.15);
  });

  it('detects that y depends on both', () => {
    const used = shares(50, (draw) => {
      const [x, tag] = [lengthOf(draw), tagOf(draw)];
      return { x, tag: `t${tag}`, y: (x + (LEVELS[tag] ?? 0)) * Math.exp(0.2 * draw.normal()) };
    });
    expect(Math.min(used.x, used.tags)).toBeGreaterThan(0.9);
  });

  it('mistakes noise for dependence about once in twenty pilots', () => {
    const used = shares(20, (draw) => ({ x: lengthOf(draw), tag: `t${tagOf(draw)}`, y: 100 + draw.normal() }));
    // 200 pilots: 5 % and four standard errors.
    expect(used.x).toBeLessThan(0.112);
    expect(used.tags).toBeLessThan(0.112);
  });

  it('accounts for a choice among many columns', () => {
    const seeds = SEEDS.slice(0, 100);
    const used = [1, 30].map((columns) => {
      const models = seeds.map((seed) => {
        const { pilot, rest } = bestOf(30, seed);
        return chooseModel(pilot, populationOf(rest), columns);
      });
      return models.filter(({ tags }) => tags.length > 0).length / seeds.length;
    });
    expect(used[0]).toBeGreaterThan(0.6);
    // 5 % and four standard errors.
    expect(used[1]).toBeLessThan(0.14);
  });

  it('makes no test with too few rows', () => {
    const pilot = [10, 20, 30, 40, 50, 60].map((x) => ({ x, tag: String(x % 20), y: 2 * x }));
    expect(chooseModel(pilot, populationOf(pilot))).toMatchObject({ usesX: false, tags: [] });
  });

  it('gives a part to tags that only the rest has, and none if there are too many tags', () => {
    const pilot = Array.from({ length: 20 }, (_, index) => ({ x: 5, tag: index % 2 === 0 ? 'a' : 'b', y: index % 2 }));
    const rest = [{ x: 5, tag: 'c', y: 0 }];
    expect(chooseModel(pilot, populationOf(rest)).tags).toEqual(['a', 'b', 'c']);
    const many = Array.from({ length: 13 }, (_, index) => ({ x: 5, tag: `t${index}`, y: 0 }));
    expect(chooseModel(pilot, populationOf(many)).tags).toEqual([]);
  });
});

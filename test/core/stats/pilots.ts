import { seededRandom } from '../../../src/core/sampling.ts';
import type { PilotRow } from '../../../src/core/stats/pilot-model.ts';
import { Population } from '../../../src/core/stats/population.ts';
import { spreadOrder } from '../../../src/core/stats/spread-order.ts';

/** Random numbers of a seed. */
export interface Draw {
  readonly uniform: () => number;
  readonly normal: () => number;
}

/** Random numbers of a seed: uniform ones, and normal ones by G. E. P. Box and M. E. Muller (1958). */
export function drawing(seed: number): Draw {
  const uniform = seededRandom(Math.imul(seed + 1, 0x9e3779b1));
  return { uniform, normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()) };
}

/** Rows of a dataset, each drawn by `row`. */
export function drawRows(count: number, seed: number, row: (draw: Draw) => PilotRow): readonly PilotRow[] {
  const draw = drawing(seed);
  return Array.from({ length: count }, () => row(draw));
}

/** A pilot, and the rows that are left; the pilot is spread over x. */
export function split(rows: readonly PilotRow[], n: number, seed: number): Split {
  const order = [
    ...spreadOrder(
      Uint32Array.from(rows, ({ x }) => x),
      seed,
    ),
  ];
  const pick = (positions: readonly number[]): readonly PilotRow[] => {
    const wanted = new Set(positions);
    return rows.filter((_, index) => wanted.has(index));
  };
  return { pilot: pick(order.slice(0, n)), rest: pick(order.slice(n)) };
}

/** A dataset in two. */
export interface Split {
  readonly pilot: readonly PilotRow[];
  readonly rest: readonly PilotRow[];
}

/** The population that rows are. */
export function populationOf(rows: readonly PilotRow[], unseen = 0): Population {
  const population = new Population(unseen);
  for (const { x, tag } of rows) population.add(x, tag);
  return population;
}

/** Total of y. */
export function totalOf(rows: readonly PilotRow[]): number {
  return rows.reduce((sum, { y }) => sum + y, 0);
}

import { expect, it } from 'vitest';
import { forecastTotal } from '../../../src/core/stats/forecast.ts';
import type { PilotRow } from '../../../src/core/stats/pilot-model.ts';
import { studentQuantile } from '../../../src/core/stats/student.ts';
import { type Draw, drawRows, populationOf, split, totalOf } from './pilots.ts';

const SEEDS = 300;
const ROWS = 300;
const N = 20;

/** 87 % and 95 % of the seeds, each with two standard errors of a binomial count. */
const LEAST = 0.87 * SEEDS - 2 * Math.sqrt(SEEDS * 0.87 * 0.13);
const MOST = 0.95 * SEEDS + 2 * Math.sqrt(SEEDS * 0.95 * 0.05);

const lengthOf = ({ normal }: Draw): number => Math.round(20 + 100 * Math.exp(0.5 * normal()));

const LENGTHS: readonly {
  readonly name: string;
  readonly cap?: number;
  readonly y: (draw: Draw, x: number) => number;
}[] = [
  { name: 'narrow', y: ({ normal }) => 200 + 30 * normal() },
  { name: 'log-normal', y: ({ normal }) => 150 * Math.exp(0.6 * normal()) },
  { name: 'bimodal', y: ({ uniform, normal }) => (uniform() < 0.6 ? 80 + 15 * normal() : 400 + 60 * normal()) },
  { name: 'correlated with the prompt', y: ({ normal }, x) => 1.5 * x * Math.exp(0.3 * normal()) },
  { name: 'capped', cap: 256, y: ({ normal }) => 300 * Math.exp(0.6 * normal()) },
];

/** Width of Student's interval from the pilot's mean and deviation alone. */
function plainWidth(pilot: readonly PilotRow[], count: number): number {
  const mean = totalOf(pilot) / pilot.length;
  const variance = pilot.reduce((sum, { y }) => sum + (y - mean) ** 2, 0) / (pilot.length - 1);
  return 2 * studentQuantile(0.95, pilot.length - 1) * count * Math.sqrt(variance / pilot.length + variance / count);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

it.each(LENGTHS)(
  'ranges of $name lengths contain the total nine times in ten, about as narrow as Student’s',
  (lengths) => {
    const cap = lengths.cap ?? null;
    const trials = Array.from({ length: SEEDS }, (_, seed) => {
      const rows = drawRows(ROWS, seed, (draw) => {
        const x = lengthOf(draw);
        return { x, tag: null, y: Math.max(1, Math.min(cap ?? Infinity, lengths.y(draw, x))) };
      });
      const { pilot, rest } = split(rows, N, seed);
      const made = forecastTotal(pilot, populationOf(rest), { level: 0.9, cap });
      const total = totalOf(rest);
      const isHeld = made !== null && made.low <= total && total <= made.high;
      return {
        isHeld,
        width: made === null ? Number.NaN : made.high - made.low,
        plain: plainWidth(pilot, rest.length),
      };
    });
    const held = trials.filter(({ isHeld }) => isHeld).length;
    expect(held).toBeGreaterThan(LEAST);
    expect(held).toBeLessThan(MOST);
    expect(median(trials.map(({ width }) => width)) / median(trials.map(({ plain }) => plain))).toBeLessThan(1.1);
  },
);

/** A span of values with the places of its marks. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

/** Place of a value on an axis, from 0 to 1. */
export type Placing = (value: number) => number;

/** Steps that people count in. */
const STEPS = [1, 2, 5] as const;

/** The axis where there are no values: marks would suggest that there are some. */
const EMPTY: Axis = { low: 0, high: 1, ticks: [] };

/**
 * An axis that holds all values and ends at whole steps.
 * @param most number of steps; @param least size of a step, 1 where marks are written as whole numbers
 */
export function linearAxis(values: readonly number[], most = 6, least = 0): Axis {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (!Number.isFinite(low) || !Number.isFinite(high)) return EMPTY;
  const span = Math.max(high - low, Math.abs(high) * 1e-6, 1e-9);
  const size = 10 ** Math.floor(Math.log10(span / most));
  const step = Math.max(least, [...STEPS, 10].map((one) => one * size).find((one) => span / one <= most) ?? 10 * size);
  const [first, last] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)];
  const ticks = Array.from({ length: Math.max(1, last - first) + 1 }, (_, index) => (first + index) * step);
  return { low: ticks[0] ?? low, high: ticks.at(-1) ?? high, ticks };
}

/** Percent from 0 to 100, ending at whole tens around the values. */
export function percentAxis(values: readonly number[]): Axis {
  const known = values.filter((value) => Number.isFinite(value));
  if (known.length === 0) return EMPTY;
  const low = Math.max(0, Math.floor(Math.min(100, ...known) / 10) * 10);
  const high = Math.min(100, Math.ceil(Math.max(0, ...known) / 10) * 10);
  const from = high - low < 20 ? Math.max(0, high - 20) : low;
  const to = Math.max(high, from + 20);
  const step = to - from > 60 ? 20 : 10;
  const ticks = Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => to - index * step);
  return { low: from, high: to, ticks: ticks.toReversed() };
}

/** A logarithmic axis for values above 0. */
export function logAxis(values: readonly number[]): Axis {
  const known = values.filter((value) => value > 0);
  if (known.length === 0) return { ...EMPTY, low: 1, high: 10 };
  const near = { low: Math.min(...known) / 1.25, high: Math.max(...known) * 1.25 };
  const narrow = ticksBetween(near, STEPS);
  // One mark shows no scale: such an axis ends at the marks around it.
  if (narrow.length < 2) return aroundOf(near);
  const { low, high } = near;
  const decades = Math.log10(high / low);
  return { low, high, ticks: decades > 3 ? ticksBetween(near, [1]) : narrow };
}

function aroundOf({ low, high }: Pick<Axis, 'low' | 'high'>): Axis {
  const ticks = ticksBetween({ low: low / 10, high: high * 10 }, STEPS);
  const [first, last] = [ticks.findLastIndex((tick) => tick <= low), ticks.findIndex((tick) => tick >= high)];
  const shown = ticks.slice(first, last + 1);
  return { low: shown[0] ?? low, high: shown.at(-1) ?? high, ticks: shown };
}

function ticksBetween({ low, high }: Pick<Axis, 'low' | 'high'>, steps: readonly number[]): readonly number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const step of steps) {
      const tick = step * 10 ** power;
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return ticks;
}

/** Where values are on an axis. */
export function placing({ low, high }: Axis, isLog = false): Placing {
  if (isLog) return (value) => Math.log(Math.max(value, low) / low) / Math.log(high / low);
  return (value) => (value - low) / (high - low);
}

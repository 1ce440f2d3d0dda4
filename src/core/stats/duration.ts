import { seededRandom } from '../sampling.ts';
import { type Schedule, schedule } from './call-schedule.ts';
import { chiSquareQuantile } from './chi-square.ts';
import { forecastTotal } from './forecast.ts';
import { Population } from './population.ts';

/** Calls of one kind, such as of one model. */
export interface CallKind {
  /** Durations of observed calls of this kind, above 0, in the unit of the result. */
  readonly seen: readonly number[];
  /** Number of calls still to come, from 0. */
  readonly calls: number;
}

/** How calls run concurrently, and the coverage of the range. */
interface DurationOptions extends Schedule {
  /** Share of such ranges that contain the true duration, above 0 and below 1. */
  readonly level: number;
}

/** A duration that is not known yet; low ≤ expected ≤ high, none below 0. */
export interface DurationForecast {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

/** Number of simulated schedules, with the same random numbers each time. */
const ROUNDS = 60;
const SEED = 1;
/** Maximum number of calls in a simulated schedule; further calls only add their share of the work. */
const MOST_CALLS = 2000;
const FULL_ROUNDS = 4;
/** Probability that the spread of logarithms, which determines the slowest call, is within the assumed bound. */
const ASSURANCE = 0.8;

/**
 * Duration of concurrent calls, each made as soon as there is room for it.
 *
 * It is the total duration of all calls, forecast as a sum and divided by the number in flight, plus what a schedule
 * loses. A schedule loses time until the maximum is in flight, and at the end, while waiting for the slowest. The loss
 * is simulated with calls drawn from the observed ones, and for the high end also with log-normal ones of the largest
 * plausible spread.
 * @param kinds which share the calls in flight
 * @returns null if some kind has fewer than two observed calls; 0 if no calls are to come
 */
export function forecastDuration(kinds: readonly CallKind[], options: DurationOptions): DurationForecast | null {
  const asked = kinds.filter(({ calls }) => calls > 0);
  const calls = asked.reduce((sum, kind) => sum + kind.calls, 0);
  if (calls === 0) return { low: 0, expected: 0, high: 0 };
  if (asked.some(({ seen }) => seen.length < 2)) return null;
  const work = workOf(asked, options.level);
  const { concurrency, level } = options;
  const tried = Math.min(calls, Math.max(MOST_CALLS, FULL_ROUNDS * concurrency));
  const lossOf = (draws: readonly (() => number)[]): Float64Array => {
    const random = seededRandom(SEED);
    const durationOf = drawerOf(asked, draws, random);
    return Float64Array.from({ length: ROUNDS }, () => {
      const { span, work: done } = schedule(tried, durationOf, options);
      return span - done / concurrency;
    }).sort();
  };
  const random = seededRandom(SEED + 1);
  const asSeen = lossOf(
    asked.map(
      ({ seen }) =>
        () =>
          seen[Math.floor(random() * seen.length)] ?? 0,
    ),
  );
  const wide = lossOf(asked.map(({ seen }) => logNormalDrawer(seen, random)));
  // Each part must be wrong less often than the whole may be.
  const tail = (1 - level) / 4;
  const middle = at(asSeen, 0.5);
  const [below, above] = [(work.expected - work.low) / work.expected, (work.high - work.expected) / work.expected];
  const expected = work.expected / concurrency + middle;
  // The loss is proportional to the duration of calls, like the work.
  const lower = Math.hypot(below * expected, middle - at(asSeen, tail));
  const upper = Math.hypot(above * expected, Math.max(at(asSeen, 1 - tail), at(wide, 1 - tail)) - middle);
  return { low: Math.max(0, expected - lower), expected, high: expected + upper };
}

/** Total duration of all calls; kinds are independent of each other. */
function workOf(kinds: readonly CallKind[], level: number): DurationForecast {
  let [expected, below, above] = [0, 0, 0];
  for (const { seen, calls } of kinds) {
    const pilot = seen.map((y) => ({ x: 0, tag: null, y }));
    const made = forecastTotal(pilot, new Population(calls), { level, cap: null, rows: calls });
    if (made === null) continue;
    expected += made.expected;
    below = Math.hypot(below, made.expected - made.low);
    above = Math.hypot(above, made.high - made.expected);
  }
  return { low: expected - below, expected, high: expected + above };
}

/** Draws the duration of a call of one of the kinds, weighted by their numbers of calls. */
function drawerOf(kinds: readonly CallKind[], draws: readonly (() => number)[], random: () => number): () => number {
  const calls = kinds.reduce((sum, kind) => sum + kind.calls, 0);
  return () => {
    let left = random() * calls;
    const index = kinds.findIndex((kind) => (left -= kind.calls) < 0);
    return draws[index]?.() ?? 0;
  };
}

function logNormalDrawer(seen: readonly number[], random: () => number): () => number {
  const logs = seen.map((duration) => Math.log(Math.max(duration, Number.MIN_VALUE)));
  const centre = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const squares = logs.reduce((sum, log) => sum + (log - centre) ** 2, 0);
  const spread = Math.sqrt(squares / chiSquareQuantile(1 - ASSURANCE, logs.length - 1));
  // G. E. P. Box and M. E. Muller, Ann. Math. Statist. 29 (1958), 610–611.
  return () => Math.exp(centre + spread * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
}

function at(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

import type { Estimate } from '../../core/estimate.ts';
import { type CallKind, type DurationForecast, forecastDuration } from '../../core/stats/duration.ts';
import { FIRST_IN_FLIGHT } from '../../engine/governor.ts';
import type { PaceConfig } from '../config/run-config.ts';
import type { Lane } from '../endpoints/lanes.ts';
import type { VariantPart } from './variant.ts';

/** Whose calls are timed, and how they are made. */
interface DurationBasis {
  readonly config: PaceConfig;
  readonly lanes: readonly { readonly provider: Pick<Lane['provider'], 'name'> }[];
  /** Confidence level of ranges. */
  readonly level: number;
}

/** How long a call counts towards a limit per minute after its answer. */
const WINDOW_SECONDS = 60.2;

const MS = 1000;

/** Endpoints run in parallel; the slowest decides, at both ends of the range. */
export function durations(
  basis: DurationBasis,
  parts: readonly VariantPart[],
): Pick<Estimate, 'seconds' | 'secondsRange' | 'leastSeconds'> {
  const lanes = basis.lanes.map(({ provider }) => {
    const own = parts.filter(({ estimate }) => estimate.provider === provider.name);
    return { own, pace: paceOf(basis, own) };
  });
  const leastSeconds = Math.max(0, ...lanes.map(({ pace }) => Math.max(pace.byRequests, pace.byTokens)));
  const slowest = (of: (lane: (typeof lanes)[number]) => number | null): number | null =>
    lanes.map(of).reduce((most, one) => (most === null || one === null ? null : Math.max(most, one)), 0);
  const forecasts = new Map(lanes.map((lane) => [lane, callingOf(basis, lane.own)]));
  const end = (of: (forecast: DurationForecast) => number): number | null =>
    slowest((lane) => {
      const forecast = forecasts.get(lane) ?? null;
      return forecast === null ? null : paced(of(forecast), lane.pace);
    });
  const [low, expected, high] = [end((one) => one.low), end((one) => one.expected), end((one) => one.high)];
  return {
    seconds: expected ?? slowest(({ own, pace }) => pacedOrNull(sumOf(own), pace)),
    secondsRange: low === null || high === null ? null : { low, high },
    leastSeconds,
  };
}

/** Duration of a lane's calls under limits per minute, in seconds. */
interface Pace {
  readonly byRequests: number;
  readonly byTokens: number;
  /** For each second of call duration: a call also counts while in flight, once a minute's calls are made. */
  readonly inFlight: number;
}

function paceOf({ config }: DurationBasis, parts: readonly VariantPart[]): Pace {
  const { concurrency } = config;
  const { rpm, tpm } = config.limits;
  let [calls, tokens] = [0, 0];
  for (const { estimate } of parts) {
    const { promptTokens, completionTokens, trials, done } = estimate;
    const left = trials === 0 ? 0 : (trials - done) / trials;
    calls += trials - done;
    tokens += (promptTokens.expected + (completionTokens.expected ?? 0)) * left;
  }
  return {
    byRequests: rpm === null ? 0 : (calls / rpm) * WINDOW_SECONDS,
    byTokens: tpm === null ? 0 : (tokens / tpm) * WINDOW_SECONDS,
    inFlight: rpm === null || calls <= rpm ? 0 : Math.min(concurrency, calls) / rpm,
  };
}

function paced(calling: number, { byRequests, byTokens, inFlight }: Pace): number {
  return Math.max(calling, byRequests + calling * inFlight, byTokens);
}

function pacedOrNull(calling: number | null, pace: Pace): number | null {
  return calling === null ? null : paced(calling, pace);
}

function sumOf(parts: readonly VariantPart[]): number | null {
  return parts.reduce<number | null>(
    (sum, { estimate: { seconds } }) => (sum === null || seconds === null ? null : sum + seconds),
    0,
  );
}

/** Duration of a lane's calls without limits, in seconds; null if fewer than two calls of some model were seen. */
function callingOf({ config, level }: DurationBasis, parts: readonly VariantPart[]): DurationForecast | null {
  const kinds = parts.map(({ estimate, durations: seen }): CallKind => {
    return { seen, calls: estimate.trials - estimate.done };
  });
  const { concurrency, isFixedConcurrency } = config;
  const firstConcurrency = isFixedConcurrency ? concurrency : FIRST_IN_FLIGHT;
  const forecast = forecastDuration(kinds, { concurrency, firstConcurrency, level });
  if (forecast === null) return null;
  const first = firstAlone(kinds.filter(({ calls }) => calls > 0));
  return {
    low: forecast.low / MS,
    expected: (forecast.expected + first.expected) / MS,
    high: (forecast.high + first.high) / MS,
  };
}

/**
 * The first call to each model runs alone, and the others wait for the slowest of these, which may be as slow as any
 * seen.
 */
function firstAlone(kinds: readonly CallKind[]): Pick<DurationForecast, 'expected' | 'high'> {
  const means = kinds.map(({ seen }) => seen.reduce((sum, duration) => sum + duration, 0) / Math.max(1, seen.length));
  const slowest = kinds.map(({ seen }) => seen.reduce((most, duration) => Math.max(most, duration), 0));
  return { expected: Math.max(0, ...means), high: Math.max(0, ...slowest) };
}

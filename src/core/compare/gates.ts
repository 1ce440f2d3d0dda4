import type { MeasurePair, ScorePair } from '../comparison.ts';
import { type Gate, gateOf, leastGates, type OwnScore } from '../gate.ts';
import type { FailOn, LeastScore, MinOn } from '../gate-settings.ts';
import { ALPHA } from '../paired/comparison.ts';
import type { CriticalReason, IncreaseFault, IncreaseFigures, IncreaseReason, PairLoss } from '../reasons.ts';
import { isAtMost, ROUNDING } from '../rounding.ts';
import type { Interval } from '../stats/wilson.ts';
import { pairLabel } from '../variant-name.ts';
import { limitText } from './words.ts';

/** The gates of a comparison. */
export interface GateSettings {
  readonly failOn: FailOn;
  readonly least: readonly LeastScore[];
  readonly minOn: MinOn;
  /** Maximum increase over the base, as a share: 0.1 is 10 %; null if there is no such gate. */
  readonly maxCostIncrease: number | null;
  readonly maxLatencyIncrease: number | null;
}

/** What the gates check. */
export interface GateInput {
  /** False if the verdicts of the pairs mean nothing. */
  readonly isSound: boolean;
  readonly pairs: readonly ScorePair[];
  /** True if rows belong together, and clusters are what is counted. */
  readonly hasClusters: boolean;
  readonly measures: readonly MeasurePair[];
  /** The candidate's variants' own figures, over all of their rows. */
  readonly own: readonly OwnScore[];
  readonly critical: Omit<CriticalReason, 'kind'>;
}

/** Checks every gate that was set; each gives its reason, passed or not. */
export function checkGates(settings: GateSettings, input: GateInput): readonly Gate[] {
  const { maxCostIncrease, maxLatencyIncrease } = settings;
  return [
    ...failOnGate(settings.failOn, input),
    ...criticalGate(input.critical),
    ...settings.least.flatMap((least) => leastGates(least, settings.minOn, input.own)),
    ...(maxCostIncrease === null ? [] : [costGate(maxCostIncrease, input.measures)]),
    ...(maxLatencyIncrease === null ? [] : [latencyGate(maxLatencyIncrease, input.measures)]),
  ];
}

const OBJECTIONS: Readonly<Record<FailOn, (pair: ScorePair) => boolean>> = {
  regression: ({ verdict }) => verdict === 'regressed',
  'any-drop': ({ verdict, delta }) => verdict === 'regressed' || (delta !== null && delta < -ROUNDING),
  inconclusive: ({ verdict }) => verdict === 'regressed' || verdict === 'inconclusive',
  none: () => false,
};

/** The pairs to which a gate objects. */
export function objectsTo(failOn: FailOn): (pair: ScorePair) => boolean {
  return OBJECTIONS[failOn];
}

/** Pairs that a reason names. */
const MOST_NAMED = 5;

/** Without a comparison it cannot be decided, and so does not pass. */
function failOnGate(failOn: FailOn, { pairs, hasClusters, isSound }: GateInput): readonly Gate[] {
  if (failOn === 'none') return [];
  const name = `fail-on ${failOn}`;
  if (!isSound) return [gateOf(name, false, { kind: 'not decided', because: 'unsound' })];
  const compared = pairs.filter(({ n }) => n > 0).length;
  if (compared === 0) return [gateOf(name, false, { kind: 'not decided', because: 'no row compared' })];
  const objections = pairs.filter(objectsTo(failOn));
  if (objections.length === 0) {
    return [gateOf(name, true, { kind: 'no loss', failOn, compared, empty: pairs.length - compared })];
  }
  const losses = objections.slice(0, MOST_NAMED).map(lossOf);
  return [gateOf(name, false, { kind: 'losses', count: objections.length, losses, hasClusters })];
}

function lossOf({ base, candidate, scorer, verdict, delta, n, pValue }: ScorePair): PairLoss {
  const named = { variants: pairLabel(base, candidate), scorer };
  if (verdict === 'inconclusive' && (delta === null || delta > -ROUNDING))
    return { ...named, kind: 'too few', rows: n };
  return { ...named, kind: 'lost', delta, isSignificant: verdict === 'regressed', pValue };
}

/** A row without an answer has not passed: its answer is unknown. Nor has one that is gone. */
function criticalGate(rows: GateInput['critical']): readonly Gate[] {
  const { trials, failed, unanswered, missing } = rows;
  if (trials + missing.count === 0) return [];
  const passed = failed.count + unanswered.count + missing.count === 0;
  return [gateOf('critical rows', passed, { kind: 'critical', ...rows })];
}

/** The cost of these rows is known and not an estimate, so the figure itself is compared. */
function costGate(most: number, measures: readonly MeasurePair[]): Gate {
  return increaseGate(most, measures, {
    measure: 'cost',
    figureOf: increaseOf,
    intervalOf: () => null,
    level: null,
  });
}

/** Latency is mostly noise: only a significant increase counts, over all pairs together. */
function latencyGate(most: number, measures: readonly MeasurePair[]): Gate {
  const pairs = measures.filter(({ measure }) => measure === 'latency').length;
  return increaseGate(most, measures, {
    measure: 'latency',
    // Without an interval one row shows nothing, and with more rows anything is possible.
    figureOf: (pair) => {
      const ratio = increaseOf(pair);
      return pair.n < 2 || ratio === null ? null : (pair.familyInterval?.low ?? Math.min(ratio, 1));
    },
    intervalOf: ({ familyInterval }) => familyInterval,
    level: Number((100 * (1 - ALPHA / Math.max(1, pairs))).toFixed(2)),
  });
}

/** The ratio, or 1 if both sides' means are 0; null if neither is known to be so. */
function increaseOf({ ratio, baseMean, candidateMean }: MeasurePair): number | null {
  return ratio ?? (baseMean === 0 && candidateMean === 0 ? 1 : null);
}

/** How an increase is decided. */
interface Increase {
  readonly measure: IncreaseReason['measure'];
  /** The value compared with the limit; null if unknown. */
  readonly figureOf: (pair: MeasurePair) => number | null;
  /** The interval that a reason shows. */
  readonly intervalOf: (pair: MeasurePair) => Interval | null;
  /** Level of such intervals, in percent; null if there are none. */
  readonly level: number | null;
}

function increaseGate(most: number, measures: readonly MeasurePair[], increase: Increase): Gate {
  const { measure, level, intervalOf } = increase;
  const asked = measures.filter((pair) => pair.measure === measure);
  const faults = asked.flatMap((pair) => {
    const fault = increaseFault(pair, most, increase);
    return fault === null ? [] : [fault];
  });
  const known = asked.flatMap((pair) => {
    const { ratio, n } = pair;
    return ratio === null ? [] : [{ ratio, interval: spanOf(intervalOf(pair)), rows: n }];
  });
  const [largest = null] = known.toSorted((one, other) => other.ratio - one.ratio);
  return gateOf(`max-${measure}-increase ${limitText(most, 1)}`, faults.length === 0 && asked.length > 0, {
    kind: 'increase',
    measure,
    most,
    level,
    count: faults.length,
    faults: faults.slice(0, MOST_NAMED),
    largest,
    because: largest === null ? (asked[0]?.reason ?? null) : null,
  });
}

/** Why a pair does not pass; null if it does. A bill of which a part is unknown may be of any size. */
function increaseFault(
  pair: MeasurePair,
  most: number,
  { measure, figureOf, intervalOf }: Increase,
): IncreaseFault | null {
  const { n, rows, unknown, reason } = pair;
  const variants = pairLabel(pair.base, pair.candidate);
  if (unknown > 0) return { variants, kind: 'partly unknown', unknown, rows };
  const [figure, ratio] = [figureOf(pair), increaseOf(pair)];
  if (figure !== null && ratio !== null) {
    if (isAtMost(figure, 1 + most)) return null;
    return { variants, kind: 'above', figure, ratio, interval: spanOf(intervalOf(pair)), rows: n };
  }
  if (n === 1 && measure === 'latency') return { variants, kind: 'one row' };
  return { variants, kind: 'unknown', because: reason };
}

/** The two ends alone, as reasons have them. */
function spanOf(interval: Interval | null): IncreaseFigures['interval'] {
  return interval === null ? null : { low: interval.low, high: interval.high };
}

import type { MeasurePair, ScorePair } from '../comparison.ts';
import { type Gate, type LeastScore, leastGates, type MinOn, type OwnScore } from '../gate.ts';
import { ALPHA } from '../paired/comparison.ts';
import { isAtMost, ROUNDING } from '../rounding.ts';
import type { Interval } from '../stats/wilson.ts';
import { pairLabel } from '../variant-name.ts';
import { changeText, countText, decimalsApart, limitText, pointsText, significantText, tooFewText } from './words.ts';

/** Conditions that make a comparison fail. */
export const FAIL_ON = ['regression', 'any-drop', 'inconclusive', 'none'] as const;

/** One of them. */
export type FailOn = (typeof FAIL_ON)[number];

/** The gates of a comparison. */
export interface GateSettings {
  readonly failOn: FailOn;
  readonly least: readonly LeastScore[];
  readonly minOn: MinOn;
  /** Maximum increase over the base, as a share: 0.1 is 10 %; null if there is no such gate. */
  readonly maxCostIncrease: number | null;
  readonly maxLatencyIncrease: number | null;
}

/** Rows of the candidate that must pass. */
interface CriticalRows {
  readonly n: number;
  /** Critical rows that did not pass, each with a description; not all, if there are many. */
  readonly failed: readonly string[];
  readonly failedCount: number;
  /** Critical rows without an answer, which cannot count as passed; not all, if there are many. */
  readonly unanswered: readonly string[];
  readonly unansweredCount: number;
  /** Critical rows that the candidate does not have; not all, if there are many. */
  readonly missing: readonly string[];
  readonly missingCount: number;
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
  readonly critical: CriticalRows;
}

/** Checks every gate that was set; each gives its reason, passed or not. */
export function checkGates(settings: GateSettings, input: GateInput): readonly Gate[] {
  const { maxCostIncrease, maxLatencyIncrease } = settings;
  return [
    ...failOnGate(settings.failOn, input),
    ...(input.critical.n + input.critical.missingCount === 0 ? [] : [criticalGate(input.critical)]),
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

const ALL_WELL: Readonly<Record<Exclude<FailOn, 'none'>, string>> = {
  regression: 'no significant loss in',
  'any-drop': 'no loss at all in',
  inconclusive: 'no loss, and enough rows to say so, in',
};

/** Without a comparison it cannot be decided, and so does not pass. */
function failOnGate(failOn: FailOn, { pairs, hasClusters, isSound }: GateInput): readonly Gate[] {
  if (failOn === 'none') return [];
  const name = `fail-on ${failOn}`;
  if (!isSound) return [{ name, passed: false, why: 'not decided: the comparison cannot stand' }];
  const compared = pairs.filter(({ n }) => n > 0);
  if (compared.length === 0) return [{ name, passed: false, why: 'not decided: no row could be compared' }];
  const objections = pairs.filter(objectsTo(failOn));
  const told = objections.map(
    (pair) => `${pairLabel(pair.base, pair.candidate)} by ${pair.scorer} ${lossText(pair, hasClusters)}`,
  );
  const empty = pairs.length - compared.length;
  const rest = empty === 0 ? '' : `, and no row to compare in ${empty} more`;
  const fine = `${ALL_WELL[failOn]} ${countText(compared.length, 'comparison')}${rest}`;
  return [{ name, passed: objections.length === 0, why: objections.length === 0 ? fine : listText(told) }];
}

function lossText({ verdict, delta, n, pValue }: ScorePair, hasClusters: boolean): string {
  if (verdict === 'inconclusive' && (delta === null || delta >= 0)) {
    return `has ${tooFewText(hasClusters)} (${countText(n, 'row')})`;
  }
  const loss = delta === null ? 'nothing to compare' : `lost ${pointsText(delta)}`;
  return `${loss}, ${verdict === 'regressed' ? significantText('worse', pValue) : 'not significant'}`;
}

/** A row without an answer has not passed: its answer is unknown. Nor has one that is gone. */
function criticalGate(rows: CriticalRows): Gate {
  const { n, failed, failedCount, unanswered, unansweredCount, missing, missingCount } = rows;
  const trials = countText(n, 'critical trial');
  const faults = [
    ...(failedCount === 0 ? [] : [`${failedCount} of ${trials} did not pass: ${someOf(failed, failedCount)}`]),
    ...(unansweredCount === 0
      ? []
      : [`${unansweredCount} of ${trials} got no answer: ${someOf(unanswered, unansweredCount)}`]),
    ...(missingCount === 0 ? [] : [goneText(missing, missingCount)]),
  ];
  const why = faults.length === 0 ? `${n === 1 ? 'the' : 'all'} ${trials} passed` : faults.join('; ');
  return { name: 'critical rows', passed: faults.length === 0, why };
}

function goneText(missing: readonly string[], count: number): string {
  const rows = `${countText(count, 'critical row')} ${count === 1 ? 'is' : 'are'}`;
  return `${rows} not in the candidate: ${someOf(missing, count)}`;
}

function someOf(named: readonly string[], count: number): string {
  return `${named.join(', ')}${count > named.length ? `, and ${count - named.length} more` : ''}`;
}

/** The cost of these rows is known and not an estimate, so the figure itself is compared. */
function costGate(most: number, measures: readonly MeasurePair[]): Gate {
  return increaseGate(most, measures, {
    measure: 'cost',
    figureOf: increaseOf,
    textOf: (pair, decimals) => increaseText(pair, null, decimals),
    told: 'the bill of these rows itself: no test, and in no correction',
  });
}

/** Latency is mostly noise: only a significant increase counts, over all pairs together. */
function latencyGate(most: number, measures: readonly MeasurePair[]): Gate {
  const pairs = measures.filter(({ measure }) => measure === 'latency').length;
  const level = Number((100 * (1 - ALPHA / Math.max(1, pairs))).toFixed(2));
  return increaseGate(most, measures, {
    measure: 'latency',
    // Without an interval one row shows nothing, and with more rows anything is possible.
    figureOf: (pair) => {
      const ratio = increaseOf(pair);
      return pair.n < 2 || ratio === null ? null : (pair.familyInterval?.low ?? Math.min(ratio, 1));
    },
    textOf: (pair, decimals) => increaseText(pair, pair.familyInterval, decimals),
    told: `by the low end of intervals of ${level}%, a family of their own`,
  });
}

/** The ratio, or 1 if both sides' means are 0; null if neither is known to be so. */
function increaseOf({ ratio, baseMean, candidateMean }: MeasurePair): number | null {
  return ratio ?? (baseMean === 0 && candidateMean === 0 ? 1 : null);
}

/** How an increase is decided. */
interface Increase {
  readonly measure: 'cost' | 'latency';
  /** The value compared with the limit; null if unknown. */
  readonly figureOf: (pair: MeasurePair) => number | null;
  readonly textOf: (pair: MeasurePair, decimals: number) => string;
  /** What the gate is based on, and whether it is corrected for the number of comparisons. */
  readonly told: string;
}

function increaseGate(most: number, measures: readonly MeasurePair[], increase: Increase): Gate {
  const { measure, textOf, told } = increase;
  const asked = measures.filter((pair) => pair.measure === measure);
  const faults = asked.flatMap((pair) => {
    const fault = increaseFault(pair, most, increase);
    return fault === null ? [] : [`${pairLabel(pair.base, pair.candidate)}: ${fault}`];
  });
  const [largest] = asked.filter(({ ratio }) => ratio !== null).toSorted((a, b) => (b.ratio ?? 0) - (a.ratio ?? 0));
  const nothing = asked[0]?.why ?? 'nothing was compared';
  const fine = largest === undefined ? nothing : `at most ${textOf(largest, 1)}`;
  const passed = faults.length === 0 && asked.length > 0;
  return {
    name: `max-${measure}-increase ${limitText(most, 1)}`,
    passed,
    why: `${faults.length > 0 ? listText(faults) : fine} (${told})`,
  };
}

/** Why a pair does not pass; null if it does. A bill of which a part is unknown may be of any size. */
function increaseFault(pair: MeasurePair, most: number, { measure, figureOf, textOf }: Increase): string | null {
  const { n, rows, unknown, baseMean, why } = pair;
  if (unknown > 0) return `${measure} of ${unknown} of ${countText(rows, 'row')} is not known`;
  const figure = figureOf(pair);
  if (figure !== null) return isAtMost(figure, 1 + most) ? null : textOf(pair, decimalsApart(figure - 1, most));
  if (n === 1 && measure === 'latency') return 'latency is not known: one row cannot tell';
  return baseMean === 0 && why !== null ? why : `${measure} is not known: ${why ?? 'no rows'}`;
}

function increaseText({ ratio, n }: MeasurePair, interval: Interval | null, decimals: number): string {
  const text = (change: number): string => changeText(change, decimals);
  const ends = interval === null ? '' : ` (${text(interval.low)} to ${text(interval.high)})`;
  return `${ratio === null ? 'unknown' : text(ratio)}${ends} over ${countText(n, 'row')}`;
}

const MOST_TOLD = 5;

function listText(parts: readonly string[]): string {
  const rest = parts.length > MOST_TOLD ? [`and ${parts.length - MOST_TOLD} more`] : [];
  return [...parts.slice(0, MOST_TOLD), ...rest].join('; ');
}

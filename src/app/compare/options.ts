import { FAIL_ON, type GateSettings } from '../../core/compare/gates.ts';
import { UsageError } from '../../core/errors.ts';
import { MIN_ON } from '../../core/gate.ts';
import { readLeast } from '../config/gates.ts';
import { readChoice, readCount, readIncrease, readPoints, readShare } from '../config/values.ts';
import type { NameMap } from './variant-pairs.ts';

/** How two runs are compared. */
export interface CompareOptions {
  /** Takes what unfinished runs have so far. */
  readonly allowPartial: boolean;
  readonly maps: readonly NameMap[];
  /** The column of what rows have in common; null for that of the runs' settings, if any. */
  readonly cluster: string | null;
  /** Largest loss that counts as none, as a share: 0.02 are 2 points. */
  readonly margin: number;
  /** Share of errored trials above which nothing is said. */
  readonly maxErrored: number;
  /** Rows that flipped of which the answers are told; the worst. */
  readonly flips: number;
  readonly gates: GateSettings;
}

const DEFAULT_MARGIN = 0.02;
const DEFAULT_MAX_ERRORED = 0.05;
const DEFAULT_FLIPS = 20;
const MOST_FLIPS = 10_000;

/** What holds where nothing is said. */
export const DEFAULT_COMPARE_OPTIONS: CompareOptions = {
  allowPartial: false,
  maps: [],
  margin: DEFAULT_MARGIN,
  maxErrored: DEFAULT_MAX_ERRORED,
  flips: DEFAULT_FLIPS,
  cluster: null,
  gates: { failOn: 'regression', least: [], minOn: 'lower', maxCostIncrease: null, maxLatencyIncrease: null },
};

/** Flags of `promptgrid compare` as they are given. */
export interface CompareFlags {
  readonly allowPartial?: boolean | undefined;
  readonly map?: string | readonly string[] | undefined;
  readonly cluster?: string | undefined;
  readonly margin?: string | undefined;
  readonly maxErrored?: string | undefined;
  readonly flips?: string | undefined;
  readonly failOn?: string | undefined;
  readonly min?: string | readonly string[] | undefined;
  readonly minOn?: string | undefined;
  readonly maxCostIncrease?: string | undefined;
  readonly maxLatencyIncrease?: string | undefined;
}

/** @throws UsageError that names the flag */
export function readCompareOptions(flags: CompareFlags): CompareOptions {
  const { margin, maxErrored, flips, failOn, minOn, maxCostIncrease, maxLatencyIncrease } = flags;
  const { gates, ...defaults } = DEFAULT_COMPARE_OPTIONS;
  return {
    allowPartial: flags.allowPartial === true,
    maps: listOf(flags.map)
      .flatMap((text) => text.split(','))
      .map(readMap),
    cluster: flags.cluster ?? null,
    margin:
      margin === undefined ? defaults.margin : readPoints({ flag: '--margin', text: margin, example: '--margin 2' }),
    maxErrored:
      maxErrored === undefined
        ? defaults.maxErrored
        : readShare({ flag: '--max-errored', text: maxErrored, example: '--max-errored 5%' }),
    flips:
      flips === undefined
        ? defaults.flips
        : readCount({ flag: '--flips', text: flips, example: '--flips 50' }, 0, MOST_FLIPS),
    gates: {
      failOn: failOn === undefined ? gates.failOn : readChoice('--fail-on', failOn, FAIL_ON),
      least: listOf(flags.min)
        .flatMap((text) => text.split(','))
        .map(readLeast),
      minOn: minOn === undefined ? gates.minOn : readChoice('--min-on', minOn, MIN_ON),
      maxCostIncrease: increaseOf('--max-cost-increase', maxCostIncrease),
      maxLatencyIncrease: increaseOf('--max-latency-increase', maxLatencyIncrease),
    },
  };
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

function readMap(text: string): NameMap {
  const at = text.indexOf('=');
  if (at > 0 && at < text.length - 1) return { from: text.slice(0, at), to: text.slice(at + 1) };
  throw new UsageError(`--map "${text}" names no two`, {
    hint: "give the base's model or prompt and the candidate's, such as --map gpt-4o=gpt-4o-mini",
  });
}

function increaseOf(flag: string, text: string | undefined): number | null {
  return text === undefined ? null : readIncrease({ flag, text, example: `${flag} 10%` });
}

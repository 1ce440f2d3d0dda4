import type { LeastScore } from '../../core/gate-settings.ts';
import type { ValueTable } from '../../core/option-spec.ts';
import { readGiven, readGivenList, readGivenValue } from '../config/given-options.ts';
import type { GivenValues } from '../config/settings.ts';
import type { NameMap } from './name-maps.ts';
import { COMPARE_OPTIONS, type CompareOptions, DEFAULT_COMPARE_OPTIONS, wholeCompareOptions } from './options.ts';

const { allowPartial, cluster, margin, maxErrored, flips } = COMPARE_OPTIONS;
const { failOn, minOn, maxCostIncrease, maxLatencyIncrease } = COMPARE_OPTIONS;

const OWN = {
  allowPartial,
  cluster,
  // A program gives the share that a flag gives in points of 100.
  margin: { ...margin, kind: 'share', max: margin.max / 100 },
  maxErrored,
  flips,
} as const satisfies ValueTable;

const GATES = { failOn, minOn, maxCostIncrease, maxLatencyIncrease } as const satisfies ValueTable;

const LEAST = {
  scorer: { kind: 'string', describe: 'name of a score', example: 'exact' },
  least: { kind: 'share', min: 0, max: 1, describe: 'minimum of that score', example: '0.9' },
} as const satisfies ValueTable;

const MAP = {
  from: { kind: 'string', describe: 'model, label or prompt of the base', example: 'gpt-4o' },
  to: { kind: 'string', describe: 'its counterpart in the candidate', example: 'gpt-4o-mini' },
} as const satisfies ValueTable;

/** Gates of a comparison as a program gives them: any of them; null for no limit. */
export interface GivenGates extends Omit<GivenValues<typeof GATES>, 'maxCostIncrease' | 'maxLatencyIncrease'> {
  readonly least?: readonly LeastScore[] | undefined;
  readonly maxCostIncrease?: number | string | null | undefined;
  readonly maxLatencyIncrease?: number | string | null | undefined;
}

/** Options of a comparison as a program gives them: any of them. A share is a number up to 1, or a text such as `5%`. */
export interface GivenCompareOptions extends Omit<GivenValues<typeof OWN>, 'cluster'> {
  /** The column that groups rows, '' for none; null for the one in the runs' settings, if any. */
  readonly cluster?: string | null | undefined;
  readonly maps?: readonly NameMap[] | undefined;
  readonly gates?: GivenGates | undefined;
}

const SIDE = { kind: 'path', describe: 'run folder, result file or baseline', example: 'results/v1' } as const;

/** Checks both sides of a comparison that a program gives. @throws UsageError for one that is not a path */
export function checkSides(base: unknown, candidate: unknown): void {
  for (const [name, side] of Object.entries({ base, candidate })) readGivenValue(SIDE, side, name);
}

/**
 * Comparison options that a program gives, with the command's defaults for what is omitted.
 * @throws UsageError for an unknown option or a value that is not allowed
 */
export function givenCompareOptions(given: GivenCompareOptions): CompareOptions {
  const defaults = DEFAULT_COMPARE_OPTIONS;
  const own = readGiven(OWN, given, { name: '', apart: ['maps', 'gates'], defaults });
  const { maps, gates = {} } = given;
  const limits = readGiven(GATES, gates, { name: 'gates', apart: ['least'], defaults: defaults.gates });
  const { least } = gates;
  return wholeCompareOptions({
    ...own,
    maps: maps === undefined ? undefined : readGivenList(MAP, maps, 'maps'),
    gates: { ...limits, least: least === undefined ? undefined : readGivenList(LEAST, least, 'gates.least') },
  });
}

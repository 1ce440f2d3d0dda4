import { type GateSettings } from '../../core/compare/gates.ts';
import { UsageError } from '../../core/errors.ts';
import { FAIL_ON, MIN_ON } from '../../core/gate-settings.ts';
import type { OptionTable } from '../../core/option-spec.ts';
import { SCORE_OPTIONS } from '../config/score-options.ts';
import type { OptionValues } from '../config/settings.ts';
import type { NameMap } from './name-maps.ts';

/** How two runs are compared. */
export interface CompareOptions {
  /** Accepts the partial results of unfinished runs. */
  readonly allowPartial: boolean;
  readonly maps: readonly NameMap[];
  /** The column that groups rows, '' for none; null for the one in the runs' settings, if any. */
  readonly cluster: string | null;
  /** The loss that `unchanged` has to rule out, as a share: 0.02 is 2 points. A significant loss is one at any size. */
  readonly margin: number;
  /** Share of errored trials above which the comparison is unsound. */
  readonly maxErrored: number;
  /** Number of flips whose answers are shown, the worst first: of a row in each variant. */
  readonly flips: number;
  readonly gates: GateSettings;
}

/** Any of the options, and any of the gates. */
type SomeCompareOptions = Some<Omit<CompareOptions, 'gates'>> & {
  readonly gates?: Some<GateSettings> | undefined;
};

type Some<Options> = { readonly [Key in keyof Options]?: Options[Key] | undefined };

const DEFAULT_MARGIN = 0.02;
const DEFAULT_MAX_ERRORED = 0.05;
const DEFAULT_FLIPS = 20;

/** The defaults. */
export const DEFAULT_COMPARE_OPTIONS: CompareOptions = {
  allowPartial: false,
  maps: [],
  margin: DEFAULT_MARGIN,
  maxErrored: DEFAULT_MAX_ERRORED,
  flips: DEFAULT_FLIPS,
  cluster: null,
  gates: { failOn: 'regression', least: [], minOn: 'lower', maxCostIncrease: null, maxLatencyIncrease: null },
};

/** Options of `promptgrid compare`. */
export const COMPARE_OPTIONS = {
  failOn: {
    kind: 'choice',
    group: 'Gates',
    choices: FAIL_ON,
    placeholder: '<what>',
    describe: 'what fails: regression, any-drop, inconclusive or none',
    defaultText: 'regression',
  },
  min: {
    ...SCORE_OPTIONS.min,
    group: 'Gates',
    describe: 'minimum score of the candidate, such as exact=0.9',
  },
  minOn: {
    kind: 'choice',
    group: 'Gates',
    choices: MIN_ON,
    placeholder: '<what>',
    describe: SCORE_OPTIONS.minOn.describe,
    defaultText: 'lower',
  },
  maxErrored: {
    kind: 'share',
    group: 'Gates',
    min: 0,
    max: 1,
    describe: 'share of errored trials above which there is no verdict (exit 3)',
    defaultText: '5%',
  },
  maxCostIncrease: {
    kind: 'share',
    group: 'Gates',
    min: 0,
    describe: 'maximum increase of cost, such as 10%',
  },
  maxLatencyIncrease: {
    kind: 'share',
    group: 'Gates',
    min: 0,
    describe: 'maximum increase of latency, such as 20%; fails if significantly above',
  },
  margin: {
    kind: 'points',
    group: 'Pairs',
    min: 0,
    max: 99,
    describe: "points of loss that 'unchanged' rules out; a significant loss fails at any size",
    defaultText: '2',
  },
  cluster: {
    kind: 'string',
    group: 'Pairs',
    placeholder: '<column>',
    describe: "column that related rows share, which intervals and tests account for; '' for none",
    mayBeEmpty: true,
    defaultText: "the runs' own",
  },
  map: {
    kind: 'strings',
    group: 'Pairs',
    placeholder: '<old=new>…',
    describe: 'model, label or prompt of the base and its counterpart in the candidate',
  },
  allowPartial: {
    kind: 'boolean',
    group: 'Pairs',
    describe: 'compare what an unfinished run has so far',
  },
  flips: {
    kind: 'integer',
    group: 'Output',
    min: 0,
    max: 10_000,
    example: '50',
    describe: 'flips to show',
    defaultText: '20',
  },
  report: {
    kind: 'texts',
    group: 'Output',
    placeholder: '<kind=file>',
    describe: 'also write junit=FILE, markdown=FILE, comment=FILE, sarif=FILE, text=FILE or github[=FILE]',
  },
} as const satisfies OptionTable;

/** Comparison options from the flags. @throws UsageError for a `--map` with only one name */
export function compareOptions(flags: OptionValues<typeof COMPARE_OPTIONS>): CompareOptions {
  const { map, failOn, min, minOn, maxCostIncrease, maxLatencyIncrease, ...others } = flags;
  const gates = { failOn, least: min, minOn, maxCostIncrease, maxLatencyIncrease };
  return wholeCompareOptions({ ...others, maps: map?.map(readMap), gates });
}

/** The options with the command's defaults for what is omitted or undefined, also inside `gates`. */
export function wholeCompareOptions(given: SomeCompareOptions): CompareOptions {
  const { gates, ...defaults } = DEFAULT_COMPARE_OPTIONS;
  const { failOn, least, minOn, maxCostIncrease, maxLatencyIncrease } = given.gates ?? {};
  return {
    allowPartial: given.allowPartial ?? defaults.allowPartial,
    maps: given.maps ?? defaults.maps,
    cluster: given.cluster ?? defaults.cluster,
    margin: given.margin ?? defaults.margin,
    maxErrored: given.maxErrored ?? defaults.maxErrored,
    flips: given.flips ?? defaults.flips,
    gates: {
      failOn: failOn ?? gates.failOn,
      least: least ?? gates.least,
      minOn: minOn ?? gates.minOn,
      maxCostIncrease: maxCostIncrease ?? gates.maxCostIncrease,
      maxLatencyIncrease: maxLatencyIncrease ?? gates.maxLatencyIncrease,
    },
  };
}

function readMap(text: string): NameMap {
  const at = text.indexOf('=');
  if (at > 0 && at < text.length - 1) return { from: text.slice(0, at), to: text.slice(at + 1) };
  throw new UsageError(`--map must be old=new, got ${JSON.stringify(text)}`, {
    hint: "give the base's model or prompt and the candidate's, such as --map gpt-4o=gpt-4o-mini",
  });
}

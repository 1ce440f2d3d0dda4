import type { Picounits } from '../../core/money.ts';
import type { OptionTable } from '../../core/option-spec.ts';
import type { OptionValues } from '../config/settings.ts';

/** Default confidence level of ranges. */
export const DEFAULT_LEVEL = 0.9;

/** How an estimate is made, besides its grid. */
export interface EstimateOptions {
  /** Rows to run as a pilot first; null runs none. */
  readonly pilotRows: number | null;
  /** Half the range's width, as a share of the total, that a pilot must reach; null if none is requested. */
  readonly precision: number | null;
  /** Folder of a run to learn from. */
  readonly from: string | null;
  /** Rows of a planned volume that the dataset is a sample of; null for the dataset itself. */
  readonly plannedRows: number | null;
  /** Counts every row's prompts, however many there are. */
  readonly isExact: boolean;
  /** Confidence level of ranges. */
  readonly level: number;
  /** A gate: upper limit for the high end; null for no gate. */
  readonly maxCost: Picounits | null;
}

/** Any of the options. */
type SomeEstimateOptions = { readonly [Key in keyof EstimateOptions]?: EstimateOptions[Key] | undefined };

/** No pilot and no gate. */
export const NO_ESTIMATE_OPTIONS: EstimateOptions = {
  pilotRows: null,
  precision: null,
  from: null,
  plannedRows: null,
  isExact: false,
  maxCost: null,
  level: DEFAULT_LEVEL,
};

/** Options of `promptgrid estimate` besides those of the grid. */
export const ESTIMATE_OPTIONS = {
  pilot: {
    kind: 'integer',
    group: 'Estimate',
    min: 2,
    example: '20',
    describe: 'run n rows first and learn from their answers; the run does not repeat them',
  },
  precision: {
    kind: 'share',
    group: 'Estimate',
    min: 0,
    max: 1,
    isOpen: true,
    describe: 'run more rows until the range is ± this share of the total, such as 10%, or say how many it takes',
  },
  from: {
    kind: 'path',
    group: 'Estimate',
    placeholder: '<run>',
    describe: 'learn from the answers of another run folder',
  },
  rows: {
    kind: 'integer',
    group: 'Estimate',
    min: 1,
    example: '20000',
    describe: 'scale the estimate to so many rows like these',
  },
  level: {
    kind: 'share',
    group: 'Estimate',
    min: 0,
    max: 1,
    isOpen: true,
    example: '90%',
    describe: 'share of ranges that contain the actual figure',
    defaultText: '90%',
  },
  maxCost: {
    kind: 'amount',
    group: 'Estimate',
    min: 0,
    isOpen: true,
    describe: 'gate: exit 1 if the high end is above; a pilot pays no more',
  },
  exact: {
    kind: 'boolean',
    group: 'Estimate',
    describe: 'count every row, even above 100,000 rows',
  },
} as const satisfies OptionTable;

/** Estimate options from the flags. */
export function estimateOptions(flags: OptionValues<typeof ESTIMATE_OPTIONS>): EstimateOptions {
  const { pilot, precision, from, rows, exact, level, maxCost } = flags;
  return wholeEstimateOptions({ pilotRows: pilot, precision, from, plannedRows: rows, isExact: exact, level, maxCost });
}

/** The options with the command's defaults for what is omitted or undefined. */
export function wholeEstimateOptions(given: SomeEstimateOptions): EstimateOptions {
  const defaults = NO_ESTIMATE_OPTIONS;
  return {
    pilotRows: given.pilotRows ?? defaults.pilotRows,
    precision: given.precision ?? defaults.precision,
    from: given.from ?? defaults.from,
    plannedRows: given.plannedRows ?? defaults.plannedRows,
    isExact: given.isExact ?? defaults.isExact,
    level: given.level ?? defaults.level,
    maxCost: given.maxCost ?? defaults.maxCost,
  };
}

import type { Picounits } from '../../core/money.ts';
import { readAmount, readCount, readInnerShare } from '../config/values.ts';
import { DEFAULT_LEVEL } from './grid-estimate.ts';

/** How an estimate is made, beside the grid that it is of. */
export interface EstimateOptions {
  /** Rows that are really asked first; null asks none. */
  readonly pilotRows: number | null;
  /** Half the range's width as a share of the total that a pilot is to reach; null where none is asked for. */
  readonly precision: number | null;
  /** Folder of a run to learn from. */
  readonly from: string | null;
  /** Rows of a planned volume of which the dataset is a sample; null for the dataset itself. */
  readonly plannedRows: number | null;
  /** Counts every row's prompts, however many there are. */
  readonly isExact: boolean;
  /** Share of ranges that hold the true figure. */
  readonly level: number;
  /** A gate: the high end may not be above; null where there is none. */
  readonly maxCost: Picounits | null;
}

/** Nothing is asked and nothing gated. */
export const NO_ESTIMATE_OPTIONS: EstimateOptions = {
  pilotRows: null,
  precision: null,
  from: null,
  plannedRows: null,
  isExact: false,
  maxCost: null,
  level: DEFAULT_LEVEL,
};

/** Flags of `promptgrid estimate` as they are given. */
export interface EstimateFlags {
  readonly pilot?: string | undefined;
  readonly precision?: string | undefined;
  readonly from?: string | undefined;
  readonly rows?: string | undefined;
  readonly exact?: boolean | undefined;
  readonly level?: string | undefined;
  readonly maxCost?: string | undefined;
}

/** @throws UsageError that names the flag */
export function readEstimateOptions(flags: EstimateFlags): EstimateOptions {
  const { pilot, precision, from, rows, exact, level, maxCost } = flags;
  return {
    pilotRows: pilot === undefined ? null : readCount({ flag: '--pilot', text: pilot, example: '--pilot 20' }, 2),
    precision:
      precision === undefined
        ? null
        : readInnerShare({ flag: '--precision', text: precision, example: '--precision 10%' }),
    from: from ?? null,
    plannedRows: rows === undefined ? null : readCount({ flag: '--rows', text: rows, example: '--rows 20000' }, 1),
    isExact: exact === true,
    level:
      level === undefined ? DEFAULT_LEVEL : readInnerShare({ flag: '--level', text: level, example: '--level 90%' }),
    maxCost:
      maxCost === undefined ? null : readAmount({ flag: '--max-cost', text: maxCost, example: '--max-cost 500' }),
  };
}

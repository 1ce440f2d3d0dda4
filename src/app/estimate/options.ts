import { UsageError } from '../../core/errors.ts';
import { type Picounits, parseDecimal } from '../../core/money.ts';
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
  ...{ pilotRows: null, precision: null, from: null, plannedRows: null, isExact: false, maxCost: null },
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
    pilotRows: pilot === undefined ? null : readCount('--pilot', pilot, 2),
    precision: precision === undefined ? null : readShare('--precision', precision),
    from: from ?? null,
    plannedRows: rows === undefined ? null : readCount('--rows', rows, 1),
    isExact: exact === true,
    level: level === undefined ? DEFAULT_LEVEL : readShare('--level', level),
    maxCost: maxCost === undefined ? null : readAmount(maxCost),
  };
}

function readCount(flag: string, text: string, least: number): number {
  const count = Number(text.replaceAll('_', ''));
  if (Number.isSafeInteger(count) && count >= least) return count;
  throw new UsageError(`${flag} "${text}" is no whole number from ${least}`, { hint: `give one, such as ${flag} 20` });
}

/** `10%` or `0.1`. */
function readShare(flag: string, text: string): number {
  const share = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (share > 0 && share < 1) return share;
  throw new UsageError(`${flag} "${text}" is no share between 0 and 1`, { hint: `give one, such as ${flag} 10%` });
}

function readAmount(text: string): Picounits {
  const amount = parseDecimal(text);
  if (amount !== null && amount > 0n) return amount;
  throw new UsageError(`--max-cost "${text}" is no amount above 0`, {
    hint: "give it in the provider's currency, such as --max-cost 500",
  });
}

import {
  addCosts,
  addRanges,
  type CostRange,
  type CurrencyEstimate,
  isUnknownCost,
  NO_COST,
  NO_TOKENS,
  type PromptTokens,
  type Range,
  type TokenOutlook,
} from '../../core/estimate.ts';
import type { Picounits } from '../../core/money.ts';
import { type Forecast, forecastTotal } from '../../core/stats/forecast.ts';
import type { PilotRow } from '../../core/stats/pilot-model.ts';
import type { VariantPart } from './variant.ts';

/** How variants are added up. */
interface TotalOptions {
  readonly level: number;
  /** Rows of a planned volume; null for the dataset itself. */
  readonly planned: number | null;
  /** Columns from which the tag column was chosen. */
  readonly tagColumns: number;
}

/** Prompt tokens of every variant together. */
export function totalPromptTokens(parts: readonly VariantPart[]): PromptTokens {
  const all = parts.map(({ estimate }) => estimate.promptTokens);
  const sum = (figure: (tokens: PromptTokens) => number): number =>
    all.reduce((total, tokens) => total + figure(tokens), 0);
  return {
    low: sum(({ low }) => low),
    expected: sum(({ expected }) => expected),
    high: sum(({ high }) => high),
    isExact: all.every(({ isExact }) => isExact),
  };
}

/** Completion tokens of every variant together. */
export function totalCompletionTokens(parts: readonly VariantPart[], options: TotalOptions): TokenOutlook {
  const sum = parts.map(({ estimate }) => estimate.completionTokens).reduce(addRanges, NO_TOKENS);
  const joint = jointMargins(parts, () => 1, options);
  const { expected } = sum;
  if (joint === null || expected === null) return sum;
  const ends = { low: Math.round(expected - joint.below), high: Math.round(expected + joint.above) };
  return narrowed(sum, ends, { most: Math.max, least: Math.min });
}

/** Cost in each currency. Variants without a known cost are in none. */
export function totalCosts(parts: readonly VariantPart[], options: TotalOptions): readonly CurrencyEstimate[] {
  const byCurrency = new Map<string, VariantPart[]>();
  for (const part of parts) {
    const { currency, cost } = part.estimate;
    if (currency === null || isUnknownCost(cost)) continue;
    byCurrency.set(currency, [...(byCurrency.get(currency) ?? []), part]);
  }
  return [...byCurrency].map(([currency, paidIn]) => ({
    currency,
    cost: costOf(paidIn, options),
    paid: paidIn.reduce((sum, { estimate }) => sum + estimate.paid, 0n),
  }));
}

function costOf(parts: readonly VariantPart[], options: TotalOptions): CostRange {
  const sum = parts.map(({ estimate }) => estimate.cost).reduce(addCosts, NO_COST);
  const joint = jointMargins(parts, ({ completionRate }) => completionRate, options);
  const { low, expected, high } = sum;
  if (joint === null || low === null || expected === null || high === null) return sum;
  // The variants' own ranges include the prompts' uncertainty; the completions' part is added jointly.
  const alone = { below: 0, above: 0 };
  for (const { forecast, completionRate } of parts) {
    alone.below += ((forecast?.expected ?? 0) - (forecast?.low ?? 0)) * (completionRate ?? 0);
    alone.above += ((forecast?.high ?? 0) - (forecast?.expected ?? 0)) * (completionRate ?? 0);
  }
  const ends = { low: low + whole(alone.below - joint.below), high: high - whole(alone.above - joint.above) };
  return narrowed(sum, ends, { most: (a, b) => (a > b ? a : b), least: (a, b) => (a < b ? a : b) });
}

function whole(picounits: number): Picounits {
  return BigInt(Math.round(picounits));
}

interface Ends<Figure> {
  readonly low: Figure;
  readonly high: Figure;
}

interface Order<Figure> {
  readonly most: (a: Figure, b: Figure) => Figure;
  readonly least: (a: Figure, b: Figure) => Figure;
}

/** A joint range is never wider than the sum of the variants' own. */
function narrowed<Figure>(sum: Range<Figure>, ends: Ends<Figure>, { most, least }: Order<Figure>): Range<Figure> {
  const { low, high } = sum;
  return {
    ...sum,
    low: low === null ? null : most(low, ends.low),
    high: high === null ? null : least(high, ends.high),
  };
}

interface Margins {
  readonly below: number;
  readonly above: number;
}

/** How far the sum over variants may be off. Variants run the same rows, so the forecast uses the sums per row. */
function jointMargins(
  parts: readonly VariantPart[],
  weightOf: (part: VariantPart) => number | null,
  options: TotalOptions,
): Margins | null {
  // If all answers were alike, the range covers unseen answers, about which the spread of the sums says nothing.
  const alike = parts.filter(isAlike);
  const forecast = jointForecast(
    parts.filter((part) => !isAlike(part)),
    weightOf,
    options,
  );
  if (forecast === null) return null;
  const margins = { below: forecast.expected - forecast.low, above: forecast.high - forecast.expected };
  for (const part of alike) {
    const own = part.forecast;
    const weight = weightOf(part);
    if (own === null || weight === null) return null;
    margins.below += weight * (own.expected - own.low);
    margins.above += weight * (own.high - own.expected);
  }
  return margins;
}

function isAlike({ forecast }: VariantPart): boolean {
  return forecast?.method === 'constant';
}

/**
 * Forecasts a weighted sum of the variants' completion tokens.
 * @returns null if they were not seen on the same rows, if a weight is unknown, or if there is only one
 */
export function jointForecast(
  parts: readonly VariantPart[],
  weightOf: (part: VariantPart) => number | null,
  { level, planned, tagColumns }: TotalOptions,
): Forecast | null {
  const pilot = jointPilot(parts, weightOf);
  const population = parts[0]?.population;
  if (pilot === null || population === undefined || parts.length < 2) return null;
  return forecastTotal(pilot, population, {
    level,
    cap: null,
    tagColumns: Math.max(1, tagColumns),
    ...(planned === null ? {} : { rows: planned }),
  });
}

/** The weighted sums of the rows on which every variant was seen; null if those rows differ. */
export function jointPilot(
  parts: readonly VariantPart[],
  weightOf: (part: VariantPart) => number | null,
): readonly PilotRow[] | null {
  const [first, ...others] = parts;
  if (first === undefined || first.pilot.size < 2) return null;
  const rest = first.population.rows;
  if (others.some(({ pilot, population }) => pilot.size !== first.pilot.size || population.rows !== rest)) return null;
  const rows: PilotRow[] = [];
  for (const [row, { x, tag }] of first.pilot) {
    let y = 0;
    for (const part of parts) {
      const weight = weightOf(part);
      const seen = part.pilot.get(row);
      if (weight === null || seen === undefined) return null;
      y += weight * seen.y;
    }
    rows.push({ x, tag, y });
  }
  return rows;
}

import type { CostOutlook, PromptTokens, TokenOutlook, VariantEstimate } from '../../core/estimate.ts';
import type { Picounits } from '../../core/money.ts';
import type { Price } from '../../core/price.ts';
import { type Forecast, forecastTotal } from '../../core/stats/forecast.ts';
import type { PilotRow } from '../../core/stats/pilot-model.ts';
import { Population } from '../../core/stats/population.ts';
import type { Variant } from '../../core/variant.ts';
import { modelTokens } from '../../pricing/token-models.ts';
import { bestTagColumn } from './best-tags.ts';
import type { CountedRows, TagColumn } from './counted-rows.ts';
import { promptOutlook, type TokenRatio, tokenRatio } from './prompt-outlook.ts';
import { costOfTokens, type MeanRates, meanRates, timesShare } from './rates.ts';
import type { SeenAnswer, SeenVariant } from './seen.ts';

/** What one variant is estimated from. */
export interface VariantBasis {
  readonly variant: Variant;
  readonly repeats: number;
  readonly counted: CountedRows;
  /** Its own results. */
  readonly own: SeenVariant;
  /** Those of another run; null where none was named. */
  readonly other: SeenVariant | null;
  readonly price: Price | null;
  readonly currency: string | null;
  /** Most tokens of an answer; null where nothing bounds it. */
  readonly mostCompletion: number | null;
  /** max_tokens, which an answer is cut at; null where it was not asked for. */
  readonly maxTokens: number | null;
  /** Bytes of the prompts of all rows, a bound on their tokens. */
  readonly promptBytes: number;
  /** Rows of a planned volume; null for the dataset itself. */
  readonly planned: number | null;
  readonly concurrency: number;
  readonly level: number;
}

/** A variant's estimate, with what a sum over variants is made from. */
export interface VariantPart {
  readonly estimate: VariantEstimate;
  /** Rows seen, by what tells them apart. */
  readonly pilot: ReadonlyMap<string, PilotRow>;
  readonly population: Population;
  /** What one completion token costs, in picounits; null where it is not known. */
  readonly completionRate: number | null;
  /** Completion tokens to come. */
  readonly forecast: Forecast | null;
}

/** Fewer rows of its own than this, and another run's are the better guide. */
const OWN_ROWS_ENOUGH = 5;

/** Estimates one variant. */
export function estimateVariant(basis: VariantBasis): VariantPart {
  const { variant, counted, own, other, repeats, planned, level } = basis;
  const { prompt, model, temperature } = variant;
  const seen = other !== null && own.answers.length < OWN_ROWS_ENOUGH ? other : own;
  const ratio = ratioOf(basis, seen.answers);
  const tagColumn = bestTagColumn(counted, seen.answers);
  const population = restOf(basis, tagColumn, ratio.expected);
  const trials = planned === null ? counted.rows * repeats - own.done : planned * repeats;
  // Of rows that were begun, only the repeats that are left are still to come.
  const left = population.rows === 0 || planned !== null ? 1 : trials / (population.rows * repeats);
  const prompts = promptOutlook({ population: restOf(basis, null, 1), planned, repeats: repeats * left, level }, ratio);
  const pilot = new Map(seen.answers.map((answer) => [answer.row, pilotRow(basis, answer, { tagColumn, ratio })]));
  const cap = basis.maxTokens === null ? null : basis.maxTokens * repeats;
  const options = { level, cap, ...(planned === null ? {} : { rows: planned }) };
  const forecast = timesLeft(forecastTotal([...pilot.values()], population, options), left, boundOf(basis, trials));
  const rest: Rest = { trials, prompts, forecast };
  const spent = planned === null ? own : NOTHING_SPENT;
  const rates = basis.price === null ? null : meanRates(basis.price, counted.lengthsOf(variant), ratio.expected);
  const share = own.billedShare;
  return {
    pilot,
    population,
    forecast,
    completionRate: rates === null ? null : Number(timesShare(rates.mean.completionToken, share)),
    estimate: {
      ...{ prompt: prompt.name, provider: model.provider, model: model.model, temperature },
      ...{ trials: rest.trials + spent.done, done: spent.done },
      promptTokens: plusSpent(prompts, spent.promptTokens),
      completionTokens: completionOutlook(basis, rest, spent.completionTokens),
      cost:
        rates === null
          ? seenCosts(basis, rest, { seen, population })
          : costOutlook(basis, rest, { rates, share, spent }),
      ...{ paid: spent.paid, currency: basis.price?.currency ?? seen.currency ?? basis.currency, price: basis.price },
      seconds: secondsOf(basis, rest.trials),
      ...{ seenRows: pilot.size, method: forecast?.method ?? null },
    },
  };
}

interface Rest {
  readonly trials: number;
  readonly prompts: PromptTokens;
  readonly forecast: Forecast | null;
}

interface Spent {
  readonly done: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly paid: Picounits;
}

const NOTHING_SPENT: Spent = { done: 0, promptTokens: 0, completionTokens: 0, paid: 0n };

function boundOf({ mostCompletion }: VariantBasis, trials: number): number {
  return mostCompletion === null ? Infinity : mostCompletion * trials;
}

function timesLeft(forecast: Forecast | null, left: number, most: number): Forecast | null {
  if (forecast === null) return null;
  const within = (total: number): number => Math.min(most, total * left);
  return { ...forecast, low: within(forecast.low), expected: within(forecast.expected), high: within(forecast.high) };
}

function ratioOf({ variant, counted, level }: VariantBasis, answers: readonly SeenAnswer[]): TokenRatio {
  const lengths = counted.lengthsOf(variant);
  const count = counted.countOf(variant);
  const prompts = answers.flatMap(({ place, promptTokens }) =>
    place === null || promptTokens === null ? [] : [{ counted: lengths[place] ?? 0, reported: promptTokens }],
  );
  const range = modelTokens(variant.model.model).range(count);
  return tokenRatio(prompts, { range, tokens: count.tokens, level });
}

/** The rows that are still to come; all of them where a volume like them is planned. */
function restOf({ variant, counted, own, planned }: VariantBasis, tags: TagColumn | null, ratio: number): Population {
  const population = new Population();
  for (const [place, tokens] of counted.lengthsOf(variant).entries()) {
    if (planned !== null || !own.donePlaces.has(place)) population.add(tokens * ratio, tags?.tags[place] ?? null);
  }
  if (planned === null) population.setUnseen(counted.rows - own.doneRows - population.observed);
  return population;
}

interface PilotContext {
  readonly tagColumn: TagColumn | null;
  readonly ratio: TokenRatio;
}

function pilotRow(
  { variant, counted }: VariantBasis,
  answer: SeenAnswer,
  { tagColumn, ratio }: PilotContext,
): PilotRow {
  const { place, promptTokens, completionTokens: y } = answer;
  if (place === null) return { x: promptTokens ?? 0, tag: null, y };
  return { x: (counted.lengthsOf(variant)[place] ?? 0) * ratio.expected, tag: tagColumn?.tags[place] ?? null, y };
}

function plusSpent({ low, expected, high, isExact }: PromptTokens, spent: number): PromptTokens {
  return { low: low + spent, expected: expected + spent, high: high + spent, isExact };
}

function completionOutlook({ mostCompletion }: VariantBasis, { forecast, trials }: Rest, spent: number): TokenOutlook {
  const isDone = trials === 0;
  const plus = (tokens: number | undefined): number | null =>
    isDone ? spent : tokens === undefined ? null : Math.round(tokens) + spent;
  return {
    low: plus(forecast?.low),
    expected: plus(forecast?.expected),
    high: plus(forecast?.high),
    ceiling: isDone ? spent : mostCompletion === null ? null : mostCompletion * trials + spent,
  };
}

interface Rated {
  readonly rates: MeanRates;
  /** What is billed for what tokens × price make 1. */
  readonly share: number;
  readonly spent: Spent;
}

function costOutlook(basis: VariantBasis, rest: Rest, { rates, share, spent }: Rated): CostOutlook {
  const { prompts, forecast, trials } = rest;
  const fees = BigInt(trials) * (basis.price?.request ?? 0n);
  const total = (promptTokens: number, completionTokens: number): Picounits => {
    const { promptToken, completionToken } = rates.mean;
    const listed = costOfTokens(promptTokens, promptToken) + costOfTokens(completionTokens, completionToken) + fees;
    return spent.paid + timesShare(listed, share);
  };
  if (trials === 0) return { low: spent.paid, expected: spent.paid, high: spent.paid, ceiling: spent.paid };
  return {
    // Where no answer was seen, the prompts alone are what it costs at least.
    low: total(prompts.low, forecast?.low ?? 0),
    expected: forecast === null ? null : total(prompts.expected, forecast.expected),
    high: forecast === null ? null : total(prompts.high, forecast.high),
    ceiling: ceilingOf(basis, rest, { rates, share, spent }),
  };
}

function ceilingOf(basis: VariantBasis, { prompts, trials }: Rest, { rates, share, spent }: Rated): Picounits | null {
  if (basis.mostCompletion === null) return null;
  const { promptToken, completionToken } = rates.dearest;
  // Bytes bound what a tokenizer that is not known can make of a prompt.
  const bytes = (basis.promptBytes / Math.max(1, basis.counted.rows)) * trials;
  const promptTokens = prompts.isExact ? prompts.high : Math.max(prompts.high, bytes);
  const listed =
    costOfTokens(Math.ceil(promptTokens), promptToken) +
    costOfTokens(basis.mostCompletion * trials, completionToken) +
    BigInt(trials) * (basis.price?.request ?? 0n);
  return spent.paid + timesShare(listed, Math.max(1, share));
}

const PICOUNITS = 1e12;

/** Without a price, what answers were billed is all there is to go by. */
function seenCosts(
  { own, planned, level }: VariantBasis,
  { trials }: Rest,
  { seen, population }: { readonly seen: SeenVariant; readonly population: Population },
): CostOutlook {
  const pilot = seen.answers.flatMap(({ cost }) =>
    cost === null ? [] : [{ x: 0, tag: null, y: Number(cost) / PICOUNITS }],
  );
  const paid = planned === null ? own.paid : 0n;
  const plain = new Population(planned === null ? population.rows : 0);
  const forecast = forecastTotal(pilot, plain, { level, cap: null, ...(planned === null ? {} : { rows: planned }) });
  if (forecast === null || trials === 0) return { low: null, expected: null, high: null, ceiling: null };
  const plus = (units: number): Picounits => paid + BigInt(Math.round(units * PICOUNITS));
  return { low: plus(forecast.low), expected: plus(forecast.expected), high: plus(forecast.high), ceiling: null };
}

function secondsOf({ own, other, concurrency }: VariantBasis, trials: number): number | null {
  const latencyMs = own.latencyMs ?? other?.latencyMs ?? null;
  if (trials === 0) return 0;
  return latencyMs === null ? null : (latencyMs * Math.ceil(trials / concurrency)) / 1000;
}

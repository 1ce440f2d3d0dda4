import type { CostRange, PromptTokens, RunOnOutlook, TokenOutlook, VariantEstimate } from '../../core/estimate.ts';
import type { Picounits } from '../../core/money.ts';
import { dearestRates, type Price, type TokenRates } from '../../core/price.ts';
import { type Forecast, forecastTotal, unseenRunOn } from '../../core/stats/forecast.ts';
import type { PilotRow } from '../../core/stats/pilot-model.ts';
import { Population } from '../../core/stats/population.ts';
import type { Variant } from '../../core/variant.ts';
import { modelTokens, type TokenRange } from '../../pricing/token-models.ts';
import { bestTagColumn } from './best-tags.ts';
import type { CountedRows, TagColumn } from './counted-rows.ts';
import { promptRange, type TokenRatio, tokenRatio } from './prompt-range.ts';
import { costOfTokens, meanRates, timesShare } from './rates.ts';
import type { SeenAnswer, SeenVariant } from './seen.ts';

/** Bounds on prompt tokens without counting: UTF-8 bytes of messages as JSON and of definitions. */
export interface PromptBounds {
  /** Of all rows together, for one repeat each. */
  readonly bytes: number;
  /** Of the largest row. */
  readonly mostBytes: number;
  /** Of the definitions alone, which are in every request. */
  readonly definitionBytes: number;
  /** False if messages hold other content, such as images, that text counts do not cover. */
  readonly isText: boolean;
  /** False if a call may cost more than its prompt and answer. */
  readonly isBounded: boolean;
}

/** The inputs of one variant's estimate. */
export interface VariantBasis {
  readonly variant: Variant;
  readonly repeats: number;
  readonly counted: CountedRows;
  /** Its own results. */
  readonly own: SeenVariant;
  /** Those of another run; null if none was named. */
  readonly other: SeenVariant | null;
  readonly price: Price | null;
  readonly currency: string | null;
  /** Maximum tokens of an answer; null if unbounded. */
  readonly mostCompletion: number | null;
  /** max_tokens, which truncates an answer; null if it was not set. */
  readonly maxTokens: number | null;
  readonly bounds: PromptBounds;
  /** Rows of a planned volume; null for the dataset itself. */
  readonly planned: number | null;
  readonly concurrency: number;
  readonly level: number;
}

/** A variant's estimate, with the inputs of a sum over variants. */
export interface VariantPart {
  readonly estimate: VariantEstimate;
  /** Seen rows, by their identifiers. */
  readonly pilot: ReadonlyMap<string, PilotRow>;
  readonly population: Population;
  /** Cost of one completion token, in picounits; null if unknown. */
  readonly completionRate: number | null;
  /** Remaining completion tokens. */
  readonly forecast: Forecast | null;
  /** Durations of observed calls, in milliseconds. */
  readonly durations: readonly number[];
}

/** With fewer own rows than this, another run predicts better. */
const OWN_ROWS_ENOUGH = 5;

/** Estimates one variant. */
export function estimateVariant(basis: VariantBasis): VariantPart {
  const { variant, counted, own, other, repeats, planned, level } = basis;
  const { prompt, model, label, temperature } = variant;
  const seen = other !== null && own.answers.length < OWN_ROWS_ENOUGH ? other : own;
  const ratio = ratioOf(basis, seen.answers);
  const tagColumn = bestTagColumn(counted, seen.answers);
  const population = restOf(basis, tagColumn, ratio.expected);
  const trials = planned === null ? counted.rows * repeats - own.done : planned * repeats;
  // Of partly completed rows, only the missing repeats remain.
  const left = population.rows === 0 || planned !== null ? 1 : trials / (population.rows * repeats);
  const counts = promptRange({ population: restOf(basis, null, 1), planned, repeats: repeats * left, level }, ratio);
  const prompts = { ...counts, isExact: counts.isExact && basis.bounds.isText };
  const pilot = new Map(seen.answers.map((answer) => [answer.row, pilotRow(basis, answer, { tagColumn, ratio })]));
  const cap = basis.maxTokens === null ? null : basis.maxTokens * repeats;
  const tagColumns = Math.max(1, counted.tagColumns.length);
  const options = { level, cap, tagColumns, ...(planned === null ? {} : { rows: planned }) };
  const forecast = timesLeft(forecastTotal([...pilot.values()], population, options), left, boundOf(basis, trials));
  const rest: Rest = { trials, prompts, forecast };
  const spent = planned === null ? own : NOTHING_SPENT;
  const rates = basis.price === null ? null : meanRates(basis.price, counted.lengthsOf(variant), ratio.expected);
  const share = own.billedShare;
  const rated = rates === null ? null : { rates, ratio: ratio.expected, share, spent };
  const range = { level, cap, rows: planned ?? population.rows };
  return {
    durations: durationsOf(basis),
    pilot,
    population,
    forecast,
    completionRate: rates === null ? null : Number(timesShare(rates.completionToken, share)),
    estimate: {
      prompt: prompt.name,
      provider: model.provider,
      model: model.model,
      ...(label === undefined ? {} : { label }),
      temperature,
      trials: rest.trials + spent.done,
      done: spent.done,
      promptTokens: plusSpent(prompts, spent.promptTokens),
      completionTokens: completionOutlook(basis, rest, spent.completionTokens),
      cost: rated === null ? seenCosts(basis, rest, { seen, population }) : costOutlook(basis, rest, rated),
      paid: spent.paid,
      currency: basis.price?.currency ?? seen.currency ?? basis.currency,
      price: basis.price,
      seconds: secondsOf(basis, rest.trials),
      runOn: runOnOf(basis, rest, { rated, spent, left, ...range, pilot: [...pilot.values()] }),
      reasoningShare: seen.reasoningShare,
      seenRows: pilot.size,
      method: forecast?.method ?? null,
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
  /** Answers that were paid for, at a cost that is not known. */
  readonly unknownCosts: number;
}

const NOTHING_SPENT: Spent = { done: 0, promptTokens: 0, completionTokens: 0, paid: 0n, unknownCosts: 0 };

function boundOf({ mostCompletion }: VariantBasis, trials: number): number {
  return mostCompletion === null ? Infinity : mostCompletion * trials;
}

function timesLeft(forecast: Forecast | null, left: number, most: number): Forecast | null {
  if (forecast === null) return null;
  const within = (total: number): number => Math.min(most, total * left);
  return { ...forecast, low: within(forecast.low), expected: within(forecast.expected), high: within(forecast.high) };
}

function ratioOf(basis: VariantBasis, answers: readonly SeenAnswer[]): TokenRatio {
  const { variant, counted, level } = basis;
  const lengths = counted.lengthsOf(variant);
  const count = counted.countOf(variant);
  const prompts = answers.flatMap(({ place, promptTokens }) =>
    place === null || promptTokens === null ? [] : [{ counted: lengths[place] ?? 0, reported: promptTokens }],
  );
  return tokenRatio(prompts, { range: tokenRange(basis), tokens: count.tokens, level });
}

/** The model's tokens of all counted prompts. Definitions may add almost nothing, and at most their bytes. */
function tokenRange({ variant, counted, bounds }: VariantBasis): TokenRange {
  const { range } = modelTokens(variant.model.model);
  const all = range(counted.countOf(variant));
  if (bounds.definitionBytes === 0) return all;
  const definitions = range(counted.definitionsOf(variant));
  const more = Math.max(0, bounds.definitionBytes - definitions.low);
  return {
    low: Math.max(0, all.low - definitions.high * counted.counted),
    expected: all.expected,
    high: all.high + more * counted.counted,
  };
}

/** The remaining rows; all of them for a planned volume. */
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
  /** The average over requests. */
  readonly rates: TokenRates;
  /** The model's tokens per counted token. */
  readonly ratio: number;
  /** Ratio of billed cost to tokens × price. */
  readonly share: number;
  readonly spent: Spent;
}

function costOutlook(basis: VariantBasis, rest: Rest, rated: Rated): CostRange {
  const { prompts, forecast, trials } = rest;
  const { spent } = rated;
  const total = (promptTokens: number, completionTokens: number): Picounits =>
    totalCost(basis, { trials, rated }, [promptTokens, completionTokens]);
  // If no answer was seen, the prompts alone are the minimum cost.
  const isDone = trials === 0;
  const low = isDone ? spent.paid : total(prompts.low, forecast?.low ?? 0);
  const expected = isDone ? low : forecast === null ? null : total(prompts.expected, forecast.expected);
  const high = isDone ? low : forecast === null ? null : total(prompts.high, forecast.high);
  const ceiling = isDone ? low : ceilingOf(basis, rest, rated);
  if (spent.unknownCosts === 0) return { low, expected, high, ceiling };
  const most = mostUnknown(basis, rest, rated);
  return {
    low,
    expected: sumOf(expected, leastOf(expectedUnknown(spent, expected, trials), most)),
    high: sumOf(high, most),
    ceiling: sumOf(ceiling, most),
  };
}

/** Answers of unknown cost, at the average of the others; null if there is none. */
function expectedUnknown(
  { done, paid, unknownCosts }: Spent,
  expected: Picounits | null,
  trials: number,
): Picounits | null {
  const others = done - unknownCosts;
  if (others > 0) return (paid * BigInt(unknownCosts)) / BigInt(others);
  return trials === 0 || expected === null ? null : (expected * BigInt(unknownCosts)) / BigInt(trials);
}

/** Answers of unknown cost, each at the most that a call may cost; null if nothing bounds it. */
function mostUnknown(basis: VariantBasis, { prompts }: Rest, rated: Rated): Picounits | null {
  const { unknownCosts } = rated.spent;
  const longest = longestPrompt(basis, prompts, rated);
  return mostOf(basis, rated, { calls: unknownCosts, promptTokens: longest * unknownCosts, longest });
}

function leastOf(one: Picounits | null, other: Picounits | null): Picounits | null {
  return one !== null && other !== null && other < one ? other : one;
}

function sumOf(one: Picounits | null, other: Picounits | null): Picounits | null {
  return one === null || other === null ? null : one + other;
}

interface RunOnBasis {
  readonly pilot: readonly PilotRow[];
  readonly level: number;
  readonly cap: number | null;
  readonly rows: number;
  /** Share of the population's trials that remains. */
  readonly left: number;
  readonly rated: Rated | null;
  readonly spent: Spent;
}

/** A range from answers that were all complete says nothing about truncated ones. */
function runOnOf(basis: VariantBasis, { trials, prompts, forecast }: Rest, given: RunOnBasis): RunOnOutlook | null {
  const { pilot, level, cap, rows, left, rated, spent } = given;
  if (forecast === null || trials === 0) return null;
  const whole = { expected: forecast.expected / left, high: forecast.high / left };
  const found = unseenRunOn(pilot, whole, { level, cap, rows });
  if (found === null) return null;
  const tokens = found.total * left;
  const isKnown = rated !== null && spent.unknownCosts === 0;
  return {
    share: found.share,
    completionTokens: Math.round(tokens) + spent.completionTokens,
    cost: isKnown ? totalCost(basis, { trials, rated }, [prompts.expected, tokens]) : null,
  };
}

/** Cost so far plus the cost of remaining tokens. */
function totalCost(
  { price }: VariantBasis,
  { trials, rated: { rates, share, spent } }: { readonly trials: number; readonly rated: Rated },
  [promptTokens, completionTokens]: readonly [number, number],
): Picounits {
  const fees = BigInt(trials) * (price?.request ?? 0n);
  const { promptToken, completionToken } = rates;
  const listed = costOfTokens(promptTokens, promptToken) + costOfTokens(completionTokens, completionToken) + fees;
  return spent.paid + timesShare(listed, share);
}

function ceilingOf(basis: VariantBasis, { prompts, trials }: Rest, rated: Rated): Picounits | null {
  const promptTokens = prompts.isExact ? prompts.high : Math.max(prompts.high, bytesLeft(basis, trials));
  const longest = longestPrompt(basis, prompts, rated);
  return sumOf(rated.spent.paid, mostOf(basis, rated, { calls: trials, promptTokens, longest }));
}

/** Upper bound for the tokens of the largest prompt. */
function longestPrompt({ counted, variant, bounds }: VariantBasis, prompts: PromptTokens, { ratio }: Rated): number {
  if (!prompts.isExact) return bounds.mostBytes;
  return counted.lengthsOf(variant).reduce((most, length) => Math.max(most, length), 0) * ratio;
}

interface MostCalls {
  readonly calls: number;
  /** Of all calls together. */
  readonly promptTokens: number;
  /** Tokens of the largest prompt. */
  readonly longest: number;
}

/** The most that calls may cost; null if nothing bounds it. */
function mostOf(
  { price, mostCompletion, bounds }: VariantBasis,
  { share }: Rated,
  { calls, promptTokens, longest }: MostCalls,
): Picounits | null {
  if (mostCompletion === null || price === null || !bounds.isBounded) return null;
  const { promptToken, completionToken } = dearestRates(price, longest);
  const listed =
    costOfTokens(Math.ceil(promptTokens), promptToken) +
    costOfTokens(mostCompletion * calls, completionToken) +
    BigInt(calls) * (price.request ?? 0n);
  return timesShare(listed, Math.max(1, share));
}

/** Bytes of the remaining prompts, an upper bound for an unknown tokenizer. */
function bytesLeft({ variant, counted, own, planned, repeats, bounds }: VariantBasis, trials: number): number {
  if (planned !== null) return (bounds.bytes / Math.max(1, counted.rows)) * trials;
  if (counted.counted < counted.rows) return bounds.bytes * repeats;
  let bytes = 0;
  for (const [place, ofMessages] of counted.bytesOf(variant).entries()) {
    if (!own.donePlaces.has(place)) bytes += ofMessages + bounds.definitionBytes;
  }
  return bytes * repeats;
}

const PICOUNITS = 1e12;

/** Without a price, the billed cost of answers is the only source. */
function seenCosts(
  { own, planned, level }: VariantBasis,
  { trials }: Rest,
  { seen, population }: { readonly seen: SeenVariant; readonly population: Population },
): CostRange {
  const paid = planned === null ? own.paid : 0n;
  // An answer of unknown cost is one more to come.
  const unknown = planned === null ? own.unknownCosts : 0;
  if (trials + unknown === 0) return { low: paid, expected: paid, high: paid, ceiling: paid };
  const pilot = seen.answers.flatMap(({ cost }) =>
    cost === null ? [] : [{ x: 0, tag: null, y: Number(cost) / PICOUNITS }],
  );
  const plain = new Population(planned === null ? population.rows + unknown : 0);
  const forecast = forecastTotal(pilot, plain, { level, cap: null, ...(planned === null ? {} : { rows: planned }) });
  if (forecast === null) return { low: trials === 0 ? paid : null, expected: null, high: null, ceiling: null };
  const plus = (units: number): Picounits => paid + BigInt(Math.round(units * PICOUNITS));
  return { low: plus(forecast.low), expected: plus(forecast.expected), high: plus(forecast.high), ceiling: null };
}

/** A few own calls predict durations better than those of another run; a single one gives no range. */
function durationsOf({ own, other }: VariantBasis): readonly number[] {
  return own.durations.length < 2 && other !== null ? other.durations : own.durations;
}

function secondsOf({ own, other, concurrency }: VariantBasis, trials: number): number | null {
  const latencyMs = own.latencyMs ?? other?.latencyMs ?? null;
  if (trials === 0) return 0;
  return latencyMs === null ? null : (latencyMs * Math.ceil(trials / concurrency)) / 1000;
}

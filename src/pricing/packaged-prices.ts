import type { ConditionalPrice, ModelInfo, ModelPrice, Provider } from '@pydantic/genai-prices';
import { divideRounded, type Picounits, parseAmount } from '../core/money.ts';
import { dearest, type Price, type TokenRates } from '../core/price.ts';

/** The table, as prices name their source; `PACKAGED_DATE` is the day on which this version of it came out. */
export const PACKAGED_SOURCE = 'genai-prices 0.1.8';

/** ISO 8601; the date of prices that the table has no day for, which was none of its own in most cases. */
export const PACKAGED_DATE = '2026-09-23';

const CURRENCY = 'USD';
const MILLION = 1_000_000n;

/** Whose prices are wanted. */
interface PackagedEndpoint {
  /** The provider's id in the table; null where only the address tells it. */
  readonly providerId: string | null;
  /** Address up to and with `/v1`. */
  readonly baseUrl: string;
}

/**
 * Looks prices up in the table of the package @pydantic/genai-prices, in dollars. Loads it (1 MB) only where the
 * endpoint may be in it.
 * @param now the day whose prices count
 * @returns null where the table does not know the endpoint: a model's name alone does not tell who bills it
 */
export async function loadPackagedPrices(
  endpoint: PackagedEndpoint,
  now: Date,
): Promise<((model: string) => Price | null) | null> {
  // Every address in the table has TLS, and a server on this machine or in this network mostly has not.
  if (endpoint.providerId === null && !endpoint.baseUrl.startsWith('https://')) return null;
  const { calcPrice, findProvider } = await import('@pydantic/genai-prices');
  const { providerId, baseUrl } = endpoint;
  const found = findProvider(providerId === null ? { providerApiUrl: baseUrl } : { providerId });
  if (found === undefined || !isSurely(found, endpoint)) return null;
  return (model) => {
    // Only for finding the model: its sums are floats.
    const match = calcPrice({}, model, { providerId: found.id, timestamp: now });
    return match === null ? null : readPrice(match.model, match.provider.id, now);
  };
}

/**
 * Providers that bill another currency at some or all of their addresses: the table's dollars are converted, or those
 * of another address.
 */
const NOT_SURELY_DOLLARS: ReadonlySet<string> = new Set(['minimax', 'moonshotai', 'zhipuai']);

/** The table's own matching also takes names alike, and addresses of which its pattern is only the beginning. */
function isSurely({ id, api_pattern }: Provider, { providerId, baseUrl }: PackagedEndpoint): boolean {
  if (providerId !== null) return id === providerId;
  const matched = new RegExp(`^(?:${api_pattern})`).exec(baseUrl)?.[0];
  if (matched === undefined || NOT_SURELY_DOLLARS.has(id)) return false;
  return matched.endsWith('/') || /^(?:\/|$)/.test(baseUrl.slice(matched.length));
}

/** Rates that tokens of an answer may have beside that for all others; a completion does not tell how many they are. */
const UNTELLABLE = ['output_reasoning_mtok', 'output_citation_mtok'];

function readPrice({ id, prices }: ModelInfo, providerId: string, now: Date): Price | null {
  const { hours, since } = ratesOfDay(prices, now);
  if (hours.some((rates) => UNTELLABLE.some((key) => rates[key] !== undefined))) return null;
  const base = ratesAt(hours, 0);
  if (base === null) return null;
  const tiers = tierStarts(hours).flatMap((fromPromptTokens) => {
    const rates = ratesAt(hours, fromPromptTokens);
    return rates === null ? [] : [{ fromPromptTokens, ...rates }];
  });
  const request = dearestRate(hours, 'requests_kcount', 0, 1000n);
  const isByHour = hours.length > 1 ? ', at its dearest hour' : '';
  return {
    ...base,
    ...(tiers.length === 0 ? {} : { tiers }),
    ...(request === null ? {} : { request }),
    currency: CURRENCY,
    source: `${PACKAGED_SOURCE} (${providerId}/${id}${isByHour})`,
    date: since ?? PACKAGED_DATE,
  };
}

interface DayRates {
  /** One for all of the day, then those of some hours. */
  readonly hours: readonly ModelPrice[];
  /** The day since which they hold, ISO 8601; null where the table does not say. */
  readonly since: string | null;
}

/** The rates that hold on that day. Of the table's entries the last counts. */
function ratesOfDay(prices: ModelInfo['prices'], now: Date): DayRates {
  if (!isConditional(prices)) return { hours: [prices], since: null };
  const hours: ModelPrice[] = [];
  for (const { constraint, prices: rates } of prices.toReversed()) {
    if (constraint?.type === 'time_of_date') hours.push(rates);
    else if (constraint === undefined) return { hours: [rates, ...hours], since: null };
    else if (now >= new Date(constraint.start_date)) return { hours: [rates, ...hours], since: constraint.start_date };
  }
  return { hours, since: null };
}

function isConditional(prices: ModelInfo['prices']): prices is ConditionalPrice[] {
  return Array.isArray(prices);
}

/** The table's names of the rates in a price, in the order of `TokenRates`. */
const RATES = ['input_mtok', 'output_mtok', 'cache_read_mtok', 'cache_write_mtok', 'cache_write_1h_mtok'] as const;

/** Shortest prompts, in tokens, from which other rates hold. */
function tierStarts(hours: readonly ModelPrice[]): readonly number[] {
  const starts = hours
    .flatMap((rates) => RATES.map((key) => rates[key]))
    .flatMap((rate) => (typeof rate === 'object' ? rate.tiers : []))
    // The table names the longest prompt that is below the tier.
    .map(({ start }) => start + 1);
  return [...new Set(starts)].sort((a, b) => a - b);
}

/** The rates of a request of so many prompt tokens; null where the table lacks one of the two that count. */
function ratesAt(hours: readonly ModelPrice[], promptTokens: number): TokenRates | null {
  const [promptToken, completionToken, cachedPromptToken, cacheWriteToken, longCacheWriteToken] = RATES.map((key) =>
    dearestRate(hours, key, promptTokens),
  );
  if (typeof promptToken !== 'bigint' || typeof completionToken !== 'bigint') return null;
  return {
    promptToken,
    completionToken,
    ...(typeof cachedPromptToken === 'bigint' ? { cachedPromptToken } : {}),
    ...(typeof cacheWriteToken === 'bigint' ? { cacheWriteToken } : {}),
    ...(typeof longCacheWriteToken === 'bigint' ? { longCacheWriteToken } : {}),
  };
}

/** A call's hour is not known beforehand. null where an hour lacks the rate. */
function dearestRate(
  hours: readonly ModelPrice[],
  key: string,
  promptTokens: number,
  per: bigint = MILLION,
): Picounits | null {
  const rates: Picounits[] = [];
  for (const { [key]: rate } of hours) {
    const told =
      typeof rate === 'object'
        ? (rate.tiers.findLast(({ start }) => promptTokens > start)?.price ?? rate.base)
        : (rate ?? null);
    const amount = told === null ? null : parseAmount(told);
    if (amount === null) return null;
    rates.push(divideRounded(amount, per));
  }
  return rates.length === 0 ? null : dearest(rates);
}

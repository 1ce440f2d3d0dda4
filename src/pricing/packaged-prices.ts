import type { ConditionalPrice, ModelInfo, ModelPrice, Provider } from '@pydantic/genai-prices';
import { divideRounded, type Picounits, parseAmount } from '../core/money.ts';
import { dearest, type Price, type TokenRates } from '../core/price.ts';

/** The table as the named source of prices; `PACKAGED_DATE` is the release date of this version. */
export const PACKAGED_SOURCE = 'genai-prices 0.1.8';

/** ISO 8601; the date of prices without a date in the table. */
export const PACKAGED_DATE = '2026-09-23';

const CURRENCY = 'USD';
const MILLION = 1_000_000n;

/** The endpoint whose prices are needed. */
interface PackagedEndpoint {
  /** The provider's id in the table; null if only the address identifies it. */
  readonly providerId: string | null;
  /** Address up to and including `/v1`. */
  readonly baseUrl: string;
}

/**
 * Looks prices up in the table of the package @pydantic/genai-prices, in dollars. Loads it (1 MB) only if the endpoint
 * may be in it.
 * @param now the day whose prices apply
 * @returns null if the table does not contain the endpoint: a model's name alone does not identify who bills it
 */
export async function loadPackagedPrices(
  endpoint: PackagedEndpoint,
  now: Date,
): Promise<((model: string) => Price | null) | null> {
  // Every address in the table uses TLS; servers on this machine or in this network mostly do not.
  if (endpoint.providerId === null && !endpoint.baseUrl.startsWith('https://')) return null;
  const { calcPrice, findProvider } = await import('@pydantic/genai-prices');
  const { providerId, baseUrl } = endpoint;
  const found = findProvider(providerId === null ? { providerApiUrl: baseUrl } : { providerId });
  if (found === undefined || !isSurely(found, endpoint)) return null;
  return (model) => {
    // Used only to find the model: its totals are floats.
    const match = calcPrice({}, model, { providerId: found.id, timestamp: now });
    return match === null ? null : readPrice(match.model, match.provider.id, now);
  };
}

/**
 * Providers that bill another currency at some or all of their addresses: the table's dollars are converted, or those
 * of another address.
 */
const NOT_SURELY_DOLLARS: ReadonlySet<string> = new Set(['minimax', 'moonshotai', 'zhipuai']);

/** The table's own matching also accepts similar names, and addresses that only start with its pattern. */
function isSurely({ id, api_pattern }: Provider, { providerId, baseUrl }: PackagedEndpoint): boolean {
  if (providerId !== null) return id === providerId;
  const matched = new RegExp(`^(?:${api_pattern})`).exec(baseUrl)?.[0];
  if (matched === undefined || NOT_SURELY_DOLLARS.has(id)) return false;
  return matched.endsWith('/') || /^(?:\/|$)/.test(baseUrl.slice(matched.length));
}

/** Separate rates for some tokens of an answer; a completion does not report how many there are. */
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
  /** One for the whole day, then those for some hours. */
  readonly hours: readonly ModelPrice[];
  /** The day from which they apply, ISO 8601; null if the table does not say. */
  readonly since: string | null;
}

/** The rates that apply on that day. The last matching entry of the table counts. */
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

/** Minimum prompt lengths, in tokens, from which other rates apply. */
function tierStarts(hours: readonly ModelPrice[]): readonly number[] {
  const starts = hours
    .flatMap((rates) => RATES.map((key) => rates[key]))
    .flatMap((rate) => (typeof rate === 'object' ? rate.tiers : []))
    // The table gives the longest prompt below the tier.
    .map(({ start }) => start + 1);
  return [...new Set(starts)].sort((a, b) => a - b);
}

/** The rates of a request with this many prompt tokens; null if the table lacks either of the two main ones. */
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

/** A call's hour is not known beforehand. null if an hour lacks the rate. */
function dearestRate(
  hours: readonly ModelPrice[],
  key: string,
  promptTokens: number,
  per: bigint = MILLION,
): Picounits | null {
  const rates: Picounits[] = [];
  for (const { [key]: rate } of hours) {
    const listed =
      typeof rate === 'object'
        ? (rate.tiers.findLast(({ start }) => promptTokens > start)?.price ?? rate.base)
        : (rate ?? null);
    const amount = listed === null ? null : parseAmount(listed);
    if (amount === null) return null;
    rates.push(divideRounded(amount, per));
  }
  return rates.length === 0 ? null : dearest(rates);
}

import { UsageError } from '../../core/errors.ts';
import type { Price } from '../../core/price.ts';
import type { ModelInfo, Provider } from '../../core/provider.ts';
import { loadPackagedPrices } from '../../pricing/packaged-prices.ts';
import { requireProvider } from '../config/endpoints.ts';
import type { RunConfig } from '../config/run-config.ts';

/** What a lane's prices are found from. */
export interface PricedLane {
  readonly provider: Provider;
  readonly config: RunConfig;
  /** Ids as the API takes them. */
  readonly models: readonly string[];
  /** Those of `models` that the provider's list describes. */
  readonly known: readonly ModelInfo[];
  readonly now: Date;
}

/** Prices of a lane's models. */
export interface LanePrices {
  /** By model; one that is missing is not known. */
  readonly prices: ReadonlyMap<string, Price>;
  /** What the account pays in; null where it is not known. */
  readonly currency: string | null;
  /** Models whose price was given and is not used, for the provider's list has one. */
  readonly overruled: readonly string[];
}

/**
 * Finds each model's price: the provider's list has it, else --price, else the packaged table.
 * @throws UsageError where prices are given in no known currency
 */
export async function findPrices(lane: PricedLane): Promise<LanePrices> {
  const { provider, config, models, known, now } = lane;
  const listed = new Map(known.flatMap(({ id, price }) => (price === null ? [] : [[id, price] as const])));
  const currency = requireProvider(provider.name).currency ?? config.currency;
  const given = givenPrices(config, currency, now.toISOString());
  const open = models.filter((model) => !listed.has(model) && !given.has(model));
  const packaged = await packagedPrices(lane, open);
  return {
    prices: new Map([...packaged, ...given, ...listed]),
    currency: currency ?? packaged.values().next().value?.currency ?? null,
    overruled: models.filter((model) => listed.has(model) && given.has(model)),
  };
}

function givenPrices({ prices }: RunConfig, currency: string | null, date: string): ReadonlyMap<string, Price> {
  const given = Object.entries(prices);
  if (currency === null && given.length > 0) {
    throw new UsageError('the currency of --price is not known', { hint: 'name it, such as --currency USD' });
  }
  return new Map(
    given.map(([model, price]) => [model, { ...price, currency: currency ?? '', source: '--price', date }]),
  );
}

const PACKAGED_CURRENCY = 'USD';

/** The table's prices are dollars, so no account that pays in anything else is looked up in it. */
async function packagedPrices(
  { provider, config, now }: PricedLane,
  models: readonly string[],
): Promise<ReadonlyMap<string, Price>> {
  const { currency } = requireProvider(provider.name);
  const paidIn = currency ?? config.currency ?? PACKAGED_CURRENCY;
  if (models.length === 0 || paidIn !== PACKAGED_CURRENCY) return new Map();
  const endpoint = { providerId: currency === null ? null : provider.name, baseUrl: provider.endpoint };
  const priceOf = await loadPackagedPrices(endpoint, now);
  if (priceOf === null) return new Map();
  const found = models.map((model) => [model, priceOf(model)] as const);
  return new Map(found.flatMap(([model, price]) => (price === null ? [] : [[model, price] as const])));
}

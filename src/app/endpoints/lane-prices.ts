import { UsageError } from '../../core/errors.ts';
import type { Price } from '../../core/price.ts';
import type { ModelInfo, Provider } from '../../core/provider.ts';
import { askedTier, isUsualTier } from '../../core/request-fields.ts';
import { loadPackagedPrices } from '../../pricing/packaged-prices.ts';
import { requireProvider } from '../config/endpoints.ts';
import type { GridConfig, MoneyConfig } from '../config/run-config.ts';

/** What a lane's prices are found from. */
interface PricedLane {
  readonly provider: Provider;
  readonly config: MoneyConfig & Pick<GridConfig, 'params'>;
  /** Ids as the API takes them. */
  readonly models: readonly string[];
  /** Those of `models` that the provider's list describes. */
  readonly known: readonly ModelInfo[];
  readonly now: Date;
}

type Prices = ReadonlyMap<string, Price>;

/** Prices of a lane's models. */
export interface LanePrices {
  /** By model; one that is missing is not known. */
  readonly prices: Prices;
  /** Those that the user gave, by model: the only ones that may be of another service tier than the usual one. */
  readonly given: Prices;
  /** What the account pays in; null where it is not known. */
  readonly currency: string | null;
  /** What is to be said of them, a line each. */
  readonly warnings: readonly string[];
}

/**
 * Finds each model's price: the provider's list has it, else --price, else the packaged table. Where the list has something
 * that is no price, as for models of which OpenRouter says −1, the table's does not stand in for it.
 * @throws UsageError where prices are given in no known currency
 */
export async function findPrices(lane: PricedLane): Promise<LanePrices> {
  const { provider, config, models, known, now } = lane;
  const listed = new Map(known.flatMap(({ id, price }) => (price === null ? [] : [[id, price] as const])));
  const unusable = known.filter(({ unusablePrice }) => unusablePrice !== undefined);
  const currency = requireProvider(provider.name).currency ?? config.currency;
  const given = givenPrices(config, currency, now.toISOString());
  const isOpen = (model: string): boolean => !listed.has(model) && !unusable.some(({ id }) => id === model);
  const open = models.filter((model) => isOpen(model) && !given.has(model));
  const packaged = await packagedPrices(lane, open);
  return {
    prices: new Map([...packaged, ...given, ...listed]),
    given,
    currency: currency ?? packaged.values().next().value?.currency ?? null,
    warnings: [
      ...unusable.filter(({ id }) => !given.has(id)).map((model) => unusableWarning(model, provider)),
      ...overruledWarnings(lane, listed, given),
      ...oldWarnings(packaged, now),
    ],
  };
}

function unusableWarning({ id, unusablePrice = '' }: ModelInfo, { name }: Provider): string {
  return `the list of ${name} has no price of ${id} that can be used (${unusablePrice}): it is unknown; --price gives one`;
}

/** At a service tier of its own, a price that was given is used whatever the list says. */
function overruledWarnings({ provider, config, models }: PricedLane, listed: Prices, given: Prices): readonly string[] {
  if (!isUsualTier(askedTier(config.params))) return [];
  const overruled = models.filter((model) => listed.has(model) && given.has(model));
  return overruled.map((model) => `--price of ${model} is not used: the list of ${provider.name} has one`);
}

const DAY_MS = 86_400_000;
const OLD_DAYS = 180;

function oldWarnings(packaged: Prices, now: Date): readonly string[] {
  return [...packaged].flatMap(([model, { date, source }]) => {
    const days = Math.floor((now.getTime() - Date.parse(date)) / DAY_MS);
    if (days <= OLD_DAYS) return [];
    return [
      `the price of ${model} is old: from ${date} (${days} days), ${source}; check it, and give another with --price`,
    ];
  });
}

function givenPrices({ prices }: MoneyConfig, currency: string | null, date: string): Prices {
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
async function packagedPrices({ provider, config, now }: PricedLane, models: readonly string[]): Promise<Prices> {
  const { currency } = requireProvider(provider.name);
  const paidIn = currency ?? config.currency ?? PACKAGED_CURRENCY;
  if (models.length === 0 || paidIn !== PACKAGED_CURRENCY) return new Map();
  const endpoint = { providerId: currency === null ? null : provider.name, baseUrl: provider.endpoint };
  const priceOf = await loadPackagedPrices(endpoint, now);
  if (priceOf === null) return new Map();
  const found = models.map((model) => [model, priceOf(model)] as const);
  return new Map(found.flatMap(([model, price]) => (price === null ? [] : [[model, price] as const])));
}

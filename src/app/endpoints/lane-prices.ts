import { UsageError } from '../../core/errors.ts';
import type { Price } from '../../core/price.ts';
import type { ModelInfo, Provider } from '../../core/provider.ts';
import { askedTier, isUsualTier } from '../../core/request-fields.ts';
import { loadPackagedPrices } from '../../pricing/packaged-prices.ts';
import { traitsOf } from '../../providers/index.ts';
import { type GridConfig, type MoneyConfig, ofModel } from '../config/run-config.ts';

/** What a lane's prices are looked up from. */
interface PricedLane {
  readonly provider: Provider;
  readonly config: MoneyConfig & Pick<GridConfig, 'models'>;
  /** Ids in the API's form. */
  readonly models: readonly string[];
  /** Those of `models` that the provider's list describes. */
  readonly known: readonly ModelInfo[];
  readonly now: Date;
}

type Prices = ReadonlyMap<string, Price>;

/** Prices of a lane's models. */
export interface LanePrices {
  /** By model; an absent model has no known price. */
  readonly prices: Prices;
  /** Prices given by the user, by model, for the service tier that a request asks for. */
  readonly given: Prices;
  /** By model, without those given by the user: the usual price of requests that ask for another tier. */
  readonly ungiven: Prices;
  /** The account's currency; null if unknown. */
  readonly currency: string | null;
  /** Warnings about the prices, one line each. */
  readonly warnings: readonly string[];
}

/**
 * Finds each model's price: the provider's list has it, else --price, else the packaged table. If the list has an entry
 * that is not a price, such as OpenRouter's −1 for some models, the table is not used instead.
 * @throws UsageError if prices are given in an unknown currency
 */
export async function findPrices(lane: PricedLane): Promise<LanePrices> {
  const { provider, config, models, known, now } = lane;
  const listed = new Map(known.flatMap(({ id, price }) => (price === null ? [] : [[id, price] as const])));
  const unusable = known.filter(({ unusablePrice }) => unusablePrice !== undefined);
  const definition = traitsOf(provider.kind);
  const currency = definition.currency ?? config.currency;
  const free = definition.hasFreeCache ? { cachedPromptToken: 0n } : {};
  const given = givenPrices(lane, currency, free);
  const isOpen = (model: string): boolean => !listed.has(model) && !unusable.some(({ id }) => id === model);
  const isTiered = asksForTier(config);
  const open = models.filter((model) => isOpen(model) && (isTiered || !given.has(model)));
  const packaged = await packagedPrices(lane, open);
  return {
    prices: new Map([...packaged, ...given, ...listed]),
    given,
    ungiven: new Map([...packaged, ...listed]),
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

/** At a non-default service tier, a price given by the user overrides the list. */
function overruledWarnings({ provider, config, models }: PricedLane, listed: Prices, given: Prices): readonly string[] {
  if (asksForTier(config)) return [];
  const overruled = models.filter((model) => listed.has(model) && given.has(model));
  return overruled.map((model) => `--price of ${model} is not used: the list of ${provider.name} has one`);
}

function asksForTier({ models }: PricedLane['config']): boolean {
  return models.some(({ params }) => !isUsualTier(askedTier(params)));
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

/** @param free rates that the user need not give */
function givenPrices(
  { provider, config, models, now }: PricedLane,
  currency: string | null,
  free: Pick<Price, 'cachedPromptToken'>,
): Prices {
  const given = models.flatMap((model) => {
    const price = ofModel(config.prices, { provider: provider.name, model });
    return price === null ? [] : [[model, price] as const];
  });
  if (currency === null && given.length > 0) {
    throw new UsageError('the currency of --price is not known', { hint: 'name it, such as --currency USD' });
  }
  return new Map(
    given.map(([model, price]) => [
      model,
      { ...free, ...price, currency: currency ?? '', source: '--price', date: now.toISOString() },
    ]),
  );
}

const PACKAGED_CURRENCY = 'USD';

/** The table is in dollars, so accounts in another currency do not use it. */
async function packagedPrices({ provider, config, now }: PricedLane, models: readonly string[]): Promise<Prices> {
  const { currency, priceTableId = provider.kind } = traitsOf(provider.kind);
  const paidIn = currency ?? config.currency ?? PACKAGED_CURRENCY;
  if (models.length === 0 || paidIn !== PACKAGED_CURRENCY || priceTableId === null) return new Map();
  const endpoint = { providerId: currency === null ? null : priceTableId, baseUrl: provider.endpoint };
  const priceOf = await loadPackagedPrices(endpoint, now);
  if (priceOf === null) return new Map();
  const found = models.map((model) => [model, priceOf(model)] as const);
  return new Map(found.flatMap(([model, price]) => (price === null ? [] : [[model, price] as const])));
}

import { UsageError } from '../../core/errors.ts';
import { formatModelRef, type ModelRef } from '../../core/variant.ts';
import { didYouMean } from '../../io/nearest.ts';
import { DEFAULT_CACHE_FOLDER } from './options.ts';
import { readRates } from './rates.ts';
import type { GivenPrice, MoneyConfig, OfModel, PaceConfig, PaceLimits } from './run-config.ts';
import type { FileSettings, MergedSettings } from './schema.ts';

const DEFAULT_CONCURRENCY = 32;

/** What belongs to single models. */
interface OwnSettings<T> {
  /** Of entries of `model`. */
  readonly own: readonly OfModel<T>[];
  /** The models of the run, judges included. */
  readonly asked: readonly ModelRef[];
}

/** How fast a run may go. */
export function resolvePace(settings: FileSettings, { own, asked }: OwnSettings<PaceLimits>): PaceConfig {
  const { concurrency, concurrencyMode, rpm, tpm, limits } = settings;
  const ofIds = Object.entries(limits ?? {}).map(([name, given]) => {
    return { ...placeOf(name, asked), value: { rpm: given.rpm ?? null, tpm: given.tpm ?? null } };
  });
  return {
    concurrency: concurrency ?? DEFAULT_CONCURRENCY,
    isFixedConcurrency: concurrencyMode === 'fixed',
    limits: { rpm: rpm ?? null, tpm: tpm ?? null },
    modelLimits: [...ofIds, ...own],
  };
}

/** The cost settings of a run. Simulated answers cost nothing, so they are not cached. @throws UsageError */
export function resolveMoney(
  settings: FileSettings,
  { own, asked }: OwnSettings<GivenPrice>,
  isSimulated: boolean,
): MoneyConfig {
  const { budget, confirmAbove, price, currency, cache, cacheAll } = settings;
  const folder = typeof cache === 'string' ? cache : DEFAULT_CACHE_FOLDER;
  return {
    budget: budget ?? null,
    confirmAbove: confirmAbove ?? null,
    prices: [...(price ?? []).map((text) => priceOf(text, asked)), ...own],
    currency: currency ?? null,
    cache: cache === false || isSimulated ? null : { folder, isForAll: cacheAll ?? false },
  };
}

/**
 * Settings of models that the run does not have: one line each. A project may list prices of more models than a run
 * takes, so these are only told if they look mistyped.
 */
export function unusedWarnings(settings: MergedSettings, asked: readonly ModelRef[]): readonly string[] {
  const { limits = {}, price = [], origins } = settings;
  const known = [...new Set(asked.flatMap((ref) => [ref.model, formatModelRef(ref)]))];
  const unused = (names: readonly string[]): readonly string[] => names.filter((name) => !known.includes(name));
  const line = (what: string, name: string): string =>
    `${what} not used: the run has no such model${didYouMean(name, known)}`;
  return [
    ...unused(Object.keys(limits)).map((name) => line(`limits of "${name}" are`, name)),
    ...unused(price.map(pricedName))
      .filter((name) => origins['price'] !== 'project' || didYouMean(name, known) !== '')
      .map((name) => line(`--price of "${name}" is`, name)),
  ];
}

/** A model by its plain id, at any provider, or by its name with the provider. */
function placeOf(name: string, asked: readonly ModelRef[]): Pick<OfModel<unknown>, 'model' | 'provider'> {
  if (asked.some(({ model }) => model === name)) return { model: name, provider: null };
  return asked.find((ref) => formatModelRef(ref) === name) ?? { model: name, provider: null };
}

function pricedName(text: string): string {
  return text.slice(0, Math.max(0, text.lastIndexOf('=')));
}

/** `model=prompt,completion`, optionally with rates for cache reads, cache writes, and one-hour cache writes. */
function priceOf(text: string, asked: readonly ModelRef[]): OfModel<GivenPrice> {
  const name = pricedName(text);
  const price = name === '' ? null : readRates(text.slice(name.length + 1));
  if (price !== null) return { ...placeOf(name, asked), value: price };
  throw new UsageError(`--price must be model=prompt,completion, got ${JSON.stringify(text)}`, {
    hint:
      'give prices of 1,000,000 tokens, such as --price gpt-4o=250,1000; rates of cache reads and ' +
      'writes may follow: --price claude=3,15,0.3,3.75',
  });
}

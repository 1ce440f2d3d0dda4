import { UsageError } from '../../core/errors.ts';
import { DEFAULT_CACHE_FOLDER } from './options.ts';
import { readRates } from './rates.ts';
import type { GivenPrice, MoneyConfig, OfModel, PaceConfig, PaceLimits } from './run-config.ts';
import type { FileSettings } from './schema.ts';

const DEFAULT_CONCURRENCY = 32;

/** How fast a run may go. @param own limits of entries of `model` */
export function resolvePace(settings: FileSettings, own: readonly OfModel<PaceLimits>[]): PaceConfig {
  const { concurrency, concurrencyMode, rpm, tpm, limits } = settings;
  const ofIds = Object.entries(limits ?? {}).map(([model, given]) => {
    return { model, provider: null, value: { rpm: given.rpm ?? null, tpm: given.tpm ?? null } };
  });
  return {
    concurrency: concurrency ?? DEFAULT_CONCURRENCY,
    isFixedConcurrency: concurrencyMode === 'fixed',
    limits: { rpm: rpm ?? null, tpm: tpm ?? null },
    modelLimits: [...ofIds, ...own],
  };
}

/**
 * The cost settings of a run. Simulated answers cost nothing, so they are not cached.
 * @param own prices of entries of `model`
 * @throws UsageError
 */
export function resolveMoney(
  settings: FileSettings,
  own: readonly OfModel<GivenPrice>[],
  isSimulated: boolean,
): MoneyConfig {
  const { budget, confirmAbove, price, currency, cache, cacheAll } = settings;
  const folder = typeof cache === 'string' ? cache : DEFAULT_CACHE_FOLDER;
  return {
    budget: budget ?? null,
    confirmAbove: confirmAbove ?? null,
    prices: [...(price ?? []).map(readPrice), ...own],
    currency: currency ?? null,
    cache: cache === false || isSimulated ? null : { folder, isForAll: cacheAll ?? false },
  };
}

/** `model=prompt,completion`, optionally with rates for cache reads, cache writes, and one-hour cache writes. */
function readPrice(text: string): OfModel<GivenPrice> {
  const at = text.lastIndexOf('=');
  const price = at > 0 ? readRates(text.slice(at + 1)) : null;
  if (price !== null) return { model: text.slice(0, at), provider: null, value: price };
  throw new UsageError(`--price must be model=prompt,completion, got ${JSON.stringify(text)}`, {
    hint:
      'give prices of 1,000,000 tokens, such as --price gpt-4o=250,1000; rates of cache reads and ' +
      'writes may follow: --price claude=3,15,0.3,3.75',
  });
}

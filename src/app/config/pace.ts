import { UsageError } from '../../core/errors.ts';
import { pricePerMillion } from '../../core/price.ts';
import { DEFAULT_CACHE_FOLDER } from './options.ts';
import type { GivenPrice, MoneyConfig, PaceConfig, PaceLimits } from './run-config.ts';
import type { FileSettings } from './schema.ts';

const DEFAULT_CONCURRENCY = 32;

/** How fast a run may go. */
export function resolvePace(settings: FileSettings): PaceConfig {
  const { concurrency, concurrencyMode, rpm, tpm, limits } = settings;
  const modelLimits: Record<string, PaceLimits> = {};
  for (const [model, own] of Object.entries(limits ?? {})) {
    modelLimits[model] = { rpm: own.rpm ?? null, tpm: own.tpm ?? null };
  }
  return {
    concurrency: concurrency ?? DEFAULT_CONCURRENCY,
    isFixedConcurrency: concurrencyMode === 'fixed',
    limits: { rpm: rpm ?? null, tpm: tpm ?? null },
    modelLimits,
  };
}

/** The cost settings of a run. Simulated answers cost nothing, so they are not cached. @throws UsageError */
export function resolveMoney(settings: FileSettings, isSimulated: boolean): MoneyConfig {
  const { budget, confirmAbove, price, currency, cache, cacheAll } = settings;
  const folder = typeof cache === 'string' ? cache : DEFAULT_CACHE_FOLDER;
  return {
    budget: budget ?? null,
    confirmAbove: confirmAbove ?? null,
    prices: Object.fromEntries((price ?? []).map(readPrice)),
    currency: currency ?? null,
    cache: cache === false || isSimulated ? null : { folder, isForAll: cacheAll ?? false },
  };
}

/** Not 3 parts: that is usually a price with a decimal comma. */
const COUNTS_OF_RATES = [2, 4, 5];

/** `model=prompt,completion`, optionally with rates for cache reads, cache writes, and one-hour cache writes. */
function readPrice(text: string): readonly [string, GivenPrice] {
  const at = text.lastIndexOf('=');
  const rates = text
    .slice(at + 1)
    .split(',')
    .map(pricePerMillion);
  const [promptToken, completionToken, cachedPromptToken, cacheWriteToken, longCacheWriteToken] = rates;
  const isPrice = at > 0 && COUNTS_OF_RATES.includes(rates.length) && rates.every((rate) => rate !== null);
  if (isPrice && typeof promptToken === 'bigint' && typeof completionToken === 'bigint') {
    const price = {
      promptToken,
      completionToken,
      ...(typeof cachedPromptToken === 'bigint' ? { cachedPromptToken } : {}),
      ...(typeof cacheWriteToken === 'bigint' ? { cacheWriteToken } : {}),
      ...(typeof longCacheWriteToken === 'bigint' ? { longCacheWriteToken } : {}),
    };
    return [text.slice(0, at), price];
  }
  throw new UsageError(`--price must be model=prompt,completion, got ${JSON.stringify(text)}`, {
    hint:
      'give prices of 1,000,000 tokens, such as --price gpt-4o=250,1000; rates of cache reads and ' +
      'writes may follow: --price claude=3,15,0.3,3.75',
  });
}

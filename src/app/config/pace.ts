import { UsageError } from '../../core/errors.ts';
import { type Picounits, parseDecimal } from '../../core/money.ts';
import type { GivenPrice, PaceLimits, RunConfig } from './run-config.ts';
import type { FileSettings } from './schema.ts';

const DEFAULT_CONCURRENCY = 32;
const DEFAULT_CACHE_FOLDER = '.promptgrid/cache';
const MILLION = 1_000_000n;

type Pace = Pick<RunConfig, 'concurrency' | 'isFixedConcurrency' | 'limits' | 'modelLimits'>;

/** How fast a run may go. */
export function resolvePace(settings: FileSettings): Pace {
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

type Money = Pick<RunConfig, 'budget' | 'confirmAbove' | 'prices' | 'currency' | 'cache'>;

/** What a run may cost. Simulated answers cost nothing, so they are not cached. @throws UsageError */
export function resolveMoney(settings: FileSettings, isSimulated: boolean): Money {
  const { budget, confirmAbove, price, currency, cache, cacheAll } = settings;
  const folder = typeof cache === 'string' ? cache : DEFAULT_CACHE_FOLDER;
  return {
    budget: budget === undefined ? null : readAmount('budget', budget),
    confirmAbove: confirmAbove === undefined ? null : readAmount('confirm-above', confirmAbove),
    prices: Object.fromEntries((price ?? []).map(readPrice)),
    currency: currency ?? null,
    cache: cache === false || isSimulated ? null : { folder, isForAll: cacheAll ?? false },
  };
}

function readAmount(flag: string, text: string): Picounits {
  const amount = parseDecimal(text);
  if (amount !== null && amount > 0n) return amount;
  throw new UsageError(`--${flag} "${text}" is no amount above 0`, {
    hint: `give it in the provider's currency, such as --${flag} 500 or --${flag} 0.25`,
  });
}

function readPrice(text: string): readonly [string, GivenPrice] {
  const at = text.lastIndexOf('=');
  const amounts = text
    .slice(at + 1)
    .split(',')
    .map(parseDecimal);
  const [prompt, completion] = amounts;
  const isPrice = at > 0 && amounts.length === 2 && amounts.every((amount) => amount !== null && amount >= 0n);
  if (isPrice && typeof prompt === 'bigint' && typeof completion === 'bigint') {
    return [text.slice(0, at), { promptToken: prompt / MILLION, completionToken: completion / MILLION }];
  }
  throw new UsageError(`--price "${text}" is no price`, {
    hint: 'give model=prompt,completion per 1,000,000 tokens, such as --price gpt-4o=250,1000',
  });
}

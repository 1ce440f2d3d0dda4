import { pricePerMillion, type TokenRates } from '../../core/price.ts';

/** Not 3 parts: that is usually a price with a decimal comma. */
const COUNTS_OF_RATES = [2, 4, 5];

/** `prompt,completion` and further rates, each of 1,000,000 tokens; null for anything else. */
export function readRates(text: string): TokenRates | null {
  const rates = text.split(',').map((rate) => pricePerMillion(rate.trim()));
  const [promptToken, completionToken, cachedPromptToken, cacheWriteToken, longCacheWriteToken] = rates;
  const isPrice = COUNTS_OF_RATES.includes(rates.length) && rates.every((rate) => rate !== null);
  if (!isPrice || typeof promptToken !== 'bigint' || typeof completionToken !== 'bigint') return null;
  return {
    promptToken,
    completionToken,
    ...(typeof cachedPromptToken === 'bigint' ? { cachedPromptToken } : {}),
    ...(typeof cacheWriteToken === 'bigint' ? { cacheWriteToken } : {}),
    ...(typeof longCacheWriteToken === 'bigint' ? { longCacheWriteToken } : {}),
  };
}

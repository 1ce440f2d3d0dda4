import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { formatDecimal, type Picounits, parseAmount } from '../core/money.ts';
import type { Price, PriceTier, TokenRates } from '../core/price.ts';

/** A price as JSON, decimal texts per token; without its date, which is that of its list. */
export function toPriceRecord({ tiers, request, currency, source, ...rates }: Price): JsonObject {
  return {
    ...toRates(rates),
    ...(tiers === undefined
      ? {}
      : { tiers: tiers.map(({ fromPromptTokens, ...own }) => [fromPromptTokens, toRates(own)]) }),
    ...(request === undefined ? {} : { request: formatDecimal(request) }),
    currency,
    source,
  };
}

function toRates(rates: TokenRates): JsonObject {
  const { promptToken, completionToken, cachedPromptToken, cacheWriteToken, longCacheWriteToken } = rates;
  return {
    prompt: formatDecimal(promptToken),
    completion: formatDecimal(completionToken),
    ...(cachedPromptToken === undefined ? {} : { cachedPrompt: formatDecimal(cachedPromptToken) }),
    ...(cacheWriteToken === undefined ? {} : { cacheWrite: formatDecimal(cacheWriteToken) }),
    ...(longCacheWriteToken === undefined ? {} : { longCacheWrite: formatDecimal(longCacheWriteToken) }),
  };
}

/** Parses a price. @param date of the list. @returns null if it is not a complete price */
export function fromPriceRecord(value: JsonValue | undefined, date: string): Price | null {
  if (!isJsonObject(value)) return null;
  const { currency, source } = value;
  const rates = fromRates(value);
  const tiers = readTiers(value['tiers']);
  const request = readOptional(value['request']);
  if (typeof currency !== 'string' || typeof source !== 'string') return null;
  if (rates === null || tiers === null || request === null) return null;
  return { ...rates, ...tiers, ...(request === undefined ? {} : { request }), currency, source, date };
}

function readTiers(value: JsonValue | undefined): { readonly tiers?: readonly PriceTier[] } | null {
  if (value === undefined) return {};
  if (!isJsonArray(value)) return null;
  const tiers: PriceTier[] = [];
  for (const tier of value) {
    const [fromPromptTokens, own] = isJsonArray(tier) ? tier : [];
    const rates = isJsonObject(own) ? fromRates(own) : null;
    if (rates === null || typeof fromPromptTokens !== 'number') return null;
    tiers.push({ fromPromptTokens, ...rates });
  }
  return { tiers };
}

function fromRates(value: JsonObject): TokenRates | null {
  const promptToken = readOptional(value['prompt']);
  const completionToken = readOptional(value['completion']);
  const cachedPromptToken = readOptional(value['cachedPrompt']);
  const cacheWriteToken = readOptional(value['cacheWrite']);
  const longCacheWriteToken = readOptional(value['longCacheWrite']);
  if (typeof promptToken !== 'bigint' || typeof completionToken !== 'bigint') return null;
  if (cachedPromptToken === null || cacheWriteToken === null || longCacheWriteToken === null) return null;
  return {
    promptToken,
    completionToken,
    ...(cachedPromptToken === undefined ? {} : { cachedPromptToken }),
    ...(cacheWriteToken === undefined ? {} : { cacheWriteToken }),
    ...(longCacheWriteToken === undefined ? {} : { longCacheWriteToken }),
  };
}

/** @returns undefined if absent, null if it is not a valid amount for a price */
function readOptional(value: JsonValue | undefined): Picounits | null | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'string' ? parseAmount(value) : null;
}

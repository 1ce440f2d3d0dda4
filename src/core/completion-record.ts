import type { Completion, ThoughtTags } from './completion.ts';
import { isJsonArray, type JsonObject, type JsonValue } from './json.ts';
import { formatDecimal, type Picounits, parseDecimal } from './money.ts';
import type { CostSource } from './usage.ts';

/** An answer as flat JSON with the names used in result files; optional parts have a key only if the answer has them. */
export function completionRecord(completion: Completion): JsonObject {
  const { id, output, finishReason, usage, cost, simulated } = completion;
  return {
    output,
    finish_reason: finishReason,
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.totalTokens,
    prompt_cost: decimalOrNull(cost.prompt),
    completion_cost: decimalOrNull(cost.completion),
    total_cost: decimalOrNull(cost.total),
    currency: cost.currency,
    cost_source: cost.source,
    response_id: id,
    simulated,
    ...completionParts(completion),
  };
}

/** The optional parts of an answer that it has, as in its record; null if it has none, as most. */
export function completionParts(completion: Completion): JsonObject | null {
  const { usage, reasoning, thoughtTags, refusal, answeredModel, logprobs, ttftMs } = completion;
  const { cachedPromptTokens, cacheWriteTokens, longCacheWriteTokens, isCachePricedApart } = usage;
  const { reasoningTokens, unexplainedTokens, otherCharge, serviceTier } = usage;
  const parts: Record<string, JsonValue> = {};
  if (cachedPromptTokens !== null) parts['cached_prompt_tokens'] = cachedPromptTokens;
  if (cacheWriteTokens !== undefined) parts['cache_write_tokens'] = cacheWriteTokens;
  if (longCacheWriteTokens !== undefined) parts['long_cache_write_tokens'] = longCacheWriteTokens;
  if (isCachePricedApart !== undefined) parts['cache_priced_apart'] = true;
  if (reasoningTokens !== undefined) parts['reasoning_tokens'] = reasoningTokens;
  if (unexplainedTokens !== undefined) parts['unexplained_tokens'] = unexplainedTokens;
  if (otherCharge !== undefined) parts['other_charge'] = otherCharge;
  if (serviceTier !== undefined) parts['service_tier'] = serviceTier;
  if (reasoning !== undefined) parts['reasoning'] = reasoning;
  if (thoughtTags !== undefined) parts['thought_tags'] = [thoughtTags.before, thoughtTags.after, thoughtTags.from];
  if (refusal !== undefined) parts['refusal'] = refusal;
  if (answeredModel !== undefined) parts['answered_model'] = answeredModel;
  if (logprobs !== undefined) parts['logprobs'] = logprobs;
  if (ttftMs !== undefined) parts['ttft_ms'] = ttftMs;
  for (const _part in parts) return parts;
  return null;
}

/** Reads an answer back from a record; values that are missing or of another type are null or absent. */
export function readCompletionRecord(value: JsonObject): Completion {
  return {
    id: textOr(value['response_id'], null),
    output: textOr(value['output'], ''),
    finishReason: textOr(value['finish_reason'], null),
    usage: {
      promptTokens: numberOr(value['prompt_tokens'], null),
      completionTokens: numberOr(value['completion_tokens'], null),
      totalTokens: numberOr(value['total_tokens'], null),
      cachedPromptTokens: numberOr(value['cached_prompt_tokens'], null),
      cacheWriteTokens: numberOr(value['cache_write_tokens'], undefined),
      longCacheWriteTokens: numberOr(value['long_cache_write_tokens'], undefined),
      isCachePricedApart: value['cache_priced_apart'] === true ? true : undefined,
      reasoningTokens: numberOr(value['reasoning_tokens'], undefined),
      unexplainedTokens: numberOr(value['unexplained_tokens'], undefined),
      otherCharge: textOr(value['other_charge'], undefined),
      serviceTier: textOr(value['service_tier'], undefined),
    },
    cost: {
      prompt: amountOrNull(value['prompt_cost']),
      completion: amountOrNull(value['completion_cost']),
      total: amountOrNull(value['total_cost']),
      currency: textOr(value['currency'], null),
      source: readCostSource(value['cost_source']),
    },
    simulated: value['simulated'] === true,
    reasoning: textOr(value['reasoning'], undefined),
    thoughtTags: readThoughtTags(value['thought_tags']),
    refusal: textOr(value['refusal'], undefined),
    answeredModel: textOr(value['answered_model'], undefined),
    logprobs: value['logprobs'] ?? undefined,
    ttftMs: numberOr(value['ttft_ms'], undefined),
  };
}

function readThoughtTags(value: JsonValue | undefined): ThoughtTags | undefined {
  if (value === undefined || !isJsonArray(value)) return undefined;
  const [before, after, from] = value;
  if (typeof before !== 'string' || typeof after !== 'string' || typeof from !== 'number') return undefined;
  return { before, after, from };
}

function readCostSource(value: JsonValue | undefined): CostSource {
  return value === 'provider' || value === 'computed' ? value : 'unknown';
}

/** A decimal text of an amount. */
export function decimalOrNull(amount: Picounits | null): string | null {
  return amount === null ? null : formatDecimal(amount);
}

/** An amount from a decimal text. */
export function amountOrNull(value: JsonValue | undefined): Picounits | null {
  return typeof value === 'string' ? parseDecimal(value) : null;
}

/** A text, or the fallback. */
export function textOr<T>(value: JsonValue | undefined, fallback: T): string | T {
  return typeof value === 'string' ? value : fallback;
}

/** A finite number, or the fallback. */
export function numberOr<T>(value: JsonValue | undefined, fallback: T): number | T {
  return typeof value === 'number' && Number.isFinite(value) ? value : fallback;
}

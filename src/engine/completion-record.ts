import type { Completion } from '../core/completion.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../core/json.ts';
import { formatDecimal, type Picounits, parseDecimal } from '../core/money.ts';
import type { CostSource } from '../core/usage.ts';

/** An answer as flat JSON, its names those of the result files. */
export function completionRecord({ id, output, finishReason, usage, cost, simulated }: Completion): JsonObject {
  const record = {
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
  };
  const { cachedPromptTokens } = usage;
  return cachedPromptTokens === null ? record : Object.assign(record, { cached_prompt_tokens: cachedPromptTokens });
}

/** Reads an answer back from a record; what is missing or of another kind is null. */
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
    },
    cost: {
      prompt: amountOrNull(value['prompt_cost']),
      completion: amountOrNull(value['completion_cost']),
      total: amountOrNull(value['total_cost']),
      currency: textOr(value['currency'], null),
      source: readCostSource(value['cost_source']),
    },
    simulated: value['simulated'] === true,
  };
}

/** An answer as the text that the response cache keeps. @param at when it was given, ISO 8601 */
export function storedAnswer(completion: Completion, at: string): string {
  return JSON.stringify({ ...completionRecord(completion), at });
}

/** Reads a text of the response cache; null where it is no answer. */
export function readStoredAnswer(text: string): { readonly completion: Completion; readonly at: string } | null {
  const value = parseJson(text);
  if (!isJsonObject(value) || typeof value['output'] !== 'string') return null;
  return { completion: readCompletionRecord(value), at: textOr(value['at'], '') };
}

function readCostSource(value: JsonValue | undefined): CostSource {
  return value === 'provider' || value === 'computed' ? value : 'unknown';
}

/** A decimal text of an amount. */
export function decimalOrNull(amount: Picounits | null): string | null {
  return amount === null ? null : formatDecimal(amount);
}

/** An amount of a decimal text. */
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

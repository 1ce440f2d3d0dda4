import { CallError } from '../core/call-error.ts';
import type { Completion } from '../core/completion.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { CompletionRequest } from '../core/provider.ts';
import { type Cost, UNKNOWN_COST, type Usage } from '../core/usage.ts';
import type { ProviderDefinition } from './definition.ts';
import { readCount, readText } from './read.ts';
import { firstOf, readAnswer } from './read-answer.ts';

/** The parts of the request that are needed to read its answer. */
export type Asked = Pick<CompletionRequest, 'model' | 'params'>;

/**
 * Reads a response as a completion: a choice with text, calls or a refusal, or an empty one with a reason.
 * @throws CallError for anything else, such as an error under HTTP 200
 */
export function readCompletion(
  body: unknown,
  definition: ProviderDefinition,
  simulated: boolean,
  asked: Asked,
): Completion {
  if (!isJsonObject(body)) throw new CallError('invalid_response', 'the answer is not a JSON object');
  const figures = isJsonObject(body['usage']) ? body['usage'] : {};
  const cost = definition.readCost(figures) ?? { ...UNKNOWN_COST, currency: definition.currency };
  try {
    const { output, finishReason, reasoning, thoughtTags, refusal } = readAnswer(body, figures);
    return {
      id: readText(body['id']),
      output,
      finishReason,
      usage: readUsage(figures),
      cost,
      simulated,
      reasoning,
      thoughtTags,
      refusal,
      answeredModel: answeredModel(body, asked),
      logprobs: readLogprobs(body, asked),
    };
  } catch (error) {
    throw error instanceof CallError ? withCost(error, cost) : error;
  }
}

function answeredModel({ model }: JsonObject, asked: Asked): string | undefined {
  return typeof model === 'string' && model !== '' && model !== asked.model ? model : undefined;
}

/** Read only if the request asked for them: some servers always send them, and they are larger than the answer. */
function readLogprobs({ choices }: JsonObject, { params }: Asked): JsonValue | undefined {
  const { logprobs: wanted = false, top_logprobs: top = 0 } = params;
  if (wanted === false && top === 0) return undefined;
  const choice = firstOf(choices);
  return choice?.['logprobs'] ?? undefined;
}

/** An answer that cannot be used may have been billed all the same. */
function withCost(error: CallError, { total, currency }: Cost): CallError {
  if (total === null || currency === null) return error;
  const { kind, message, httpStatus, retryAfterMs } = error;
  return new CallError(kind, message, { httpStatus, retryAfterMs, paid: { amount: total, currency } });
}

function readUsage(usage: JsonObject): Usage {
  const promptTokens = readCount(usage['prompt_tokens']);
  const completionTokens = readCount(usage['completion_tokens']);
  const sum = promptTokens !== null && completionTokens !== null ? promptTokens + completionTokens : null;
  const totalTokens = readCount(usage['total_tokens']) ?? sum;
  return { promptTokens, completionTokens, totalTokens, cachedPromptTokens: readCached(usage, promptTokens ?? 0) };
}

/** OpenAI and OpenRouter tell it among details, DeepSeek beside `prompt_tokens`; more than those is no count. */
function readCached(usage: JsonObject, promptTokens: number): number | null {
  const details = usage['prompt_tokens_details'];
  const told = isJsonObject(details) ? readCount(details['cached_tokens']) : null;
  const cached = told ?? readCount(usage['prompt_cache_hit_tokens']);
  return cached !== null && cached <= promptTokens ? cached : null;
}

import { CallError } from '../core/call-error.ts';
import type { Completion } from '../core/completion.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { UNKNOWN_COST, type Usage } from '../core/usage.ts';
import type { ProviderDefinition } from './definition.ts';
import { classifyErrorBody } from './error-body.ts';
import { readCount, readText } from './read.ts';

/**
 * Believes an answer only where it is a completion: one choice with a message that says or calls something.
 * @throws CallError where it is anything else, an error under HTTP 200 among them
 */
export function readCompletion(body: unknown, definition: ProviderDefinition, simulated: boolean): Completion {
  if (!isJsonObject(body)) throw new CallError('invalid_response', 'the answer is not a JSON object');
  const figures = isJsonObject(body['usage']) ? body['usage'] : {};
  const cost = definition.readCost(figures) ?? { ...UNKNOWN_COST, currency: definition.currency };
  try {
    return { ...readChoice(body), usage: readUsage(figures), cost, simulated };
  } catch (error) {
    throw error instanceof CallError ? error.with({ figures }) : error;
  }
}

/** The error with what the call cost or used, where its body says so: an answer that cannot be used may be billed. */
export function withToldCost(error: CallError, definition: ProviderDefinition): CallError {
  if (error.figures === undefined) return error;
  const { total = null, currency = null } = definition.readCost(error.figures) ?? {};
  if (total !== null && currency !== null) return error.with({ paid: { amount: total, currency } });
  const usage = readUsage(error.figures);
  // Zeros beside an error are filled in and say nothing of the bill.
  return usage.totalTokens === null || usage.totalTokens === 0 ? error : error.with({ usage });
}

function readChoice(body: JsonObject): Pick<Completion, 'id' | 'output' | 'finishReason'> {
  const { choices } = body;
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  // OpenRouter: a model that fails midway leaves a choice with an error beside the text so far.
  if (isJsonObject(choice) && isJsonObject(choice['error'])) {
    throw classifyErrorBody(choice, 200).with({ hasBegun: true });
  }
  if (!isJsonObject(choice) || !isJsonObject(choice['message'])) throw classifyErrorBody(body, 200);
  const output = readOutput(choice['message']);
  if (output === null) throw new CallError('invalid_response', 'the answer has neither text nor a call');
  return { id: readText(body['id']), output, finishReason: readText(choice['finish_reason']) };
}

function readOutput(message: JsonObject): string | null {
  const { function_call: functionCall, tool_calls: toolCalls } = message;
  const text = readContent(message['content']);
  if (text !== null && text !== '') return text;
  if (isJsonObject(functionCall)) return JSON.stringify({ function_call: functionCall });
  if (Array.isArray(toolCalls) && toolCalls.length > 0) return JSON.stringify({ tool_calls: toolCalls });
  if (typeof message['refusal'] === 'string') return message['refusal'];
  return text;
}

/** The message's text; where some endpoints give a list of parts, its text parts. An empty text where it is null. */
function readContent(content: JsonValue | undefined): string | null {
  if (content === null || typeof content === 'string') return content ?? '';
  if (!isJsonArray(content)) return null;
  return content.map((part) => (isJsonObject(part) ? (readText(part['text']) ?? '') : '')).join('');
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

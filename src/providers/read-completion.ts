import { CallError } from '../core/call-error.ts';
import type { Completion } from '../core/completion.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { Cost } from '../core/usage.ts';
import type { ProviderDefinition } from './definition.ts';
import { classifyErrorBody } from './error-body.ts';
import { readText } from './read.ts';
import { readBill, readToldCost } from './read-usage.ts';

/**
 * Believes an answer only where it is a completion: one choice with a message that says or calls something.
 * @throws CallError where it is anything else, an error under HTTP 200 among them
 */
export function readCompletion(body: unknown, definition: ProviderDefinition, simulated: boolean): Completion {
  if (!isJsonObject(body)) throw new CallError('invalid_response', 'the answer is not a JSON object');
  try {
    const choice = readChoice(body);
    const { usage, cost } = readBill(body, definition, choice.output !== '');
    return { ...choice, usage, cost, simulated };
  } catch (error) {
    throw error instanceof CallError ? withCost(error, readToldCost(body, definition)) : error;
  }
}

/** An answer that cannot be used may have been billed all the same. */
function withCost(error: CallError, { total, currency }: Cost): CallError {
  if (total === null || currency === null) return error;
  return error.with({ paid: { amount: total, currency } });
}

function readChoice(body: JsonObject): Pick<Completion, 'id' | 'output' | 'finishReason'> {
  const { choices } = body;
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  // OpenRouter: a model that fails midway leaves a choice with an error beside the text so far.
  if (isJsonObject(choice) && isJsonObject(choice['error'])) throw classifyErrorBody(choice, 200);
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

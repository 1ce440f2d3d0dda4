import { CallError } from '../core/call-error.ts';
import type { Completion } from '../core/completion.ts';
import { isCutOff, isFailed, isWithheld } from '../core/finish-reason.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { THOUGHTS_SEPARATOR } from '../core/thoughts.ts';
import { classifyErrorBody } from './error-body.ts';
import { errorIn, saysAnything } from './error-in.ts';
import { firstOf, readReason, readText } from './read.ts';
import { type MessageParts, readMessage } from './read-message.ts';
import { splitThoughts } from './split-thoughts.ts';

/** The content of an answer, without usage and cost. */
type ReadAnswer = Pick<Completion, 'output' | 'finishReason' | 'reasoning' | 'thoughtTags' | 'refusal'>;

/** The finish reason of a response that has none but reports a filter. */
const FILTERED = 'content_filter';

/** Anthropic's `stop_reason` of a refusal. vLLM uses the same key for the stop string that was found. */
const REFUSED = 'refusal';

/**
 * Reads the content of a completion: text, calls, a refusal, or nothing if the response gives a reason.
 * @param figures the body's `usage`; empty if it has none
 * @throws CallError if there is no content and no reason for that, or the server failed while generating
 */
export function readAnswer(body: JsonObject, figures: JsonObject): ReadAnswer {
  const choice = firstOf(body['choices']);
  if (choice === null) return readWithheldPrompt(body);
  // OpenRouter: a model that fails midway leaves a choice with an error next to the text so far.
  if (errorIn(choice) !== null) throw classifyErrorBody(choice, 200).with({ hasBegun: true });
  // Gateways put the error of an upstream beside what they have of its answer.
  if (errorIn(body) !== null) throw classifyErrorBody(body, 200).with({ hasBegun: hasContent(choice['message']) });
  const finishReason = readFinishReason(choice, body);
  if (!isJsonObject(choice['message']) && finishReason === null) throw classifyErrorBody(body, 200);
  if (isFailed(finishReason)) {
    throw new CallError('invalid_response', `the model failed while answering (finish_reason ${finishReason})`);
  }
  const parts = partsOf({ choice, body, finishReason });
  const answer = answerOf(parts, finishReason, refusalOf(parts, { choice, body, finishReason }));
  if (parts.text === null && answer.output === '' && answer.refusal === undefined) {
    throw new CallError('invalid_response', 'the answer has neither text nor tool calls');
  }
  if (isAnswer(answer, figures)) return answer;
  throw new CallError('invalid_response', 'the answer is empty: it has no text and no completion tokens');
}

/** True if a message, or what stands in place of one, has anything besides the role. */
function hasContent(message: JsonValue | undefined): boolean {
  if (!isJsonObject(message)) return message !== undefined && saysAnything(message);
  return Object.entries(message).some(([name, value]) => name !== 'role' && saysAnything(value));
}

/** Proxies in front of Anthropic may return its `stop_reason` instead of a `finish_reason`. */
function readFinishReason(choice: JsonObject, body: JsonObject): string | null {
  return readReason(choice['finish_reason']) ?? readReason(choice['stop_reason']) ?? readReason(body['stop_reason']);
}

interface End {
  readonly choice: JsonObject;
  readonly body: JsonObject;
  readonly finishReason: string | null;
}

const NO_PARTS: MessageParts = { text: '', calls: null, refusal: '', thoughts: '' };

/** @throws CallError if there is no message and the end does not explain that, or the answer is in another place */
function partsOf(end: End): MessageParts {
  const { choice, finishReason } = end;
  const { message, messages, delta, text } = choice;
  const hasMessage = isJsonObject(message);
  const parts = hasMessage ? readMessage(message) : NO_PARTS;
  const isEmpty = parts.text === '' && parts.calls === null && parts.refusal === '' && parts.thoughts === '';
  // As in older completions, and in pieces of a stream.
  const isElsewhere = isEmpty && [hasMessage ? null : message, messages, delta, text].some(hasContent);
  const isExplained = !isElsewhere && (hasMessage || isCutOff(finishReason));
  if (isExplained || refusalOf(NO_PARTS, end) !== undefined) return parts;
  throw new CallError('invalid_response', 'the choice of the answer has no message');
}

/** The model's words of refusal, or the reason why the answer was withheld; undefined if it was not. */
function refusalOf({ refusal }: MessageParts, { choice, body, finishReason }: End): string | undefined {
  if (refusal.trim() !== '') return refusal;
  if (finishReason !== null && isWithheld(finishReason)) return finishReason;
  // Routers may report "stop" for what the model's own API calls a refusal, with the original reason in another field.
  const native = readText(choice['native_finish_reason']);
  if (native !== null && isWithheld(native)) return native;
  return choice['stop_reason'] === REFUSED || body['stop_reason'] === REFUSED ? REFUSED : undefined;
}

function answerOf(parts: MessageParts, finishReason: string | null, refusal: string | undefined): ReadAnswer {
  const { text, calls, thoughts } = parts;
  const split = text === null ? null : splitThoughts(text, isCutOff(finishReason));
  const said = split === null ? (text ?? '') : split.answer;
  const output = outputOf(said, calls, parts.refusal);
  if (split === null) return { output, finishReason, reasoning: given(thoughts), thoughtTags: undefined, refusal };
  const from = thoughts === '' || thoughts.trim() === split.thoughts ? 0 : thoughts.length + THOUGHTS_SEPARATOR.length;
  const reasoning = from === 0 ? split.thoughts : `${thoughts}${THOUGHTS_SEPARATOR}${split.thoughts}`;
  // With calls the output is JSON, from which the original text cannot be rebuilt.
  const thoughtTags = output === said ? { before: split.before, after: split.after, from } : undefined;
  return { output, finishReason, reasoning: given(reasoning), thoughtTags, refusal };
}

function given(text: string): string | undefined {
  return text.trim() === '' ? undefined : text;
}

/** Blank text next to calls or a refusal is dropped. */
function outputOf(text: string, calls: JsonObject | null, refusal: string): string {
  const isBlank = text.trim() === '';
  if (calls !== null) return JSON.stringify(isBlank ? calls : { content: text, ...calls });
  return isBlank && refusal !== '' ? refusal : text;
}

/**
 * Whether a response counts as an answer. An empty one does only if its finish reason or its usage explains it: failing
 * servers return empty text with zero usage, or without usage and finish reason.
 */
function isAnswer({ output, finishReason, reasoning, refusal }: ReadAnswer, figures: JsonObject): boolean {
  if (output.trim() !== '' || reasoning !== undefined || refusal !== undefined || isCutOff(finishReason)) return true;
  if (isPositive(figures['completion_tokens']) || isPositive(figures['output_tokens'])) return true;
  if (finishReason === null) return false;
  // Read directly from the body, because zeros and missing counts differ here.
  const counts = COUNTS.map((name) => figures[name] ?? null);
  return counts.every((count) => count === null) || counts.some(isPositive);
}

/** The names that OpenAI and Anthropic use. */
const COUNTS = ['prompt_tokens', 'completion_tokens', 'total_tokens', 'input_tokens', 'output_tokens'] as const;

function isPositive(count: JsonValue | undefined): boolean {
  return typeof count === 'number' && count > 0;
}

/**
 * Reads a response without choices, which is an answer only if a filter blocked the prompt: `prompt_filter_results`
 * (Azure) or `promptFeedback` (Gemini).
 * @throws CallError otherwise
 */
function readWithheldPrompt(body: JsonObject): ReadAnswer {
  const filter = errorIn(body) === null ? promptFilter(body) : null;
  if (filter === null) throw classifyErrorBody(body, 200);
  const nothing = { output: '', reasoning: undefined, thoughtTags: undefined };
  return { ...nothing, finishReason: FILTERED, refusal: filter };
}

function promptFilter(body: JsonObject): string | null {
  const { promptFeedback, prompt_feedback: feedback = promptFeedback, prompt_filter_results: results } = body;
  if (isJsonObject(feedback)) {
    const reason = readReason(feedback['blockReason']) ?? readReason(feedback['block_reason']);
    if (reason !== null) return reason;
  }
  const own = readText(body['finish_reason']) ?? readText(body['stop_reason']);
  if (own !== null && isWithheld(own)) return own;
  return results !== undefined && isJsonArray(results) && results.some(isFiltered) ? FILTERED : null;
}

/** Azure reports every category it checked. Only `filtered: true` blocks; `detected: true` alone does not. */
function isFiltered(result: JsonValue): boolean {
  const categories = isJsonObject(result) ? result['content_filter_results'] : null;
  if (!isJsonObject(categories)) return false;
  return Object.values(categories).some((category) => isJsonObject(category) && category['filtered'] === true);
}

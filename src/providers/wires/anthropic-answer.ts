import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, parseOutsideJson } from '../../core/json.ts';
import { errorIn } from '../error-in.ts';
import { readEvents } from '../event-stream.ts';
import { readReason, readText } from '../read.ts';
import { contentOf } from '../read-message.ts';
import type { StreamedAnswer } from '../streamed-answer.ts';

/** Stop reasons that mean what OpenAI's finish reason means; the others keep their name. */
const FINISH_REASONS: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  tool_use: 'tool_calls',
};

/** A `Message` as a chat completion. Source: `Message` of @anthropic-ai/sdk 1.14.0. */
export function anthropicAsChat(body: JsonObject): JsonObject {
  const { id = null, model = null, content, usage, error = null } = body;
  if (!isJsonArray(content) || body['type'] === 'error') return body;
  const stopReason = readReason(body['stop_reason']);
  const finishReason = stopReason === null ? null : (FINISH_REASONS[stopReason] ?? stopReason);
  const message = { role: 'assistant', ...messageOf(content), ...refusalOf(body) };
  return {
    id,
    object: 'chat.completion',
    model,
    choices: [{ index: 0, finish_reason: finishReason, message }],
    ...(isJsonObject(usage) ? { usage: usageOf(usage) } : {}),
    error,
  };
}

/** Blocks without text of the model's own: thoughts, calls, and what tools of the provider made of those. */
const OTHER_BLOCKS = /(?:thinking|_use|_result)$/;

/** Thoughts between two texts are no break of the text: it is one answer. */
function messageOf(content: readonly JsonValue[]): JsonObject {
  const blocks = content.filter(isJsonObject);
  const text = textsOf(blocks, 'text', 'text').join('');
  const thoughts = textsOf(blocks, 'thinking', 'thinking').join('\n\n');
  const calls = blocks.filter(({ type }) => type === 'tool_use').map(callOf);
  return {
    content: contentOf(text, content.filter(isUnread)),
    ...(thoughts === '' ? {} : { reasoning: thoughts }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

function isUnread(block: JsonValue): boolean {
  if (!isJsonObject(block)) return true;
  const type = readText(block['type']) ?? '';
  return type === 'text' ? readText(block['text'] ?? '') === null : !OTHER_BLOCKS.test(type);
}

function textsOf(blocks: readonly JsonObject[], type: string, key: string): readonly string[] {
  return blocks.flatMap((block) => {
    const text = block['type'] === type ? readText(block[key]) : null;
    return text === null || text === '' ? [] : [text];
  });
}

/** Arguments that were cut off are a text that is no JSON. */
function callOf({ id = null, name = null, input = {} }: JsonObject): JsonObject {
  const text = typeof input === 'string' ? input : JSON.stringify(input);
  return { id, type: 'function', function: { name, arguments: text } };
}

/** What the API says about a refusal, in words. */
function refusalOf({ stop_reason: reason, stop_details: details }: JsonObject): JsonObject {
  if (reason !== 'refusal' || !isJsonObject(details)) return {};
  const refusal = readText(details['explanation']) ?? readText(details['category']);
  return refusal === null ? {} : { refusal };
}

/**
 * Some requests sample more than once (compaction, an advisor): `iterations` then has entries that the counts at the
 * top leave out, at prices of other models.
 */
function usageOf(usage: JsonObject): JsonObject {
  const { iterations } = usage;
  if (iterations === undefined || !isJsonArray(iterations)) return usage;
  const apart = iterations.filter((each) => isJsonObject(each) && each['type'] !== 'message');
  return { ...usage, iterations_apart: apart.length };
}

/** Reads the events of a stream. Source: `RawMessageStreamEvent` of @anthropic-ai/sdk 1.14.0. */
export function readAnthropicStream(text: string): StreamedAnswer {
  const answer = new StreamedMessage();
  for (const { name, data, end, isWhole } of readEvents(text)) {
    const event = parseOutsideJson(data);
    if (isJsonObject(event)) {
      const error = errorIn(event) ?? (name === 'error' ? event : null);
      if (error !== null) return answer.failed(error);
      answer.add(event, end);
      if (event['type'] === 'message_stop') break;
    } else if (data !== '' && isWhole && !answer.isDone) {
      return answer.ended(`an event of the stream is not a JSON object: ${data}`);
    }
  }
  return answer.ended(answer.isDone ? null : 'the stream of events ends before the answer does');
}

class StreamedMessage {
  isDone = false;
  #message: JsonObject = {};
  #usage: JsonObject = {};
  #hasWholeUsage = false;
  readonly #blocks = new Map<JsonValue, StreamedBlock>();
  #firstPieceEnd: number | null = null;

  add(event: JsonObject, end: number): void {
    const { type, message, delta, usage, index = 0, content_block: block } = event;
    if (type === 'message_start' && isJsonObject(message)) {
      this.#message = message;
      this.#addUsage(message['usage']);
    } else if (type === 'content_block_start' && isJsonObject(block)) {
      this.#blocks.set(index, new StreamedBlock(block));
      // Other blocks begin empty.
      if (block['type'] === 'tool_use' || block['type'] === 'redacted_thinking') this.#firstPieceEnd ??= end;
    } else if (type === 'content_block_delta' && isJsonObject(delta)) {
      if (this.#blockOf(index, delta).add(delta)) this.#firstPieceEnd ??= end;
    } else if (type === 'message_delta') {
      const { stop_reason: reason, ...others } = given(delta);
      this.#message = { ...this.#message, ...others, ...(readReason(reason) === null ? {} : { stop_reason: reason }) };
      this.#addUsage(usage);
      this.#hasWholeUsage ||= isJsonObject(usage) && usage['output_tokens'] !== undefined;
    }
    this.isDone ||= type === 'message_stop' || readReason(this.#message['stop_reason']) !== null;
  }

  failed(error: JsonValue): StreamedAnswer {
    // A choice with the error shows that the model had begun.
    const place = this.#firstPieceEnd === null ? { error } : { choices: [{ index: 0, error }] };
    return { body: { usage: this.#usage, ...place }, fault: null, firstPieceEnd: this.#firstPieceEnd };
  }

  ended(fault: string | null): StreamedAnswer {
    const content = [...this.#blocks.values()].map((block) => block.value());
    // The first event counts the tokens of its own moment.
    const { output_tokens: _provisional, ...others } = this.#usage;
    const body = { ...this.#message, content, usage: this.#hasWholeUsage ? this.#usage : others };
    return { body, fault, firstPieceEnd: this.#firstPieceEnd };
  }

  /** Servers that imitate the API may leave out the event with which a block begins. */
  #blockOf(index: JsonValue, { type }: JsonObject): StreamedBlock {
    const begun =
      this.#blocks.get(index) ?? new StreamedBlock({ type: type === 'thinking_delta' ? 'thinking' : 'text' });
    this.#blocks.set(index, begun);
    return begun;
  }

  /** The counts of later events are cumulative, and replace earlier ones. */
  #addUsage(usage: JsonValue | undefined): void {
    this.#usage = { ...this.#usage, ...given(usage) };
  }
}

/** The fields of an object that are not null. */
function given(value: JsonValue | undefined): JsonObject {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));
}

class StreamedBlock {
  readonly #start: JsonObject;
  #text: string;
  #thinking: string;
  #json = '';

  constructor(start: JsonObject) {
    this.#start = start;
    this.#text = readText(start['text']) ?? '';
    this.#thinking = readText(start['thinking']) ?? '';
  }

  /** @returns true if it has a piece of the answer */
  add(delta: JsonObject): boolean {
    const [text, thinking, json] = ['text', 'thinking', 'partial_json'].map((key) => readText(delta[key]) ?? '');
    this.#text += text ?? '';
    this.#thinking += thinking ?? '';
    this.#json += json ?? '';
    return `${text}${thinking}${json}` !== '';
  }

  value(): JsonObject {
    switch (this.#start['type']) {
      case 'text':
        return { ...this.#start, text: this.#text };
      case 'thinking':
        return { ...this.#start, thinking: this.#thinking };
      case 'tool_use':
        return this.#json === '' ? this.#start : { ...this.#start, input: inputOf(this.#json) };
      default:
        return this.#start;
    }
  }
}

function inputOf(json: string): JsonValue {
  const value = parseOutsideJson(json);
  return isJsonObject(value) ? value : json;
}

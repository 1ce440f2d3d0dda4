import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, parseOutsideJson } from '../core/json.ts';
import { errorIn } from './error-in.ts';
import { readEvents } from './event-stream.ts';
import { JoinedObject } from './joined-pieces.ts';
import { firstOf, readReason } from './read.ts';

/** Result of an event stream. */
export interface StreamedAnswer {
  /** The body of a non-streamed answer with the same content; a body with an `error` if the stream has one. */
  readonly body: JsonObject;
  /** Why the body is not a complete answer, in words; null if it is. */
  readonly fault: string | null;
  /** Offset in the text after the first event with a piece of the answer; null if no event has one. */
  readonly firstPieceEnd: number | null;
}

/** Reads the whole text of an event stream of `chat.completion.chunk`. */
export function readStreamedAnswer(text: string): StreamedAnswer {
  const answer = new AnswerParts();
  for (const { name, data, end, isWhole } of readEvents(text)) {
    if (data.trim() === '[DONE]') {
      answer.isDone = true;
      break;
    }
    const chunk = parseOutsideJson(data);
    if (isJsonObject(chunk)) {
      // Inside a stream an error is a separate event: OpenAI's `error`, or vLLM's body format.
      const error = errorIn(chunk) ?? (name === 'error' ? chunk : null);
      if (error !== null) return answer.failed(error);
      answer.add(chunk, end);
    } else if (data !== '' && isWhole) return answer.ended(`an event of the stream is not a JSON object: ${data}`);
  }
  return answer.ended(answer.isEnded() ? null : 'the stream of events ends before the answer does');
}

class AnswerParts {
  /** The stream said that nothing follows. */
  isDone = false;
  readonly #fields = new Map<string, JsonValue>();
  readonly #choices = new Map<JsonValue, ChoiceParts>();
  #firstPieceEnd: number | null = null;

  add(chunk: JsonObject, end: number): void {
    const { choices = null, ...fields } = chunk;
    for (const [name, value] of Object.entries(fields)) if (value !== null) this.#fields.set(name, value);
    for (const choice of isJsonArray(choices) ? choices.filter(isJsonObject) : []) {
      if (this.#partsOf(choice['index'] ?? 0).add(choice)) this.#firstPieceEnd ??= end;
    }
  }

  /** Other choices than the one that is read may end before it. */
  isEnded(): boolean {
    return this.isDone || readReason(firstOf(this.#choiceList())?.['finish_reason']) !== null;
  }

  failed(error: JsonValue): StreamedAnswer {
    // A choice with the error shows that the model had begun.
    const place = this.#firstPieceEnd === null ? { error } : { choices: [{ index: 0, error }] };
    return { body: { ...Object.fromEntries(this.#fields), ...place }, fault: null, firstPieceEnd: this.#firstPieceEnd };
  }

  ended(fault: string | null): StreamedAnswer {
    const body = { ...Object.fromEntries(this.#fields), object: 'chat.completion', choices: this.#choiceList() };
    return { body, fault, firstPieceEnd: this.#firstPieceEnd };
  }

  #choiceList(): readonly JsonObject[] {
    return [...this.#choices].map(([index, choice]) => ({ index, ...choice.value() }));
  }

  #partsOf(index: JsonValue): ChoiceParts {
    const known = this.#choices.get(index) ?? new ChoiceParts();
    this.#choices.set(index, known);
    return known;
  }
}

class ChoiceParts {
  readonly #fields = new JoinedObject();
  /** null until a piece of it arrives. */
  #message: JoinedObject | null = null;

  /** @returns true if it has a piece of the answer */
  add({ delta = null, message = null, finish_reason: given, ...fields }: JsonObject): boolean {
    const finishReason = readReason(given);
    this.#fields.add(finishReason === null ? fields : { ...fields, finish_reason: finishReason });
    const piece = isJsonObject(message) ? message : delta;
    // Some servers end with the complete message.
    if (isJsonObject(message)) this.#message = new JoinedObject();
    if (!isJsonObject(piece)) {
      // Kept, so that the answer is not taken for an empty one.
      this.#fields.add({ delta: piece ?? message });
      return false;
    }
    this.#message ??= new JoinedObject();
    this.#message.add(piece);
    return Object.entries(piece).some(([name, value]) => name !== 'role' && isPiece(value));
  }

  value(): JsonObject {
    const message = this.#message === null ? null : { role: 'assistant', ...this.#message.value() };
    return { finish_reason: null, ...this.#fields.value(), message };
  }
}

function isPiece(value: JsonValue): boolean {
  if (typeof value === 'string' || isJsonArray(value)) return value.length > 0;
  return isJsonObject(value);
}

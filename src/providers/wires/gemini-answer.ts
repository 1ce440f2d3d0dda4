import { isJsonObject, type JsonObject, type JsonValue, listOf, objectOf, parseOutsideJson } from '../../core/json.ts';
import { errorIn } from '../error-in.ts';
import { readEvents } from '../event-stream.ts';
import { firstOf, readCount, readReason, readText } from '../read.ts';
import { contentOf } from '../read-message.ts';
import type { StreamedAnswer } from '../streamed-answer.ts';

/** A `GenerateContentResponse` as a chat completion. Source: that class of @google/genai 3.3.0. */
export function geminiAsChat(body: JsonObject): JsonObject {
  const { candidates, promptFeedback, usageMetadata, responseId = null, modelVersion = null, error = null } = body;
  if (candidates === undefined && promptFeedback === undefined) return body;
  const candidate = firstOf(candidates);
  return {
    id: responseId,
    object: 'chat.completion',
    model: modelVersion,
    ...(promptFeedback === undefined ? {} : { promptFeedback }),
    choices: candidate === null ? [] : [choiceOf(candidate)],
    ...(isJsonObject(usageMetadata) ? { usage: usageOf(usageMetadata, candidate) } : {}),
    error,
  };
}

function choiceOf(candidate: JsonObject): JsonObject {
  const { content = null, logprobsResult } = candidate;
  const given = partsOf(content);
  const parts = given.filter(isJsonObject);
  const calls = parts.map(({ functionCall }) => functionCall).filter(isJsonObject);
  const thoughts = textsOf(parts.filter(({ thought }) => thought === true)).join('\n\n');
  const message = {
    role: 'assistant',
    content: contentOf(textsOf(parts.filter(({ thought }) => thought !== true)).join(''), given.filter(isUnread)),
    ...(thoughts === '' ? {} : { reasoning: thoughts }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(callOf) }),
  };
  const finishReason = finishReasonOf(candidate, calls.length > 0);
  return {
    index: 0,
    finish_reason: finishReason,
    message,
    ...(logprobsResult === undefined ? {} : { logprobs: logprobsResult }),
  };
}

/** Reasons that mean what OpenAI's mean have its name; the others keep theirs. */
function finishReasonOf({ finishReason }: JsonObject, hasCalls: boolean): string | null {
  const reason = readReason(finishReason);
  if (reason === 'STOP') return hasCalls ? 'tool_calls' : 'stop';
  return reason === 'MAX_TOKENS' ? 'length' : reason;
}

/** Its older APIs had a text there. */
function partsOf(content: JsonValue): readonly JsonValue[] {
  if (isJsonObject(content)) return listOf(content['parts']);
  return content === null ? [] : [content];
}

/** Signatures come in parts of their own, without content. */
function isUnread(part: JsonValue): boolean {
  if (!isJsonObject(part)) return true;
  const { text, functionCall, thought: _mark, thoughtSignature: _signature, ...others } = part;
  if (text !== undefined) return readText(text) === null;
  return functionCall === undefined && Object.keys(others).length > 0;
}

function textsOf(parts: readonly JsonObject[]): readonly string[] {
  return parts.map(({ text }) => readText(text) ?? '').filter((text) => text !== '');
}

/** Older models give their calls no id. */
function callOf({ id, name = null, args = {} }: JsonObject, index: number): JsonObject {
  return { id: readText(id) ?? `call_${index}`, type: 'function', function: { name, arguments: JSON.stringify(args) } };
}

/**
 * The counts with OpenAI's names: the results of tools belong to the prompt, thoughts to the answer. Absent counts are
 * zeros, and a sum with anything else is unknown. The total is the sum of all four (`GenerateContentResponseUsageMetadata`), and cached tokens are within the
 * prompt.
 */
function usageOf(usage: JsonObject, candidate: JsonObject | null): JsonObject {
  const { promptTokenCount = null, totalTokenCount = null, cachedContentTokenCount = 0, serviceTier } = usage;
  const searches = searchesOf(candidate);
  return {
    prompt_tokens: sumOf(promptTokenCount, usage['toolUsePromptTokenCount'] ?? 0),
    completion_tokens: sumOf(usage['candidatesTokenCount'] ?? 0, usage['thoughtsTokenCount'] ?? 0),
    total_tokens: totalTokenCount,
    prompt_tokens_details: {
      cached_tokens: cachedContentTokenCount,
      audio_tokens: tokensOf('AUDIO', usage['promptTokensDetails']),
    },
    completion_tokens_details: {
      reasoning_tokens: usage['thoughtsTokenCount'] ?? 0,
      audio_tokens: tokensOf('AUDIO', usage['candidatesTokensDetails']),
      image_tokens: tokensOf('IMAGE', usage['candidatesTokensDetails']),
    },
    ...(searches === 0 ? {} : { num_search_queries: searches }),
    ...(typeof serviceTier === 'string' ? { service_tier: serviceTier } : {}),
  };
}

function sumOf(one: JsonValue, other: JsonValue): number | null {
  const [first, second] = [readCount(one), readCount(other)];
  return first === null || second === null ? null : first + second;
}

function tokensOf(modality: string, details: JsonValue | undefined): number {
  const counted = listOf(details).filter(isJsonObject);
  return counted.reduce(
    (sum, each) => (each['modality'] === modality ? sum + (readCount(each['tokenCount']) ?? 0) : sum),
    0,
  );
}

/** Searches are billed by request or by query; a usage does not have them. */
function searchesOf(candidate: JsonObject | null): number {
  const grounding = candidate?.['groundingMetadata'];
  return isJsonObject(grounding) ? listOf(grounding['webSearchQueries']).length : 0;
}

/** Joins the pieces of `streamGenerateContent` with `alt=sse`, each of which is a `GenerateContentResponse`. */
export function readGeminiStream(text: string): StreamedAnswer {
  const answer = new StreamedResponse();
  for (const { data, end, isWhole } of readEvents(text)) {
    const piece = parseOutsideJson(data);
    if (isJsonObject(piece)) {
      const error = errorIn(piece);
      if (error !== null) return answer.failed(error);
      answer.add(piece, end);
    } else if (data !== '' && isWhole && !answer.isEnded()) {
      return answer.ended(`an event of the stream is not a JSON object: ${data}`);
    }
  }
  return answer.ended(answer.isEnded() ? null : 'the stream of events ends before the answer does');
}

class StreamedResponse {
  #body: JsonObject = {};
  readonly #candidates = new Map<JsonValue, StreamedCandidate>();
  #firstPieceEnd: number | null = null;

  add({ candidates, ...fields }: JsonObject, end: number): void {
    this.#body = { ...this.#body, ...fields };
    for (const candidate of listOf(candidates).filter(isJsonObject)) {
      const index = candidate['index'] ?? 0;
      const known = this.#candidates.get(index) ?? new StreamedCandidate();
      this.#candidates.set(index, known);
      if (known.add(candidate)) this.#firstPieceEnd ??= end;
    }
  }

  /** Other candidates than the one that is read may end before it. */
  isEnded(): boolean {
    const { promptFeedback } = this.#body;
    if (isJsonObject(promptFeedback) && readReason(promptFeedback['blockReason']) !== null) return true;
    return readReason(firstOf(this.#candidateList())?.['finishReason']) !== null;
  }

  failed(error: JsonValue): StreamedAnswer {
    const hasBegun = this.#firstPieceEnd !== null;
    const body = geminiAsChat({ ...this.#body, candidates: [] });
    // A choice with the error shows that the model had begun.
    const place = hasBegun ? { choices: [{ index: 0, error }] } : { error };
    return { body: { ...body, ...place }, fault: null, firstPieceEnd: this.#firstPieceEnd };
  }

  ended(fault: string | null): StreamedAnswer {
    return { body: { ...this.#body, candidates: this.#candidateList() }, fault, firstPieceEnd: this.#firstPieceEnd };
  }

  #candidateList(): readonly JsonObject[] {
    return [...this.#candidates].map(([index, candidate]) => ({ index, ...candidate.value() }));
  }
}

class StreamedCandidate {
  #fields: JsonObject = {};
  readonly #parts: JsonValue[] = [];

  /** @returns true if it has a piece of the answer */
  add({ content = null, finishReason, ...fields }: JsonObject): boolean {
    const reason = readReason(finishReason);
    this.#fields = { ...this.#fields, ...fields, ...(reason === null ? {} : { finishReason: reason }) };
    const parts = partsOf(content);
    for (const part of parts) this.#addPart(part);
    return parts.some((part) => !isJsonObject(part) || part['text'] !== '');
  }

  value(): JsonObject {
    return { ...this.#fields, content: { parts: this.#parts } };
  }

  /** A text continues the one before it, if both are thoughts or neither is. */
  #addPart(part: JsonValue): void {
    const last = objectOf(this.#parts.at(-1));
    const own = objectOf(part);
    const [before, text] = [readText(last['text']), readText(own['text'])];
    const isContinued = before !== null && text !== null && last['thought'] === own['thought'];
    if (isContinued) this.#parts[this.#parts.length - 1] = { ...last, ...own, text: before + text };
    else this.#parts.push(part);
  }
}

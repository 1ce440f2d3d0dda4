import { shortDigest } from '../core/digest.ts';
import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { Message } from '../core/prompt.ts';
import type { Catalog, OfferedModel } from './catalog.ts';
import { invalidRequest, Refusal } from './wire.ts';

/** A chat request that can be answered. */
export interface ChatRequest {
  readonly model: OfferedModel;
  readonly messages: readonly Message[];
  /** Text of the last user message; empty if there is none. */
  readonly prompt: string;
  /** null if the request has none. */
  readonly temperature: number | null;
  /** null for no limit. */
  readonly maxTokens: number | null;
  /** Every field of the body. */
  readonly fields: JsonObject;
}

const NUMBER_RANGES: readonly (readonly [field: string, min: number, max: number])[] = [
  ['temperature', 0, 1],
  ['top_p', 0, 1],
  ['frequency_penalty', -2, 2],
  ['presence_penalty', -2, 2],
];

const ROLES: ReadonlySet<JsonValue> = new Set(['system', 'developer', 'user', 'assistant', 'function', 'tool']);

/** Parses a body. @throws Refusal (400) if it is not a JSON object */
export function parseBody(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalidRequest('the request body is not valid JSON');
  }
  if (!isJsonObject(value)) throw invalidRequest('the request body is not a JSON object');
  return value;
}

/** Digest of a body, independent of the order of its keys. @throws Refusal (400) if it is nested too deep */
export function bodyDigest(body: JsonObject): string {
  try {
    return shortDigest(canonicalJson(body));
  } catch (error) {
    // The error of a stack overflow.
    if (error instanceof RangeError) throw invalidRequest('the request body is nested too deep');
    throw error;
  }
}

/** Checks a chat request. @throws Refusal: 400 for an invalid field, 404 for a model that is not offered */
export function readChatRequest(body: JsonObject, catalog: Catalog): ChatRequest {
  const model = readModel(body, catalog, false);
  const messages = readMessages(body['messages']);
  checkFields(body);
  return {
    model,
    messages,
    prompt: textOf(messages.findLast((message) => message.role === 'user')?.['content']),
    temperature: numberOrNull(body['temperature']),
    maxTokens: numberOrNull(body['max_tokens']),
    fields: body,
  };
}

/** The offered model that a body names. @param embeds what it must do. @throws Refusal if there is none */
export function readModel(body: JsonObject, catalog: Catalog, embeds: boolean): OfferedModel {
  const { model: id } = body;
  if (id === undefined || id === null) throw invalidRequest("'model' is a required property", 'model');
  if (typeof id !== 'string') throw invalidRequest("'model' must be a text", 'model');
  const offered = catalog.get(id);
  if (offered?.embeds === embeds) return offered;
  if (offered !== undefined) {
    throw invalidRequest(`'${id}' ${embeds ? 'makes no embeddings' : 'answers no chat'}`, 'model');
  }
  const details = { type: 'invalid_request_error', param: 'model', code: 'model_not_found' };
  throw new Refusal(404, `The model '${id}' does not exist`, details);
}

function readMessages(value: JsonValue | undefined): readonly Message[] {
  if (value === undefined || value === null) throw invalidRequest("'messages' is a required property", 'messages');
  const list = asList(value);
  if (list === null || list.length === 0) throw invalidRequest("'messages' must be a non-empty array", 'messages');
  return list.map((message, index) => {
    if (isMessage(message)) return message;
    throw invalidRequest(`'messages[${index}]' is not a message with a role and a content`, `messages[${index}]`);
  });
}

function isMessage(value: unknown): value is Message {
  if (!isJsonObject(value)) return false;
  const { role, content = null } = value;
  if (role === undefined || !ROLES.has(role)) return false;
  return content === null || typeof content === 'string' || (asList(content)?.every(isJsonObject) ?? false);
}

function checkFields(body: JsonObject): void {
  for (const [field, min, max] of NUMBER_RANGES) {
    const value = body[field] ?? null;
    const isFine = value === null || (typeof value === 'number' && value >= min && value <= max);
    if (!isFine) throw wrongField(field, `a number from ${min} to ${max}`);
  }
  const { max_tokens: maxTokens = null, useWalletBalance = null, n = null, stream = null } = body;
  if (maxTokens !== null && (!Number.isSafeInteger(maxTokens) || Number(maxTokens) < 1)) {
    throw wrongField('max_tokens', 'a whole number from 1');
  }
  for (const field of ['functions', 'tools']) {
    const value = body[field] ?? null;
    if (value !== null && !asList(value)?.every(isJsonObject)) throw wrongField(field, 'an array of objects');
  }
  if (useWalletBalance !== null && typeof useWalletBalance !== 'boolean') {
    throw wrongField('useWalletBalance', 'true or false');
  }
  if (stream !== null && typeof stream !== 'boolean') throw wrongField('stream', 'true or false');
  if (n !== null && n !== 1) throw wrongField('n', '1: this gateway gives one choice');
}

function wrongField(field: string, wanted: string): Refusal {
  return invalidRequest(`'${field}' must be ${wanted}`, field);
}

function textOf(content: JsonValue | undefined): string {
  if (typeof content === 'string') return content;
  const texts = (asList(content) ?? []).map((part) => (isJsonObject(part) ? part['text'] : null));
  return texts.filter((text) => typeof text === 'string').join('');
}

function asList(value: unknown): readonly unknown[] | null {
  return Array.isArray(value) ? value : null;
}

function numberOrNull(value: JsonValue | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

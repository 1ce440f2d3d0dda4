import { isJsonArray, isJsonObject, type JsonObject, parseJson } from '../core/json.ts';
import { readDurationMs } from './durations.ts';
import { readNumber, readText } from './read.ts';

/** Facts from the body of an error, in any of the formats found in practice. */
export interface ErrorFacts {
  /** The reason in words, as the server wrote it; null if it gives none. */
  readonly message: string | null;
  /** Codes, types and statuses next to the reason, for people. */
  readonly labels: readonly string[];
  /** Every code, type, status and reason of the body in lower case, the outermost first. */
  readonly names: readonly string[];
  /** The faulty request field, if the error names one. */
  readonly param: string | null;
  /** How long to wait according to a separate field, in milliseconds; null if there is none. */
  readonly waitMs: number | null;
  /** Ids of exhausted quotas (Google's QuotaFailure). */
  readonly quotaIds: readonly string[];
  /** Headers of an upstream response that a router repeats in the body, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** True if the body is an error in API format, not a page from a proxy or a web server. */
  readonly isApiError: boolean;
}

/** Errors nest: text in a router's text in a list. No known API nests deeper than this. */
const MAX_DEPTH = 8;
/** Number of entries read from a list of errors. */
const MAX_ENTRIES = 5;
/** JSON within a text is searched for in texts up to this length. */
const MAX_NESTED_TEXT = 65_536;
/** The head of a page says what it is about. */
const MAX_PAGE = 65_536;
/** A code or type is a few words; longer values are free text. */
const MAX_LABEL = 80;

/** Fields with the reason itself, the most informative first. */
const MESSAGE_KEYS = [
  'message',
  'msg',
  'error_message',
  'errorMessage',
  'error_msg',
  'error_description',
  'status_msg',
  'faultstring',
  'Message',
  'detail',
  'description',
  'title',
] as const;
/** Wrappers in which a reason may be nested. */
const WRAPPERS = ['error', 'errors', 'detail', 'fault', 'base_resp', 'message'] as const;
/** Fields next to a reason that may name it. */
const LABEL_KEYS = ['code', 'type', 'status', 'error_code', 'errorCode', 'error_type', '__type'] as const;
/** Read for names and waits only: their texts are about other things. */
const ASIDE_KEYS = ['details', 'innererror', 'metadata'] as const;
const WAIT_SECONDS_KEYS = ['retry_after', 'retryAfter', 'retry_after_seconds', 'retryAfterSeconds'] as const;
const WAIT_MS_KEYS = ['retry_after_ms', 'retryAfterMs'] as const;

/**
 * Finds the reason in the body of an error.
 * @param body the body as JSON; undefined if it is not JSON
 * @param text the raw body, for what is not JSON
 */
export function readErrorFacts(body: unknown, text = ''): ErrorFacts {
  const reader = new ErrorReader();
  const reading = body === undefined ? { message: readPlain(text), labels: [] } : reader.read(body, 0);
  return {
    message: reading.message,
    labels: [...new Set(reading.labels)],
    names: reader.names,
    param: reader.param,
    waitMs: reader.waitMs,
    quotaIds: reader.quotaIds,
    headers: reader.headers,
    isApiError: isApiEnvelope(body),
  };
}

interface Reading {
  readonly message: string | null;
  readonly labels: readonly string[];
}

const NOTHING: Reading = { message: null, labels: [] };

/** Traverses one body and collects what it finds next to the reason. */
class ErrorReader {
  readonly names: string[] = [];
  readonly quotaIds: string[] = [];
  headers: Readonly<Record<string, string>> = {};
  param: string | null = null;
  waitMs: number | null = null;

  read(value: unknown, depth: number): Reading {
    if (depth > MAX_DEPTH) return NOTHING;
    if (typeof value === 'string') return this.#readText(value, depth);
    if (isJsonArray(value)) return joined(value.slice(0, MAX_ENTRIES).map((entry) => this.read(entry, depth + 1)));
    return isJsonObject(value) ? this.#readObject(value, depth) : NOTHING;
  }

  /** A text may be, or end with, the JSON of a forwarded error. */
  #readText(text: string, depth: number): Reading {
    const nested = nestedJson(text);
    if (nested === null) return { message: readPlain(text), labels: [] };
    const { message, labels } = this.read(nested.json, depth + 1);
    if (message === null) return { message: readPlain(text), labels };
    return { message: nested.before === '' ? message : `${nested.before} ${message}`, labels };
  }

  #readObject(value: JsonObject, depth: number): Reading {
    this.#collect(value);
    for (const key of ASIDE_KEYS) this.#readAside(value[key], depth + 1);
    const own = ownMessage(value);
    const inner = this.#readWrapped(value, depth);
    const labels = inner.labels.length > 0 ? inner.labels : labelsOf(value);
    if (inner.message === null) return this.#passedOn(value, { message: own, labels }, depth);
    if (own === null || own === inner.message) return this.#passedOn(value, { ...inner, labels }, depth);
    // A short `error` next to a message names it: `{"error": "Bad Request", "message": "…"}`.
    if (typeof value['error'] === 'string' || typeof value['detail'] === 'string') {
      const [long, short] = own.length >= inner.message.length ? [own, inner.message] : [inner.message, own];
      return { message: long, labels: short.length <= MAX_LABEL ? [short, ...labels] : labels };
    }
    return { message: inner.message, labels };
  }

  /** The first wrapper that contains a reason. */
  #readWrapped(value: JsonObject, depth: number): Reading {
    for (const key of WRAPPERS) {
      const wrapped = value[key];
      // A plain text is the message itself, and only `error` may be a reason next to one.
      if (typeof wrapped === 'string' && key !== 'error' && nestedJson(wrapped) === null) continue;
      const reading = this.read(wrapped, depth + 1);
      if (reading.message === null) continue;
      return reading;
    }
    return NOTHING;
  }

  /** The error that a router received and forwards: `metadata.raw`, with the provider's name. */
  #passedOn(value: JsonObject, own: Reading, depth: number): Reading {
    const message = own.message === null ? null : withPlace(value, own.message);
    const { metadata } = value;
    if (!isJsonObject(metadata)) return { ...own, message };
    const raw = this.read(metadata['raw'], depth + 1);
    if (raw.message === null) return { ...own, message };
    const provider = readText(metadata['provider_name']);
    const reason = provider === null ? raw.message : `${provider}: ${raw.message}`;
    const labels = [...own.labels, ...raw.labels];
    if (message === null || /^provider returned error\.?$/i.test(message)) return { message: reason, labels };
    return { message: message.includes(raw.message) ? message : `${message} (${reason})`, labels };
  }

  /** Names and waits of details that have no reason of their own. */
  #readAside(value: unknown, depth: number): void {
    if (depth > MAX_DEPTH) return;
    if (isJsonArray(value)) {
      for (const entry of value.slice(0, MAX_ENTRIES)) this.#readAside(entry, depth + 1);
    } else if (isJsonObject(value)) {
      this.#collect(value);
      this.#readAside(value['innererror'], depth + 1);
    }
  }

  #collect(value: JsonObject): void {
    for (const key of [...LABEL_KEYS, 'reason', 'limit_source']) {
      const name = value[key];
      if (typeof name === 'string' || typeof name === 'number') this.names.push(String(name).toLowerCase());
    }
    if (typeof value['error'] === 'string' && value['error'].length <= MAX_LABEL) {
      this.names.push(value['error'].toLowerCase());
    }
    if (isJsonArray(value['reasons']) || value['flagged_input'] !== undefined) this.names.push('moderation');
    this.param ??= readText(value['param']);
    this.waitMs ??= readWait(value);
    this.#collectQuotas(value['violations']);
    if (isJsonObject(value['headers'])) this.headers = { ...this.headers, ...lowerCased(value['headers']) };
  }

  #collectQuotas(violations: unknown): void {
    if (!isJsonArray(violations)) return;
    for (const violation of violations.slice(0, MAX_ENTRIES * 2)) {
      const id = isJsonObject(violation) ? readText(violation['quotaId']) : null;
      if (id !== null) this.quotaIds.push(id);
    }
  }
}

function ownMessage(value: JsonObject): string | null {
  for (const key of MESSAGE_KEYS) {
    const text = textOf(value[key]);
    if (text !== null && text.trim() !== '' && nestedJson(text) === null) return readPlain(text);
  }
  return null;
}

/** A text, or the texts of a list of them. */
function textOf(value: unknown): string | null {
  if (!isJsonArray(value)) return readText(value);
  const texts = value.slice(0, MAX_ENTRIES).filter((entry) => typeof entry === 'string');
  return texts.length === 0 ? null : texts.join('; ');
}

/** FastAPI reports the location: `{"loc": ["body", "messages", 0, "content"], "msg": "field required"}`. */
function withPlace({ loc }: JsonObject, message: string): string {
  if (!isJsonArray(loc)) return message;
  const place = loc.filter((part) => typeof part === 'string' || typeof part === 'number').slice(0, MAX_DEPTH);
  const path = (place[0] === 'body' ? place.slice(1) : place).join('.');
  return path === '' ? message : `${path}: ${message}`;
}

function labelsOf(value: JsonObject): readonly string[] {
  return LABEL_KEYS.flatMap((key) => {
    const label = value[key];
    if (typeof label === 'number') return [String(label)];
    if (typeof label !== 'string' || label.trim() === '' || label.length > MAX_LABEL) return [];
    // `type` is a link in RFC 9457, and `error` in an envelope that only says that it is one.
    return label === 'error' || label.includes('://') || label === 'about:blank' ? [] : [label];
  });
}

/** `retryDelay` of Google's RetryInfo (`30s`, or seconds and nanoseconds), and fields such as `retry_after`. */
function readWait(value: JsonObject): number | null {
  const { retryDelay } = value;
  if (typeof retryDelay === 'string') return readDurationMs(retryDelay);
  if (isJsonObject(retryDelay)) {
    const seconds = readNumber(retryDelay['seconds']) ?? 0;
    return seconds * 1000 + (readNumber(retryDelay['nanos']) ?? 0) / 1e6;
  }
  return firstWait(value, WAIT_SECONDS_KEYS, 1000) ?? firstWait(value, WAIT_MS_KEYS, 1);
}

function firstWait(value: JsonObject, keys: readonly string[], unitMs: number): number | null {
  for (const key of keys) {
    const given = value[key];
    const isGiven = typeof given === 'string' || typeof given === 'number';
    const durationMs = isGiven ? readDurationMs(String(given), unitMs) : null;
    if (durationMs !== null) return durationMs;
  }
  return null;
}

function joined(readings: readonly Reading[]): Reading {
  const messages = [...new Set(readings.flatMap(({ message }) => (message === null ? [] : [message])))];
  return {
    message: messages.length === 0 ? null : messages.join('; '),
    labels: readings.flatMap(({ labels }) => labels),
  };
}

function lowerCased(headers: JsonObject): Readonly<Record<string, string>> {
  const texts = Object.entries(headers).slice(0, 50);
  return Object.fromEntries(
    texts.flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[name.toLowerCase(), String(value)]] : [],
    ),
  );
}

interface NestedJson {
  /** The text before the JSON. */
  readonly before: string;
  readonly json: unknown;
}

/** The JSON object or list that a text is, or contains after some words; null if there is none. */
function nestedJson(text: string): NestedJson | null {
  if (text.length > MAX_NESTED_TEXT) return null;
  const from = text.search(/[[{]/);
  if (from < 0) return null;
  const to = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'));
  if (to <= from) return null;
  const json = parseJson(text.slice(from, to + 1));
  const isError = isJsonObject(json) || (isJsonArray(json) && json.some(isJsonObject));
  return isError ? { before: text.slice(0, from).trim(), json } : null;
}

/** The content of a text; for a web page its title, or else its words. null if it is empty. */
function readPlain(text: string): string | null {
  const plain = isPage(text) ? pageTitle(text) : text;
  return plain.trim() === '' ? null : plain;
}

/** True for HTML or XML. */
export function isPage(text: string): boolean {
  return /^\s*<[!?a-z]/i.test(text);
}

/** The title of a page, or else its words. */
export function pageTitle(text: string): string {
  // A word cut in two could be the beginning of a key.
  const page = text.length > MAX_PAGE ? text.slice(0, MAX_PAGE).replace(/\S*$/, '') : text;
  const title = /<title[^>]*>([^<]+)/i.exec(page)?.[1]?.trim() ?? '';
  const words = title === '' ? page.replace(/<(?:script|style)\b[^>]*>[^<]*/gi, ' ').replace(/<[^>]*>/g, ' ') : title;
  return words.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_, name: string) => ENTITIES[name] ?? ' ').trim();
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

function isApiEnvelope(body: unknown): boolean {
  if (isJsonArray(body)) return isApiEnvelope(body[0] ?? null);
  if (!isJsonObject(body)) return false;
  const { error, errors, object, type } = body;
  if (isJsonObject(error) || (isJsonArray(error) && error.length > 0)) return true;
  if (typeof error === 'string' && error.trim() !== '') return true;
  if ((isJsonArray(errors) && errors.length > 0) || object === 'error' || type === 'error') return true;
  // GigaChat: `{"status": 429, "message": …}`; others have `code` next to `message`.
  const code = body['status'] ?? body['code'];
  return readText(body['message']) !== null && (typeof code === 'number' || typeof code === 'string');
}

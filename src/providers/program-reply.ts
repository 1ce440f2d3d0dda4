import { CallError } from '../core/call-error.ts';
import type { Completion } from '../core/completion.ts';
import { isDeeperThan, isJsonObject, type JsonObject, type JsonValue, MAX_LEVELS, objectOf } from '../core/json.ts';
import { isTokenCount } from '../core/usage.ts';
import type { Reply } from '../io/program/link.ts';
import type { AnswerReader } from './definition.ts';
import { classifyErrorBody } from './error-body.ts';
import { readErrorFacts } from './error-facts.ts';
import { saysAnything } from './error-in.ts';
import { readAmount, readNumber, readText } from './read.ts';
import { type Asked, readCompletion, withToldCost } from './read-completion.ts';
import { ResponseHeaders } from './response-headers.ts';
import { readToldWaitMs } from './told-wait.ts';
import { answerTooLarge } from './too-large.ts';
import { CHAT_WIRE } from './wire.ts';

/** What is known besides the reply. */
interface ReplyContext {
  /** `the module` or `the command`. */
  readonly called: string;
  /** Of reported costs; null if unknown. */
  readonly currency: string | null;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A cost was reported, and its currency is not known. */
  readonly onUnpaid: () => void;
}

/**
 * Reads what a program made of a request: `{output, usage?, cost?, finishReason?, reasoning?, refusal?, model?,
 * logprobs?}`. What the answer is worth is decided as for an API.
 * @throws CallError for an error, and for anything else, with what is wrong, and with the cost or usage that is told
 */
export function readProgramReply(reply: Reply, context: ReplyContext, asked: Asked): Completion {
  if (reply.kind === 'too_large') throw answerTooLarge(undefined);
  try {
    return readReply(reply, context, asked);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    throw withToldCost(error.with({ figures: toldFigures(objectOf(reply.value), context) }), readerOf(context));
  }
}

function readReply(reply: Exclude<Reply, { kind: 'too_large' }>, context: ReplyContext, asked: Asked): Completion {
  if (reply.kind === 'thrown') throw reportedError(reply.value, context, 'threw');
  const { value } = reply;
  if (!isJsonObject(value)) throw wrong(context, `an object with \`output\` is needed, not ${nameOf(value)}`);
  if (isDeeperThan(value, MAX_LEVELS)) throw wrong(context, `it is nested more than ${MAX_LEVELS} levels deep`);
  const { error = null, output = null } = value;
  if (saysAnything(error) || (error !== null && output === null)) throw reportedError(error, context, 'reports');
  return readCompletion(chatOf(value, context), readerOf(context), false, asked);
}

/** The cost and usage of a reply, beside an error or within it. What is not a figure is left out. */
function toldFigures(value: JsonObject, context: ReplyContext): JsonObject {
  const { usage = null, cost = null } = { ...objectOf(value['error']), ...value };
  const counts = isJsonObject(usage) ? { ...usage, ...Object.fromEntries(ownCounts(usage)) } : {};
  return { ...counts, ...(readAmount(cost) === null ? {} : costOf({ cost }, context)) };
}

/** The answer as a chat completion. */
function chatOf(value: JsonObject, context: ReplyContext): JsonObject {
  const { output } = value;
  if (typeof output !== 'string') {
    const fix = typeof output === 'object' && output !== null ? '; JSON is given as a text' : '';
    throw wrong(context, `\`output\` is needed as a text, not ${nameOf(output)}${fix}`);
  }
  const [finishReason, reasoning, refusal, model] = ['finishReason', 'reasoning', 'refusal', 'model'].map((name) => {
    const text = value[name] ?? null;
    if (text === null || typeof text === 'string') return text;
    throw wrong(context, `\`${name}\` is a text where it is given, not ${nameOf(text)}`);
  });
  const message = { content: output, reasoning_content: reasoning ?? null, refusal: refusal ?? null };
  const choice = { message, finish_reason: finishReason ?? null, logprobs: value['logprobs'] ?? null };
  return { model: model ?? null, choices: [choice], usage: { ...usageOf(value, context), ...costOf(value, context) } };
}

/** Our names of counts, each with OpenAI's. */
const COUNTS = [
  ['promptTokens', 'prompt_tokens'],
  ['completionTokens', 'completion_tokens'],
  ['totalTokens', 'total_tokens'],
] as const;
const KNOWN: ReadonlySet<string> = new Set([...COUNTS.flat(), 'input_tokens', 'output_tokens']);

/** Counts by our names, or the `usage` of an API as it is. */
function usageOf({ usage = null }: JsonObject, context: ReplyContext): JsonObject {
  if (usage === null) return {};
  if (!isJsonObject(usage)) throw wrong(context, `\`usage\` is an object where it is given, not ${nameOf(usage)}`);
  const names = Object.keys(usage);
  if (names.length > 0 && !names.some((name) => KNOWN.has(name))) {
    throw wrong(
      context,
      `\`usage\` has neither promptTokens nor completionTokens, but ${names.slice(0, 5).join(', ')}`,
    );
  }
  const wrongCount = COUNTS.find(([own]) => (usage[own] ?? null) !== null && !isTokenCount(usage[own]));
  if (wrongCount === undefined) return { ...usage, ...Object.fromEntries(ownCounts(usage)) };
  const [own] = wrongCount;
  throw wrong(context, `\`usage.${own}\` is a whole number from 0, not ${nameOf(usage[own])}`);
}

/** The counts by our names, with OpenAI's. */
function ownCounts(usage: JsonObject): readonly (readonly [name: string, count: number])[] {
  return COUNTS.flatMap(([own, name]) => {
    const count = usage[own];
    return isTokenCount(count) ? [[name, count] as const] : [];
  });
}

/** Where `readerOf` finds it. */
const COST = 'reported_cost';

function costOf({ cost = null }: JsonObject, context: ReplyContext): JsonObject {
  if (cost === null) return {};
  if (readAmount(cost) === null) throw wrong(context, `\`cost\` is an amount from 0, not ${nameOf(cost)}`);
  if (context.currency === null) context.onUnpaid();
  return { [COST]: cost };
}

function readerOf({ currency }: ReplyContext): AnswerReader {
  return {
    wire: CHAT_WIRE,
    currency,
    readCost: (usage) => {
      const total = readAmount(usage[COST]);
      if (total === null || currency === null) return null;
      return { prompt: null, completion: null, total, currency, source: 'provider' };
    },
  };
}

/** The next answer of the same code has the same shape. */
function wrong({ called }: ReplyContext, what: string): CallError {
  return new CallError('invalid_response', `what ${called} returned is not an answer: ${what}`, { mayRetry: false });
}

function nameOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : JSON.stringify(value).slice(0, 40);
}

/** Errors of code: the next call meets the same. `fetch` throws a TypeError with a cause where the network fails. */
const BUGS: ReadonlySet<string> = new Set(['ReferenceError', 'SyntaxError', 'TypeError', 'RangeError']);

/**
 * An error that a program threw or reports. One with an HTTP status means what such an answer of an API means; another
 * one may have been paid for, and is retried unless it says otherwise.
 */
function reportedError(error: unknown, { called, now }: ReplyContext, verb: string): CallError {
  const facts: JsonObject = isJsonObject(error) ? error : { message: typeof error === 'string' ? error : null };
  const { status, statusCode = status, retryable, retryAfter, retryAfterMs, code, type, cause } = facts;
  const mayRetry = typeof retryable === 'boolean' ? retryable : undefined;
  const message = readText(facts['message']) ?? 'an error without a message';
  const httpStatus = readNumber(status) ?? readNumber(statusCode);
  const waits = { 'retry-after': textOrAbsent(retryAfter), 'retry-after-ms': textOrAbsent(retryAfterMs) };
  const headers = ResponseHeaders.of(waits);
  if (httpStatus !== null && Number.isInteger(httpStatus) && httpStatus >= 300 && httpStatus < 600) {
    const body = { error: { message, code: code ?? null, type: type ?? null } };
    const classified = classifyErrorBody(body, httpStatus, { headers, nowMs: now(), path: '/v1' });
    return mayRetry === undefined ? classified : classified.with({ mayRetry });
  }
  const name = readText(facts['name']) ?? 'Error';
  const reason = typeof cause === 'string' && cause !== '' ? ` (${cause})` : '';
  const shown = name === 'Error' ? message : `${name}: ${message}`;
  return new CallError('server_error', `${called} ${verb}: ${shown}${reason}`, {
    mayRetry: mayRetry ?? (BUGS.has(name) && reason === '' ? false : undefined),
    retryAfterMs: readToldWaitMs(headers, readErrorFacts({}), now()),
  });
}

function textOrAbsent(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

import { CallError, readCallErrorKind } from '../core/call-error.ts';
import type { Completion, RateHint } from '../core/completion.ts';
import { amountOrNull, completionRecord, numberOr, readCompletionRecord, textOr } from '../core/completion-record.ts';
import {
  givenText,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  objectOf,
  parseJson,
} from '../core/json.ts';
import { type Amount, formatDecimal, type Picounits } from '../core/money.ts';
import type { Message } from '../core/prompt.ts';
import { isTokenCount, UNKNOWN_COST, type Usage } from '../core/usage.ts';
import { jsonText, parseWrittenJson } from '../core/written-json.ts';

/** What workers need to know of a run; no secret is in it. */
export interface RunSheet {
  /** Of the planner's promptgrid. */
  readonly version: string;
  /** Maximum duration of a call, in milliseconds. */
  readonly timeoutMs: number;
  /** True if answers are requested as event streams. */
  readonly isStreaming: boolean;
  /** True if what is known of models decides what is sent to them. */
  readonly knowsModels: boolean;
  /** The settings of each provider of the run, as in promptgrid.yaml, with the names of variables in place of values. */
  readonly providers: Readonly<Record<string, JsonObject>>;
}

/** A call that a worker makes. */
export interface QueuedCall {
  /** A key of `RunSheet.providers`. */
  readonly provider: string;
  readonly task: 'completion' | 'embedding';
  /** The id as the API takes it. */
  readonly model: string;
  /** Empty for an embedding. */
  readonly messages: readonly Message[];
  /** Their JSON text, as it is sent. */
  readonly messagesJson: string;
  /** The text to embed; empty for a completion. */
  readonly text: string;
  readonly temperature: number | null;
  /** Other request fields, as the API names them. */
  readonly params: JsonObject;
}

/** What came of a call. */
export interface QueuedAnswer {
  readonly trialId: string;
  /** Without a cost that follows from prices, which the planner knows. */
  readonly outcome: Completion | CallError;
  /** From sending the request to the complete answer. */
  readonly latencyMs: number;
  /** What the worker learned about the model, one line each. */
  readonly notices: readonly string[];
}

/** Somebody who is connected. */
export interface Participant {
  readonly id: string;
  /** Of its promptgrid. */
  readonly version: string;
  readonly host: string;
  readonly pid: number;
}

/** The JSON text of a run's sheet. */
export function sheetText(sheet: RunSheet): string {
  return JSON.stringify(sheet);
}

/** Reads a sheet; null if it is none of this version. */
export function readSheet(text: string): RunSheet | null {
  const value = parseJson(text);
  if (!isJsonObject(value)) return null;
  const { version, timeoutMs, isStreaming, knowsModels, providers } = value;
  if (typeof version !== 'string' || typeof timeoutMs !== 'number' || !isJsonObject(providers)) return null;
  return {
    version,
    timeoutMs,
    isStreaming: isStreaming === true,
    knowsModels: knowsModels === true,
    providers: Object.fromEntries(Object.entries(providers).map(([name, given]) => [name, objectOf(given)])),
  };
}

/** A call as two lines of JSON: its messages, then the rest. Numbers keep their digits. */
export function callText({ provider, task, model, messagesJson, text, temperature, params }: QueuedCall): string {
  return `${messagesJson}\n${jsonText({ provider, task, model, text, temperature, params })}`;
}

/** Reads a call; null if it is none. */
export function readCall(written: string): QueuedCall | null {
  const at = written.indexOf('\n');
  const messagesJson = written.slice(0, at);
  const messages = parseWrittenJson(messagesJson);
  const value = parseWrittenJson(written.slice(at + 1));
  if (at === -1 || !isJsonArray(messages) || !messages.every(isMessage) || !isJsonObject(value)) return null;
  const { provider, task, model, text, temperature, params } = value;
  const isTask = task === 'completion' || task === 'embedding';
  if (typeof provider !== 'string' || typeof model !== 'string' || !isTask) return null;
  return {
    provider,
    task,
    model,
    messages,
    messagesJson,
    text: textOr(text, ''),
    temperature: numberOr(temperature, null),
    params: objectOf(params),
  };
}

function isMessage(value: JsonValue): value is Message {
  return isJsonObject(value) && typeof value['role'] === 'string';
}

/** The JSON text of an answer. */
export function answerText({ trialId, outcome, latencyMs, notices }: QueuedAnswer): string {
  const made = { id: trialId, ms: latencyMs, ...(notices.length === 0 ? {} : { notices }) };
  if (outcome instanceof CallError) return JSON.stringify({ ...made, error: errorRecord(outcome) });
  const { rate } = outcome;
  const hint = rate === undefined ? {} : { rate: [rate.remainingCalls, rate.resetMs] };
  return JSON.stringify({ ...made, ...hint, ...completionRecord(outcome) });
}

/** Reads an answer; null if it is none. Whoever can write to Redis can write one: figures that cannot be are unknown. */
export function readAnswer(text: string): QueuedAnswer | null {
  const value = parseJson(text);
  if (!isJsonObject(value) || typeof value['id'] !== 'string') return null;
  const { id: trialId, ms, notices, error } = value;
  const texts = isJsonArray(notices) ? notices.filter((notice) => typeof notice === 'string') : [];
  const made = { trialId, latencyMs: Math.max(0, numberOr(ms, 0)), notices: texts };
  if (error !== undefined) return { ...made, outcome: readError(objectOf(error)) };
  if (typeof value['output'] !== 'string') return null;
  const rate = rateOf(value['rate']);
  const completion = possible(readCompletionRecord(value));
  return { ...made, outcome: rate === undefined ? completion : { ...completion, rate } };
}

function possible(completion: Completion): Completion {
  const { usage, cost } = completion;
  const counts = Object.values(usage).filter((value) => typeof value === 'number');
  const isCost = isCurrency(cost.currency) && [cost.prompt, cost.completion, cost.total].every(isCharge);
  return {
    ...completion,
    usage: counts.every(isTokenCount) ? usage : UNKNOWN_USAGE,
    cost: isCost ? cost : UNKNOWN_COST,
  };
}

/** A negative one would raise a budget. */
function isCharge(amount: Picounits | null): boolean {
  return amount === null || amount >= 0n;
}

function isCurrency(currency: string | null): boolean {
  return currency === null || /^[A-Z]{3}$/.test(currency);
}

const UNKNOWN_USAGE: Usage = {
  promptTokens: null,
  completionTokens: null,
  totalTokens: null,
  cachedPromptTokens: null,
};

function rateOf(value: JsonValue | undefined): RateHint | undefined {
  if (!isJsonArray(value)) return undefined;
  const [remainingCalls, resetMs] = value;
  return typeof remainingCalls === 'number' && typeof resetMs === 'number' ? { remainingCalls, resetMs } : undefined;
}

function errorRecord(error: CallError): object {
  const { kind, message, httpStatus, isUnsent, hasBegun, retryAfterMs, paid, usage } = error;
  const { isApiError, isAboutRow, mayRetry, hint } = error;
  const cost = paid === undefined ? undefined : [formatDecimal(paid.amount), paid.currency];
  const flags = { isUnsent, hasBegun, isApiError, isAboutRow, mayRetry };
  return { kind, message, httpStatus, ...flags, retryAfterMs, paid: cost, usage, hint };
}

function readError(value: JsonObject): CallError {
  const { isUnsent, hasBegun, isApiError, isAboutRow, mayRetry } = value;
  const kind = readCallErrorKind(value['kind']);
  // Only a planner ends its calls: one that a worker ends may be made again.
  return new CallError(kind === 'cancelled' ? 'network' : kind, textOr(value['message'], ''), {
    httpStatus: numberOr(value['httpStatus'], undefined),
    isUnsent: isUnsent === true,
    hasBegun: hasBegun === true,
    isApiError: isApiError === true,
    isAboutRow: isAboutRow === true,
    mayRetry: typeof mayRetry === 'boolean' ? mayRetry : undefined,
    retryAfterMs: numberOr(value['retryAfterMs'], undefined),
    paid: paidOf(value['paid']),
    usage: isJsonObject(value['usage']) ? usageOf(value['usage']) : undefined,
    hint: givenText(value['hint']),
  });
}

function paidOf(value: JsonValue | undefined): Amount | undefined {
  if (!isJsonArray(value)) return undefined;
  const [amount, currency] = [amountOrNull(value[0]), value[1]];
  const isPaid = amount !== null && isCharge(amount) && typeof currency === 'string' && isCurrency(currency);
  return isPaid ? { amount, currency } : undefined;
}

function usageOf(value: JsonObject): Usage {
  const count = (name: string): number | null => (isTokenCount(value[name]) ? value[name] : null);
  const given = (name: string): number | undefined => (isTokenCount(value[name]) ? value[name] : undefined);
  return {
    promptTokens: count('promptTokens'),
    completionTokens: count('completionTokens'),
    totalTokens: count('totalTokens'),
    cachedPromptTokens: count('cachedPromptTokens'),
    cacheWriteTokens: given('cacheWriteTokens'),
    longCacheWriteTokens: given('longCacheWriteTokens'),
    isCachePricedApart: value['isCachePricedApart'] === true ? true : undefined,
    reasoningTokens: given('reasoningTokens'),
    unexplainedTokens: given('unexplainedTokens'),
    otherCharge: givenText(value['otherCharge']),
    serviceTier: givenText(value['serviceTier']),
  };
}

/** The JSON text of a participant; always the same for the same one. */
export function participantText({ id, version, host, pid }: Participant): string {
  return JSON.stringify({ id, version, host, pid });
}

/** Reads a participant; null if it is none. */
export function readParticipant(text: string): Participant | null {
  const value = parseJson(text);
  if (!isJsonObject(value)) return null;
  const { id, version, host, pid } = value;
  if (typeof id !== 'string' || typeof version !== 'string' || typeof host !== 'string') return null;
  return { id, version, host, pid: numberOr(pid, 0) };
}

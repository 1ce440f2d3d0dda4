import { CALL_ERROR_KINDS, type CallErrorKind } from '../core/call-error.ts';
import type { Completion } from '../core/completion.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { formatDecimal, type Picounits, parseDecimal } from '../core/money.ts';
import type { CompletedResult, ErroredResult, Result, ResultPlace } from '../core/result.ts';
import type { CostSource } from '../core/usage.ts';

/** A result as one flat JSON object, its names those of the result files. */
export function toRecord(result: Result): JsonObject {
  // One literal a status and no spreading: this runs once a call and was its largest cost here.
  switch (result.status) {
    case 'completed':
      return completedRecord(result);
    case 'errored':
      return erroredRecord(result);
    case 'skipped':
      return { ...placeRecord(result), status: 'skipped', reason: result.reason };
  }
}

function completedRecord(result: CompletedResult): JsonObject {
  const { id, output, finishReason, usage, cost, simulated } = result.completion;
  return {
    trial_id: result.trialId,
    row_id: result.rowId,
    prompt: result.prompt,
    provider: result.provider,
    model: result.model,
    temperature: result.temperature,
    repeat: result.repeat,
    latency_ms: result.latencyMs,
    attempts: result.attempts,
    at: result.at,
    status: 'completed',
    output,
    finish_reason: finishReason,
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.totalTokens,
    prompt_cost: decimal(cost.prompt),
    completion_cost: decimal(cost.completion),
    total_cost: decimal(cost.total),
    currency: cost.currency,
    cost_source: cost.source,
    response_id: id,
    cached: result.cached,
    simulated,
  };
}

function erroredRecord(result: ErroredResult): JsonObject {
  const { errorCode, errorMessage } = result;
  return { ...placeRecord(result), status: 'errored', error_code: errorCode, error_message: errorMessage };
}

function placeRecord({ trialId, rowId, prompt, provider, model, temperature, repeat, ...made }: Result): JsonObject {
  return {
    ...{ trial_id: trialId, row_id: rowId, prompt, provider, model, temperature, repeat },
    ...{ latency_ms: made.latencyMs, attempts: made.attempts, at: made.at },
  };
}

function decimal(amount: Picounits | null): string | null {
  return amount === null ? null : formatDecimal(amount);
}

/** Reads a journal line's value back; null where it is no result. */
export function fromRecord(value: unknown): Result | null {
  if (!isJsonObject(value)) return null;
  const place = readPlace(value);
  if (place === null) return null;
  const base = {
    ...place,
    latencyMs: numberOr(value['latency_ms'], 0),
    attempts: numberOr(value['attempts'], 0),
    at: textOr(value['at'], ''),
  };
  switch (value['status']) {
    case 'completed':
      return { ...base, status: 'completed', completion: readCompletion(value), cached: value['cached'] === true };
    case 'errored':
      return { ...base, status: 'errored', ...readError(value) };
    case 'skipped':
      return { ...base, status: 'skipped', reason: textOr(value['reason'], '') };
    default:
      return null;
  }
}

const TRIAL_ID = /^[0-9a-f]{20}$/;

function readPlace(value: JsonObject): ResultPlace | null {
  const trialId = value['trial_id'];
  if (typeof trialId !== 'string' || !TRIAL_ID.test(trialId)) return null;
  return {
    trialId,
    rowId: textOr(value['row_id'], ''),
    prompt: textOr(value['prompt'], ''),
    provider: textOr(value['provider'], ''),
    model: textOr(value['model'], ''),
    temperature: numberOr(value['temperature'], null),
    repeat: numberOr(value['repeat'], 1),
  };
}

function readCompletion(value: JsonObject): Completion {
  return {
    id: textOr(value['response_id'], null),
    output: textOr(value['output'], ''),
    finishReason: textOr(value['finish_reason'], null),
    usage: {
      promptTokens: numberOr(value['prompt_tokens'], null),
      completionTokens: numberOr(value['completion_tokens'], null),
      totalTokens: numberOr(value['total_tokens'], null),
    },
    cost: {
      prompt: amountOf(value['prompt_cost']),
      completion: amountOf(value['completion_cost']),
      total: amountOf(value['total_cost']),
      currency: textOr(value['currency'], null),
      source: readCostSource(value['cost_source']),
    },
    simulated: value['simulated'] === true,
  };
}

function readError(value: JsonObject): { readonly errorCode: CallErrorKind; readonly errorMessage: string } {
  const errorCode = CALL_ERROR_KINDS.find((kind) => kind === value['error_code']) ?? 'server_error';
  return { errorCode, errorMessage: textOr(value['error_message'], '') };
}

function readCostSource(value: JsonValue | undefined): CostSource {
  return value === 'provider' || value === 'computed' ? value : 'unknown';
}

function amountOf(value: JsonValue | undefined): Picounits | null {
  return typeof value === 'string' ? parseDecimal(value) : null;
}

function textOr<T>(value: JsonValue | undefined, fallback: T): string | T {
  return typeof value === 'string' ? value : fallback;
}

function numberOr<T>(value: JsonValue | undefined, fallback: T): number | T {
  return typeof value === 'number' && Number.isFinite(value) ? value : fallback;
}

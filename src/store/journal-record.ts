import { type CallErrorKind, readCallErrorKind } from '../core/call-error.ts';
import { amountOrNull, completionRecord, numberOr, readCompletionRecord, textOr } from '../core/completion-record.ts';
import { findCompletion } from '../core/completion-text.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../core/json.ts';
import { type Amount, formatDecimal, parseDecimal } from '../core/money.ts';
import type { Result, TrialKey } from '../core/result.ts';
import { trialDigest } from '../core/trial.ts';
import { claimsSeal, sealJson, sealOf } from '../io/sealed-line.ts';

/**
 * A result as a flat JSON object in two parts, with the key names of the result files. Two parts, because adding keys
 * to an object makes it slower to write than two complete objects.
 */
function toRecords(result: Result): readonly [place: JsonObject, outcome: JsonObject] {
  const place: Record<string, JsonValue> = {
    trial_id: result.trialId,
    row_id: result.rowId,
    prompt: result.prompt,
    provider: result.provider,
    model: result.model,
    temperature: result.temperature,
    repeat: result.repeat,
    status: result.status,
    latency_ms: result.latencyMs,
    attempts: result.attempts,
    at: result.at,
  };
  if (result.judgeOf !== undefined) place['judge_of'] = result.judgeOf;
  const outcome = outcomeRecord(result);
  return [place, result.wasted === undefined ? outcome : Object.assign(outcome, amountRecord('wasted', result.wasted))];
}

/** The JSON text of a result as one flat object. */
export function recordText(result: Result): string {
  const [place, outcome] = toRecords(result);
  return `${JSON.stringify(place).slice(0, -1)},${JSON.stringify(outcome).slice(1)}`;
}

function outcomeRecord(result: Result): JsonObject {
  switch (result.status) {
    case 'completed': {
      const saved = result.saved === undefined ? {} : amountRecord('saved', result.saved);
      return Object.assign(completionRecord(result.completion), { cached: result.cached }, saved);
    }
    case 'errored':
      return { error_code: result.errorCode, error_message: result.errorMessage };
    case 'skipped':
      return { reason: result.reason };
  }
}

function amountRecord(name: 'wasted' | 'saved', { amount, currency }: Amount): JsonObject {
  return { [`${name}_cost`]: formatDecimal(amount), [`${name}_currency`]: currency };
}

/** Parses a journal line's value; null if it is not a result. */
function fromRecord(value: unknown): Result | null {
  if (!isJsonObject(value)) return null;
  const made = readPlace(value);
  if (made === null) return null;
  // Uses assignment instead of spread: this runs for every stored answer.
  switch (value['status']) {
    case 'completed': {
      const cached = value['cached'] === true;
      const [completion, saved] = [readCompletionRecord(value), readAmount('saved', value)];
      return Object.assign(made, { status: 'completed', completion, cached, saved } as const);
    }
    case 'errored':
      return Object.assign(made, { status: 'errored', ...readError(value) } as const);
    case 'skipped':
      return Object.assign(made, { status: 'skipped', reason: textOr(value['reason'], '') } as const);
    default:
      return null;
  }
}

const TRIAL_ID = /^t?[0-9a-f]{20}$/;
/** Ids of format 1, whose lines have no checksum. */
const PLAIN_ID = /^[0-9a-f]{20}$/;

/** Keys that results of every status have. */
type Made = TrialKey & Pick<Result, 'latencyMs' | 'attempts' | 'at' | 'wasted'>;

function readPlace(value: JsonObject): Made | null {
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
    judgeOf: typeof value['judge_of'] === 'string' ? value['judge_of'] : undefined,
    latencyMs: numberOr(value['latency_ms'], 0),
    attempts: numberOr(value['attempts'], 0),
    at: textOr(value['at'], ''),
    wasted: readAmount('wasted', value),
  };
}

function readAmount(name: 'wasted' | 'saved', value: JsonObject): Amount | undefined {
  const cost = value[`${name}_cost`];
  if (cost === undefined) return undefined;
  const amount = amountOrNull(cost);
  const currency = value[`${name}_currency`];
  return amount === null || typeof currency !== 'string' ? undefined : { amount, currency };
}

function readError(value: JsonObject): { readonly errorCode: CallErrorKind; readonly errorMessage: string } {
  return { errorCode: readCallErrorKind(value['error_code']), errorMessage: textOr(value['error_message'], '') };
}

/** A result as a line of a journal, with its checksum and `\n`. */
export function journalLine(result: Result): string {
  return `${sealJson(recordText(result))}\n`;
}

/**
 * Reads one line of a journal; null if it holds no result, or its checksum differs. Lines without a checksum are
 * accepted only for trials with ids of format 1.
 */
export function parseLine(line: string | Buffer): Result | null {
  const seal = sealOf(line);
  return seal === 'broken' ? null : parseSealed(line, seal);
}

function parseSealed(line: string | Buffer, seal: 'sound' | 'none'): Result | null {
  const text = line.toString();
  const usual = seal === 'sound' ? usualResult(text) : null;
  if (usual !== null) return usual;
  const value = parseJson(text);
  if (!isJsonObject(value)) return null;
  return seal === 'sound' || isOfFormat1(value) ? fromRecord(value) : null;
}

function isOfFormat1(value: JsonObject): boolean {
  const id = value['trial_id'];
  return typeof id === 'string' && PLAIN_ID.test(id) && !claimsSeal(value);
}

/** Reads a trial's line of a journal; null if it holds no result, or that of another trial. */
export function parseLineOf(trialId: string, line: string | Buffer): Result | null {
  const result = parseLine(line);
  return result !== null && trialDigest(result.trialId) === trialDigest(trialId) ? result : null;
}

/** What is known of a result before its whole line is read. */
export interface LineHead extends Pick<Result, 'trialId' | 'status' | 'judgeOf'> {
  /** Of failed attempts. */
  readonly wasted?: Amount | undefined;
  /** Of the answer; null if it is unknown, undefined if there is no answer. */
  readonly cost: Amount | null | undefined;
}

/** The same for an index, which needs little of a line: reading it whole takes four times as long. */
export function readHead(line: Buffer): LineHead | null {
  const seal = sealOf(line);
  if (seal === 'broken') return null;
  return (seal === 'sound' ? usualHead(line.toString('latin1')) : null) ?? headOf(parseSealed(line, seal));
}

const NUMBER = String.raw`(-?\d{1,15}(?:\.\d{1,17})?)`;
const PLAIN = String.raw`"([^"\\]*)"`;

/** Where a line is of an answer to a trial of the grid: what is before the answer, and then what is behind it. */
const USUAL_PLACE = new RegExp(
  [
    `^\\{"trial_id":"(t[0-9a-f]{20})","row_id":${PLAIN},"prompt":${PLAIN},"provider":${PLAIN},"model":${PLAIN}`,
    `,"temperature":(?:null|${NUMBER}),"repeat":(\\d{1,15}),"status":"completed","latency_ms":${NUMBER}`,
    `,"attempts":(\\d{1,15}),"at":${PLAIN},(?="output":)`,
  ].join(''),
);
const USUAL_END =
  /,"cached":(true|false)(?:,"saved_cost":"([0-9.]+)","saved_currency":"([A-Z]+)")?,"v":2,"crc":"\w+"\}$/y;
const USUAL_COST = /,"total_cost":"([0-9.]+)","currency":"([A-Z]+)",/y;

/** The head of an answer to a trial of the grid, whose calls did not fail; null for any other line. */
function usualHead(text: string): LineHead | null {
  const place = USUAL_PLACE.exec(text);
  const trialId = place?.[1];
  if (place === null || trialId === undefined) return null;
  USUAL_COST.lastIndex = text.indexOf(',"total_cost":', place[0].length);
  const [, total, currency] = USUAL_COST.lastIndex < 0 ? [] : (USUAL_COST.exec(text) ?? []);
  const amount = total === undefined ? null : parseDecimal(total);
  if (amount === null || currency === undefined) return null;
  if (text.slice(text.lastIndexOf(',"cached":')).includes(',"wasted_cost":')) return null;
  return { trialId, status: 'completed', judgeOf: undefined, cost: { amount, currency } };
}

/** The same for a whole line. */
function usualResult(text: string): Result | null {
  const place = USUAL_PLACE.exec(text);
  const found = place === null ? null : findCompletion(text, place[0].length);
  if (place === null || found === null) return null;
  USUAL_END.lastIndex = found.end;
  const [, cached, savedCost, savedCurrency] = USUAL_END.exec(text) ?? [];
  if (cached === undefined) return null;
  const [, trialId = '', rowId = '', prompt = '', provider = '', model = '', temperature, repeat] = place;
  const [latencyMs, attempts, at = ''] = place.slice(8);
  const amount = savedCost === undefined ? undefined : (parseDecimal(savedCost) ?? undefined);
  const saved = amount === undefined || savedCurrency === undefined ? undefined : { amount, currency: savedCurrency };
  return {
    trialId,
    rowId,
    prompt,
    provider,
    model,
    temperature: temperature === undefined ? null : Number(temperature),
    repeat: Number(repeat),
    judgeOf: undefined,
    latencyMs: Number(latencyMs),
    attempts: Number(attempts),
    at,
    wasted: undefined,
    status: 'completed',
    completion: found.completion,
    cached: cached === 'true',
    saved,
  };
}

function headOf(result: Result | null): LineHead | null {
  if (result === null) return null;
  const { trialId, status, judgeOf, wasted } = result;
  if (status !== 'completed') return { trialId, status, judgeOf, wasted, cost: undefined };
  const { total, currency } = result.completion.cost;
  const cost = total === null || currency === null ? null : { amount: total, currency };
  return { trialId, status, judgeOf, wasted, cost };
}

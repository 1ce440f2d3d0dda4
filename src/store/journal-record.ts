import { type CallErrorKind, readCallErrorKind } from '../core/call-error.ts';
import type { Completion } from '../core/completion.ts';
import { amountOrNull, completionParts, numberOr, readCompletionRecord, textOr } from '../core/completion-record.ts';
import { givenText, isJsonObject, type JsonObject, parseJson } from '../core/json.ts';
import { type Amount, formatDecimal, type Picounits } from '../core/money.ts';
import type { CompletedResult, Result, TrialKey } from '../core/result.ts';
import { trialDigest } from '../core/trial.ts';
import { claimsSeal, sealOf } from '../io/sealed-line.ts';
import { type LineHead, type Moment, usualHead, usualMoment, usualResult, usualTrial } from './usual-line.ts';

/** The JSON text of a result as one flat object, with the key names of the result files. */
export function recordText(result: Result): string {
  return `${recordMembers(result)}}`;
}

/** The same without its last brace, as a journal's line begins. Written member by member: `JSON.stringify` of an object for it takes twice as long. */
export function recordMembers(result: Result): string {
  const { trialId, rowId, prompt, provider, model, temperature, repeat, label, judgeOf, wasted } = result;
  const place = `{"trial_id":"${trialId}","row_id":${JSON.stringify(rowId)},"prompt":${common(prompt)}`;
  const variant = `,"provider":${common(provider)},"model":${common(model)},"temperature":${temperature},"repeat":${repeat}`;
  const made = `,"status":"${result.status}","latency_ms":${result.latencyMs},"attempts":${result.attempts},"at":${JSON.stringify(result.at)}`;
  const labelled = label === undefined ? '' : `,"label":${common(label)}`;
  const judged = judgeOf === undefined ? '' : `,"judge_of":"${judgeOf}"`;
  return `${place}${variant}${made}${labelled}${judged}${outcomeMembers(result)}${amountMembers('wasted', wasted)}`;
}

function outcomeMembers(result: Result): string {
  switch (result.status) {
    case 'completed':
      return `${completionMembers(result.completion)},"cached":${result.cached}${amountMembers('saved', result.saved)}${callsMember(result)}`;
    case 'errored':
      return `,"error_code":"${result.errorCode}","error_message":${JSON.stringify(result.errorMessage)}`;
    case 'skipped':
      return `,"reason":${JSON.stringify(result.reason)}`;
  }
}

function callsMember({ answeredCalls: calls }: CompletedResult): string {
  return calls === undefined ? '' : `,"answered_calls":${calls}`;
}

function completionMembers(completion: Completion): string {
  const { id, output, finishReason, usage, cost, simulated } = completion;
  const { promptTokens, completionTokens, totalTokens } = usage;
  const said = `,"output":${JSON.stringify(output)},"finish_reason":${common(finishReason)}`;
  const tokens = `,"prompt_tokens":${promptTokens},"completion_tokens":${completionTokens},"total_tokens":${totalTokens}`;
  const costs = `,"prompt_cost":${decimal(cost.prompt)},"completion_cost":${decimal(cost.completion)},"total_cost":${decimal(cost.total)}`;
  const source = `,"currency":${common(cost.currency)},"cost_source":"${cost.source}"`;
  const parts = completionParts(completion);
  const more = parts === null ? '' : `,${JSON.stringify(parts).slice(1, -1)}`;
  return `${said}${tokens}${costs}${source},"response_id":${JSON.stringify(id)},"simulated":${simulated}${more}`;
}

function decimal(amount: Picounits | null): string {
  return amount === null ? 'null' : `"${formatDecimal(amount)}"`;
}

function amountMembers(name: 'wasted' | 'saved', amount: Amount | undefined): string {
  if (amount === undefined) return '';
  return `,"${name}_cost":"${formatDecimal(amount.amount)}","${name}_currency":${common(amount.currency)}`;
}

/** JSON texts of names that most lines of a journal repeat. */
const commonTexts = new Map<string, string>();
const MOST_COMMON_TEXTS = 1000;

function common(text: string | null): string {
  if (text === null) return 'null';
  const known = commonTexts.get(text);
  if (known !== undefined) return known;
  const json = JSON.stringify(text);
  if (commonTexts.size < MOST_COMMON_TEXTS) commonTexts.set(text, json);
  return json;
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
      const result = Object.assign(made, { status: 'completed', completion, cached, saved } as const);
      const calls = value['answered_calls'];
      return calls === undefined ? result : { ...result, answeredCalls: numberOr(calls, undefined) };
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
    label: givenText(value['label']),
    judgeOf: typeof value['judge_of'] === 'string' ? value['judge_of'] : undefined,
    latencyMs: numberOr(value['latency_ms'], null),
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

/** The same for an index, which needs little of a line. */
export function readHead(line: Buffer): LineHead | null {
  const seal = sealOf(line);
  if (seal === 'broken') return null;
  return (seal === 'sound' ? usualHead(line.toString('latin1')) : null) ?? headOf(parseSealed(line, seal));
}

/** What is before an answer takes fewer bytes, unless names are very long. */
const PLACE_BYTES = 512;

/** The same without costs, which an index does not note. */
export function readTrial(line: Buffer): Pick<LineHead, 'trialId' | 'status' | 'judgeOf'> | null {
  const isSound = sealOf(line) === 'sound';
  return (isSound ? usualTrial(line.toString('latin1', 0, PLACE_BYTES)) : null) ?? readHead(line);
}

/** The same for the time of a run. */
export function readMoment(line: Buffer): Moment | null {
  const seal = sealOf(line);
  if (seal === 'broken') return null;
  return (seal === 'sound' ? usualMoment(line.toString('latin1')) : null) ?? momentOf(parseSealed(line, seal));
}

function momentOf(result: Result | null): Moment | null {
  if (result === null) return null;
  const { at, latencyMs, attempts, judgeOf, status } = result;
  return { at, latencyMs, attempts, judgeOf, status, error: result.status === 'errored' ? result : null };
}

function headOf(result: Result | null): LineHead | null {
  if (result === null) return null;
  const { trialId, status, judgeOf, wasted } = result;
  if (status !== 'completed') return { trialId, status, judgeOf, wasted, cost: undefined, simulated: false };
  const { cost: told, simulated } = result.completion;
  const { total, currency } = told;
  const cost = total === null || currency === null ? null : { amount: total, currency };
  return { trialId, status, judgeOf, wasted, cost, simulated };
}

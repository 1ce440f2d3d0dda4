import type { BatchFailure, BatchInput, BatchState, BatchStatus } from '../../core/batch.ts';
import { CallError } from '../../core/call-error.ts';
import { isJsonObject, type JsonObject, listOf, numberOf, objectOf, textOf, textOr } from '../../core/json.ts';
import {
  answered,
  type BatchApi,
  type BatchClient,
  type BatchPath,
  type LineOutcome,
  type StreamedBody,
} from '../batch-api.ts';
import { beforeCreation } from './before-creation.ts';

/** Batches of one page of the list. */
const PAGE = 100;
const LINES_TYPE = 'application/jsonl';

/**
 * Gemini's batches: a file of requests to one model, and one file of results (ai.google.dev, "Batch API" and "Batch
 * API reference"; @google/genai 3.3.0). What the reference does not say:
 * - how many requests a file may have: 50,000 is what OpenAI takes;
 * - the order of the list, so that it is read to its end;
 * - what becomes of the answers of a batch that is cancelled or expires ("will not have any results"): results are
 *   read if it names any;
 * - whether the code of an error within the results is one of gRPC, as in its form, or one of HTTP: both are read.
 */
export const GEMINI_BATCHES: BatchApi = {
  limits: { requests: 50_000, bytes: 2_000_000_000 },
  keepsResultsFor: '48 hours',
  pricePercent: 50,
  // "Cached tokens are priced the same as for non-batch API traffic."
  cachedPricePercent: 100,
  // As the name that a batch is displayed with. Names need not be unique, ours is.
  keepsIntent: true,
  mixesModels: false,
  line: (customId, body) => `{"key":"${customId}","request":${body}}`,
  submit: async (client, input, signal) => {
    const file = await beforeCreation(() => sendFile(client, input, signal));
    const batch = { displayName: input.intent, inputConfig: { fileName: file } };
    const path = `/models/${encodeURIComponent(input.model.replace(/^models\//, ''))}:batchGenerateContent`;
    return statusOf(await client.post(path, { batch }, signal));
  },
  status: async (client, id, signal) => statusOf(await client.get(pathOf(id), signal)),
  list: async (client, sinceMs, signal) => {
    const found: BatchStatus[] = [];
    for (let token = ''; ; ) {
      const page = await client.get(`/batches?pageSize=${PAGE}${token}`, signal);
      const batches = listOf(page['operations']).filter(isJsonObject).map(statusOf);
      found.push(...batches.filter(({ createdMs }) => createdMs === null || createdMs >= sinceMs));
      const next = textOr(page['nextPageToken'], '');
      if (next === '') return found;
      token = `&pageToken=${encodeURIComponent(next)}`;
    }
  },
  cancel: async (client, id, signal) => {
    await client.post(`${pathOf(id)}:cancel`, {}, signal);
  },
  readLine: (line) => {
    const customId = textOf(line['key']) ?? textOf(objectOf(line['metadata'])['key']);
    return customId === null ? null : { customId, outcome: outcomeOf(line) };
  },
};

/** `batches/…`, as the API names it. */
function pathOf(id: string): string {
  return `/${id.split('/').map(encodeURIComponent).join('/')}`;
}

/** @returns the file's name, as batches take it */
async function sendFile(client: BatchClient, input: BatchInput, signal: AbortSignal): Promise<string> {
  const headers = {
    'x-goog-upload-protocol': 'resumable',
    'x-goog-upload-command': 'start',
    'x-goog-upload-header-content-length': String(input.bytes),
    'x-goog-upload-header-content-type': LINES_TYPE,
  };
  const body = { file: { displayName: input.intent } };
  const opening = { headers, body, addressIn: 'x-goog-upload-url' };
  const address = await client.openUpload(uploadPath(client.basePath), opening, signal);
  const sent = await client.upload(address, fileBody(input), signal);
  const name = textOf(objectOf(sent['file'])['name']);
  if (name === null) throw new CallError('invalid_response', 'the uploaded file has no name');
  return name;
}

/** `/upload` stands before the version: `/upload/v1beta/files`. */
function uploadPath(basePath: string): BatchPath {
  const version = basePath.slice(basePath.lastIndexOf('/'));
  return { fromRoot: `${basePath.slice(0, basePath.length - version.length)}/upload${version}/files` };
}

function fileBody({ bytes, lines }: BatchInput): StreamedBody {
  const headers = { 'x-goog-upload-offset': '0', 'x-goog-upload-command': 'upload, finalize' };
  return { contentType: LINES_TYPE, bytes, headers, pieces: filePieces(lines()) };
}

async function* filePieces(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}

/** Behind `BATCH_STATE_` in answers, and `JOB_STATE_` in the guide. */
const STATES: Readonly<Record<string, BatchState>> = {
  SUCCEEDED: 'ended',
  PARTIALLY_SUCCEEDED: 'ended',
  FAILED: 'failed',
  CANCELLING: 'cancelling',
  CANCELLED: 'cancelled',
  EXPIRED: 'expired',
};

/** @param operation of a batch, whose metadata is the batch */
function statusOf(operation: JsonObject): BatchStatus {
  const batch = objectOf(operation['metadata']);
  const id = textOf(operation['name']) ?? textOf(batch['name']);
  if (id === null) throw new CallError('invalid_response', 'the batch has no name');
  const state = stateOf(textOr(batch['state'], ''), operation);
  const stats = objectOf(batch['batchStats']);
  const [total, succeeded, failed] = ['requestCount', 'successfulRequestCount', 'failedRequestCount'].map((name) =>
    countOf(stats[name]),
  );
  const createdMs = Date.parse(textOr(batch['createTime'], ''));
  const output =
    textOf(objectOf(operation['response'])['responsesFile']) ?? textOf(objectOf(batch['output'])['responsesFile']);
  const input = textOf(objectOf(batch['inputConfig'])['fileName']);
  return {
    id,
    state,
    requests: total === 0 ? null : (total ?? null),
    // Counts that are zero are left out.
    done: total === null ? null : (succeeded ?? 0) + (failed ?? 0),
    answered: total === null ? null : (succeeded ?? 0),
    // "will not have any results"
    isEmptied: output === null && (state === 'expired' || state === 'cancelled'),
    intent: textOf(batch['displayName']),
    createdMs: Number.isNaN(createdMs) ? null : createdMs,
    failure: state === 'failed' ? failureOf(objectOf(operation['error'])) : null,
    outputs: output === null ? [] : [`${pathOf(output)}:download?alt=media`],
    files: [input, output].flatMap((name) => (name === null ? [] : [pathOf(name)])),
  };
}

/** An operation that is done has an error or a response, also where no state is given. */
function stateOf(name: string, { done, error, response }: JsonObject): BatchState {
  const state = STATES[name.replace(/^(?:BATCH|JOB)_STATE_/, '')];
  if (state !== undefined) return state;
  if (done !== true) return 'running';
  if (isJsonObject(error)) return error['code'] === CANCELLED ? 'cancelled' : 'failed';
  return isJsonObject(response) ? 'ended' : 'running';
}

/** Counts are texts, as all numbers of 64 bits. */
function countOf(value: unknown): number | null {
  const count = Number(textOf(value) ?? numberOf(value) ?? Number.NaN);
  return Number.isSafeInteger(count) && count >= 0 ? count : null;
}

function failureOf(error: JsonObject): BatchFailure {
  const code = textOf(error['status']) ?? String(numberOf(error['code']) ?? '');
  return { code, message: textOr(error['message'], 'no reason given') };
}

/** `google.rpc.Code` */
const CANCELLED = 1;

/** HTTP statuses of `google.rpc.Code`, as that file maps them. */
const STATUSES: Readonly<Record<number, number>> = {
  3: 400,
  4: 504,
  5: 404,
  6: 409,
  7: 403,
  8: 429,
  9: 400,
  10: 409,
  11: 400,
  12: 501,
  14: 503,
  16: 401,
};

function outcomeOf({ response, error, status }: JsonObject): LineOutcome {
  if (isJsonObject(response)) return answered(response, error);
  const fault = isJsonObject(error) ? error : objectOf(status);
  const code = numberOf(fault['code']) ?? 0;
  if (code === CANCELLED) return { kind: 'open' };
  return { kind: 'failed', httpStatus: code >= 300 ? code : (STATUSES[code] ?? 500), body: { error: fault } };
}

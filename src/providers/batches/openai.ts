import type { BatchFailure, BatchInput, BatchState, BatchStatus } from '../../core/batch.ts';
import { CallError } from '../../core/call-error.ts';
import { isJsonObject, type JsonObject, listOf, numberOf, objectOf, textOf, textOr } from '../../core/json.ts';
import { answered, type BatchApi, type BatchClient, type LineOutcome, type StreamedBody } from '../batch-api.ts';
import { beforeCreation } from './before-creation.ts';

/** The key of our own id in a batch's metadata. */
const INTENT_KEY = 'promptgrid_intent';
/** Batches of one page of the list, the most that the API gives. */
const PAGE = 100;
const WINDOW = '24h';
const ENDPOINT = '/v1/chat/completions';

/** OpenAI's batches: a file of requests, and two files of results (platform.openai.com, "Batch API"). */
export const OPENAI_BATCHES: BatchApi = {
  limits: { requests: 50_000, bytes: 200_000_000 },
  keepsResultsFor: null,
  pricePercent: 50,
  cachedPricePercent: 50,
  keepsIntent: true,
  // "Each input file can only include requests to a single model."
  mixesModels: false,
  line: (customId, body) => `{"custom_id":"${customId}","method":"POST","url":"${ENDPOINT}","body":${body}}`,
  submit: async (client, input, signal) => {
    const id = await sendForm(client, input, signal);
    const metadata = { [INTENT_KEY]: input.intent };
    const body = { input_file_id: id, endpoint: ENDPOINT, completion_window: WINDOW, metadata };
    return statusOf(await client.post('/batches', body, signal));
  },
  status: async (client, id, signal) => statusOf(await client.get(`/batches/${encodeURIComponent(id)}`, signal)),
  list: async (client, sinceMs, signal) => {
    const found: BatchStatus[] = [];
    for (let after = ''; ; ) {
      const page = await client.get(`/batches?limit=${PAGE}${after}`, signal);
      const batches = listOf(page['data']).filter(isJsonObject).map(statusOf);
      found.push(...batches.filter(({ createdMs }) => createdMs === null || createdMs >= sinceMs));
      const last = batches.at(-1);
      // The newest come first.
      if (page['has_more'] !== true || last === undefined || (last.createdMs ?? Infinity) < sinceMs) return found;
      after = `&after=${encodeURIComponent(last.id)}`;
    }
  },
  cancel: async (client, id, signal) => {
    await client.post(`/batches/${encodeURIComponent(id)}/cancel`, {}, signal);
  },
  readLine: (line) => {
    const customId = textOf(line['custom_id']);
    return customId === null ? null : { customId, outcome: outcomeOf(line) };
  },
};

/** Uploads the requests, as OpenAI and Mistral take them. @returns the id of the file */
export function sendForm(client: BatchClient, input: BatchInput, signal: AbortSignal): Promise<string> {
  return beforeCreation(async () => {
    const id = textOf((await client.upload('/files', fileForm(input), signal))['id']);
    if (id === null) throw new CallError('invalid_response', 'the uploaded file has no id');
    return id;
  });
}

/** A form with the purpose before the file. */
function fileForm({ intent, bytes, lines }: BatchInput): StreamedBody {
  const boundary = `promptgrid-${intent}`;
  const head = [
    `--${boundary}\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n`,
    `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${intent}.jsonl"\r\n`,
    'content-type: application/jsonl\r\n\r\n',
  ].join('');
  const tail = `\r\n--${boundary}--\r\n`;
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    bytes: Buffer.byteLength(head) + bytes + Buffer.byteLength(tail),
    pieces: formPieces(head, lines(), tail),
  };
}

async function* formPieces(head: string, lines: AsyncIterable<string>, tail: string): AsyncGenerator<string> {
  yield head;
  for await (const line of lines) yield `${line}\n`;
  yield tail;
}

const STATES: Readonly<Record<string, BatchState>> = {
  failed: 'failed',
  completed: 'ended',
  expired: 'expired',
  cancelled: 'cancelled',
  cancelling: 'cancelling',
};

function statusOf(batch: JsonObject): BatchStatus {
  const id = textOf(batch['id']);
  if (id === null) throw new CallError('invalid_response', 'the batch has no id');
  const state = STATES[textOr(batch['status'], '')] ?? 'running';
  const counts = objectOf(batch['request_counts']);
  const [total, completed, failed] = ['total', 'completed', 'failed'].map((name) => numberOf(counts[name]));
  const createdS = numberOf(batch['created_at']);
  return {
    id,
    state,
    // Zero before the file was read.
    requests: total === 0 ? null : (total ?? null),
    done: typeof completed === 'number' && typeof failed === 'number' ? completed + failed : null,
    answered: completed ?? null,
    isEmptied: false,
    intent: textOf(objectOf(batch['metadata'])[INTENT_KEY]),
    createdMs: createdS === null ? null : createdS * 1000,
    failure: state === 'failed' ? failureOf(batch) : null,
    outputs: filesOf(batch, ['output_file_id', 'error_file_id']).map((path) => `${path}/content`),
    files: filesOf(batch, ['input_file_id', 'output_file_id', 'error_file_id']),
  };
}

function filesOf(batch: JsonObject, members: readonly string[]): readonly string[] {
  return members.flatMap((member) => {
    const name = textOf(batch[member]);
    return name === null ? [] : [`/files/${encodeURIComponent(name)}`];
  });
}

function failureOf(batch: JsonObject): BatchFailure {
  const errors = listOf(objectOf(batch['errors'])['data']).map(objectOf);
  const [first] = errors;
  const line = numberOf(first?.['line']);
  const message = textOr(first?.['message'], 'no reason given');
  return { code: textOr(first?.['code'], ''), message: line === null ? message : `line ${line}: ${message}` };
}

/** Requests that nobody carried out have a code of their own. */
const UNDONE_CODES: ReadonlySet<string> = new Set(['batch_expired', 'batch_cancelled']);

/** What a line of results in OpenAI's form says. */
export function outcomeOf({ response, error }: JsonObject): LineOutcome {
  if (isJsonObject(response)) {
    const httpStatus = numberOf(response['status_code']) ?? 200;
    const { body } = response;
    if (httpStatus < 300 && isJsonObject(body)) return answered(body, error);
    return { kind: 'failed', httpStatus: httpStatus < 300 ? 500 : httpStatus, body: body ?? null };
  }
  if (UNDONE_CODES.has(textOr(objectOf(error)['code'], ''))) return { kind: 'open' };
  return { kind: 'failed', httpStatus: 500, body: { error: error ?? null } };
}

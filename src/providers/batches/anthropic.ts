import type { BatchInput, BatchState, BatchStatus } from '../../core/batch.ts';
import { CallError } from '../../core/call-error.ts';
import { isJsonObject, type JsonObject, listOf, numberOr, objectOf, textOf, textOr } from '../../core/json.ts';
import { answered, type BatchApi, type LineOutcome, type StreamedBody } from '../batch-api.ts';

const PATH = '/messages/batches';
/** Batches of one page of the list. */
const PAGE = 100;
const HEAD = '{"requests":[';
const TAIL = ']}';
/** What the API takes in one request; the frame around the lines is a part of it. */
const MOST_BYTES = 256_000_000;

/** Anthropic's batches: the requests in one body, the results in one file (platform.claude.com, "Batch processing"). */
export const ANTHROPIC_BATCHES: BatchApi = {
  limits: { requests: 100_000, bytes: MOST_BYTES - HEAD.length - TAIL.length },
  keepsResultsFor: '29 days',
  pricePercent: 50,
  cachedPricePercent: 50,
  keepsIntent: false,
  mixesModels: true,
  line: (customId, body) => `{"custom_id":"${customId}","params":${body}}`,
  submit: async (client, input, signal) => statusOf(await client.upload(PATH, requestsBody(input), signal)),
  status: async (client, id, signal) => statusOf(await client.get(pathOf(id), signal)),
  list: async (client, sinceMs, signal) => {
    const found: BatchStatus[] = [];
    for (let after = ''; ; ) {
      const page = await client.get(`${PATH}?limit=${PAGE}${after}`, signal);
      const batches = listOf(page['data']).filter(isJsonObject).map(statusOf);
      found.push(...batches.filter(({ createdMs }) => createdMs === null || createdMs >= sinceMs));
      const last = batches.at(-1);
      // The newest come first.
      if (page['has_more'] !== true || last === undefined || (last.createdMs ?? Infinity) < sinceMs) return found;
      after = `&after_id=${encodeURIComponent(last.id)}`;
    }
  },
  cancel: async (client, id, signal) => {
    await client.post(`${pathOf(id)}/cancel`, {}, signal);
  },
  readLine: (line) => {
    const customId = textOf(line['custom_id']);
    return customId === null ? null : { customId, outcome: outcomeOf(objectOf(line['result'])) };
  },
};

function pathOf(id: string): string {
  return `${PATH}/${encodeURIComponent(id)}`;
}

/** One comma less than there are line feeds. */
function requestsBody({ bytes, lines }: BatchInput): StreamedBody {
  return {
    contentType: 'application/json',
    bytes: HEAD.length + bytes - 1 + TAIL.length,
    pieces: requestPieces(lines()),
  };
}

async function* requestPieces(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let before = HEAD;
  for await (const line of lines) {
    yield `${before}${line}`;
    before = ',';
  }
  yield TAIL;
}

function statusOf(batch: JsonObject): BatchStatus {
  const id = textOf(batch['id']);
  if (id === null) throw new CallError('invalid_response', 'the batch has no id');
  const counts = objectOf(batch['request_counts']);
  const [processing, succeeded, errored, canceled, expired] = [
    'processing',
    'succeeded',
    'errored',
    'canceled',
    'expired',
  ].map((name) => numberOr(counts[name], 0));
  const done = (succeeded ?? 0) + (errored ?? 0) + (canceled ?? 0) + (expired ?? 0);
  const isOver = batch['processing_status'] === 'ended';
  const ended: BatchState = (expired ?? 0) > 0 ? 'expired' : (canceled ?? 0) > 0 ? 'cancelled' : 'ended';
  const createdMs = Date.parse(textOr(batch['created_at'], ''));
  return {
    id,
    state: isOver ? ended : batch['processing_status'] === 'canceling' ? 'cancelling' : 'running',
    requests: (processing ?? 0) + done,
    done,
    answered: succeeded ?? 0,
    isEmptied: false,
    intent: null,
    createdMs: Number.isNaN(createdMs) ? null : createdMs,
    failure: null,
    // Not the URL that it gives, which may lead elsewhere with the key.
    outputs: isOver ? [`${pathOf(id)}/results`] : [],
    // Requests and results are parts of the batch, which the API removes after 29 days.
    files: [],
  };
}

function outcomeOf(result: JsonObject): LineOutcome {
  switch (result['type']) {
    case 'succeeded':
      return answered(objectOf(result['message']), result['error']);
    case 'errored': {
      // A whole envelope, whose own `error` has the type.
      const envelope = objectOf(result['error']);
      const type = textOr(objectOf(envelope['error'])['type'], '');
      return { kind: 'failed', httpStatus: STATUSES[type] ?? 500, body: envelope };
    }
    default:
      return { kind: 'open' };
  }
}

/** HTTP statuses of the API's errors, which results do not have (platform.claude.com, "Errors"). */
const STATUSES: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  timeout_error: 504,
  overloaded_error: 529,
};

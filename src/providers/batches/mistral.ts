import type { BatchFailure, BatchState, BatchStatus } from '../../core/batch.ts';
import { CallError } from '../../core/call-error.ts';
import { isJsonObject, type JsonObject, listOf, numberOf, objectOf, textOf, textOr } from '../../core/json.ts';
import type { BatchApi } from '../batch-api.ts';
import { outcomeOf, sendForm } from './openai.ts';

const PATH = '/batch/jobs';
/** The key of our own id in a job's metadata. */
const INTENT_KEY = 'promptgrid_intent';
/** Jobs of one page of the list. */
const PAGE = 100;
const ENDPOINT = '/v1/chat/completions';

/**
 * Mistral's batches: a file of requests and a job for one model, and two files of results in OpenAI's form
 * (docs.mistral.ai, "Batch processing"; @mistralai/mistralai 2.7.0). What the reference does not say: the order of the
 * list, so that it is read to its end, and whether requests that a timeout leaves undone have lines.
 */
export const MISTRAL_BATCHES: BatchApi = {
  limits: { requests: 100_000, bytes: 512_000_000 },
  keepsResultsFor: '24 hours',
  pricePercent: 50,
  cachedPricePercent: 50,
  keepsIntent: true,
  mixesModels: false,
  line: (customId, body) => `{"custom_id":"${customId}","body":${body}}`,
  submit: async (client, input, signal) => {
    const file = await sendForm(client, input, signal);
    const job = { input_files: [file], model: input.model, endpoint: ENDPOINT };
    return statusOf(await client.post(PATH, { ...job, metadata: { [INTENT_KEY]: input.intent } }, signal));
  },
  status: async (client, id, signal) => statusOf(await client.get(pathOf(id), signal)),
  list: async (client, sinceMs, signal) => {
    const found: BatchStatus[] = [];
    for (let page = 0; ; page++) {
      const listed = await client.get(`${PATH}?page=${page}&page_size=${PAGE}`, signal);
      const jobs = listOf(listed['data']).filter(isJsonObject).map(statusOf);
      found.push(...jobs.filter(({ createdMs }) => createdMs === null || createdMs >= sinceMs));
      if (jobs.length < PAGE) return found;
    }
  },
  cancel: async (client, id, signal) => {
    await client.post(`${pathOf(id)}/cancel`, {}, signal);
  },
  readLine: (line) => {
    const customId = textOf(line['custom_id']);
    return customId === null ? null : { customId, outcome: outcomeOf(line) };
  },
};

function pathOf(id: string): string {
  return `${PATH}/${encodeURIComponent(id)}`;
}

const STATES: Readonly<Record<string, BatchState>> = {
  SUCCESS: 'ended',
  FAILED: 'failed',
  TIMEOUT_EXCEEDED: 'expired',
  CANCELLATION_REQUESTED: 'cancelling',
  CANCELLED: 'cancelled',
};

function statusOf(job: JsonObject): BatchStatus {
  const id = textOf(job['id']);
  if (id === null) throw new CallError('invalid_response', 'the job has no id');
  const [total, completed, succeeded, failed] = [
    'total_requests',
    'completed_requests',
    'succeeded_requests',
    'failed_requests',
  ].map((name) => numberOf(job[name]));
  const createdS = numberOf(job['created_at']);
  const outputs = filesOf([job['output_file'], job['error_file']]);
  const state = STATES[textOr(job['status'], '')] ?? 'running';
  // A job that failed may have answered some of its requests.
  const hasFailed = state === 'failed' && outputs.length === 0;
  return {
    id,
    state: state === 'failed' && !hasFailed ? 'ended' : state,
    // Zero before the file was read.
    requests: total === 0 ? null : (total ?? null),
    done: typeof succeeded === 'number' && typeof failed === 'number' ? succeeded + failed : (completed ?? null),
    answered: succeeded ?? completed ?? null,
    isEmptied: false,
    intent: textOf(objectOf(job['metadata'])[INTENT_KEY]),
    createdMs: createdS === null ? null : createdS * 1000,
    failure: hasFailed ? failureOf(job) : null,
    outputs: outputs.map((path) => `${path}/content`),
    files: [...filesOf(listOf(job['input_files'])), ...outputs],
  };
}

function filesOf(names: readonly unknown[]): readonly string[] {
  return names.flatMap((file) => {
    const name = textOf(file);
    return name === null ? [] : [`/files/${encodeURIComponent(name)}`];
  });
}

function failureOf(job: JsonObject): BatchFailure {
  const [first] = listOf(job['errors']).map(objectOf);
  return { code: '', message: textOr(first?.['message'], 'no reason given') };
}

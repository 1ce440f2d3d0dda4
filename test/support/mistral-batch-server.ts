import { buffer } from 'node:stream/consumers';
import { type JsonObject, listOf, objectOf, parseJson, textOf } from '../../src/core/json.ts';
import {
  type BatchScript,
  type BatchServer,
  BatchShop,
  chatAnswer,
  lineFault,
  readForm,
  type TakenBatch,
  UNDONE,
} from './batch-server.ts';
import { type Ending, localServer, type Reply, send } from './http-server.ts';
import { jsonLines } from './results.ts';

/**
 * Mistral's files and batch jobs, written from the API reference (docs.mistral.ai/api, tags "files" and "batch"):
 * uploads as forms, one model a job, two files of results, pages from 0, errors at the top level.
 */
export async function mistralBatchServer(context: Ending, script: BatchScript = {}): Promise<BatchServer> {
  const shop = new BatchShop(script);
  const texts = new Map<string, string>();
  const server = await localServer(context, async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const { method } = request;
    if (request.headers.authorization !== 'Bearer batch-key') return send(response, refusal(401, 'Unauthorized'));
    if (pathname === '/v1/models') return send(response, { body: { data: [] } });
    if (method === 'POST' && pathname === '/v1/files') {
      return shop.step('upload', response, async () => {
        const id = `in-${texts.size + 1}`;
        const fault = await readForm(request, (text) => texts.set(id, text));
        if (fault !== null) return refusal(422, fault);
        shop.files.add(id);
        return { body: { id, object: 'file', purpose: 'batch' } };
      });
    }
    if (method === 'POST' && pathname === '/v1/batch/jobs') {
      const job = objectOf(parseJson((await buffer(request)).toString()));
      return shop.step('create', response, () => {
        const [file] = listOf(job['input_files']).map((name) => textOf(name) ?? '');
        const text = texts.get(file ?? '');
        if (text === undefined) return refusal(422, 'input_files: unknown');
        if (job['endpoint'] !== '/v1/chat/completions') return refusal(422, 'endpoint: invalid');
        const lines = jsonLines(text).map((line) => ({
          customId: textOf(line['custom_id']) ?? '',
          body: objectOf(line['body']),
        }));
        const fault = lineFault(lines);
        const isOne = lines.every(({ body }) => body['model'] === job['model']);
        if (fault !== null || !isOne) return refusal(422, fault ?? 'model: differs');
        return { body: jobOf(shop.take(lines, objectOf(job['metadata']), file), shop) };
      });
    }
    if (method === 'GET' && pathname === '/v1/batch/jobs') {
      return shop.step('list', response, () => {
        const size = Number(searchParams.get('page_size') ?? 100);
        const from = Number(searchParams.get('page') ?? 0) * size;
        const data = shop.batches.slice(from, from + size).map((batch) => jobOf(batch, shop));
        return { body: { object: 'list', data, total: shop.batches.length } };
      });
    }
    const [, id, cancels] = /^\/v1\/batch\/jobs\/([^/]+)(\/cancel)?$/.exec(pathname) ?? [];
    const batch = shop.find(id);
    if (batch !== undefined && cancels !== undefined) {
      return shop.step('cancel', response, () => {
        shop.cancel(batch);
        return { body: jobOf(batch, shop) };
      });
    }
    if (batch !== undefined) {
      return shop.step('look', response, () => {
        batch.looks += 1;
        return { body: jobOf(batch, shop) };
      });
    }
    const [, file = '', content] = /^\/v1\/files\/([^/]+)(\/content)?$/.exec(pathname) ?? [];
    if (method === 'DELETE' && content === undefined) {
      return shop.step('remove', response, () =>
        shop.files.delete(file) ? { body: { id: file, object: 'file', deleted: true } } : refusal(404, 'No such file'),
      );
    }
    const [, sold, part] = /^(batch_\d+)-(output|error)$/.exec(file) ?? [];
    const named = shop.files.has(file) ? shop.find(sold) : undefined;
    if (named === undefined) return send(response, refusal(404, 'Not Found'));
    return shop.step('download', response, () => ({ body: shop.served(resultsOf(named, shop, part === 'output')) }));
  });
  return { ...server, ...shop.books, chats: () => 0 };
}

function refusal(status: number, message: string): Reply {
  return { status, body: { object: 'error', message, type: 'invalid_request', param: null, code: null } };
}

function jobOf(batch: TakenBatch, shop: BatchShop): JsonObject {
  const { id, lines, createdS, metadata } = batch;
  const failure = shop.failure(batch);
  const fates = lines.map((line) => shop.fateOf(line, batch));
  const isOver = failure !== null || shop.isOver(batch);
  const [answered, undone] = [
    fates.filter((fate) => typeof fate === 'string' && fate !== UNDONE).length,
    fates.filter((fate) => fate === UNDONE).length,
  ];
  const failed = fates.length - answered - undone;
  const ended = batch.isCancelled ? 'CANCELLED' : undone > 0 ? 'TIMEOUT_EXCEEDED' : 'SUCCESS';
  const open = batch.isCancelled ? 'CANCELLATION_REQUESTED' : 'RUNNING';
  const output = isOver && failure === null && answered > 0 ? `${id}-output` : null;
  const faults = isOver && failure === null && failed > 0 ? `${id}-error` : null;
  const [input] = batch.files;
  for (const file of [output, faults]) {
    if (file === null || batch.files.has(file)) continue;
    batch.files.add(file);
    shop.files.add(file);
  }
  return {
    id,
    object: 'batch',
    input_files: [input ?? ''],
    metadata,
    endpoint: '/v1/chat/completions',
    model: lines[0]?.body['model'] ?? null,
    output_file: output,
    error_file: faults,
    errors: failure === null ? [] : [failure],
    status: failure !== null ? 'FAILED' : isOver ? ended : open,
    created_at: createdS,
    total_requests: lines.length,
    completed_requests: isOver ? answered + failed : 0,
    succeeded_requests: isOver ? answered : 0,
    failed_requests: isOver ? failed : 0,
  };
}

/** The lines of one of the two files. Requests that were not carried out have none. */
function resultsOf(batch: TakenBatch, shop: BatchShop, isOutput: boolean): string {
  return batch.lines
    .toReversed()
    .flatMap((line) => {
      const fate = shop.fateOf(line, batch);
      if (fate === UNDONE || (typeof fate === 'string') !== isOutput) return [];
      const response =
        typeof fate === 'string'
          ? { status_code: 200, body: chatAnswer(line.customId, fate, line.body['model']) }
          : { status_code: fate.status, body: fate.error };
      return [`${JSON.stringify({ id: `b-${line.customId}`, custom_id: line.customId, response, error: null })}\n`];
    })
    .join('');
}

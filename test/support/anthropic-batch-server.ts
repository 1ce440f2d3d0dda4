import { buffer } from 'node:stream/consumers';
import { isJsonObject, type JsonObject, listOf, objectOf, parseJson, textOf } from '../../src/core/json.ts';
import {
  BATCH_TOKENS,
  type BatchLine,
  type BatchScript,
  type BatchServer,
  BatchShop,
  type TakenBatch,
  UNDONE,
} from './batch-server.ts';
import { type Ending, localServer, type Reply, send } from './http-server.ts';
import { anthropicFault } from './vendor-checks.ts';
import { anthropicError } from './vendor-server.ts';

/**
 * Anthropic's message batches, written from the API reference (platform.claude.com/docs/en/api/messages/batches): one
 * body of requests, counts that stay at `processing` until the end, one file of results, no metadata.
 */
export async function anthropicBatchServer(context: Ending, script: BatchScript = {}): Promise<BatchServer> {
  const shop = new BatchShop(script);
  const server = await localServer(context, async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const { method, headers } = request;
    if (headers['x-api-key'] !== 'batch-key') return send(response, refusal(401, 'invalid x-api-key'));
    if (headers['anthropic-version'] === undefined) return send(response, refusal(400, 'anthropic-version: required'));
    if (pathname === '/v1/models') return send(response, { body: { data: [], has_more: false } });
    if (method === 'POST' && pathname === '/v1/messages/batches') {
      const bytes = await buffer(request);
      return shop.step('create', response, () => {
        const lines = listOf(objectOf(parseJson(bytes.toString()))['requests']).map(readRequest);
        const fault = faultIn(lines);
        return fault === null ? { body: statusOf(shop.take(lines, {}), shop) } : refusal(400, fault);
      });
    }
    if (method === 'GET' && pathname === '/v1/messages/batches') {
      return shop.step('list', response, () => {
        const limit = Number(searchParams.get('limit') ?? 20);
        const all = shop.batches.toReversed().filter((batch) => script.isListed?.(batch) !== false);
        const from = all.findIndex(({ id }) => id === searchParams.get('after_id')) + 1;
        const data = all.slice(from, from + limit).map((batch) => statusOf(batch, shop));
        return { body: { data, has_more: from + limit < all.length } };
      });
    }
    const cancelled = shop.find(/^\/v1\/messages\/batches\/([^/]+)\/cancel$/.exec(pathname)?.[1]);
    if (method === 'POST' && cancelled !== undefined) {
      return shop.step('cancel', response, () => {
        shop.cancel(cancelled);
        return { body: statusOf(cancelled, shop) };
      });
    }
    const [, id, part] = /^\/v1\/messages\/batches\/([^/]+)(\/results)?$/.exec(pathname) ?? [];
    const batch = shop.find(id);
    if (method !== 'GET' || batch === undefined) return send(response, refusal(404, 'Not Found'));
    if (part === undefined) {
      return shop.step('look', response, () => {
        batch.looks += 1;
        return { body: statusOf(batch, shop) };
      });
    }
    return shop.step('download', response, () => ({
      body: shop.served(
        batch.lines
          .toReversed()
          .map((line) => `${JSON.stringify({ custom_id: line.customId, result: resultOf(line, batch, shop) })}\n`)
          .join(''),
      ),
    }));
  });
  return { ...server, ...shop.books, chats: () => 0 };
}

function refusal(status: number, message: string): Reply {
  return anthropicError(status, status === 401 ? 'authentication_error' : 'invalid_request_error', message);
}

function readRequest(value: unknown): BatchLine {
  const request = isJsonObject(value) ? value : {};
  return { customId: textOf(request['custom_id']) ?? '', body: objectOf(request['params']) };
}

function faultIn(lines: readonly BatchLine[]): string | null {
  const ids = new Set(lines.map(({ customId }) => customId));
  if (lines.length === 0 || ids.size < lines.length) return 'requests: custom_id must be unique';
  if ([...ids].some((id) => !/^[\w-]{1,64}$/.test(id))) return 'requests: custom_id: invalid';
  return lines.map(({ body }) => anthropicFault(body)).find((fault) => fault !== null) ?? null;
}

function statusOf(batch: TakenBatch, shop: BatchShop): JsonObject {
  const fates = batch.lines.map((line) => shop.fateOf(line, batch));
  const isOver = shop.isOver(batch);
  const undone = fates.filter((fate) => fate === UNDONE).length;
  const [expired, canceled] = batch.isCancelled ? [0, undone] : [undone, 0];
  const errored = fates.filter((fate) => typeof fate !== 'string').length;
  const counts = { succeeded: fates.length - undone - errored, errored, expired, canceled, processing: 0 };
  const none = { succeeded: 0, errored: 0, expired: 0, canceled: 0, processing: fates.length };
  return {
    id: batch.id,
    type: 'message_batch',
    processing_status: isOver ? 'ended' : batch.isCancelled ? 'canceling' : 'in_progress',
    request_counts: isOver ? counts : none,
    created_at: new Date(batch.createdS * 1000).toISOString(),
    // Nobody should send a key there.
    results_url: isOver ? 'http://127.0.0.1:9/elsewhere' : null,
  };
}

function resultOf(line: BatchLine, batch: TakenBatch, shop: BatchShop): JsonObject {
  const fate = shop.fateOf(line, batch);
  if (fate === UNDONE) return { type: batch.isCancelled ? 'canceled' : 'expired' };
  if (typeof fate !== 'string') return { type: 'errored', error: { type: 'error', error: fate.error } };
  const message = {
    id: `msg_${line.customId}`,
    type: 'message',
    role: 'assistant',
    model: textOf(line.body['model']) ?? '',
    content: [{ type: 'text', text: fate }],
    stop_reason: 'end_turn',
    usage: { input_tokens: BATCH_TOKENS.prompt, output_tokens: BATCH_TOKENS.completion, service_tier: 'batch' },
  };
  return { type: 'succeeded', message };
}

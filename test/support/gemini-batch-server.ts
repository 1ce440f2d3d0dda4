import { buffer } from 'node:stream/consumers';
import { type JsonObject, objectOf, parseJson, textOf } from '../../src/core/json.ts';
import {
  BATCH_TOKENS,
  type BatchLine,
  type BatchScript,
  type BatchServer,
  BatchShop,
  type TakenBatch,
  UNDONE,
} from './batch-server.ts';
import { type Ending, localServer, send } from './http-server.ts';
import { jsonLines } from './results.ts';
import { geminiFault } from './vendor-checks.ts';
import { geminiError } from './vendor-server.ts';

/** How the server's answers differ from call to call. */
export interface GeminiBatchScript extends BatchScript {
  /** Added to `usageMetadata` of every answer. */
  readonly usage?: JsonObject;
}

/**
 * Gemini's files and batches, written from the API reference (ai.google.dev/api/batch-api, ai.google.dev/api/files) and
 * from what @google/genai 3.3.0 sends and reads: uploads in two steps, operations whose metadata is the batch, counts
 * as texts, one file of results in the order of the requests, and none for a batch that expired.
 */
export async function geminiBatchServer(context: Ending, script: GeminiBatchScript = {}): Promise<BatchServer> {
  const shop = new BatchShop(script);
  const texts = new Map<string, string>();
  const openUploads = new Map<string, number>();
  const server = await localServer(context, async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const { method, headers } = request;
    const bytes = await buffer(request);
    if (headers['x-goog-api-key'] !== 'batch-key') return send(response, geminiError(400, 'API key not valid.'));
    if (pathname === '/v1beta/models') return send(response, { body: { models: [] } });
    if (method === 'POST' && pathname === '/upload/v1beta/files') {
      const upload = searchParams.get('upload_id');
      if (upload === null) {
        if (headers['x-goog-upload-command'] !== 'start') return send(response, geminiError(400, 'no upload started'));
        const id = `up-${openUploads.size + 1}`;
        openUploads.set(id, Number(headers['x-goog-upload-header-content-length']));
        // Nobody should send a key to the server that it names.
        const url = `http://127.0.0.1:9/upload/v1beta/files?upload_id=${id}&upload_protocol=resumable`;
        return send(response, { body: '', headers: { 'x-goog-upload-url': url, 'x-goog-upload-status': 'active' } });
      }
      return shop.step('upload', response, () => {
        const isWhole = openUploads.get(upload) === bytes.length && headers['x-goog-upload-offset'] === '0';
        if (!isWhole || headers['x-goog-upload-command'] !== 'upload, finalize') return geminiError(400, 'bad upload');
        const name = `files/in${texts.size + 1}`;
        texts.set(name, bytes.toString());
        shop.files.add(name);
        return {
          body: { file: { name, mimeType: 'application/jsonl' } },
          headers: { 'x-goog-upload-status': 'final' },
        };
      });
    }
    const model = /^\/v1beta\/models\/([^/]+):batchGenerateContent$/.exec(pathname)?.[1];
    if (method === 'POST' && model !== undefined) {
      return shop.step('create', response, () => {
        const batch = objectOf(objectOf(parseJson(bytes.toString()))['batch']);
        const file = textOf(objectOf(batch['inputConfig'])['fileName']) ?? '';
        const text = texts.get(file);
        if (text === undefined) return geminiError(404, 'Requested entity was not found.');
        if (textOf(batch['displayName']) === null) return geminiError(400, 'batch.display_name: required');
        const lines = jsonLines(text).map((line) => readRequest(line, model));
        const fault = faultIn(lines);
        if (fault !== null) return geminiError(400, fault);
        const metadata = { displayName: batch['displayName'] ?? null, model: `models/${model}` };
        return { body: operationOf(shop.take(lines, metadata, file), shop) };
      });
    }
    if (method === 'GET' && pathname === '/v1beta/batches') {
      return shop.step('list', response, () => {
        const size = Number(searchParams.get('pageSize') ?? 50);
        const from = Number(searchParams.get('pageToken') ?? 0);
        const operations = shop.batches.slice(from, from + size).map((batch) => operationOf(batch, shop));
        const next = from + size < shop.batches.length ? { nextPageToken: String(from + size) } : {};
        return { body: { operations, ...next } };
      });
    }
    const [, id, action] = /^\/v1beta\/batches\/([^/:]+)(:cancel)?$/.exec(pathname) ?? [];
    const batch = shop.find(id);
    if (batch !== undefined && method === 'POST' && action !== undefined) {
      return shop.step('cancel', response, () => {
        shop.cancel(batch);
        return { body: {} };
      });
    }
    if (batch !== undefined && method === 'GET' && action === undefined) {
      return shop.step('look', response, () => {
        batch.looks += 1;
        return { body: operationOf(batch, shop) };
      });
    }
    const [, file = '', download] = /^\/v1beta\/(files\/[^/:]+)(:download)?$/.exec(pathname) ?? [];
    if (method === 'DELETE' && download === undefined) {
      return shop.step('remove', response, () =>
        shop.files.delete(file) ? { body: {} } : geminiError(404, 'Requested entity was not found.'),
      );
    }
    const sold = shop.find(/^files\/(batch_\d+)-out$/.exec(file)?.[1]);
    if (sold === undefined || !shop.files.has(file) || searchParams.get('alt') !== 'media') {
      return send(response, geminiError(404, 'Requested entity was not found.'));
    }
    return shop.step('download', response, () => ({
      body: shop.served(sold.lines.map((line) => resultOf(line, sold, { shop, script })).join('')),
    }));
  });
  return { ...server, url: `${server.origin}/v1beta`, ...shop.books, chats: () => 0 };
}

/** @param model of the batch, which its lines do not have */
function readRequest(line: JsonObject, model: string): BatchLine {
  return { customId: textOf(line['key']) ?? '', body: { model, ...objectOf(line['request']) } };
}

function faultIn(lines: readonly BatchLine[]): string | null {
  const keys = new Set(lines.map(({ customId }) => customId));
  if (keys.has('') || keys.size < lines.length) return 'each line needs a key of its own';
  return lines.map(({ body: { model: _model, ...body } }) => geminiFault(body)).find((fault) => fault !== null) ?? null;
}

function operationOf(batch: TakenBatch, shop: BatchShop): JsonObject {
  const { id, lines, metadata, createdS } = batch;
  const failure = shop.failure(batch);
  const fates = lines.map((line) => shop.fateOf(line, batch));
  const isOver = failure !== null || shop.isOver(batch);
  const hasExpired = !batch.isCancelled && fates.includes(UNDONE);
  const failed = fates.filter((fate) => typeof fate !== 'string').length;
  const undone = fates.filter((fate) => fate === UNDONE).length;
  const ended = failure !== null ? 'FAILED' : batch.isCancelled ? 'CANCELLED' : hasExpired ? 'EXPIRED' : 'SUCCEEDED';
  const hasOutput = isOver && failure === null && !hasExpired && fates.some((fate) => fate !== UNDONE);
  const output = hasOutput ? `files/${id}-out` : null;
  if (output !== null && !batch.files.has(output)) {
    batch.files.add(output);
    shop.files.add(output);
  }
  // Counts that are zero are left out.
  const counts =
    failure !== null
      ? {}
      : isOver
        ? {
            successfulRequestCount: String(fates.length - failed - undone),
            ...(failed > 0 ? { failedRequestCount: String(failed) } : {}),
          }
        : { pendingRequestCount: String(fates.length) };
  const state = `BATCH_STATE_${isOver ? ended : 'RUNNING'}`;
  return {
    name: `batches/${id}`,
    metadata: {
      '@type': 'type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch',
      ...metadata,
      name: `batches/${id}`,
      createTime: new Date(createdS * 1000).toISOString(),
      inputConfig: { fileName: [...batch.files][0] ?? '' },
      batchStats: { requestCount: String(lines.length), ...counts },
      state,
      ...(output === null ? {} : { output: { responsesFile: output } }),
    },
    ...(isOver ? { done: true } : {}),
    ...(failure === null ? {} : { error: failure }),
    ...(output === null ? {} : { response: { responsesFile: output } }),
  };
}

interface Kitchen {
  readonly shop: BatchShop;
  readonly script: GeminiBatchScript;
}

/** A line of the results; empty for a request that was not carried out. */
function resultOf(line: BatchLine, batch: TakenBatch, { shop, script }: Kitchen): string {
  const fate = shop.fateOf(line, batch);
  if (fate === UNDONE) return '';
  const { prompt, completion } = BATCH_TOKENS;
  const response = {
    candidates: [{ content: { role: 'model', parts: [{ text: fate }] }, finishReason: 'STOP', index: 0 }],
    usageMetadata: {
      promptTokenCount: prompt,
      candidatesTokenCount: completion,
      totalTokenCount: prompt + completion,
      ...script.usage,
    },
    modelVersion: line.body['model'] ?? null,
    responseId: `r-${line.customId}`,
  };
  const outcome = typeof fate === 'string' ? { response } : { error: fate.error };
  return `${JSON.stringify({ key: line.customId, ...outcome })}\n`;
}

/** What a request of a batch asks, in its last content. */
export function contentOf({ body }: BatchLine): string {
  return JSON.stringify(body['contents'] ?? null);
}

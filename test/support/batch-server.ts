import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { isJsonArray, isJsonObject, type JsonObject, objectOf, parseJson, textOf } from '../../src/core/json.ts';
import { type Ending, type LocalServer, localServer, type Reply, send } from './http-server.ts';
import { jsonLines } from './results.ts';

/** A request in a batch. */
export interface BatchLine {
  readonly customId: string;
  /** The request's own body. */
  readonly body: JsonObject;
}

/** What becomes of one request: answered with this text, an error with a status, or `UNDONE`. */
export type LineFate = string | { readonly status: number; readonly error: JsonObject };

/** The fate of a request that is not carried out in time. */
export const UNDONE = 'undone';

/** A batch that the server has taken. */
export interface TakenBatch {
  readonly id: string;
  readonly lines: readonly BatchLine[];
  /** From 0. */
  readonly number: number;
  /** Looks at it so far. */
  looks: number;
  readonly createdS: number;
  readonly metadata: JsonObject;
  isCancelled: boolean;
  /** Files that the server keeps for it. */
  readonly files: Set<string>;
}

/** What the server does with batches. */
export interface BatchScript {
  /** What becomes of a request; default its answer is `yes`. `UNDONE` ends its batch as expired. */
  readonly fate?: (line: BatchLine, batch: TakenBatch) => LineFate;
  /** True once a batch is over; default at the second look. */
  readonly isOver?: (batch: TakenBatch) => boolean;
  /** Refuses a batch after it was created. */
  readonly failure?: (batch: TakenBatch) => JsonObject | null;
  /** Called before a request is answered; a promise that never ends keeps the connection open. */
  readonly before?: (step: Step) => void | Promise<void>;
  /** Called once the work of a request is done, before it is answered. */
  readonly after?: (step: Step) => void | Promise<void>;
  /** True for a download that breaks in its middle. @param number from 1 */
  readonly isCut?: (number: number) => boolean;
  /** What a download has instead of all results. @param number from 1 */
  readonly served?: (results: string, number: number) => string;
  /** What a request gets instead of its work; null for none. */
  readonly refusal?: (step: Step) => Reply | null;
  /** False for a batch that the list does not have yet. */
  readonly isListed?: (batch: TakenBatch) => boolean;
  /** True while a batch that is over does not name its files yet. */
  readonly isLate?: (batch: TakenBatch) => boolean;
  /** True for a request that was answered before its batch was cancelled; default false. */
  readonly isEarly?: (line: BatchLine) => boolean;
  /** Batches that may be open at once; default any number. */
  readonly mostOpen?: number;
  /** True if the key may not remove files. */
  readonly keepsFiles?: boolean;
  /** What a chat call outside batches gets; default 404. */
  readonly chat?: (body: JsonObject) => Reply;
}

/** A step of a batch's life, as the server sees it. */
export type Step = 'upload' | 'create' | 'look' | 'list' | 'download' | 'cancel' | 'remove';

/** A server of a vendor's batches, and what it has sold. */
export interface BatchServer extends LocalServer {
  readonly batches: readonly TakenBatch[];
  /** Requests that were carried out, and so billed, by id: how often. */
  readonly billed: ReadonlyMap<string, number>;
  /** How often each step was asked for. */
  readonly steps: Readonly<Record<Step, number>>;
  /** Files in the storage of the account. */
  readonly files: ReadonlySet<string>;
  /** Answers to calls outside batches. */
  readonly chats: () => number;
}

/** The tokens of every answer. */
export const BATCH_TOKENS = { prompt: 12, completion: 5 } as const;

/** Answer of OpenAI's chat completions. */
export function chatAnswer(id: string, content: string, model: unknown): JsonObject {
  const { prompt, completion } = BATCH_TOKENS;
  return {
    id: `chatcmpl-${id}`,
    object: 'chat.completion',
    model: textOf(model) ?? '',
    choices: [{ index: 0, message: { role: 'assistant', content, refusal: null }, finish_reason: 'stop' }],
    usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion },
    service_tier: 'default',
  };
}

/**
 * OpenAI's files and batches, written from the API reference (platform.openai.com/docs/api-reference/batch): uploads as
 * forms, statuses, two files of results in no particular order, the list with its cursor.
 */
export async function openAiBatchServer(context: Ending, script: BatchScript = {}): Promise<BatchServer> {
  const shop = new BatchShop(script);
  const texts = new Map<string, string>();
  let chats = 0;
  const server = await localServer(context, async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const { method } = request;
    if (request.headers.authorization !== 'Bearer batch-key') return refuse(response, 401, 'Incorrect API key');
    if (pathname === '/v1/models') return send(response, { body: { data: [] } });
    if (method === 'POST' && pathname === '/v1/chat/completions') {
      chats += 1;
      const body = objectOf(parseJson((await buffer(request)).toString()));
      return send(response, script.chat?.(body) ?? { status: 404, body: { error: { message: 'no chat here' } } });
    }
    if (method === 'POST' && pathname === '/v1/files') {
      return shop.step('upload', response, async () => {
        const id = `file-${texts.size + 1}`;
        const fault = await readForm(request, (text) => texts.set(id, text));
        if (fault === null) shop.files.add(id);
        return fault === null ? { body: { id, object: 'file', purpose: 'batch' } } : error(400, fault);
      });
    }
    if (method === 'POST' && pathname === '/v1/batches') {
      const body = objectOf(parseJson((await buffer(request)).toString()));
      return shop.step('create', response, () => {
        const file = textOf(body['input_file_id']) ?? '';
        const text = texts.get(file);
        if (text === undefined || !shop.files.has(file)) return error(400, 'No such File object');
        if (body['endpoint'] !== '/v1/chat/completions') return error(400, 'Invalid endpoint');
        if (body['completion_window'] !== '24h') return error(400, 'Invalid completion_window');
        const open = shop.batches.filter((batch) => !shop.isOver(batch)).length;
        if (open >= (script.mostOpen ?? Infinity)) return error(429, 'Too many batches');
        const lines = jsonLines(text).map(readLine);
        const fault = lineFault(lines);
        return fault === null
          ? { body: openAiStatus(shop.take(lines, objectOf(body['metadata']), file), shop) }
          : error(400, fault);
      });
    }
    if (method === 'GET' && pathname === '/v1/batches') {
      return shop.step('list', response, () => {
        const limit = Number(searchParams.get('limit') ?? 20);
        const all = shop.batches.toReversed();
        const from = all.findIndex(({ id }) => id === searchParams.get('after')) + 1;
        const data = all.slice(from, from + limit).map((batch) => openAiStatus(batch, shop));
        return { body: { object: 'list', data, has_more: from + limit < all.length } };
      });
    }
    const batch = shop.find(/^\/v1\/batches\/([^/]+)$/.exec(pathname)?.[1]);
    if (method === 'GET' && batch !== undefined) {
      return shop.step('look', response, () => {
        batch.looks += 1;
        return { body: openAiStatus(batch, shop) };
      });
    }
    const cancelled = shop.find(/^\/v1\/batches\/([^/]+)\/cancel$/.exec(pathname)?.[1]);
    if (method === 'POST' && cancelled !== undefined) {
      return shop.step('cancel', response, () =>
        shop.cancel(cancelled)
          ? { body: openAiStatus(cancelled, shop) }
          : error(409, 'Cannot cancel a batch with this status'),
      );
    }
    const removed = /^\/v1\/files\/([^/]+)$/.exec(pathname)?.[1];
    if (method === 'DELETE' && removed !== undefined) {
      return shop.step('remove', response, () => {
        if (script.keepsFiles === true) return error(403, 'Missing scope: api.files.write');
        return shop.files.delete(removed)
          ? { body: { id: removed, deleted: true } }
          : error(404, 'No such File object');
      });
    }
    const [, named, part] = /^\/v1\/files\/(batch_\d+)-(output|error)\/content$/.exec(pathname) ?? [];
    const sold = shop.files.has(`${named}-${part}`) ? shop.find(named) : undefined;
    if (method === 'GET' && sold !== undefined && script.isCut?.(shop.steps.download + 1) === true) {
      shop.steps.download += 1;
      const whole = openAiResults(sold, shop, part === 'output');
      response.writeHead(200, { 'content-length': Buffer.byteLength(whole) });
      response.write(whole.slice(0, whole.length / 2), () => response.destroy());
      return undefined;
    }
    if (method === 'GET' && sold !== undefined) {
      return shop.step('download', response, () => ({
        body: shop.served(openAiResults(sold, shop, part === 'output')),
      }));
    }
    return refuse(response, 404, 'Not Found');
  });
  return { ...server, ...shop.books, chats: () => chats };
}

/** What was taken and billed, by any API. */
export class BatchShop {
  readonly batches: TakenBatch[] = [];
  readonly billed = new Map<string, number>();
  readonly files = new Set<string>();
  readonly steps: Record<Step, number> = { upload: 0, create: 0, look: 0, list: 0, download: 0, cancel: 0, remove: 0 };
  readonly script: BatchScript;

  constructor(script: BatchScript) {
    this.script = script;
  }

  get books(): Pick<BatchServer, 'batches' | 'billed' | 'steps' | 'files'> {
    return { batches: this.batches, billed: this.billed, steps: this.steps, files: this.files };
  }

  async step(step: Step, response: ServerResponse, work: () => Reply | Promise<Reply>): Promise<void> {
    this.steps[step] += 1;
    await this.script.before?.(step);
    const reply = this.script.refusal?.(step) ?? (await work());
    await this.script.after?.(step);
    send(response, reply);
  }

  /** @param file its input; none if requests do not come in a file */
  take(lines: readonly BatchLine[], metadata: JsonObject, file?: string): TakenBatch {
    const number = this.batches.length;
    const createdS = Math.floor(Date.now() / 1000);
    const files = new Set(file === undefined ? [] : [file]);
    const batch = { id: `batch_${number}`, lines, number, looks: 0, createdS, metadata, isCancelled: false, files };
    this.batches.push(batch);
    if (this.failure(batch) === null) this.#bill(batch, 1);
    return batch;
  }

  /** What the current download has. */
  served(results: string): string {
    return this.script.served?.(results, this.steps.download) ?? results;
  }

  /** Takes back what was not answered yet. @returns false if the batch is over or cancelled already */
  cancel(batch: TakenBatch): boolean {
    if (batch.isCancelled || this.isOver(batch) || this.failure(batch) !== null) return false;
    this.#bill(batch, -1);
    batch.isCancelled = true;
    batch.looks = 0;
    this.#bill(batch, 1);
    return true;
  }

  #bill(batch: TakenBatch, times: 1 | -1): void {
    for (const line of batch.lines) {
      const fate = this.fateOf(line, batch);
      if (typeof fate !== 'string' || fate === UNDONE) continue;
      const billed = (this.billed.get(line.customId) ?? 0) + times;
      if (billed === 0) this.billed.delete(line.customId);
      else this.billed.set(line.customId, billed);
    }
  }

  find(id: string | undefined): TakenBatch | undefined {
    return this.batches.find((batch) => batch.id === id);
  }

  fateOf(line: BatchLine, batch: TakenBatch): LineFate {
    if (batch.isCancelled && this.script.isEarly?.(line) !== true) return UNDONE;
    return this.script.fate?.(line, batch) ?? 'yes';
  }

  isOver(batch: TakenBatch): boolean {
    return batch.isCancelled ? batch.looks >= 2 : (this.script.isOver?.(batch) ?? batch.looks >= 2);
  }

  failure(batch: TakenBatch): JsonObject | null {
    return this.script.failure?.(batch) ?? null;
  }
}

function error(status: number, message: string): Reply {
  return { status, body: { error: { message, type: 'invalid_request_error', param: null, code: null } } };
}

function refuse(response: ServerResponse, status: number, message: string): void {
  send(response, error(status, message));
}

/** Reads a file for batches from a form. @returns what is wrong with it; null if nothing is */
export async function readForm(request: IncomingMessage, keep: (text: string) => void): Promise<string | null> {
  const bytes = await buffer(request);
  if (Number(request.headers['content-length']) !== bytes.length) return 'wrong Content-Length';
  const form = await new Response(new Uint8Array(bytes), {
    headers: { 'content-type': request.headers['content-type'] ?? '' },
  }).formData();
  const file = form.get('file');
  if (form.get('purpose') !== 'batch' || file === null || typeof file === 'string') return 'no file for batches';
  if (!file.name.endsWith('.jsonl')) return 'the file must be .jsonl';
  keep(await file.text());
  return null;
}

function readLine(line: JsonObject): BatchLine {
  if (line['method'] !== 'POST' || line['url'] !== '/v1/chat/completions') return { customId: '', body: {} };
  return { customId: textOf(line['custom_id']) ?? '', body: objectOf(line['body']) };
}

/** What is wrong with the requests of a batch; null if nothing is. */
export function lineFault(lines: readonly BatchLine[]): string | null {
  const ids = new Set(lines.map(({ customId }) => customId));
  if (ids.has('') || ids.size < lines.length) return 'custom_id must be there and unique';
  const isWhole = lines.every(({ body }) => textOf(body['model']) !== null && isJsonArray(body['messages'] ?? null));
  if (!isWhole) return 'a body lacks model or messages';
  return new Set(lines.map(({ body }) => body['model'])).size > 1 ? 'mismatched_model' : null;
}

function openAiStatus(batch: TakenBatch, shop: BatchShop): JsonObject {
  const { id, lines, createdS, metadata } = batch;
  const failure = shop.failure(batch);
  const fates = lines.map((line) => shop.fateOf(line, batch));
  const isOver = shop.isOver(batch);
  const answered = fates.filter((fate) => typeof fate === 'string' && fate !== UNDONE).length;
  const hasExpired = fates.includes(UNDONE);
  const [open, ended] = batch.isCancelled
    ? ['cancelling', 'cancelled']
    : ['in_progress', hasExpired ? 'expired' : 'completed'];
  const status = failure !== null ? 'failed' : isOver ? ended : open;
  const hasOutput = failure === null && isOver && shop.script.isLate?.(batch) !== true;
  const output = hasOutput && answered > 0 ? `${id}-output` : null;
  const faults = hasOutput && answered < lines.length ? `${id}-error` : null;
  // As long as nobody removes them.
  for (const file of [output, faults]) {
    if (file === null || batch.files.has(file)) continue;
    batch.files.add(file);
    shop.files.add(file);
  }
  return {
    id,
    object: 'batch',
    endpoint: '/v1/chat/completions',
    errors: failure === null ? null : { object: 'list', data: [failure] },
    status,
    completion_window: '24h',
    created_at: createdS,
    input_file_id: [...batch.files][0] ?? null,
    output_file_id: output,
    error_file_id: faults,
    request_counts: {
      total: failure === null ? lines.length : 0,
      completed: isOver ? answered : 0,
      failed: isOver ? lines.length - answered : 0,
    },
    metadata,
  };
}

/** The lines of one of the two files, in an order of their own. */
function openAiResults(batch: TakenBatch, shop: BatchShop, isOutput: boolean): string {
  const lines = batch.lines.toReversed().flatMap((line): readonly JsonObject[] => {
    const fate = shop.fateOf(line, batch);
    const isAnswer = typeof fate === 'string' && fate !== UNDONE;
    if (isAnswer !== isOutput) return [];
    const base = { id: `batch_req_${line.customId}`, custom_id: line.customId };
    if (isAnswer) {
      const body = chatAnswer(line.customId, fate, line.body['model']);
      return [{ ...base, response: { status_code: 200, request_id: 'req', body }, error: null }];
    }
    if (typeof fate !== 'string') {
      const body = { error: fate.error };
      return [{ ...base, response: { status_code: fate.status, request_id: 'req', body }, error: null }];
    }
    const code = batch.isCancelled ? 'batch_cancelled' : 'batch_expired';
    const undone = { code, message: 'This request could not be executed before the batch ended.' };
    return [{ ...base, response: null, error: undone }];
  });
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** What a request of a batch asks, in its last message. */
export function questionOf({ body }: BatchLine): string {
  const messages = body['messages'];
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined;
  return isJsonObject(last) ? (textOf(last['content']) ?? '') : '';
}

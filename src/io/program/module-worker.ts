import { parentPort, workerData } from 'node:worker_threads';

/**
 * The other side of `openWorker`: runs the default export of a user's module in a thread of its own. The build makes it
 * a file by itself, so it imports nothing of ours when it runs.
 */

/** What the thread is started with. */
export interface WorkerStart {
  /** Address of the module. */
  readonly url: string;
  /** Maximum length of a reply. */
  readonly mostUnits: number;
}

/**
 * What the thread posts: `ready`; `alive`, for each cancelled id, as its event loop is not blocked; why it could not be
 * loaded; or replies, a line for each with its id, its kind (`value`, `thrown`, `too_large`) and its JSON text. One text
 * for many replies costs least.
 */
type FromWorker = string | { readonly failed: string };

/** What is posted to it: requests as JSON texts, a line for each, or the id of one that is cancelled. */
export type ToWorker = string | number;

type Own = (input: object) => unknown;

/** Our own requests. */
const parseRequest: (text: string) => { readonly id: number } = JSON.parse;

const start: unknown = workerData;
if (!isStart(start)) throw new TypeError('it is started by openWorker only');
const { url, mostUnits } = start;
/** Requests without a reply, each with what aborts it. */
const aborts = new Map<number, () => void>();
let replies: string[] = [];
let isReady = false;

function post(message: FromWorker): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(message);
}

/** Replies of one turn of the event loop are posted together: each post costs more than the reply. */
function reply(id: number, kind: 'value' | 'thrown' | 'too_large', text: string): void {
  if (!aborts.delete(id)) return;
  // The last one has nothing to wait for.
  if (replies.push(`${id} ${kind} ${text}`) === 1 && aborts.size > 0) setImmediate(postReplies);
  else if (aborts.size === 0) postReplies();
}

function postReplies(): void {
  if (replies.length === 0) return;
  const all = replies.join('\n');
  replies = [];
  post(all);
}

async function answer(own: Own, request: string): Promise<void> {
  const { id, ...input } = parseRequest(request);
  let controller: AbortController | undefined;
  // Made when it is asked for: it costs as much as everything else here.
  const signal = (): AbortSignal => {
    controller ??= new AbortController();
    return controller.signal;
  };
  aborts.set(id, () => {
    controller ??= new AbortController();
    controller.abort();
  });
  try {
    const given = Object.defineProperty(input, 'signal', { get: signal, enumerable: true });
    const text = textOf(await own(given));
    if (text.length > mostUnits) reply(id, 'too_large', '');
    else reply(id, 'value', text);
  } catch (error) {
    reply(id, 'thrown', describe(error));
  }
}

/**
 * A value as JSON text; nothing is an empty text. Of what JSON does not take, as a loop, the plain members are left. A
 * member of a type that JSON lacks is null and does not vanish: whoever reads it must not take another one for it.
 */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(hasUntold(value) ? withNulls(value) : value) ?? '';
  } catch (error) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw error;
    const members = Object.entries(withNulls(value)).map(([name, member]) => [name, membersOf(member)] as const);
    return JSON.stringify(Object.fromEntries(members));
  }
}

/** True for an object with members of types that JSON lacks, unless it says itself what it is as JSON. */
function hasUntold(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).some(isUntold) && typeof Reflect.get(value, 'toJSON') !== 'function';
}

function isUntold(value: unknown): boolean {
  return ['bigint', 'function', 'symbol'].includes(typeof value);
}

function withNulls(value: object): object {
  const members = Object.entries(value).map(([name, member]) => [name, isUntold(member) ? null : member] as const);
  return Object.fromEntries(members);
}

function membersOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value === null ? null : plain(value);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

/**
 * An error that the module lets go belongs to no request, so all that wait for it fail: one of them may never be
 * answered. The thread continues, with all that the module knows.
 */
function failAll(error: unknown): void {
  const described = describe(error);
  process.stderr.write(`it let an error go that nothing caught: ${shown(error)}\n`);
  for (const id of aborts.keys()) reply(id, 'thrown', described);
}

function shown(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'something other than text';
  }
}

const FACTS = ['name', 'status', 'statusCode', 'code', 'type', 'retryable', 'retryAfterMs', 'cost'] as const;

/** What is known about an error as JSON text, whatever was thrown. */
function describe(error: unknown): string {
  try {
    if (typeof error !== 'object' || error === null) return JSON.stringify({ message: String(error) });
    const own = new Map<string, unknown>(Object.entries(error));
    const facts = FACTS.map((name) => [name, plain(own.get(name) ?? Reflect.get(error, name))] as const);
    const cause: unknown = Reflect.get(error, 'cause');
    return JSON.stringify({
      ...Object.fromEntries(facts),
      message: String(Reflect.get(error, 'message') ?? error),
      cause: cause instanceof Error ? cause.message : undefined,
      usage: membersOf(Reflect.get(error, 'usage')),
      retryAfter: retryAfter(Reflect.get(error, 'headers')),
    }).slice(0, mostUnits);
  } catch {
    return '{"message":"it threw something other than an error"}';
  }
}

function plain(value: unknown): unknown {
  return ['string', 'number', 'boolean'].includes(typeof value) ? value : undefined;
}

/** Errors of SDKs have the answer's headers, as an object or as `Headers`. */
function retryAfter(headers: unknown): unknown {
  if (headers instanceof Headers) return headers.get('retry-after') ?? undefined;
  return typeof headers === 'object' && headers !== null ? plain(Reflect.get(headers, 'retry-after')) : undefined;
}

function isStart(value: unknown): value is WorkerStart {
  return typeof value === 'object' && value !== null && 'url' in value && 'mostUnits' in value;
}

function isOwn(value: unknown): value is Own {
  return typeof value === 'function';
}

async function load(): Promise<void> {
  const loaded: unknown = await import(url);
  const own: unknown = typeof loaded === 'object' && loaded !== null ? Reflect.get(loaded, 'default') : undefined;
  if (!isOwn(own)) throw new Error('it has no function as its default export');
  parentPort?.on('message', (message: ToWorker) => {
    if (typeof message !== 'number') {
      for (const request of message.split('\n')) void answer(own, request);
      return;
    }
    aborts.get(message)?.();
    post('alive');
  });
  isReady = true;
  post('ready');
}

function fail(error: unknown): void {
  post({ failed: shown(error) });
}

process.on('uncaughtException', (error) => (isReady ? failAll(error) : fail(error)));
load().catch(fail);

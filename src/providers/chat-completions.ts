import { CallError } from '../core/call-error.ts';
import type { Completion } from '../core/completion.ts';
import { isJsonObject } from '../core/json.ts';
import { printable } from '../core/plain-text.ts';
import type { Balance, EmbeddingRequest, ModelInfo, Provider } from '../core/provider.ts';
import { secretMask } from '../core/secret-mask.ts';
import { jsonText } from '../core/written-json.ts';
import { AdaptedRequests } from './adapted-requests.ts';
import { type AuthScheme, keyHeader, type ProviderDefinition } from './definition.ts';
import { type Answer, exchange, type Reading } from './exchange.ts';
import { maskedBalance, maskedCompletion, maskedModels } from './masked-answer.ts';
import { readRateHint } from './rate-hint.ts';
import { headerText, readLine, readSignedAmount } from './read.ts';
import { readCompletion, withToldCost } from './read-completion.ts';
import { readEmbedding } from './read-embedding.ts';
import { openRoute, type ProxyRoute } from './route.ts';
import type { Wire } from './wire.ts';

const MAX_MESSAGE_CHARACTERS = 300;
const SIMULATED_HEADER = 'x-promptgrid-simulated';

/** How to reach one endpoint. */
export interface ProviderSettings {
  /** Name of the provider in the run; default that of its definition. */
  readonly name?: string | undefined;
  /** Address up to and including `/v1`; a query after it is sent with every request. */
  readonly baseUrl: string;
  /** null sends no Authorization header. */
  readonly apiKey: string | null;
  readonly auth: AuthScheme;
  /** Maximum number of connections. */
  readonly connections: number;
  /** Request the wallet's balance instead of the organisation's. */
  readonly useWalletBalance: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Monotonic milliseconds; default `now`. */
  readonly elapsedMs?: (() => number) | undefined;
  /** Sent with every request, replacing ours of the same name; names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Secrets besides the key that must not appear in anything shown or stored. */
  readonly secrets?: readonly string[] | undefined;
  /**
   * What distinguishes this endpoint's answers from those of others, besides the address without its query; default
   * nothing.
   */
  readonly distinction?: string | undefined;
  /** Request answers as event streams. */
  readonly isStreaming?: boolean | undefined;
  /** False sends requests as they are, whatever is known of their models; default true. */
  readonly knowsModels?: boolean | undefined;
  /** Receives what is learned about models from refusals, one line each. */
  readonly onNotice?: ((text: string) => void) | undefined;
  /** Default: none. */
  readonly proxy?: ProxyRoute | null | undefined;
}

/** Creates the only HTTP client, for every form of API, over undici. Makes no call until a request is sent. */
export function openProvider(definition: ProviderDefinition, settings: ProviderSettings): Provider {
  const { now, elapsedMs = now, isStreaming = false, secrets = [], apiKey } = settings;
  const { origin, pathname, search } = new URL(settings.baseUrl);
  const basePath = pathname.replace(/\/+$/, '');
  const route = openRoute(origin, settings.connections, settings.proxy ?? null);
  const headers = requestHeaders(definition, settings);
  const { wire } = definition;
  const clocks = { now, elapsedMs };
  const write = wire.openWriter(isStreaming);
  const requests = new AdaptedRequests({
    limitsCompletion: definition.limitsCompletion,
    knowsModels: settings.knowsModels ?? true,
    onNotice: settings.onNotice ?? (() => undefined),
  });
  const mask = secretMask(apiKey === null ? secrets : [apiKey, ...secrets]);
  const present = (error: CallError): CallError => presentable(withToldCost(error, definition), mask);
  const call = <T>({ path, body, signal }: SentRequest, reading: Omit<Reading<T>, 'readStream'>): Promise<T> => {
    const sent = { origin, method: body === null ? 'GET' : 'POST', path, headers, body, signal } as const;
    return exchange(route, sent, clocks, { readStream: wire.readStream, ...reading });
  };
  const ask = <T>(sent: SentRequest, read: (answer: Answer) => T): Promise<T> =>
    call({ ...sent, path: pathOf(sent.path) }, { present, read });
  const get = <T>(path: string, signal: AbortSignal, read: (body: unknown) => T): Promise<T> =>
    ask({ path, body: null, signal }, ({ body }) => read(body));
  const pathOf = (path: string): string => `${basePath}${withQuery(path, search)}`;
  const completionPath = remembering((model) => pathOf(wire.path(model, isStreaming)));
  const balancePath = settings.useWalletBalance ? '/balance?useWalletBalance=true' : '/balance';
  const endpoint = `${origin}${basePath}`;
  return {
    name: settings.name ?? definition.name,
    kind: definition.name,
    hasEmbeddings: wire.embeddingsPath !== undefined,
    endpoint,
    identity: `${endpoint}${settings.distinction ?? ''}`,
    complete: (request, signal) => {
      const startedMs = isStreaming ? elapsedMs() : null;
      const sent = requests.adapted(request);
      return call(
        { path: completionPath(sent.model), body: write(sent), signal },
        {
          present: (error) => requests.refused(present(error), request),
          read: (answer) => {
            const read = readCompletion(answer.body, definition, isSimulated(answer), request);
            return withFirstPiece(withRate(maskedCompletion(read, mask), answer, now), answer, startedMs);
          },
        },
      );
    },
    embed: (request, signal) =>
      ask(embeddingCall(wire, request, signal), (answer) =>
        withRate(readEmbedding(answer.body, definition, isSimulated(answer)), answer, now),
      ),
    models: (signal) =>
      get(wire.modelsPath, signal, (body) =>
        maskedModels(readModels(body, definition, new Date(now()).toISOString()), mask),
      ),
    balance: (signal) => get(balancePath, signal, (body) => maskedBalance(readBalance(body, definition), mask)),
    close: () => route.dispatcher.destroy(),
  };
}

/** @throws CallError if the API has no embeddings */
function embeddingCall(wire: Wire, { model, text, params }: EmbeddingRequest, signal: AbortSignal): SentRequest {
  const path = wire.embeddingsPath?.(model);
  if (path === undefined) throw new CallError('endpoint_not_found', 'the API has no embeddings');
  return { path, body: jsonText({ model, input: text, ...params }), signal };
}

/** The completion, which is new, with the time to the first piece of a stream. @param startedMs null without a stream */
function withFirstPiece(completion: Completion, { firstPieceAtMs }: Answer, startedMs: number | null): Completion {
  if (startedMs === null || firstPieceAtMs === null) return completion;
  return Object.assign(completion, { ttftMs: Math.round(firstPieceAtMs - startedMs) });
}

function isSimulated({ headers }: Answer): boolean {
  return headerText(headers, SIMULATED_HEADER) === 'true';
}

/** The completion, which is new, with the limits that its headers report. */
function withRate(completion: Completion, { headers }: Answer, now: () => number): Completion {
  const rate = readRateHint(headers, completion.usage.totalTokens, now);
  return rate === undefined ? completion : Object.assign(completion, { rate });
}

interface SentRequest {
  readonly path: string;
  /** JSON text to POST; null for a GET. */
  readonly body: string | null;
  readonly signal: AbortSignal;
}

/** The same function; each text is made once. */
function remembering(make: (key: string) => string): (key: string) => string {
  const known = new Map<string, string>();
  return (key) => {
    const text = known.get(key) ?? make(key);
    known.set(key, text);
    return text;
  };
}

/** @param search the address's own query, empty or with its `?` */
function withQuery(path: string, search: string): string {
  const [name = '', own] = path.split('?');
  return own === undefined || search === '' ? `${path}${search}` : `${name}${search}&${own}`;
}

function requestHeaders(definition: ProviderDefinition, settings: ProviderSettings): Record<string, string> {
  const { apiKey, auth, headers } = settings;
  const own = { 'content-type': 'application/json', accept: 'application/json', ...definition.headers };
  if (apiKey === null) return { ...own, ...headers };
  const [name, value] = keyHeader(auth, apiKey);
  return { ...own, [name]: value, ...headers };
}

/**
 * The same error with its message on one line, without terminal control characters, and of bounded length. A server may
 * repeat the key in it. Neither the key nor a part of it may reach files or terminals, so it is removed before the
 * message is cut.
 */
function presentable(error: CallError, mask: (text: string) => string): CallError {
  // An escape sequence in the middle of a key must not hide it.
  const line = mask(printable(error.message));
  const message = line.length > MAX_MESSAGE_CHARACTERS ? `${line.slice(0, MAX_MESSAGE_CHARACTERS)}…` : line;
  return message === error.message ? error : error.with({ message });
}

function readModels(body: unknown, definition: ProviderDefinition, date: string): readonly ModelInfo[] {
  const list = isJsonObject(body) ? (body['data'] ?? body['models']) : body;
  if (!Array.isArray(list)) throw new CallError('invalid_response', 'the list of models is not a list');
  return list.flatMap((entry: unknown) => {
    const id = isJsonObject(entry) ? definition.readModelId(entry) : null;
    return id === null || !isJsonObject(entry) ? [] : [{ id, ...definition.readModel(entry, date) }];
  });
}

function readBalance(body: unknown, definition: ProviderDefinition): Balance {
  const balance = isJsonObject(body) ? readSignedAmount(body['balance']) : null;
  if (!isJsonObject(body) || balance === null || definition.currency === null) {
    throw new CallError('invalid_response', 'the answer has no balance');
  }
  const creditLimit = readSignedAmount(body['creditLimit']);
  return { orgId: readLine(body['orgId']), balance, creditLimit, currency: definition.currency };
}

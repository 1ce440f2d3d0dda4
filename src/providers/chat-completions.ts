import { CallError } from '../core/call-error.ts';
import type { Completion } from '../core/completion.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { Balance, Batches, CompletionRequest, EmbeddingRequest, ModelInfo, Provider } from '../core/provider.ts';
import { jsonText } from '../core/written-json.ts';
import { AdaptedRequests } from './adapted-requests.ts';
import { type Caller, modelIds, openCaller } from './caller.ts';
import type { ProviderDefinition } from './definition.ts';
import type { Answer } from './exchange.ts';
import { maskedBalance, maskedCompletion, maskedModels } from './masked-answer.ts';
import { batchClient, openBatches } from './open-batches.ts';
import { readRateHint } from './rate-hint.ts';
import { readLine, readSignedAmount } from './read.ts';
import { readCompletion } from './read-completion.ts';
import { readEmbedding } from './read-embedding.ts';
import type { ProviderSettings } from './settings.ts';
import { CHAT_WIRE, type Wire } from './wire.ts';

const SIMULATED_HEADER = 'x-promptgrid-simulated';

/** Creates the only HTTP client, for every form of API, over undici. Makes no call until a request is sent. */
export function openProvider(definition: ProviderDefinition, settings: ProviderSettings): Provider {
  const { now, elapsedMs = now, isStreaming = false } = settings;
  const { origin, pathname, search } = new URL(settings.baseUrl);
  const basePath = pathname.replace(/\/+$/, '');
  const { wire } = definition;
  const caller = openCaller(definition, settings);
  const { call, present, mask, close } = caller;
  const write = wire.openWriter(isStreaming);
  const requests = openRequests(definition, settings);
  const get = <T>(path: string, signal: AbortSignal, read: (body: unknown) => T): Promise<T> =>
    call({ path: pathOf(path), body: null, signal }, { present, read: ({ body }) => read(body) });
  const pathOf = (path: string): string => `${basePath}${withQuery(path, search)}`;
  const ownId = modelIds(definition, settings);
  const completionPath = remembering((model) => pathOf(wire.path(model, isStreaming, basePath)));
  const balancePath = settings.useWalletBalance ? '/balance?useWalletBalance=true' : '/balance';
  const endpoint = `${origin}${basePath}`;
  return {
    name: settings.name ?? definition.name,
    kind: definition.name,
    hasEmbeddings: wire.embeddingsPath !== undefined,
    endpoint,
    // Several APIs may have one address, and answer differently.
    identity: `${endpoint}${wire === CHAT_WIRE ? '' : ` ${definition.name}`}${settings.distinction ?? ''}`,
    complete: (request, signal) => {
      const startedMs = isStreaming ? elapsedMs() : null;
      const adapted = requests.adapted(request);
      const sent = ownId === null ? adapted : { ...adapted, model: ownId(adapted.model) };
      return call(
        { path: completionPath(sent.model), body: write(sent), signal },
        {
          present: (error) => requests.refused(present(error), adapted, request.model),
          read: (answer) => {
            const read = readCompletion(answer.body, definition, isSimulated(answer), sent);
            return withFirstPiece(withRate(maskedCompletion(read, mask), answer, now), answer, startedMs);
          },
        },
      );
    },
    embed: (request, signal) => {
      const { path, body } = embeddingCall(wire, request, basePath);
      return call(
        { path: pathOf(path), body, signal },
        {
          present,
          read: (answer) => withRate(readEmbedding(answer.body, definition, isSimulated(answer)), answer, now),
        },
      );
    },
    models: async (signal) => {
      const { modelsPath } = wire;
      if (modelsPath === null) throw new CallError('endpoint_not_found', `${definition.name} has no list of models`);
      const date = new Date(now()).toISOString();
      return get(modelsPath, signal, (body) => maskedModels(readModels(body, definition, date), mask));
    },
    balance: (signal) => get(balancePath, signal, (body) => maskedBalance(readBalance(body, definition), mask)),
    batches: batchesOf(definition, caller, { basePath, pathOf, bodyOf: (request) => write(requests.adapted(request)) }),
    close,
  };
}

/** How the endpoint's requests are written. */
interface Writing {
  /** Path of the address, without a slash at its end. */
  readonly basePath: string;
  /** The path of a request from its path behind the address. */
  readonly pathOf: (path: string) => string;
  readonly bodyOf: (request: CompletionRequest) => string;
}

function batchesOf(
  definition: ProviderDefinition,
  caller: Caller,
  { basePath, pathOf, bodyOf }: Writing,
): Batches | undefined {
  const { mask, present, transfers } = caller;
  return openBatches(definition.batches, {
    client: batchClient(caller, { basePath, pathOf }),
    lines: (path, signal) => transfers.lines(pathOf(path), signal),
    bodyOf,
    read: (body, asked) => maskedCompletion(readCompletion(body, definition, false, asked), mask),
    present,
  });
}

function openRequests({ limitsCompletion }: ProviderDefinition, settings: ProviderSettings): AdaptedRequests {
  const { knowsModels = true, onNotice = () => undefined } = settings;
  return new AdaptedRequests({ limitsCompletion, knowsModels, onNotice });
}

/** @throws CallError if the API has no embeddings */
function embeddingCall(
  { embeddingsPath }: Wire,
  { model, text, params }: EmbeddingRequest,
  basePath: string,
): { readonly path: string; readonly body: string } {
  const path = embeddingsPath?.(model, basePath);
  if (path === undefined) throw new CallError('endpoint_not_found', 'the API has no embeddings');
  const fields: JsonObject = { model, input: text, ...params };
  return { path, body: jsonText(fields) };
}

/** The completion, which is new, with the time to the first piece of a stream. @param startedMs null without a stream */
function withFirstPiece(completion: Completion, { firstPieceAtMs }: Answer, startedMs: number | null): Completion {
  if (startedMs === null || firstPieceAtMs === null) return completion;
  return Object.assign(completion, { ttftMs: Math.round(firstPieceAtMs - startedMs) });
}

function isSimulated({ headers }: Answer): boolean {
  return headers.text(SIMULATED_HEADER) === 'true';
}

/** The completion, which is new, with the limits that its headers report. */
function withRate(completion: Completion, { headers }: Answer, now: () => number): Completion {
  const rate = readRateHint(headers, completion.usage.totalTokens, now);
  return rate === undefined ? completion : Object.assign(completion, { rate });
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

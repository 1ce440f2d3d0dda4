import { Pool } from 'undici';
import { CallError } from '../core/call-error.ts';
import { isJsonObject } from '../core/json.ts';
import type { Balance, CompletionRequest, ModelInfo, Provider } from '../core/provider.ts';
import type { AuthScheme, ProviderDefinition } from './definition.ts';
import { type Answer, exchange } from './exchange.ts';
import { readRateHint } from './rate-hint.ts';
import { readSignedAmount, readText } from './read.ts';
import { readCompletion, withToldCost } from './read-completion.ts';
import { headerText } from './retry-after.ts';

const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;
const MAX_MESSAGE_CHARACTERS = 300;
const SIMULATED_HEADER = 'x-promptgrid-simulated';

/** How to reach one endpoint. */
export interface ProviderSettings {
  /** Address up to and with `/v1`. */
  readonly baseUrl: string;
  /** null sends no Authorization header. */
  readonly apiKey: string | null;
  readonly auth: AuthScheme;
  /** Most connections at once. */
  readonly connections: number;
  /** Ask for the wallet's balance instead of the organisation's. */
  readonly useWalletBalance: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Opens the one wire client: OpenAI's chat completions over undici. Calls nobody until asked. */
export function openProvider(definition: ProviderDefinition, settings: ProviderSettings): Provider {
  const url = new URL(settings.baseUrl);
  const basePath = url.pathname.replace(/\/+$/, '');
  const pool = openPool(url.origin, settings.connections);
  const headers = requestHeaders(settings);
  const call = async <T>(sent: SentRequest, read: (answer: Answer) => T): Promise<T> => {
    const { path, body = null, signal } = sent;
    const method = body === null ? 'GET' : 'POST';
    try {
      return read(await exchange(pool, { method, path: `${basePath}${path}`, headers, body, signal }, settings.now));
    } catch (error) {
      throw error instanceof CallError ? presentable(withToldCost(error, definition), settings.apiKey) : error;
    }
  };
  return {
    name: definition.name,
    endpoint: `${url.origin}${basePath}`,
    complete: (request, signal) =>
      call({ path: '/chat/completions', body: requestBody(request), signal }, ({ body, headers: told }) => {
        const completion = readCompletion(body, definition, headerText(told, SIMULATED_HEADER) === 'true');
        return { ...completion, rate: readRateHint(told, completion.usage.totalTokens) };
      }),
    models: (signal) =>
      call({ path: '/models', signal }, ({ body }) =>
        readModels(body, definition, new Date(settings.now()).toISOString()),
      ),
    balance: (signal) =>
      call({ path: `/balance${settings.useWalletBalance ? '?useWalletBalance=true' : ''}`, signal }, ({ body }) =>
        readBalance(body, definition),
      ),
    close: () => pool.destroy(),
  };
}

interface SentRequest {
  readonly path: string;
  /** JSON text to POST; without it the request is a GET. */
  readonly body?: string;
  readonly signal: AbortSignal;
}

function openPool(origin: string, connections: number): Pool {
  // The engine ends an attempt that takes too long; a second clock here would only disagree with it.
  return new Pool(origin, {
    connections,
    pipelining: 1,
    maxResponseSize: MAX_RESPONSE_BYTES,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

function requestHeaders({ apiKey, auth }: ProviderSettings): Readonly<Record<string, string>> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  if (apiKey === null) return headers;
  return { ...headers, authorization: auth === 'bearer' ? `Bearer ${apiKey}` : apiKey };
}

/** The request's JSON text: fields in the API's own names, `temperature` only where one is asked for. */
function requestBody({ model, messages, temperature, params }: CompletionRequest): string {
  return JSON.stringify({ model, messages, ...(temperature === null ? {} : { temperature }), ...params });
}

/**
 * The same error with its message on one line and of bounded length. A server may repeat the key in it; files and
 * terminals must not, nor any part of the key, so it goes before the message is cut.
 */
function presentable(error: CallError, apiKey: string | null): CallError {
  const whole = apiKey === null || apiKey === '' ? error.message : error.message.replaceAll(apiKey, '[key]');
  const line = whole.replace(/\s+/g, ' ').trim();
  const message = line.length > MAX_MESSAGE_CHARACTERS ? `${line.slice(0, MAX_MESSAGE_CHARACTERS)}…` : line;
  return message === error.message ? error : error.with({ message });
}

function readModels(body: unknown, definition: ProviderDefinition, date: string): readonly ModelInfo[] {
  const list = isJsonObject(body) ? body['data'] : body;
  if (!Array.isArray(list)) throw new CallError('invalid_response', 'the list of models is no list');
  return list.flatMap((entry: unknown) => {
    const id = isJsonObject(entry) ? readText(entry['id']) : null;
    return id === null || !isJsonObject(entry) ? [] : [{ id, ...definition.readModel(entry, date) }];
  });
}

function readBalance(body: unknown, definition: ProviderDefinition): Balance {
  const balance = isJsonObject(body) ? readSignedAmount(body['balance']) : null;
  if (!isJsonObject(body) || balance === null || definition.currency === null) {
    throw new CallError('invalid_response', 'the answer has no balance');
  }
  const creditLimit = readSignedAmount(body['creditLimit']);
  return { orgId: readText(body['orgId']), balance, creditLimit, currency: definition.currency };
}

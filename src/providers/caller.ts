import type { CallError } from '../core/call-error.ts';
import { type Mask, secretMask } from '../core/secret-mask.ts';
import { keyHeader, type ProviderDefinition } from './definition.ts';
import { exchange, type Reading } from './exchange.ts';
import { presentable } from './masked-answer.ts';
import { withToldCost } from './read-completion.ts';
import { openRoute } from './route.ts';
import type { ProviderSettings } from './settings.ts';
import { type TokenOptions, TokenSource } from './token-source.ts';
import { Transfers } from './transfer.ts';

/** Names in lower case. */
type SentHeaders = Readonly<Record<string, string>>;

interface SentRequest {
  readonly path: string;
  /** JSON text to POST; null for a GET. */
  readonly body: string | null;
  readonly signal: AbortSignal;
}

type CallReading<T> = Omit<Reading<T>, 'readStream'>;

/** Sends requests to one endpoint, with what all of them carry. */
export interface Caller {
  readonly call: <T>(request: SentRequest, reading: CallReading<T>) => Promise<T>;
  /** An error as it leaves this room: its message is safe to show, and it has the cost or usage of its body. */
  readonly present: (error: CallError) => CallError;
  /** Removes everything secret that is sent from a text. */
  readonly mask: Mask;
  /** Carries files. */
  readonly transfers: Transfers;
  readonly close: () => Promise<void>;
}

/** Opens the route to an endpoint, and to where its access tokens come from. Makes no call until a request is sent. */
export function openCaller(definition: ProviderDefinition, settings: ProviderSettings): Caller {
  const { now, elapsedMs = now, secrets = [], apiKey, connections, proxy = null, certificates = [] } = settings;
  const { origin } = new URL(settings.baseUrl);
  const { readStream } = definition.wire;
  const route = openRoute(origin, { connections, proxy, certificates });
  const ownHeaders = requestHeaders(definition, settings);
  // No API with batches exchanges its key for tokens.
  const transfers = new Transfers({ origin, headers: ownHeaders, proxy, certificates, now });
  const clocks = { now, elapsedMs };
  const maskKeys = secretMask(apiKey === null ? secrets : [apiKey, ...secrets]);
  const present = (error: CallError): CallError => presentable(withToldCost(error, definition), mask);
  const tokens = openTokens(definition, settings, { ...clocks, present });
  const mask: Mask = tokens === null ? maskKeys : (text) => tokens.mask(maskKeys(text));
  const send = <T>(request: SentRequest, reading: CallReading<T>, headers: SentHeaders): Promise<T> => {
    const { path, body, signal } = request;
    const method = body === null ? 'GET' : 'POST';
    return exchange(route, { origin, method, path, headers, body, signal }, clocks, { readStream, ...reading });
  };
  return {
    call: (request, reading) =>
      // Nothing that does not exchange its key waits for more than its answer.
      tokens === null
        ? send(request, reading, ownHeaders)
        : tokens.call(request.signal, (token) => send(request, reading, withToken(ownHeaders, token))),
    present,
    mask,
    transfers,
    close: async () => {
      await Promise.all([route.dispatcher.destroy(), tokens?.close(), transfers.close()]);
    },
  };
}

function requestHeaders(definition: ProviderDefinition, settings: ProviderSettings): SentHeaders {
  const { apiKey, auth, headers } = settings;
  const word = accountWord(definition, settings);
  const ofAccount = word === null ? {} : definition.account?.headers(word);
  const own = { 'content-type': 'application/json', accept: 'application/json', ...definition.headers, ...ofAccount };
  // A key that is exchanged for tokens is sent for them only.
  if (apiKey === null || definition.tokens !== null) return { ...own, ...headers };
  const [name, value] = keyHeader(auth, apiKey);
  return { ...own, [name]: value, ...headers };
}

function withToken(headers: SentHeaders, token: string): SentHeaders {
  return { ...headers, authorization: `Bearer ${token}` };
}

function accountWord({ account }: ProviderDefinition, settings: ProviderSettings): string | null {
  return settings.account ?? account?.fallback ?? null;
}

/** How models are named in requests; null if as they are given. */
export function modelIds(
  definition: ProviderDefinition,
  settings: ProviderSettings,
): ((model: string) => string) | null {
  const { account } = definition;
  const word = accountWord(definition, settings);
  return account === null || word === null ? null : (model) => account.modelId(model, word);
}

/** null if requests carry the key itself, or none. */
function openTokens(
  definition: ProviderDefinition,
  settings: ProviderSettings,
  context: Pick<TokenOptions, 'now' | 'elapsedMs' | 'present'>,
): TokenSource | null {
  const { tokens: scheme } = definition;
  const { apiKey: key, certificates = [], tokens } = settings;
  if (scheme === null || key === null) return null;
  const url = new URL(tokens?.url ?? scheme.url);
  const route = openRoute(url.origin, { connections: 1, proxy: tokens?.proxy ?? null, certificates });
  return new TokenSource({ ...context, scheme, url, route, key, word: accountWord(definition, settings) ?? '' });
}

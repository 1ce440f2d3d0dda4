import type { IncomingMessage, ServerResponse } from 'node:http';
import { CallError } from '../../src/core/call-error.ts';
import type { Completion } from '../../src/core/completion.ts';
import type { CompletionRequest, Provider } from '../../src/core/provider.ts';
import { gptunnel } from '../../src/providers/gptunnel.ts';
import { openProvider, type ProviderDefinition, type ProviderSettings } from '../../src/providers/index.ts';
import { startServer } from '../support/http-server.ts';

/** A request as the server saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers one request. */
export type Handler = (response: ServerResponse, request: SeenRequest) => void;

/** A server of its own on loopback with a provider that calls it. */
export interface Endpoint {
  readonly provider: Provider;
  readonly port: number;
  /** Requests so far. */
  readonly seen: readonly SeenRequest[];
}

interface EndpointOptions extends Partial<Omit<ProviderSettings, 'baseUrl'>> {
  readonly definition?: ProviderDefinition;
  /** Path of the address; default `/v1`. */
  readonly path?: string;
}

/** Runs a test against a server that answers with `handler`, and ends both whatever happens. */
export async function withEndpoint(
  handler: Handler,
  test: (endpoint: Endpoint) => Promise<void>,
  { definition = gptunnel, path = '/v1', ...settings }: EndpointOptions = {},
): Promise<void> {
  const seen: SeenRequest[] = [];
  const server = await startServer((incoming, response) => {
    const { method = '', url = '', headers } = incoming;
    let body = '';
    incoming.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    incoming.on('end', () => {
      const request = { method, path: url, headers, body };
      seen.push(request);
      handler(response, request);
    });
  });
  const provider = openProvider(definition, {
    baseUrl: `${server.origin}${path}`,
    apiKey: 'test-key',
    auth: definition.auth,
    connections: 2,
    useWalletBalance: false,
    now: Date.now,
    ...settings,
  });
  try {
    await test({ provider, port: Number(new URL(server.origin).port), seen });
  } finally {
    await provider.close();
    await server.close();
  }
}

/** Answers with this text. */
export function reply(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Handler {
  return (response) => {
    response.writeHead(status, headers);
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

/** The body of a completion with these parts. */
export function completion(message: object, parts: object = {}): object {
  return { id: 'chatcmpl-1', choices: [{ index: 0, message, finish_reason: 'stop' }], ...parts };
}

/** The completion read from a body with status 200. */
export async function readAs(
  body: unknown,
  options: EndpointOptions & {
    readonly headers?: Readonly<Record<string, string>>;
    readonly request?: Partial<CompletionRequest>;
  } = {},
): Promise<Completion> {
  const { headers = {}, request = {}, ...endpoint } = options;
  const made: Completion[] = [];
  await withEndpoint(
    reply(200, body, headers),
    async ({ provider }) => {
      made.push(await provider.complete({ ...ASK, ...request }, noSignal()));
    },
    endpoint,
  );
  const [first] = made;
  if (first === undefined) throw new Error('no completion');
  return first;
}

/** A request for a completion with one message. */
export const ASK: CompletionRequest = {
  model: 'gpt-4o',
  messages: [{ role: 'user', content: 'Hi' }],
  temperature: 0,
  params: {},
};

/** A signal that never aborts. */
export function noSignal(): AbortSignal {
  return new AbortController().signal;
}

/** What a call is refused with. */
export async function failure(call: Promise<unknown>): Promise<CallError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof CallError) return error;
    throw error;
  }
  throw new Error('the call was answered');
}

/** What asking for a completion is refused with by this answer. */
export async function failureOf(handler: Handler, options: EndpointOptions = {}): Promise<CallError> {
  let error: CallError | null = null;
  await withEndpoint(
    handler,
    async ({ provider }) => {
      error = await failure(provider.complete(ASK, noSignal()));
    },
    options,
  );
  if (error === null) throw new Error('not asked');
  return error;
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { UsageError } from '../core/errors.ts';
import { formatDecimal } from '../core/money.ts';
import { AnswerBook } from './answers.ts';
import { loadAnswers } from './answers-file.ts';
import { buildCatalog, modelsJson } from './catalog.ts';
import { answerChat } from './chat.ts';
import type { Desk } from './desk.ts';
import { answerEmbeddings } from './embeddings.ts';
import { FaultDraw } from './faults.ts';
import { Ledger, type LedgerStats } from './ledger.ts';
import { CallLimits, type LimitWitness } from './limits.ts';
import { type GatewayOptions, type GatewaySettings, resolveGatewayOptions } from './options.ts';
import { ClientGone, Refusal, send, sendRefusal } from './wire.ts';

/** What the gateway has seen since its start or the last `POST /reset`; also the body of `GET /stats`. */
export interface GatewayStats extends LedgerStats, LimitWitness {}

/** A running gateway. */
export interface Gateway {
  /** Address up to and including `/v1`. */
  readonly url: string;
  /** What it has seen. */
  stats(): GatewayStats;
  /** Closes it and every open connection at once, hanging ones too. Further calls do nothing. */
  close(): Promise<void>;
}

const KEEP_ALIVE_MS = 65_000;
// Longer than connections are kept alive: a header that arrives at the last moment must not meet this deadline.
const HEADERS_MS = 70_000;

/**
 * Starts a real HTTP server that speaks GPTunnel's API without a model: it returns recorded or simulated answers, and
 * marks each with the header `x-promptgrid-simulated`.
 * @param signal aborts the start; a running gateway is ended by `close`
 * @throws UsageError if an option or the address cannot be used, ConfigError if the answers cannot be read
 */
export async function startGateway(options: GatewayOptions = {}, signal?: AbortSignal): Promise<Gateway> {
  const settings = resolveGatewayOptions(options);
  const answers = settings.answersFile === null ? new AnswerBook() : await loadAnswers(settings.answersFile, signal);
  const desk: Desk = {
    settings,
    answers,
    catalog: buildCatalog(answers.models),
    ledger: new Ledger(settings.balance),
    limits: new CallLimits(settings),
    faults: new FaultDraw(settings.seed, settings.faults),
  };
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: HEADERS_MS });
  server.on('request', (request, response) => void handle(desk, request, response));
  signal?.throwIfAborted();
  const port = await listen(server, settings);
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  let closing: Promise<void> | undefined;
  return {
    url: `http://${host}:${port}/v1`,
    stats: () => statsOf(desk),
    close: () => (closing ??= closeServer(server)),
  };
}

function listen(server: Server, { host, port }: GatewaySettings): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const hint = 'choose another host or port; port 0 takes a free one';
      reject(new UsageError(`gateway: cannot listen on ${host}:${port}: ${cause.message}`, { hint, cause }));
    });
    server.listen({ host, port, backlog: 1024 }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function handle(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('x-promptgrid-simulated', 'true');
  try {
    await route(desk, request, response);
  } catch (error) {
    if (error instanceof ClientGone || response.destroyed) return;
    sendRefusal(response, error instanceof Refusal ? error : internalError(error));
  }
}

async function route(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const authorize = (): void => checkKey(request, desk.settings.key);
  switch (`${request.method} ${path}`) {
    case 'POST /v1/chat/completions':
      return await answerChat(desk, { request, response, authorize });
    case 'POST /v1/embeddings':
      return await answerEmbeddings(desk, { request, response, authorize });
    case 'GET /v1/models':
      authorize();
      return send(response, { status: 200, body: modelsJson(desk.catalog) });
    case 'GET /v1/balance':
      authorize();
      return send(response, { status: 200, body: balanceJson(desk) });
    case 'GET /stats':
      return send(response, { status: 200, body: `${JSON.stringify(statsOf(desk))}\n` });
    case 'POST /reset':
      reset(desk);
      return send(response, { status: 200, body: '{}\n' });
    default:
      throw unknownAddress(request.method ?? '', path);
  }
}

function checkKey(request: IncomingMessage, key: string | null): void {
  if (key === null) return;
  const given = (request.headers.authorization ?? '').replace(/^Bearer +/i, '');
  if (given === key) return;
  const type = 'unauthorized_request_error';
  const message = given === '' ? 'The call carries no key' : 'The key is not valid';
  throw new Refusal(401, message, { type, code: 'invalid_api_key' });
}

function unknownAddress(method: string, path: string): Refusal {
  const details = { type: 'invalid_request_error', code: 'unknown_url' };
  return new Refusal(404, `Unknown request URL: ${method} ${path}`, details);
}

function internalError(error: unknown): Refusal {
  const message = error instanceof Error ? error.message : String(error);
  return new Refusal(500, `The gateway failed: ${message}`, { type: 'server_error', code: 'internal_error' });
}

/** An amount is written into the text directly: a JavaScript number could lose its last digits. */
function balanceJson(desk: Desk): string {
  return `{"orgId":"org-simulated","object":"balance","balance":${formatDecimal(desk.ledger.balance)},"creditLimit":0}`;
}

function statsOf(desk: Desk): GatewayStats {
  return { ...desk.ledger.stats(), ...desk.limits.witness() };
}

function reset(desk: Desk): void {
  desk.ledger.reset();
  desk.limits.forgetMost(desk.settings.clock());
  desk.faults.reset();
}

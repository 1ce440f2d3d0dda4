import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Ending, type LocalServer, localServer, send } from './http-server.ts';

/** The shapes in which a text may come back. */
export const SHAPES: Readonly<Record<string, (secret: string) => string>> = {
  plain: (secret) => secret,
  json: (secret) => JSON.stringify(secret).slice(1, -1),
  jsonInJson: (secret) => JSON.stringify(JSON.stringify(secret)).slice(1, -1),
  units: (secret) => [...secret].map((sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  url: (secret) => encodeURIComponent(secret),
  html: (secret) => secret.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;'),
  base64: (secret) => Buffer.from(secret).toString('base64'),
  base64url: (secret) => Buffer.from(`x${secret}`).toString('base64url'),
  basic: (secret) => `Basic ${Buffer.from(`user:${secret}`).toString('base64')}`,
  hex: (secret) => Buffer.from(secret).toString('hex'),
};

/** A server that says again, in every shape, what it was sent: the values of headers and of the query. */
export interface EchoServer extends LocalServer {
  /** What was asked for, without the query; whole addresses where it stands in for a proxy. */
  readonly asked: readonly string[];
  /** Values that were sent to it. */
  readonly sent: ReadonlySet<string>;
}

/** Starts one that ends with the test. A prompt with `fail` in it gets an error, one with `calls` a call of a function. */
export async function echoServer(context: Ending): Promise<EchoServer> {
  const sent = new Set<string>();
  const asked: string[] = [];
  const server = await localServer(context, (request, response) => {
    asked.push(`${request.method} ${request.url?.split('?')[0]}`);
    return answer(request, response, sent);
  });
  return { ...server, asked, sent };
}

async function answer(request: IncomingMessage, response: ServerResponse, sent: Set<string>): Promise<void> {
  const asked = await text(request);
  const { searchParams, pathname } = new URL(request.url ?? '', 'http://localhost');
  const values = [
    request.headers.authorization ?? '',
    ...[request.headers['x-extra'] ?? ''].flat(),
    ...searchParams.values(),
  ];
  for (const value of values) sent.add(value);
  const echo = values
    .filter((value) => value !== '')
    .flatMap((value) => Object.values(SHAPES).map((shape) => shape(value)))
    .join(' | ');
  const list = { data: [{ id: 'echo' }, { id: echo, title: echo }] };
  if (pathname.endsWith('/models')) return send(response, { body: list });
  if (pathname.endsWith('/balance')) return send(response, { body: { balance: 1, orgId: echo } });
  const error = { message: echo, type: echo, code: echo, param: echo };
  if (asked.includes('fail')) return send(response, { status: 400, body: { error } });
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  if (asked.includes('"stream":true')) return stream(response, echo, usage);
  const calls = [{ id: echo, type: 'function', function: { name: 'f', arguments: JSON.stringify({ echo }) } }];
  const message = { role: 'assistant', content: echo, reasoning_content: echo, refusal: null };
  const whole = asked.includes('calls') ? { ...message, tool_calls: calls } : message;
  const choice = { index: 0, message: whole, finish_reason: echo, logprobs: { content: [{ token: echo }] } };
  send(response, { body: { id: echo, model: echo, object: 'chat.completion', choices: [choice], usage } });
}

/** Every event has three characters of it. */
function stream(response: ServerResponse, echo: string, usage: object): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const event = (body: object): void => void response.write(`data: ${JSON.stringify(body)}\n\n`);
  for (let at = 0; at < echo.length; at += 3) {
    event({ id: 'x', choices: [{ index: 0, delta: { content: echo.slice(at, at + 3) }, finish_reason: null }] });
  }
  event({ id: 'x', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage });
  response.end('data: [DONE]\n\n');
}

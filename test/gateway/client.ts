import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { type Gateway, type GatewayOptions, startGateway } from '../../src/gateway/index.ts';

/** A whole HTTP response as a client sees it. */
export interface Seen {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Runs a test with its own gateway and closes it afterwards in any case. */
export async function withGateway(options: GatewayOptions, test: (gateway: Gateway) => Promise<void>): Promise<void> {
  const gateway = await startGateway(options);
  try {
    await test(gateway);
  } finally {
    await gateway.close();
  }
}

/** `POST /v1/chat/completions`; a body that is not a text is sent as JSON. */
export async function chat(
  gateway: Gateway,
  body: unknown,
  options: { headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Seen> {
  const answer = await request(`${gateway.url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...options.headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
}

/** `POST /v1/embeddings`. */
export async function embed(gateway: Gateway, body: object): Promise<Seen> {
  const answer = await request(`${gateway.url}/embeddings`, { method: 'POST', body: JSON.stringify(body) });
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
}

/** A call of any other address, from the server's root. */
export async function call(
  gateway: Gateway,
  method: 'GET' | 'POST',
  path: string,
  headers: Record<string, string> = {},
): Promise<Seen> {
  const answer = await request(new URL(path, gateway.url), { method, headers });
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
}

/** A chat request with one user message. */
export function ask(prompt: string, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return { model: 'gpt-4o-mini', messages: [{ role: 'user', content: prompt }], ...fields };
}

/** Resolves as soon as the condition holds; the test's own timeout ends the wait. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(1);
}

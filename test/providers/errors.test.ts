import { describe, expect, it } from 'vitest';
import type { CallErrorKind } from '../../src/core/call-error.ts';
import { classifyErrorBody } from '../../src/providers/error-body.ts';
import { gptunnel } from '../../src/providers/gptunnel.ts';
import { openProvider } from '../../src/providers/index.ts';
import { openrouter } from '../../src/providers/openrouter.ts';
import { closedPort } from '../support/http-server.ts';
import { ASK, failure, failureOf, noSignal, reply } from './endpoint.ts';

/** OpenAI's shape. */
function error(message: string, fields: object = {}): object {
  return { error: { message, type: 'invalid_request_error', param: null, code: null, ...fields } };
}

const QUOTA = { type: 'insufficient_quota', code: 'insufficient_quota' };

const TABLE: readonly (readonly [status: number, body: unknown, kind: CallErrorKind])[] = [
  [400, error('temperature is out of range'), 'invalid_request'],
  [400, error('The model `x` does not exist', { code: 'model_not_found' }), 'model_not_found'],
  [401, error('Incorrect API key', { code: 'invalid_api_key' }), 'unauthorized'],
  [401, 'Unauthorized', 'unauthorized'],
  [402, error('Top up', { type: 'insufficient_balance_error' }), 'insufficient_balance'],
  [402, {}, 'insufficient_balance'],
  [403, error('Not allowed'), 'invalid_request'],
  [403, error('No access to the model', { code: 'model_not_found' }), 'model_not_found'],
  [403, error('Who are you?', { type: 'unauthorized_request_error' }), 'unauthorized'],
  [404, error('The model `x` does not exist', { code: 'model_not_found' }), 'model_not_found'],
  [
    404,
    { object: 'error', message: 'The model `x` does not exist.', type: 'NotFoundError', code: 404 },
    'model_not_found',
  ],
  [404, { error: "model 'x' not found, try pulling it first" }, 'model_not_found'],
  [404, { error: { message: 'No endpoints found for vendor/x.', code: 404 } }, 'model_not_found'],
  [404, { detail: 'Not Found' }, 'endpoint_not_found'],
  [404, error('Invalid URL (POST /v2/chat/completions)'), 'endpoint_not_found'],
  [404, '<html><title>404: our models</title></html>', 'endpoint_not_found'],
  [405, '', 'endpoint_not_found'],
  [301, '', 'endpoint_not_found'],
  [307, '<html>moved</html>', 'endpoint_not_found'],
  [408, {}, 'server_error'],
  [409, {}, 'server_error'],
  [413, {}, 'invalid_request'],
  [422, { detail: [{ msg: 'field required' }] }, 'invalid_request'],
  [425, {}, 'server_error'],
  [429, error('Slow down', { code: 'rate_limit_exceeded' }), 'rate_limited'],
  [429, '', 'rate_limited'],
  [429, error('You exceeded your current quota', QUOTA), 'insufficient_balance'],
  [400, { error: { message: 'API key not valid', details: [{ reason: 'API_KEY_INVALID' }] } }, 'unauthorized'],
  [403, error('Country not supported', { code: 'unsupported_country_region_territory' }), 'unauthorized'],
  [500, error('The server had an error', { type: 'server_error' }), 'server_error'],
  [500, 'Internal Server Error', 'server_error'],
  [502, '<html>Bad Gateway</html>', 'server_error'],
  [503, error('Overloaded'), 'overloaded'],
  [504, '', 'server_error'],
  [529, error('Overloaded', { type: 'overloaded_error' }), 'overloaded'],
  [400, { error: { message: 'x', type: 'constructor', code: 'toString' } }, 'invalid_request'],
  [200, { code: 6, message: 'too short' }, 'invalid_response'],
  [200, {}, 'invalid_response'],
  [200, { choices: [] }, 'invalid_response'],
  [200, { choices: 'none' }, 'invalid_response'],
  [200, { choices: [{ message: null }] }, 'invalid_response'],
  [200, { choices: [{ message: {} }] }, 'invalid_response'],
  [200, { choices: [{ message: { content: 7 } }] }, 'invalid_response'],
  [200, [], 'invalid_response'],
  [200, 'null', 'invalid_response'],
  [200, '"text"', 'invalid_response'],
  [200, '', 'invalid_response'],
  [200, '<!doctype html><html></html>', 'invalid_response'],
  [200, '{"id":"chatcmpl-1","choices":[{"mess', 'invalid_response'],
  [200, error('Balance is used up', { code: 'insufficient_balance' }), 'insufficient_balance'],
  [200, { error: { message: 'Provider is down', code: 502 } }, 'server_error'],
  [200, { error: { message: 'No provider', code: 503 } }, 'overloaded'],
  [200, { error: { message: 'Slow down', code: 429 } }, 'rate_limited'],
  [200, { error: { message: 'Flagged', code: 403 } }, 'invalid_request'],
  [200, { error: { message: 'Nothing there', code: 404 } }, 'invalid_response'],
  [200, error('Filtered', { type: null, code: 'content_filter' }), 'invalid_request'],
  [200, error('Slow down', { type: 'rate_limit_error' }), 'rate_limited'],
  [200, { error: { message: 'Try later', status: 'UNAVAILABLE' } }, 'overloaded'],
  [200, { base_resp: { status_code: 1008, status_msg: 'insufficient balance' } }, 'insufficient_balance'],
];

describe('a response without a completion', () => {
  it.each(TABLE)('%i with %j is %s', async (status, body, kind) => {
    const refused = await failureOf(reply(status, body));
    expect(refused.kind).toBe(kind);
    expect(refused.message).not.toMatch(/undefined|\[object|\n/);
  });

  it('contains the status, the reason and its code', async () => {
    const refused = await failureOf(reply(429, error('You exceeded your current quota', QUOTA)));
    expect(refused.message).toBe('HTTP 429: You exceeded your current quota (insufficient_quota)');
    expect(refused.httpStatus).toBe(429);
    expect((await failureOf(reply(500, {}))).message).toBe('HTTP 500: no reason given');
    expect((await failureOf(reply(200, { code: 6, message: 'too short' }))).message).toBe('HTTP 200: too short (6)');
  });

  it('shows the start of a foreign body, on one line', async () => {
    const { message } = await failureOf(reply(200, `<html>\n\n  <body>\t${'x'.repeat(10_000)}</body></html>`));
    expect(message).toMatch(/^HTTP 200: the answer is not JSON: <html> <body> x+…$/);
    expect(message.length).toBeLessThan(400);
    expect((await failureOf(reply(200, ' \n'))).message).toBe('HTTP 200: the answer is empty');
  });

  it('shortens a long reason', async () => {
    const { message } = await failureOf(reply(400, error('x'.repeat(10_000))));
    expect(message.length).toBeLessThan(400);
    expect(message.endsWith('…')).toBe(true);
  });

  it('may be a choice that failed midway, whatever text it has', async () => {
    const choice = {
      message: { role: 'assistant', content: 'The answer is' },
      finish_reason: 'error',
      error: { code: 502, message: 'Upstream failed' },
    };
    const refused = await failureOf(reply(200, { choices: [choice] }), { definition: openrouter });
    expect(refused).toMatchObject({ kind: 'server_error', message: 'HTTP 200: Upstream failed (502)' });
  });

  it('is classified for any body', () => {
    for (const body of [undefined, null, 7, '', [], {}, { error: null }, { error: [] }, { error: { message: 7 } }]) {
      expect(classifyErrorBody(body, 500)).toMatchObject({
        kind: 'server_error',
        message: 'HTTP 500: no reason given',
      });
    }
  });
});

describe('a page instead of an answer', () => {
  it('is described by its title', async () => {
    const page = '<!doctype html><html><head><title>\n Sign in &amp; pay </title></head><body>Hello</body></html>';
    expect((await failureOf(reply(200, page))).message).toBe('HTTP 200: the answer is a web page: Sign in & pay');
    expect((await failureOf(reply(502, page))).message).toBe('HTTP 502: Sign in & pay');
  });

  it('without a title is described by its words', async () => {
    const page = "<html><body><h1>504 Gateway Time-out</h1>\nThe server didn't respond in time.\n</body></html>";
    const message = "HTTP 504: 504 Gateway Time-out The server didn't respond in time.";
    expect((await failureOf(reply(504, page))).message).toBe(message);
  });

  it('at an address without /v1 gets a hint, and so does a 404', async () => {
    const page = '<html><title>Chat</title></html>';
    const hint = 'is /v1 missing at the end of --base-url?';
    expect((await failureOf(reply(200, page), { path: '' })).hint).toBe(hint);
    expect((await failureOf(reply(404, '404 page not found'), { path: '/api' })).hint).toBe(hint);
    expect((await failureOf(reply(404, { detail: 'Not Found' }), { path: '/v1' })).hint).toBeUndefined();
    expect((await failureOf(reply(404, { detail: 'Not Found' }), { path: '/v1beta/openai' })).hint).toBeUndefined();
    expect((await failureOf(reply(400, error('No')), { path: '' })).hint).toBeUndefined();
  });

  it('that redirects shows the new address', async () => {
    const location = 'https://api.example.com/v1/chat/completions';
    const moved = await failureOf(reply(308, '<html><title>Moved</title></html>', { location }));
    expect(moved.message).toBe(`HTTP 308: the address points to ${location}`);
    expect(moved.hint).toBe('give the address that it points to as --base-url');
  });
});

describe('a connection that breaks', () => {
  it('before the answer is a network error', async () => {
    expect((await failureOf((response) => response.destroy())).kind).toBe('network');
  });

  it.each([
    ['its declared length', { 'content-length': '1000' }],
    ['its last chunk', {}],
  ])('before %s is there is a network error', async (_what, headers: Record<string, string>) => {
    const refused = await failureOf((response) => {
      response.writeHead(200, headers);
      response.write('{"id":"chatcmpl-1","choices":[{"message":{"content":"Par', () => response.destroy());
    });
    expect(refused.kind).toBe('network');
    expect(refused.message).toMatch(/^no answer: /);
  });

  it('because of a refused connection is a network error that says so', async () => {
    const provider = openProvider(gptunnel, {
      baseUrl: `http://127.0.0.1:${await closedPort()}/v1`,
      apiKey: null,
      auth: 'bare',
      connections: 1,
      useWalletBalance: false,
      now: Date.now,
    });
    const refused = await failure(provider.complete(ASK, noSignal()));
    await provider.close();
    expect(refused).toMatchObject({ kind: 'network', message: expect.stringContaining('ECONNREFUSED') });
  });

  it('because of an interim response that only its request may ask for is not made again: each would be paid for', async () => {
    const refused = await failureOf((response) => {
      response.writeContinue();
      response.end('{}');
    });
    expect(refused).toMatchObject({ kind: 'invalid_response', mayRetry: false });
    expect(refused.message).toBe('the answer is broken: "100 Continue" is before it, unasked');
  });

  it('because the response is not HTTP is an invalid response', async () => {
    const refused = await failureOf((response) => response.socket?.end('SSH-2.0-OpenSSH\r\n\r\n'));
    expect(refused.kind).toBe('invalid_response');
    expect(refused.message).toMatch(/^the answer is broken: /);
  });
});

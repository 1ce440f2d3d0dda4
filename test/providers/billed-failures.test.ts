import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { mayBeBilled } from '../../src/core/billed.ts';
import { CallError } from '../../src/core/call-error.ts';
import { custom } from '../../src/providers/custom.ts';
import { openProvider } from '../../src/providers/index.ts';
import { openrouter } from '../../src/providers/openrouter.ts';
import { isUnsent } from '../../src/providers/unsent.ts';
import { closedPort, listen } from '../support/http-server.ts';
import { ASK, completion, failure, failureOf, noSignal, reply } from './endpoint.ts';

function portOf(server: Server): Promise<number> {
  onTestFinished(() => {
    server.close();
  });
  return listen(server);
}

/** What asking for a completion at an address is refused with. */
async function failureAt(origin: string): Promise<CallError> {
  const settings = { apiKey: null, auth: 'bearer', connections: 1, useWalletBalance: false, now: Date.now } as const;
  const provider = openProvider(custom, { baseUrl: `${origin}/v1`, ...settings });
  const refused = await failure(provider.complete(ASK, noSignal()));
  await provider.close();
  return refused;
}

/** A server whose connections end so. */
function ending(end: (socket: Socket) => void): Server {
  return createServer((socket) => {
    socket.on('error', () => undefined);
    end(socket);
  });
}

describe('a request that never left', () => {
  it.each<readonly [string, () => Promise<string>]>([
    ['as nobody listens', async () => `http://127.0.0.1:${await closedPort()}`],
    ['as its host has no address', () => Promise.resolve(`http://${'x'.repeat(70)}`)],
    [
      'as the server does not speak TLS',
      async () => `https://127.0.0.1:${await portOf(ending((socket) => socket.end('220 hello\r\n')))}`,
    ],
    [
      'as the server ends the handshake',
      async () => `https://127.0.0.1:${await portOf(ending((socket) => socket.end()))}`,
    ],
    ['as the server has no certificate', async () => `https://127.0.0.1:${await portOf(createTlsServer())}`],
  ])('%s was not billed', async (_why, origin) => {
    const refused = await failureAt(await origin());
    expect([refused.kind, refused.isUnsent, mayBeBilled(refused)]).toEqual(['network', true, false]);
  });

  it.each([
    'UND_ERR_CONNECT_TIMEOUT',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'CERT_HAS_EXPIRED',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ])('is recognised by the code %s, even if every address of a host failed with it', (code) => {
    const refused = Object.assign(new Error('no connection'), { code });
    expect(isUnsent(refused)).toBe(true);
    expect(isUnsent(new AggregateError([refused, refused]))).toBe(true);
    expect(isUnsent(new AggregateError([refused, new Error('other')]))).toBe(false);
  });
});

describe('a request that was sent', () => {
  it.each<readonly [string, (socket: Socket) => void]>([
    ['ends', (socket) => socket.on('data', () => socket.end())],
    ['is reset', (socket) => socket.on('data', () => socket.resetAndDestroy())],
    ['is ended by what is not HTTP', (socket) => socket.on('data', () => socket.end('SSH-2.0-OpenSSH\r\n\r\n'))],
  ])('may have been billed if its connection %s', async (_how, end) => {
    const refused = await failureAt(`http://127.0.0.1:${await portOf(ending(end))}`);
    expect([refused.isUnsent ?? false, mayBeBilled(refused)]).toEqual([false, true]);
  });

  it.each<readonly [number, unknown, isApiError: boolean, isBilled: boolean]>([
    [503, { error: { message: 'Overloaded' } }, true, false],
    [503, { detail: 'busy' }, false, true],
    [503, { message: 'no capacity', code: 7 }, true, false],
    [503, '<html><h1>503 Service Unavailable</h1></html>', false, true],
    [503, '"busy"', false, true],
    [503, [], false, true],
    [503, {}, false, true],
    [503, '', false, true],
    [504, { error: { message: 'upstream timed out' } }, true, true],
    [502, '<html>Bad Gateway</html>', false, true],
    [500, { error: { message: 'it broke' } }, true, true],
    [400, '<html>Bad Request</html>', false, false],
    [429, { error: { message: 'slow down' } }, true, false],
    [200, { error: { message: 'slow down', code: 429 } }, true, false],
    [200, { error: { message: 'it broke', code: 502 } }, true, true],
    [200, { code: 6, message: 'too short' }, true, true],
    [200, '<html>200</html>', false, true],
  ])(
    'and got HTTP %i with %j is the API’s own error: %j, and may have been billed: %j',
    async (status, body, isApi, isBilled) => {
      const refused = await failureOf(reply(status, body), { definition: openrouter });
      expect([refused.isApiError ?? false, mayBeBilled(refused)]).toEqual([isApi, isBilled]);
    },
  );

  it('may have been billed if the model had begun, whatever ended it', async () => {
    const choice = { message: { role: 'assistant', content: 'The' }, error: { code: 429, message: 'slow down' } };
    const refused = await failureOf(reply(200, { choices: [choice] }), { definition: openrouter });
    expect([refused.kind, mayBeBilled(refused)]).toEqual(['rate_limited', true]);
  });
});

describe('a failure that reports', () => {
  const tokens = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 };

  it.each([
    [500, { error: { message: 'it broke' }, usage: { ...tokens, cost: 0.25 } }],
    [429, { error: { message: 'slow down' }, usage: { ...tokens, cost: '0.25' } }],
    [200, { error: { message: 'it broke', code: 502 }, usage: { cost: 0.25 } }],
    [200, completion({ content: 7 }, { usage: { ...tokens, cost: 0.25 } })],
  ])('its cost under HTTP %i has this cost, its message cut or not: %j', async (status, body) => {
    const refused = await failureOf(reply(status, body), { definition: openrouter });
    expect(refused.paid).toEqual({ amount: 250_000_000_000n, currency: 'USD' });
    const long = { error: { message: 'x'.repeat(1000) }, usage: { cost: 0.25 } };
    expect((await failureOf(reply(500, long), { definition: openrouter })).paid).toEqual(refused.paid);
  });

  it.each([
    [500, { error: { message: 'it broke' }, usage: tokens }],
    [200, completion({ content: 7 }, { usage: tokens })],
  ])('only its tokens under HTTP %i has these tokens: %j', async (status, body) => {
    const refused = await failureOf(reply(status, body), { definition: custom });
    expect([refused.paid, refused.usage]).toEqual([
      undefined,
      expect.objectContaining({ promptTokens: 12, completionTokens: 3 }),
    ]);
  });

  it.each([undefined, {}, 'none', { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }, { prompt_tokens: 5 }])(
    'nothing in the usage %j has unknown tokens',
    async (usage) => {
      const refused = await failureOf(reply(500, { error: { message: 'it broke' }, usage }), { definition: custom });
      expect([refused.paid, refused.usage]).toEqual([undefined, undefined]);
    },
  );
});

describe('a call error', () => {
  it('keeps all its details if its message changes', () => {
    const details = {
      httpStatus: 503,
      isApiError: true,
      isUnsent: true,
      hasBegun: true,
      retryAfterMs: 5,
      figures: { cost: 1 },
      paid: { amount: 1n, currency: 'USD' },
    };
    const changed = new CallError('overloaded', 'one', details).with({ message: 'another' });
    expect(changed).toMatchObject({ kind: 'overloaded', message: 'another', ...details });
    expect(changed.with({ retryAfterMs: 7 })).toMatchObject({ message: 'another', retryAfterMs: 7, isApiError: true });
  });
});

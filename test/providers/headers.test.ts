import { describe, expect, it } from 'vitest';
import type { Provider } from '../../src/core/provider.ts';
import {
  ASK,
  completion,
  failure,
  failureOf,
  type Handler,
  noSignal,
  readAs,
  reply,
  withEndpoint,
} from './endpoint.ts';

const ANSWERS: Handler = (response, { path }) => {
  const body = path.includes('/models')
    ? { data: [] }
    : path.includes('/balance')
      ? { balance: 1 }
      : completion({ content: 'a' });
  response.end(JSON.stringify(body));
};

async function callAll(provider: Provider): Promise<void> {
  await provider.complete(ASK, noSignal());
  await provider.models(noSignal());
  await provider.balance(noSignal());
}

describe('custom headers', () => {
  it('are sent with every request', async () => {
    await withEndpoint(
      ANSWERS,
      async ({ provider, seen }) => {
        await callAll(provider);
        expect(seen).toHaveLength(3);
        for (const { headers } of seen) {
          expect(headers).toMatchObject({ 'x-team': 'search', 'x-name': 'M\u00fcller', authorization: 'test-key' });
        }
      },
      { headers: { 'x-team': 'search', 'x-name': 'M\u00fcller' } },
    );
  });

  it('replace ours', async () => {
    await withEndpoint(
      ANSWERS,
      async ({ provider, seen }) => {
        await callAll(provider);
        for (const { headers } of seen) expect(headers).toMatchObject({ authorization: 'Bearer own', accept: '*/*' });
      },
      { headers: { authorization: 'Bearer own', accept: '*/*' } },
    );
  });
});

describe('a query of the address', () => {
  it.each([
    ['/v1?api-version=2024-10-21', '/v1', '?api-version=2024-10-21'],
    ['/v1/?a=%2F+b&c', '/v1', '?a=%2F+b&c'],
    ['?a=1', '', '?a=1'],
    ['/v1?', '/v1', ''],
  ])('as in %s is sent with every request', async (path, base, query) => {
    await withEndpoint(
      ANSWERS,
      async ({ provider, port, seen }) => {
        await callAll(provider);
        const paths = ['/chat/completions', '/models', '/balance'];
        expect(seen.map((request) => request.path)).toEqual(paths.map((name) => `${base}${name}${query}`));
        expect(provider.endpoint).toBe(`http://127.0.0.1:${port}${base}`);
      },
      { path },
    );
  });

  it('precedes what a request adds to it', async () => {
    await withEndpoint(
      ANSWERS,
      async ({ provider, seen }) => {
        await provider.balance(noSignal());
        expect(seen[0]?.path).toBe('/v1/balance?a=1&useWalletBalance=true');
      },
      { path: '/v1?a=1', useWalletBalance: true },
    );
  });
});

describe('the identity of an endpoint', () => {
  it('is its address, and the given distinguishing parts', async () => {
    const identities: string[] = [];
    for (const distinction of [undefined, ' {"headers":{"x-team":"search"}}']) {
      await withEndpoint(
        ANSWERS,
        async ({ provider, port }) => void identities.push(provider.identity.replace(String(port), 'port')),
        { path: '/v1?a=1', distinction },
      );
    }
    expect(identities).toEqual([
      'http://127.0.0.1:port/v1',
      'http://127.0.0.1:port/v1 {"headers":{"x-team":"search"}}',
    ]);
  });
});

describe('a secret other than the key', () => {
  const secret = ['tok', '0123456789'.repeat(2)].join('-');

  it('is in no error', async () => {
    const handler = reply(403, {
      error: { message: `Not for ${secret} or test-key`, code: encodeURIComponent(secret) },
    });
    await withEndpoint(
      handler,
      async ({ provider }) => {
        for (const call of [
          provider.complete(ASK, noSignal()),
          provider.models(noSignal()),
          provider.balance(noSignal()),
        ]) {
          expect((await failure(call)).message).toBe('HTTP 403: Not for [key] or [key]');
        }
      },
      { secrets: [secret] },
    );
  });

  it('is searched for before a message is cut', async () => {
    for (let before = 280; before < 300; before++) {
      const text = `${'x'.repeat(before)}${secret}`;
      expect((await failureOf(reply(500, text), { secrets: [secret] })).message).not.toContain('tok-0');
    }
  });
});

describe('headers of an answer', () => {
  it('may be as long as gateways make them', async () => {
    const headers = { 'content-security-policy': 'x'.repeat(60_000), 'set-cookie': 'y'.repeat(60_000) };
    expect((await readAs(completion({ content: 'Paris' }), { headers })).output).toBe('Paris');
  });
});

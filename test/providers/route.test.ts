import { describe, expect, it } from 'vitest';
import { closedPort } from '../support/http-server.ts';
import { forwardProxy } from '../support/proxy.ts';
import { ASK, completion, failure, type Handler, noSignal, reply, withEndpoint } from './endpoint.ts';

const OK = reply(200, completion({ content: 'Paris' }));

const hangUp: Handler = (response) => response.destroy();

describe('a plain endpoint behind a proxy', () => {
  it('is requested by its full address, over no more connections than allowed', async ({ onTestFinished }) => {
    const proxy = await forwardProxy({ onTestFinished });
    const address = `http://${proxy.host}`;
    await withEndpoint(
      OK,
      async ({ provider, port, seen }) => {
        await Promise.all(Array.from({ length: 12 }, () => provider.complete(ASK, noSignal())));
        expect(seen).toHaveLength(12);
        expect(seen[0]?.headers).toMatchObject({ host: `127.0.0.1:${port}`, authorization: 'test-key' });
        const line = `POST http://127.0.0.1:${port}/v1/chat/completions`;
        expect(proxy.requests).toEqual(Array.from({ length: 12 }, () => ({ line, credentials: null })));
        expect(proxy.connections()).toBeLessThanOrEqual(2);
      },
      { connections: 2, proxy: { address, authorization: null, shown: address } },
    );
  });

  it('is reached with the proxy’s credentials, which the endpoint does not see', async ({ onTestFinished }) => {
    const authorization = `Basic ${Buffer.from('anna:pass-word-1').toString('base64')}`;
    const proxy = await forwardProxy({ onTestFinished }, { credentials: authorization });
    const address = `http://${proxy.host}`;
    await withEndpoint(
      OK,
      async ({ provider }) => {
        expect((await provider.complete(ASK, noSignal())).output).toBe('Paris');
        expect(proxy.requests.map(({ credentials }) => credentials)).toEqual([authorization]);
      },
      { proxy: { address, authorization, shown: `http://[key]@${proxy.host}` } },
    );
  });

  it.for([null, 'Basic b3RoZXI6Y3JlZGVudGlhbHM='])(
    'is not reached with the credentials %s',
    async (given, { onTestFinished }) => {
      const proxy = await forwardProxy({ onTestFinished }, { credentials: 'Basic cmlnaHQ6b25l' });
      const shown = `http://[key]@${proxy.host}`;
      await withEndpoint(
        OK,
        async ({ provider, seen }) => {
          const refused = await failure(provider.complete(ASK, noSignal()));
          expect(refused.kind).toBe('network');
          expect(refused.message).toBe(
            `the proxy ${shown} asks for a user name and a password, or refuses those it was given (407)`,
          );
          expect(refused.hint).toMatch(/^put both into the variable with its address/);
          expect(seen).toEqual([]);
        },
        { proxy: { address: `http://${proxy.host}`, authorization: given, shown } },
      );
    },
  );

  it('is not reached where nobody listens at the proxy, which the error names', async () => {
    const port = await closedPort();
    const address = `http://127.0.0.1:${port}`;
    await withEndpoint(
      OK,
      async ({ provider, seen }) => {
        const refused = await failure(provider.complete(ASK, noSignal()));
        expect(refused.kind).toBe('network');
        expect(refused.message).toBe(`no answer through the proxy ${address}: connect ECONNREFUSED 127.0.0.1:${port}`);
        expect(seen).toEqual([]);
      },
      { proxy: { address, authorization: null, shown: address } },
    );
  });

  it('returns the proxy’s own response', async ({ onTestFinished }) => {
    const proxy = await forwardProxy({ onTestFinished });
    const address = `http://${proxy.host}`;
    await withEndpoint(
      hangUp,
      async ({ provider }) => {
        expect(await failure(provider.complete(ASK, noSignal()))).toMatchObject({
          kind: 'server_error',
          httpStatus: 502,
        });
      },
      { proxy: { address, authorization: null, shown: address } },
    );
  });

  it('is limited in the size of its answers', async ({ onTestFinished }) => {
    const proxy = await forwardProxy({ onTestFinished });
    const address = `http://${proxy.host}`;
    await withEndpoint(
      reply(200, `"${'a'.repeat(64 * 1024 * 1024)}"`),
      async ({ provider }) => {
        expect((await failure(provider.complete(ASK, noSignal()))).message).toBe(
          'the answer is too large: more than 16 MiB',
        );
      },
      { proxy: { address, authorization: null, shown: address } },
    );
  });
});

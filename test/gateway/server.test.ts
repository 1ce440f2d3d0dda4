import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.ts';
import { type GatewayOptions, startGateway } from '../../src/gateway/index.ts';
import { ask, call, chat, until, withGateway } from './client.ts';

const A_DAY_MS = 86_400_000;

describe('startGateway', () => {
  it('listens on a free port of the loopback address', async () => {
    await withGateway({}, async (first) => {
      await withGateway({}, async (second) => {
        expect(first.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
        expect(second.url).not.toBe(first.url);
      });
    });
  });

  it('reports an address that is in use', async () => {
    await withGateway({}, async (gateway) => {
      const port = Number(new URL(gateway.url).port);
      const error: unknown = await startGateway({ port }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(UsageError);
      expect(String(error)).toContain(`127.0.0.1:${port}`);
    });
  });

  it.each<[string, GatewayOptions]>([
    ['port', { port: 65_536 }],
    ['port', { port: 80.5 }],
    ['balance', { balance: 'a lot' }],
    ['balance', { balance: '-1' }],
    ['seed', { seed: 0.5 }],
    ['latencyMs', { latencyMs: -1 }],
    ['latencyMs', { latencyMs: Number.NaN }],
    ['latencyJitterMs', { latencyJitterMs: Number.POSITIVE_INFINITY }],
    ['retryAfterS', { retryAfterS: 0.5 }],
    ['maxRpm', { maxRpm: 0 }],
    ['maxInFlight', { maxInFlight: 1.5 }],
    ['faults.rate429', { faults: { rate429: 1.1 } }],
    ['faults.rateHang', { faults: { rateHang: -0.1 } }],
    ['add up to', { faults: { rateReset: 0.6, rateHtml: 0.6 } }],
    ['balance must be an amount from 0, got NaN', { balance: Number.NaN }],
    ['host must be a text that is not empty', { host: '' }],
  ])('refuses an invalid %s: %j', async (name, options) => {
    const error: unknown = await startGateway(options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toContain(name);
  });

  it.each([
    ['gateway: unknown key "latencyMS"', { latencyMS: 5 }, 'did you mean latencyMs?'],
    ['gateway: unknown key "rate492" in faults', { faults: { rate492: 0.1 } }, 'did you mean rate429?'],
    ['gateway: the options must be an object, got null', null, 'give an object'],
    ['gateway: the options must be an object, got a list', [], 'give an object'],
    ['gateway: faults must be an object, got 0.1', { faults: 0.1 }, 'give an object'],
    ['gateway: maxRpm must be a whole number from 1, got 3n', { maxRpm: 3n }, 'give a whole number from 1'],
    ['gateway: clock must be a function, got 0', { clock: 0 }, 'give a function'],
    ['gateway: key must be a text that is not empty, got false', { key: false }, 'give a text'],
  ])('says of a program without types: %s', async (message, options, hint) => {
    const error: unknown = await Reflect.apply(startGateway, undefined, [options]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ message, hint: expect.stringContaining(hint) });
  });

  it('takes an option that is undefined as omitted, whatever its name', async () => {
    const given = { latencyMs: undefined, latencyMS: undefined, faults: { rate429: undefined } };
    const gateway = await startGateway(given);
    expect((await chat(gateway, ask('Hello'))).status).toBe(200);
    await gateway.close();
  });
});

describe('latency', () => {
  it('keeps a call in flight, and one whose client disconnects is neither served nor billed', async () => {
    await withGateway({ latencyMs: A_DAY_MS, latencyJitterMs: 5 }, async (gateway) => {
      const client = new AbortController();
      const waiting = chat(gateway, ask('Hello'), { signal: client.signal });
      await until(() => gateway.stats().inFlight === 1);
      client.abort();
      await expect(waiting).rejects.toThrow('aborted');
      await until(() => gateway.stats().abandoned === 1);
      expect(gateway.stats()).toMatchObject({ calls: 1, served: 0, billed: '0', inFlight: 0 });
    });
  });

  it('passes before the answer', async () => {
    await withGateway({ latencyMs: 40 }, async (gateway) => {
      await chat(gateway, ask('warm up'));
      const startedMs = performance.now();
      await chat(gateway, ask('Hello'));
      // Timers may fire up to a millisecond early.
      expect(performance.now() - startedMs).toBeGreaterThanOrEqual(39);
    });
  });
});

describe('close', () => {
  it('ends waiting and hanging calls at once, and may be called again', async () => {
    const gateway = await startGateway({ latencyMs: A_DAY_MS, faults: { rateHang: 0.5 } });
    const calls = Array.from({ length: 20 }, (_, index) => chat(gateway, ask(`prompt ${index}`)));
    const ends = Promise.allSettled(calls);
    await until(() => gateway.stats().inFlight === 20);
    expect(gateway.stats().faults.hang).toBeGreaterThan(0);
    expect(gateway.stats().faults.hang).toBeLessThan(20);
    await gateway.close();
    await gateway.close();
    expect((await ends).every(({ status }) => status === 'rejected')).toBe(true);
    await expect(chat(gateway, ask('Hello'))).rejects.toThrow('ECONNREFUSED');
  });
});

describe('a connection', () => {
  it('serves many calls one after another', async () => {
    await withGateway({}, async (gateway) => {
      const body = JSON.stringify(ask('Hello'));
      const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: gateway\r\ncontent-length: ${body.length}\r\n\r\n`;
      const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
      let received = '';
      socket.setEncoding('utf8').on('data', (text: string) => (received += text));
      for (const count of [1, 2, 3]) {
        socket.write(head + body);
        await until(() => gateway.stats().served === count && received.split('HTTP/1.1 200 OK').length - 1 === count);
      }
      expect(received).toContain('Keep-Alive: timeout=65');
      socket.destroy();
    });
  });

  it('that ends within a body leaves the gateway unchanged', async () => {
    await withGateway({}, async (gateway) => {
      const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
      socket.write('POST /v1/chat/completions HTTP/1.1\r\nhost: gateway\r\ncontent-length: 1000\r\n\r\n{"model":');
      await until(() => gateway.stats().calls === 1);
      socket.destroy();
      await until(() => gateway.stats().abandoned === 1);
      expect((await call(gateway, 'GET', '/v1/balance')).status).toBe(200);
      expect(gateway.stats()).toMatchObject({ served: 0, rejected: 0, inFlight: 0, maxInFlight: 0 });
    });
  });
});

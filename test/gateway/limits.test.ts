import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CallLimits, SlidingWindow } from '../../src/gateway/limits.ts';
import { ask, call, chat, until, withGateway } from './client.ts';

describe('maxRpm', () => {
  it('admits that many calls in any 60 s and tells the others when to retry', async () => {
    let nowMs = 1_000_000;
    await withGateway({ maxRpm: 2, clock: () => nowMs }, async (gateway) => {
      const knock = async (): Promise<string> => {
        const { status, headers } = await chat(gateway, ask('Hello'));
        return status === 429 ? `429 after ${String(headers['retry-after'])}` : String(status);
      };
      expect(await knock()).toBe('200');
      nowMs += 20_000;
      expect(await knock()).toBe('200');
      expect(await knock()).toBe('429 after 40');
      nowMs += 39_999;
      expect(await knock()).toBe('429 after 1');
      nowMs += 1;
      expect(await knock()).toBe('200');
      expect(await knock()).toBe('429 after 20');
      expect(gateway.stats()).toMatchObject({ calls: 6, served: 3, refused429: 3, rejected: 0, maxPerWindow: 2 });
    });
  });

  it('counts calls that fail later, but no other address', async () => {
    await withGateway({ maxRpm: 2, clock: () => 0 }, async (gateway) => {
      expect((await chat(gateway, ask('Hello', { model: 'gpt-9' }))).status).toBe(404);
      for (const path of ['/v1/models', '/v1/balance', '/stats']) await call(gateway, 'GET', path);
      expect((await chat(gateway, ask('Hello'))).status).toBe(200);
      expect((await chat(gateway, ask('Hello'))).status).toBe(429);
    });
  });

  it('is not bypassed by a reset', async () => {
    await withGateway({ maxRpm: 1, clock: () => 0 }, async (gateway) => {
      await chat(gateway, ask('Hello'));
      await call(gateway, 'POST', '/reset');
      expect((await chat(gateway, ask('Hello'))).status).toBe(429);
      expect(gateway.stats()).toMatchObject({ calls: 1, refused429: 1, maxPerWindow: 1 });
    });
  });
});

describe('maxInFlight', () => {
  it('refuses the call above it and admits the next one when a place is free', async () => {
    await withGateway({ maxInFlight: 2, retryAfterS: 3, faults: { rateHang: 1 } }, async (gateway) => {
      const clients = [new AbortController(), new AbortController()];
      const hanging = clients.map(({ signal }, index) => chat(gateway, ask(`hang ${index}`), { signal }));
      const ends = Promise.allSettled(hanging);
      await until(() => gateway.stats().inFlight === 2);
      const refused = await chat(gateway, ask('third'));
      expect(refused.status).toBe(429);
      expect(refused.headers['retry-after']).toBe('3');
      clients[0]?.abort();
      await until(() => gateway.stats().inFlight === 1);
      const late = chat(gateway, ask('fourth'), clients[1] === undefined ? {} : { signal: clients[1].signal });
      await until(() => gateway.stats().faults.hang === 3);
      expect(gateway.stats()).toMatchObject({ calls: 4, refused429: 1, inFlight: 2, maxInFlight: 2 });
      clients[1]?.abort();
      await Promise.allSettled([late, ends]);
      await until(() => gateway.stats().inFlight === 0);
    });
  });

  it('is confirmed for a client that keeps to it', async () => {
    await withGateway({ latencyMs: 2 }, async (gateway) => {
      const queue = Array.from({ length: 60 }, (_, index) => ask(`prompt ${index}`));
      const worker = async (): Promise<void> => {
        for (let body = queue.pop(); body !== undefined; body = queue.pop()) await chat(gateway, body);
      };
      await Promise.all([worker(), worker(), worker(), worker()]);
      const { maxInFlight, served } = gateway.stats();
      expect(served).toBe(60);
      expect(maxInFlight).toBeLessThanOrEqual(4);
      expect(maxInFlight).toBeGreaterThan(1);
    });
  });
});

describe('SlidingWindow', () => {
  it('agrees with a plain filter over all times', () => {
    const gaps = fc.array(fc.constantFrom(0, 1, 500, 9_999, 30_000, 59_999, 60_000, 60_001), { maxLength: 200 });
    fc.assert(
      fc.property(gaps, (steps) => {
        const window = new SlidingWindow();
        const times: number[] = [];
        let nowMs = 0;
        for (const step of steps) {
          nowMs += step;
          window.add(nowMs);
          times.push(nowMs);
          expect(window.count(nowMs)).toBe(times.filter((time) => time > nowMs - 60_000).length);
        }
      }),
    );
  });

  it('forgets old calls even if there are many', () => {
    const window = new SlidingWindow();
    for (let nowMs = 0; nowMs < 200_000; nowMs += 5) {
      window.add(nowMs);
      expect(window.count(nowMs)).toBe(Math.min(nowMs / 5 + 1, 12_000));
    }
  });
});

describe('CallLimits', () => {
  it('never admits more than its limit', () => {
    const action = fc.record({ afterMs: fc.integer({ min: 0, max: 20_000 }), leaves: fc.boolean() });
    const limit = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 100 }), limit, limit, (actions, maxRpm, maxInFlight) => {
        const limits = new CallLimits({ maxRpm, maxInFlight });
        let nowMs = 0;
        for (const { afterMs, leaves } of actions) {
          nowMs += afterMs;
          if (leaves && limits.witness().inFlight > 0) limits.leave();
          const admission = limits.enter(nowMs);
          if (admission.status === 'too_many_per_minute') expect(admission.retryAfterMs).toBeGreaterThan(0);
        }
        expect(limits.witness().maxPerWindow).toBeLessThanOrEqual(maxRpm);
        expect(limits.witness().maxInFlight).toBeLessThanOrEqual(maxInFlight);
      }),
    );
  });
});

import { request } from 'undici';
import { describe, expect, it } from 'vitest';
import type { FaultKind, FaultShares, Gateway } from '../../src/gateway/index.ts';
import { ask, chat, until, withGateway } from './client.ts';

/** A client's view of one call: its response, or how it failed. */
async function fate(gateway: Gateway, body: unknown): Promise<string> {
  try {
    const { status, text } = await chat(gateway, body);
    return status === 200 ? text.slice(0, 10) : String(status);
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  }
}

function unbilled(gateway: Gateway, fault: FaultKind): void {
  const stats = gateway.stats();
  expect(stats).toMatchObject({ calls: 1, served: 0, billed: '0', promptTokens: 0, refused429: 0, byModel: {} });
  expect(stats.faults).toMatchObject({ [fault]: 1 });
}

describe('an injected fault', () => {
  it('429 says in Retry-After when to retry', async () => {
    await withGateway({ faults: { rate429: 1 }, retryAfterS: 7 }, async (gateway) => {
      const { status, headers, text } = await chat(gateway, ask('Hello'));
      expect(status).toBe(429);
      expect(headers['retry-after']).toBe('7');
      expect(JSON.parse(text).error.code).toBe('rate_limit_exceeded');
      unbilled(gateway, '429');
    });
  });

  it('5xx is a 503 with an error body', async () => {
    await withGateway({ faults: { rate5xx: 1 } }, async (gateway) => {
      const { status, text } = await chat(gateway, ask('Hello'));
      expect(status).toBe(503);
      expect(JSON.parse(text).error.type).toBe('server_error');
      unbilled(gateway, '5xx');
    });
  });

  it('reset breaks the connection', async () => {
    await withGateway({ faults: { rateReset: 1 } }, async (gateway) => {
      expect(await fate(gateway, ask('Hello'))).toBe('ECONNRESET');
      unbilled(gateway, 'reset');
    });
  });

  it('hang gives no answer, and frees its place when the client disconnects', async () => {
    await withGateway({ faults: { rateHang: 1 } }, async (gateway) => {
      const client = new AbortController();
      const call = chat(gateway, ask('Hello'), { signal: client.signal });
      await until(() => gateway.stats().faults.hang === 1);
      expect(gateway.stats().inFlight).toBe(1);
      client.abort();
      await expect(call).rejects.toThrow('aborted');
      await until(() => gateway.stats().inFlight === 0);
      unbilled(gateway, 'hang');
    });
  });

  it('truncated declares more than it sends', async () => {
    await withGateway({ faults: { rateTruncated: 1 } }, async (gateway) => {
      const answer = await request(`${gateway.url}/chat/completions`, {
        method: 'POST',
        body: JSON.stringify(ask('Hello')),
      });
      expect(answer.statusCode).toBe(200);
      const declared = Number(answer.headers['content-length']);
      let received = 0;
      const reading = async (): Promise<void> => {
        for await (const chunk of answer.body) received += Buffer.from(chunk).length;
      };
      await expect(reading()).rejects.toThrow();
      expect(received).toBeGreaterThan(0);
      expect(received).toBeLessThan(declared);
      unbilled(gateway, 'truncated');
    });
  });

  it('html is a page with status 200', async () => {
    await withGateway({ faults: { rateHtml: 1 } }, async (gateway) => {
      const { status, headers, text } = await chat(gateway, ask('Hello'));
      expect(status).toBe(200);
      expect(headers['content-type']).toMatch(/^text\/html/);
      expect(text).toMatch(/^<!doctype html>/);
      unbilled(gateway, 'html');
    });
  });

  it('code6 is an error with status 200', async () => {
    await withGateway({ faults: { rateCode6: 1 } }, async (gateway) => {
      const { status, text } = await chat(gateway, ask('Hello'));
      expect(status).toBe(200);
      expect(JSON.parse(text)).toEqual({ code: 6, message: expect.any(String) });
      unbilled(gateway, 'code6');
    });
  });

  it('comes before any check of the request', async () => {
    await withGateway({ faults: { rate5xx: 1 } }, async (gateway) => {
      expect((await chat(gateway, ask('Hello', { model: 'gpt-9' }))).status).toBe(404);
      expect(gateway.stats().faults['5xx']).toBe(0);
    });
  });
});

describe('the draw of faults', () => {
  const faults: FaultShares = { rate429: 0.2, rate5xx: 0.1, rateReset: 0.1, rateHtml: 0.1, rateCode6: 0.1 };
  const prompts = Array.from({ length: 120 }, (_, index) => `prompt ${index}`);

  async function fates(seed: number, order: readonly string[]): Promise<Record<string, readonly string[]>> {
    const seen: Record<string, string[]> = {};
    await withGateway({ seed, faults }, async (gateway) => {
      for (const attempt of [1, 2, 3]) {
        const round = await Promise.all(
          order.map(async (prompt) => [prompt, await fate(gateway, ask(prompt))] as const),
        );
        expect(round, `attempt ${attempt}`).toHaveLength(order.length);
        for (const [prompt, end] of round) (seen[prompt] ??= []).push(end);
      }
    });
    return seen;
  }

  it('is the same for the same seed, in whatever order the calls come', async () => {
    const first = await fates(5, prompts);
    expect(await fates(5, [...prompts].reverse())).toEqual(first);
    expect(await fates(6, prompts)).not.toEqual(first);
  });

  it('gives a repeated call a new draw', async () => {
    const attempts = Object.values(await fates(5, prompts));
    expect(attempts.some(([first, second]) => first === '429' && second !== '429')).toBe(true);
    expect(attempts.some(([first, second]) => first !== '429' && second === '429')).toBe(true);
  });

  it('matches the shares, and bills exactly the served calls', async () => {
    await withGateway({ seed: 1, faults }, async (gateway) => {
      const many = Array.from({ length: 1000 }, (_, index) => `prompt ${index}`);
      for (let start = 0; start < many.length; start += 100) {
        await Promise.all(many.slice(start, start + 100).map((prompt) => fate(gateway, ask(prompt))));
      }
      const stats = gateway.stats();
      // Three standard deviations of a binomial share of 1,000: 38 at 0.2, 29 at 0.1.
      expect(Math.abs(stats.faults['429'] - 200)).toBeLessThan(38);
      expect(Math.abs(stats.faults.html - 100)).toBeLessThan(29);
      expect(stats.faults).toMatchObject({ hang: 0, truncated: 0 });
      const failed = Object.values(stats.faults).reduce((sum, count) => sum + count, 0);
      expect(stats).toMatchObject({ calls: 1000, served: 1000 - failed, duplicates: 0, rejected: 0, inFlight: 0 });
    });
  });
});

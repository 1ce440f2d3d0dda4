import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatDecimal, parseDecimal } from '../../src/core/money.ts';
import type { GatewayStats } from '../../src/gateway/index.ts';
import { GPTUNNEL_PRICES } from '../../src/pricing/gptunnel-prices.ts';
import { ask, call, chat, withGateway } from './client.ts';

let folder = '';
let answersFile = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptgrid-billing-'));
  answersFile = join(folder, 'answers.jsonl');
  const usage = { prompt_tokens: 111, completion_tokens: 10 };
  await writeFile(answersFile, JSON.stringify({ model: 'gpt-3.5-turbo', prompt: 'documented', output: 'ok', usage }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** An amount as written in the JSON text: JSON.parse would make a binary fraction of it. */
function amountIn(text: string, name: string): bigint {
  const amount = parseDecimal(new RegExp(`"${name}":([0-9.]+)[,}]`).exec(text)?.[1] ?? '');
  if (amount === null) throw new Error(`no ${name} in ${text}`);
  return amount;
}

describe('the bill', () => {
  it('is the documented one for 111 prompt and 10 completion tokens of gpt-3.5-turbo', async () => {
    await withGateway({ answersFile }, async (gateway) => {
      const { text } = await chat(gateway, ask('documented', { model: 'gpt-3.5-turbo' }));
      expect(text).toContain(
        '"usage":{"prompt_tokens":111,"completion_tokens":10,"total_tokens":121,' +
          '"prompt_cost":0.14985,"completion_cost":0.027,"total_cost":0.17685}',
      );
      expect(gateway.stats()).toMatchObject({ promptTokens: 111, completionTokens: 10, billed: '0.17685' });
    });
  });

  it('is an exact sum over any calls', async () => {
    await withGateway({}, async (gateway) => {
      const model = fc.constantFrom(...GPTUNNEL_PRICES.map(({ id }) => id));
      const calls = fc.array(fc.tuple(model, fc.string(), fc.integer({ min: 1, max: 200 })), { maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(calls, async (asked) => {
          await call(gateway, 'POST', '/reset');
          const seen = await Promise.all(
            asked.map(([id, prompt, limit]) => chat(gateway, ask(prompt, { model: id, max_tokens: limit }))),
          );
          const totals = seen.map(({ text }) => {
            const total = amountIn(text, 'total_cost');
            expect(amountIn(text, 'prompt_cost') + amountIn(text, 'completion_cost')).toBe(total);
            return total;
          });
          const stats = gateway.stats();
          expect(stats.billed).toBe(formatDecimal(totals.reduce((sum, total) => sum + total, 0n)));
          const byModel = Object.values(stats.byModel).map(({ billed }) => parseDecimal(billed) ?? 0n);
          expect(stats.billed).toBe(formatDecimal(byModel.reduce((sum, billed) => sum + billed, 0n)));
          expect(stats.served).toBe(asked.length);
        }),
        { numRuns: 25 },
      );
    });
  });
});

describe('the balance', () => {
  it('decreases by exactly the bill', async () => {
    await withGateway({ balance: '999999.999999999999', answersFile }, async (gateway) => {
      await chat(gateway, ask('documented', { model: 'gpt-3.5-turbo' }));
      const { text } = await call(gateway, 'GET', '/v1/balance?useWalletBalance=true');
      expect(text).toBe('{"orgId":"org-simulated","object":"balance","balance":999999.823149999999,"creditLimit":0}');
    });
  });

  it('can be spent to the last kopeck, then calls get 402 and are not billed', async () => {
    await withGateway({ balance: '0.17685', answersFile }, async (gateway) => {
      const body = ask('documented', { model: 'gpt-3.5-turbo' });
      expect((await chat(gateway, body)).status).toBe(200);
      const refused = await chat(gateway, body);
      expect(refused.status).toBe(402);
      expect(JSON.parse(refused.text).error.type).toBe('insufficient_balance_error');
      expect(gateway.stats()).toMatchObject({ calls: 2, served: 1, rejected: 1, billed: '0.17685' });
      expect((await call(gateway, 'GET', '/v1/balance')).text).toContain('"balance":0,');
    });
  });

  it('that does not cover a call is left unchanged', async () => {
    await withGateway({ balance: '0.17684', answersFile }, async (gateway) => {
      expect((await chat(gateway, ask('documented', { model: 'gpt-3.5-turbo' }))).status).toBe(402);
      expect(amountIn((await call(gateway, 'GET', '/v1/balance')).text, 'balance')).toBe(parseDecimal('0.17684'));
    });
  });
});

describe('the ledger', () => {
  it('reports at /stats what stats() returns, including by model', async () => {
    await withGateway({}, async (gateway) => {
      await chat(gateway, ask('one', { model: 'gpt-4o' }));
      await chat(gateway, ask('two', { model: 'gpt-4o' }));
      await chat(gateway, ask('one', { model: 'gigachat' }));
      const stats: GatewayStats = JSON.parse((await call(gateway, 'GET', '/stats')).text);
      expect(stats).toEqual(gateway.stats());
      expect(stats).toMatchObject({ calls: 3, served: 3, duplicates: 0, inFlight: 0, maxInFlight: 1, maxPerWindow: 3 });
      expect(stats.byModel).toMatchObject({ 'gpt-4o': { served: 2 }, gigachat: { served: 1 } });
    });
  });

  it('counts a repeated body, whatever the order of its keys', async () => {
    await withGateway({}, async (gateway) => {
      const messages = [{ role: 'user', content: 'Hello' }];
      await chat(gateway, '{"model":"gpt-4o","temperature":0.50,"messages":[{"role":"user","content":"Hello"}]}');
      await chat(gateway, { messages, model: 'gpt-4o', temperature: 0.5 });
      await chat(gateway, { messages, model: 'gpt-4o', temperature: 0.6 });
      expect(gateway.stats()).toMatchObject({ served: 3, duplicates: 1 });
    });
  });

  it('is reset by /reset, and the balance returns to its start value', async () => {
    await withGateway({ balance: '5' }, async (gateway) => {
      const before = gateway.stats();
      await chat(gateway, ask('Hello'));
      await chat(gateway, '{');
      expect(gateway.stats()).toMatchObject({ calls: 2, served: 1 });
      expect((await call(gateway, 'POST', '/reset')).status).toBe(200);
      // Calls of the last 60 s stay in the window, so that a reset cannot bypass a limit.
      expect(gateway.stats()).toEqual({ ...before, maxPerWindow: 1 });
      expect((await call(gateway, 'GET', '/v1/balance')).text).toContain('"balance":5,');
    });
  });
});

import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { CallError } from '../../src/core/call-error.ts';
import { WrittenNumber } from '../../src/core/written-number.ts';
import { custom } from '../../src/providers/custom.ts';
import { gptunnel } from '../../src/providers/gptunnel.ts';
import { findProvider, providers } from '../../src/providers/index.ts';
import { openai } from '../../src/providers/openai.ts';
import { openrouter } from '../../src/providers/openrouter.ts';
import { ASK, completion, failure, failureOf, type Handler, noSignal, reply, withEndpoint } from './endpoint.ts';

const SILENCE: Handler = () => undefined;
const OK = reply(200, completion({ role: 'assistant', content: 'Paris' }));

describe('a request', () => {
  it('is a POST of JSON to chat/completions, with the API’s own field names', async () => {
    await withEndpoint(OK, async ({ provider, seen }) => {
      const params = { max_tokens: 5, top_p: 0.9, useWalletBalance: true, functions: [{ name: 'f' }] };
      await provider.complete({ ...ASK, temperature: 0.7, params }, noSignal());
      const [request] = seen;
      expect(request).toMatchObject({ method: 'POST', path: '/v1/chat/completions' });
      expect(request?.headers['content-type']).toBe('application/json');
      expect(JSON.parse(request?.body ?? '')).toEqual({
        model: 'gpt-4o',
        messages: [{ role: 'user', content: 'Hi' }],
        temperature: 0.7,
        max_tokens: 5,
        top_p: 0.9,
        useWalletBalance: true,
        functions: [{ name: 'f' }],
      });
    });
  });

  it('has no temperature if none is set', async () => {
    await withEndpoint(OK, async ({ provider, seen }) => {
      await provider.complete({ ...ASK, temperature: null }, noSignal());
      expect(Object.keys(JSON.parse(seen[0]?.body ?? ''))).toEqual(['model', 'messages']);
    });
  });

  it('transmits any text completely', async () => {
    const text = 'Ёлка\u2028 "\\" \u0000 😀 \ud800';
    await withEndpoint(OK, async ({ provider, seen }) => {
      await provider.complete({ ...ASK, messages: [{ role: 'user', content: text }] }, noSignal());
      expect(JSON.parse(seen[0]?.body ?? '').messages[0].content).toBe(text);
    });
  });

  it('transmits numbers in messages as the dataset has them', async () => {
    const messages = [{ role: 'user', content: [{ type: 'text', text: 'Hi', n: new WrittenNumber('1.10') }] }];
    await withEndpoint(OK, async ({ provider, seen }) => {
      await provider.complete({ ...ASK, messages }, noSignal());
      expect(seen[0]?.body).toContain('"text":"Hi","n":1.10}');
    });
  });

  it.each([
    ['bare', 'test-key'],
    ['bearer', 'Bearer test-key'],
  ] as const)('carries the key %s', async (auth, header) => {
    await withEndpoint(
      OK,
      async ({ provider, seen }) => {
        await provider.complete(ASK, noSignal());
        await provider.models(noSignal()).catch(() => undefined);
        expect(seen.map(({ headers }) => headers.authorization)).toEqual([header, header]);
      },
      { auth },
    );
  });

  it('has no Authorization header if there is no key', async () => {
    await withEndpoint(
      OK,
      async ({ provider, seen }) => {
        await provider.complete(ASK, noSignal());
        expect(seen[0]?.headers).not.toHaveProperty('authorization');
      },
      { apiKey: null },
    );
  });

  it.each([
    ['/v1', '/v1/chat/completions'],
    ['/v1/', '/v1/chat/completions'],
    ['/api/v1/', '/api/v1/chat/completions'],
    ['', '/chat/completions'],
    ['/', '/chat/completions'],
  ])('to an address with the path "%s" goes to %s', async (path, expected) => {
    await withEndpoint(
      OK,
      async ({ provider, port, seen }) => {
        await provider.complete(ASK, noSignal());
        expect(seen[0]?.path).toBe(expected);
        expect(provider.endpoint).toBe(`http://127.0.0.1:${port}${expected.slice(0, -'/chat/completions'.length)}`);
      },
      { path },
    );
  });

  it('uses no more connections than allowed', async () => {
    const sockets = new Set<unknown>();
    const handler: Handler = (response) => {
      sockets.add(response.socket);
      response.end(JSON.stringify(completion({ content: 'a' })));
    };
    await withEndpoint(handler, async ({ provider }) => {
      await Promise.all(Array.from({ length: 20 }, () => provider.complete(ASK, noSignal())));
      expect(sockets.size).toBeLessThanOrEqual(2);
    });
  });
});

describe('a call that is ended', () => {
  it.each([
    ['before it began', () => AbortSignal.abort(new CallError('timeout', 'too late'))],
    [
      'while it is under way',
      () => {
        const controller = new AbortController();
        setImmediate(() => controller.abort(new CallError('timeout', 'too late')));
        return controller.signal;
      },
    ],
  ])('%s gives the reason of its signal', async (_when, signal) => {
    await withEndpoint(SILENCE, async ({ provider }) => {
      const given = signal();
      expect(await failure(provider.complete(ASK, given))).toMatchObject({ kind: 'timeout', message: 'too late' });
    });
  });

  it('by a signal that ended an earlier one is not sent', { timeout: 10_000 }, async () => {
    const controller = new AbortController();
    await withEndpoint(SILENCE, async ({ provider, seen }) => {
      const first = failure(provider.complete(ASK, controller.signal));
      setImmediate(() => controller.abort(new CallError('timeout', 'too late')));
      expect(await first).toMatchObject({ message: 'too late' });
      const sent = seen.length;
      expect(await failure(provider.complete(ASK, controller.signal))).toMatchObject({ message: 'too late' });
      expect(seen).toHaveLength(sent);
    });
  });

  it('while it waits for a connection is not sent', async () => {
    const held: ServerResponse[] = [];
    const answer = (place: number): void => {
      held[place]?.end(JSON.stringify(completion({ role: 'assistant', content: 'x' })));
    };
    await withEndpoint(
      (response) => void held.push(response),
      async ({ provider, seen }) => {
        const first = provider.complete(ASK, noSignal());
        await expect.poll(() => held.length).toBe(1);
        const controller = new AbortController();
        const ended = provider.complete({ ...ASK, model: 'ended' }, controller.signal);
        const next = provider.complete({ ...ASK, model: 'next' }, noSignal());
        controller.abort('enough');
        await expect(ended).rejects.toBe('enough');
        answer(0);
        await first;
        await expect.poll(() => held.length).toBe(2);
        answer(1);
        await next;
        expect(seen.map(({ body }) => JSON.parse(body))).toMatchObject([{ model: 'gpt-4o' }, { model: 'next' }]);
      },
      { connections: 1 },
    );
  });

  it('in the middle of its answer gives the reason of its signal', async () => {
    const controller = new AbortController();
    const half: Handler = (response) => {
      response.writeHead(200);
      response.write('{"id":', () => controller.abort('enough'));
    };
    await withEndpoint(half, async ({ provider }) => {
      await expect(provider.complete(ASK, controller.signal)).rejects.toBe('enough');
    });
  });

  const CALLS = [0, 1, 2, 3];
  const PAIRS = CALLS.flatMap((one) => CALLS.filter((other) => other !== one).map((other) => [one, other] as const));

  it.each(PAIRS)(
    'ends with the others of its signal after calls %i and %i have had their answers',
    { timeout: 20_000 },
    async (...answered) => {
      const controller = new AbortController();
      const held: ServerResponse[] = [];
      await withEndpoint(
        (response) => void held.push(response),
        async ({ provider }) => {
          const open = new Map(
            CALLS.map((call) => {
              const made = provider.complete(ASK, controller.signal);
              return [call, made.then(() => call)];
            }),
          );
          await expect.poll(() => held.length).toBe(CALLS.length);
          for (const index of answered) {
            held[index]?.writeHead(200).end(JSON.stringify(completion({ role: 'assistant', content: 'x' })));
            open.delete(await Promise.race(open.values()));
          }
          controller.abort('enough');
          const cut = { status: 'rejected', reason: 'enough' };
          expect(await Promise.allSettled(open.values())).toEqual([cut, cut]);
        },
        { connections: CALLS.length },
      );
    },
  );
});

describe('the key', () => {
  const apiKey = ['sk', '0123456789abcdef'.repeat(2)].join('-');

  it.each<[string, Handler]>([
    ['a reason', reply(401, { error: { message: `Incorrect API key provided: ${apiKey}.` } })],
    ['a code', reply(400, { error: { message: 'x', code: apiKey } })],
    ['escaped JSON', reply(400, `{"message":"${apiKey.replace('-', '\\u002d')}"}`)],
    ['a foreign body', reply(200, `<html>Authorization: ${apiKey}</html>`)],
    ['an answer without choices', reply(200, { message: `Bearer ${apiKey}` })],
    ...Array.from({ length: 40 }, (_, index): [string, Handler] => [
      `a long reason, ${260 + index} characters in`,
      reply(500, { error: { message: `${'x'.repeat(260 + index)}${apiKey}` } }),
    ]),
    ...Array.from({ length: 40 }, (_, index): [string, Handler] => [
      `a long foreign body, ${230 + index} characters in`,
      reply(200, `${'x'.repeat(230 + index)}${apiKey}`),
    ]),
  ])('is in no error, not even partly, if the server repeats it in %s', async (_where, handler) => {
    const { message, cause } = await failureOf(handler, { apiKey });
    expect(message).not.toContain('sk-0');
    expect(message).not.toMatch(/sk$|sk-?…$/);
    expect(String(cause)).not.toContain('sk-0');
  });

  it('is in no error of a list of models or a balance', async () => {
    const handler = reply(403, { error: { message: `Not for ${apiKey}` } });
    await withEndpoint(
      handler,
      async ({ provider }) => {
        expect((await failure(provider.models(noSignal()))).message).toBe('HTTP 403: Not for [key]');
        expect((await failure(provider.balance(noSignal()))).message).toBe('HTTP 403: Not for [key]');
      },
      { apiKey },
    );
  });
});

describe('text from a server', () => {
  const orders = '\u001B[2J\u001B]0;owned\u0007\u009B31m\b';

  it.each<[string, Handler]>([
    ['a reason', reply(400, { error: { message: `No ${orders}way` } })],
    ['a code', reply(400, { error: { message: 'No way', code: `x${orders}` } })],
    ['a text', reply(502, `No ${orders}way`)],
    ['a page', reply(502, `<html><title>No ${orders}way</title></html>`)],
    ['a foreign body', reply(200, `No ${orders}way`)],
  ])('cannot control a terminal, be it in %s', async (_where, handler) => {
    const { message } = await failureOf(handler);
    expect(message).toContain('No way');
    expect(message).not.toMatch(/\p{Cc}/u);
  });

  it('does not hide the key behind control sequences', async () => {
    const handler = reply(401, { error: { message: 'Not sk-0123\u001B[0m456789, no' } });
    expect((await failureOf(handler, { apiKey: 'sk-0123456789' })).message).toBe('HTTP 401: Not [key], no');
  });

  it('is one line of text in names of models too', async () => {
    const data = [{ id: `gpt${orders}`, title: `A ${orders}\nmodel`, cost_context: '1', cost_completion: '1' }];
    await withEndpoint(reply(200, { data }), async ({ provider }) => {
      expect(await provider.models(noSignal())).toMatchObject([{ id: 'gpt', title: 'A model' }]);
    });
  });
});

describe('the list of models', () => {
  it('of GPTunnel has titles, capacities and exact prices from prices per 1,000 tokens', async () => {
    const body = {
      object: 'list',
      data: [
        {
          id: 'gpt-4o',
          object: 'model',
          title: 'GPT-4o',
          max_capacity: 128000,
          cost_context: '1.35',
          cost_completion: 2.7,
        },
        { id: 'own', object: 'model', title: null, cost_context: 'free' },
        { object: 'model', title: 'nameless' },
        'text',
        null,
      ],
    };
    await withEndpoint(
      reply(200, body),
      async ({ provider, seen }) => {
        expect(await provider.models(noSignal())).toEqual([
          {
            id: 'gpt-4o',
            title: 'GPT-4o',
            maxCapacity: 128_000,
            price: {
              promptToken: 1_350_000_000n,
              completionToken: 2_700_000_000n,
              currency: 'RUB',
              source: 'gptunnel /v1/models',
              date: '2026-01-02T03:04:05.000Z',
            },
          },
          { id: 'own', title: null, maxCapacity: null, price: null, unusablePrice: 'cost_context "free"' },
        ]);
        expect(seen[0]).toMatchObject({ method: 'GET', path: '/v1/models', body: '' });
      },
      { now: () => Date.parse('2026-01-02T03:04:05Z') },
    );
  });

  it('of OpenRouter has names, context lengths and exact prices per token', async () => {
    const body = {
      data: [
        {
          id: 'openai/gpt-4o',
          name: 'OpenAI: GPT-4o',
          context_length: 128000,
          pricing: { prompt: '0.0000025', completion: '0.00001', request: '0' },
        },
        { id: 'openrouter/auto', name: 'Auto', context_length: 2000000, pricing: { prompt: '-1', completion: '-1' } },
        { id: 'vendor/no-price' },
      ],
    };
    await withEndpoint(
      reply(200, body),
      async ({ provider, seen }) => {
        const [first, second, third] = await provider.models(noSignal());
        expect(first).toMatchObject({ id: 'openai/gpt-4o', title: 'OpenAI: GPT-4o', maxCapacity: 128_000 });
        expect(first?.price).toEqual({
          promptToken: 2_500_000n,
          completionToken: 10_000_000n,
          currency: 'USD',
          source: 'openrouter /v1/models',
          date: expect.any(String),
        });
        expect([second, third]).toMatchObject([
          { price: null, unusablePrice: 'prompt "-1", completion "-1"' },
          { price: null },
        ]);
        expect(third).not.toHaveProperty('unusablePrice');
        expect(seen[0]?.path).toBe('/api/v1/models');
      },
      { definition: openrouter, path: '/api/v1' },
    );
  });

  it('of OpenRouter has cached rates, fees per request and rates of long prompts', async () => {
    const pricing = {
      prompt: '0.000004',
      completion: '0.00002',
      request: '0.005',
      input_cache_read: '0.0000004',
      overrides: [
        { min_prompt_tokens: 500_000, prompt: '0.00001', completion: '0.00004', input_cache_read: '0.000001' },
        { min_prompt_tokens: 272_000, prompt: '0.000008' },
        'none',
      ],
    };
    await withEndpoint(
      reply(200, { data: [{ id: 'vendor/long', pricing }] }),
      async ({ provider }) => {
        const [first] = await provider.models(noSignal());
        expect(first?.price).toMatchObject({
          promptToken: 4_000_000n,
          completionToken: 20_000_000n,
          cachedPromptToken: 400_000n,
          request: 5_000_000_000n,
          tiers: [
            {
              fromPromptTokens: 272_000,
              promptToken: 8_000_000n,
              completionToken: 20_000_000n,
              cachedPromptToken: 400_000n,
            },
            {
              fromPromptTokens: 500_000,
              promptToken: 10_000_000n,
              completionToken: 40_000_000n,
              cachedPromptToken: 1_000_000n,
            },
          ],
        });
      },
      { definition: openrouter },
    );
  });

  it('of OpenRouter has rates for cache writes, and the highest of those that change by the hour', async () => {
    const pricing = {
      prompt: '0.000002',
      completion: '0.00001',
      internal_reasoning: '0.00003',
      input_cache_write: '0.0000025',
      input_cache_write_1h: '0.000004',
      overrides: [
        { utc_start: '01:00', utc_end: '04:00', prompt: '0.000003', input_cache_write: '0.000001' },
        { min_prompt_tokens: 1000, prompt: '0.000004' },
        { min_prompt_tokens: 1000, utc_start: '01:00', utc_end: '04:00', prompt: '0.000005' },
        { min_prompt_tokens: -1, request: '0.001' },
      ],
    };
    await withEndpoint(
      reply(200, { data: [{ id: 'vendor/model', pricing }] }),
      async ({ provider }) => {
        const [first] = await provider.models(noSignal());
        const rates = { completionToken: 30_000_000n, cacheWriteToken: 2_500_000n, longCacheWriteToken: 4_000_000n };
        expect(first?.price).toMatchObject({
          ...rates,
          promptToken: 3_000_000n,
          request: 1_000_000_000n,
          source: 'openrouter /v1/models, at its dearest hour',
          tiers: [{ ...rates, fromPromptTokens: 1000, promptToken: 5_000_000n }],
        });
      },
      { definition: openrouter },
    );
  });

  it.each([
    [gptunnel, { cost_context: '-1', cost_completion: '2' }, 'cost_context "-1", cost_completion "2"'],
    [gptunnel, { cost_context: '1', cost_completion: 1e300 }, 'cost_context "1", cost_completion 1e+300'],
    [openrouter, { pricing: { prompt: '0.1', completion: '-0.1' } }, 'prompt "0.1", completion "-0.1"'],
    [openrouter, { pricing: { prompt: {}, completion: true } }, 'prompt {}, completion true'],
  ])('of $name has no price if it lists %j', async (definition, entry, unusablePrice) => {
    await withEndpoint(
      reply(200, { data: [{ id: 'm', ...entry }] }),
      async ({ provider }) => {
        expect(await provider.models(noSignal())).toMatchObject([{ id: 'm', price: null, unusablePrice }]);
      },
      { definition },
    );
  });

  it.each([0, -1, 0.5, 1e300, 'many', '', null, true])('has no capacity if that is %j', async (capacity) => {
    for (const [definition, name] of [
      [gptunnel, 'max_capacity'],
      [openrouter, 'context_length'],
    ] as const) {
      await withEndpoint(
        reply(200, { data: [{ id: 'm', [name]: capacity }] }),
        async ({ provider }) => {
          expect(await provider.models(noSignal())).toMatchObject([{ id: 'm', maxCapacity: null }]);
        },
        { definition },
      );
    }
  });

  it.each(['0', 0])('of OpenRouter has a price of %j for free models', async (free) => {
    await withEndpoint(
      reply(200, { data: [{ id: 'vendor/free', pricing: { prompt: free, completion: free } }] }),
      async ({ provider }) => {
        const [first] = await provider.models(noSignal());
        expect(first?.price).toMatchObject({ promptToken: 0n, completionToken: 0n, currency: 'USD' });
      },
      { definition: openrouter },
    );
  });

  it.each([openai, custom])('of $name has ids', async (definition) => {
    await withEndpoint(
      reply(200, { data: [{ id: 'm', object: 'model', owned_by: 'me' }] }),
      async ({ provider }) => {
        expect(await provider.models(noSignal())).toEqual([{ id: 'm', title: null, maxCapacity: null, price: null }]);
      },
      { definition },
    );
  });

  it('may come without a wrapper, and is not a list if it is something else', async () => {
    await withEndpoint(reply(200, [{ id: 'm' }]), async ({ provider }) => {
      expect(await provider.models(noSignal())).toHaveLength(1);
    });
    await withEndpoint(reply(200, { data: {} }), async ({ provider }) => {
      expect((await failure(provider.models(noSignal()))).kind).toBe('invalid_response');
    });
  });
});

describe('the balance', () => {
  it.each([
    [{ orgId: 'org-1', balance: 12.345, creditLimit: 100 }, 'org-1', 12_345_000_000_000n, 100_000_000_000_000n],
    [{ balance: '-0.5' }, null, -500_000_000_000n, null],
    [{ orgId: 7, balance: 0, creditLimit: null }, null, 0n, null],
  ])('of GPTunnel is read exactly from %j', async (body, orgId, balance, creditLimit) => {
    await withEndpoint(reply(200, body), async ({ provider, seen }) => {
      expect(await provider.balance(noSignal())).toEqual({ orgId, balance, creditLimit, currency: 'RUB' });
      expect(seen[0]).toMatchObject({ method: 'GET', path: '/v1/balance' });
    });
  });

  it('is that of the wallet on request', async () => {
    await withEndpoint(
      reply(200, { balance: 1 }),
      async ({ provider, seen }) => {
        await provider.balance(noSignal());
        expect(seen[0]?.path).toBe('/v1/balance?useWalletBalance=true');
      },
      { useWalletBalance: true },
    );
  });

  it.each([{}, { balance: null }, { balance: 'much' }, []])('is not derived from %j', async (body) => {
    await withEndpoint(reply(200, body), async ({ provider }) => {
      expect((await failure(provider.balance(noSignal()))).kind).toBe('invalid_response');
    });
  });
});

describe.each(providers)('the provider $name', (definition) => {
  it('is found by its name and describes its connection', () => {
    expect(findProvider(definition.name)).toBe(definition);
    expect(definition.title).not.toBe('');
    expect(definition.keyVariable).toMatch(/^[A-Z]+(_OPENAI)?_(API_KEY|CREDENTIALS)$/);
    expect(definition.temperature.min).toBeLessThan(definition.temperature.max);
    if (definition.baseUrl !== null)
      expect(definition.baseUrl).toMatch(/^(https:\/\/[a-z.]+|http:\/\/127\.0\.0\.1:\d+)(\/[a-z]+)*\/v1(?:beta)?$/);
  });

  it('shares its key variable only with another API at its address', () => {
    const sharing = providers.filter(({ keyVariable }) => keyVariable === definition.keyVariable);
    expect(new Set(sharing.map(({ baseUrl }) => baseUrl)).size).toBe(1);
    expect(new Set(sharing.map(({ wire }) => wire)).size).toBe(sharing.length);
  });

  it('reports no cost for an answer without one', () => {
    expect(definition.readCost({})).toBeNull();
    expect(definition.readCost({ prompt_tokens: 10, completion_tokens: 2 })).toBeNull();
  });

  it('reports no price for an entry without one', () => {
    expect(definition.readModel({ id: 'm' }, '2026-01-02').price).toBeNull();
  });
});

describe('a provider of another name', () => {
  it('is not found', () => {
    expect(findProvider('opanai')).toBeUndefined();
    expect(findProvider('constructor')).toBeUndefined();
  });
});

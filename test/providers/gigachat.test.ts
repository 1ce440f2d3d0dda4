import { EventEmitter, once } from 'node:events';
import { describe, expect, it, type TestContext } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import type { Provider } from '../../src/core/provider.ts';
import { gigachat } from '../../src/providers/gigachat.ts';
import { openProvider, type ProviderSettings } from '../../src/providers/index.ts';
import { hasOpenssl, ownCa } from '../support/certificates.ts';
import { GIGACHAT_KEY, type GigachatVendor, gigachatVendor } from '../support/vendor-gigachat.ts';
import { ASK, failure, noSignal, readAs } from './endpoint.ts';

const PLAIN = { definition: gigachat, auth: 'bearer', apiKey: null } as const;

function open(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  vendor: GigachatVendor,
  settings: Partial<ProviderSettings> = {},
): Provider {
  const provider = openProvider(gigachat, {
    baseUrl: vendor.url,
    apiKey: GIGACHAT_KEY,
    auth: 'bearer',
    connections: 8,
    useWalletBalance: false,
    now: Date.now,
    tokens: { url: vendor.authUrl, proxy: null },
    ...settings,
  });
  onTestFinished(() => provider.close());
  return provider;
}

/** Calls in parallel. */
function calls(provider: Provider, count: number): Promise<readonly unknown[]> {
  return Promise.all(Array.from({ length: count }, () => provider.complete(ASK, noSignal())));
}

describe('access to GigaChat', () => {
  it('is by a token that the key is exchanged for, once for all calls', async (context) => {
    const vendor = await gigachatVendor(context);
    const provider = open(context, vendor);
    await calls(provider, 20);
    await calls(provider, 5);
    expect(vendor.bodies).toHaveLength(25);
    expect(vendor.tokenRequests).toEqual([
      { authorization: `Basic ${GIGACHAT_KEY}`, requestId: expect.any(String), form: 'scope=GIGACHAT_API_PERS' },
    ]);
    expect((await provider.models(noSignal())).map(({ id }) => id)).toEqual(['GigaChat-2-Max']);
    expect(vendor.tokenRequests).toHaveLength(1);
  });

  it('is renewed a minute before it ends, once for all calls', async (context) => {
    const vendor = await gigachatVendor(context);
    let elapsed = 0;
    const provider = open(context, vendor, { elapsedMs: () => elapsed });
    await calls(provider, 3);
    elapsed = 1_800_000 - 61_000;
    await calls(provider, 3);
    expect(vendor.tokenRequests).toHaveLength(1);
    elapsed = 1_800_000 - 59_000;
    await calls(provider, 3);
    expect(vendor.tokenRequests).toHaveLength(2);
  });

  it('does not depend on the clock of this machine', async (context) => {
    const vendor = await gigachatVendor(context);
    const provider = open(context, vendor, { now: () => Date.now() + 86_400_000, elapsedMs: () => performance.now() });
    await calls(provider, 1);
    await calls(provider, 2);
    expect(vendor.tokenRequests).toHaveLength(1);
  });

  it('is renewed if the token is refused, once for each call', async (context) => {
    const vendor = await gigachatVendor(context);
    const provider = open(context, vendor);
    await calls(provider, 1);
    vendor.revoke();
    await calls(provider, 6);
    expect(vendor.tokenRequests.length).toBe(2);
  });

  it('is given up if the next token is refused too', async (context) => {
    const vendor = await gigachatVendor(context, { areTokensUseless: true });
    const refused = await failure(open(context, vendor).complete(ASK, noSignal()));
    expect(refused).toMatchObject({ kind: 'unauthorized', httpStatus: 401 });
    expect(vendor.tokenRequests).toHaveLength(2);
  });

  it('is by a token of one’s own in a header, which is not exchanged', async (context) => {
    const vendor = await gigachatVendor(context);
    const headers = { authorization: 'Bearer of-another' };
    const refused = await failure(open(context, vendor, { apiKey: null, headers }).complete(ASK, noSignal()));
    expect(refused).toMatchObject({ kind: 'unauthorized', httpStatus: 401 });
    expect(vendor.tokenRequests).toEqual([]);
  });

  it.for([
    ['a wrong key', { apiKey: 'd3Jvbmc6d3Jvbmc=' }, "credentials doesn't match"],
    ['a wrong scope', { account: 'GIGACHAT_API_CORP' }, 'scope from db'],
  ] as const)('is refused with %s, which ends the run', async ([, settings, message], context) => {
    const vendor = await gigachatVendor(context);
    const provider = open(context, vendor, settings);
    const refused = await failure(provider.complete(ASK, noSignal()));
    expect(refused).toMatchObject({ kind: 'unauthorized', hint: expect.stringContaining('GIGACHAT_CREDENTIALS') });
    expect(refused.message).toContain('no access token from 127.0.0.1:');
    expect(refused.message).toContain(message);
  });

  it.for([
    [429, 'rate_limited'],
    [500, 'server_error'],
  ] as const)('that fails with %s may be tried again', async ([status, kind], context) => {
    const refuseToken = (count: number) => (count === 1 ? { status, body: { code: 5, message: 'later' } } : null);
    const vendor = await gigachatVendor(context, { refuseToken });
    const provider = open(context, vendor);
    expect((await failure(provider.complete(ASK, noSignal()))).kind).toBe(kind);
    expect((await provider.complete(ASK, noSignal())).output).toBe('Париж');
  });

  it('that one call gives up waiting for is still given to the others', async (context) => {
    const requests = new EventEmitter();
    const asked = once(requests, 'token');
    const vendor = await gigachatVendor(context, {
      refuseToken: () => {
        requests.emit('token');
        return null;
      },
    });
    const provider = open(context, vendor);
    const controller = new AbortController();
    const ended = failure(provider.complete(ASK, controller.signal)).catch((reason: unknown) => reason);
    const other = provider.complete(ASK, noSignal());
    await asked;
    controller.abort(new Error('enough'));
    expect(await ended).toMatchObject({ message: 'enough' });
    expect((await other).output).toBe('Париж');
    expect(vendor.tokenRequests).toHaveLength(1);
  });

  it('shows no token that a server repeats', async (context) => {
    const vendor = await gigachatVendor(context, {
      answer: () => ({ choices: [{ message: { content: 'Bearer access-token-1' }, finish_reason: 'stop' }] }),
    });
    expect((await open(context, vendor).complete(ASK, noSignal())).output).toBe('Bearer [key]');
  });

  it.skipIf(!hasOpenssl)('trusts a CA of its own only if that is given (needs openssl)', async (context) => {
    const { tls, certificate } = await ownCa(context);
    const vendor = await gigachatVendor(context, { tls });
    const refused = await failure(open(context, vendor).complete(ASK, noSignal()));
    expect(refused).toMatchObject({ kind: 'network', isUnsent: true, hint: expect.stringContaining('--ca-file') });
    expect(vendor.tokenRequests).toEqual([]);
    const trusting = open(context, vendor, { certificates: [certificate] });
    expect((await trusting.complete(ASK, noSignal())).output).toBe('Париж');
    const other = await ownCa(context);
    const wrong = open(context, vendor, { certificates: [other.certificate] });
    expect((await failure(wrong.complete(ASK, noSignal()))).kind).toBe('network');
  });
});

describe('a request to GigaChat', () => {
  it('has functions, flat schemas and messages in its own form', async (context) => {
    const vendor = await gigachatVendor(context);
    const parameters = { type: 'object', properties: {} };
    const messages = [
      { role: 'developer', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Ad' },
          { type: 'text', text: 'd' },
        ],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', name: 'add', content: '2' },
    ];
    const params = {
      max_completion_tokens: 50,
      tools: [{ type: 'function', function: { name: 'add', parameters } }],
      tool_choice: { type: 'function', function: { name: 'add' } },
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema: parameters, strict: true } },
      repetition_penalty: 1.1,
    };
    await open(context, vendor).complete({ ...ASK, model: 'GigaChat-2', messages, params }, noSignal());
    expect(vendor.bodies).toEqual([
      {
        model: 'GigaChat-2',
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Add' },
          { role: 'assistant', content: '', function_call: { name: 'add', arguments: { a: 1 } } },
          { role: 'function', name: 'add', content: '2' },
        ],
        temperature: 0,
        max_tokens: 50,
        functions: [{ name: 'add', parameters }],
        function_call: { name: 'add' },
        response_format: { type: 'json_schema', schema: parameters, strict: true },
        repetition_penalty: 1.1,
      },
    ]);
  });
});

/** An answer with these parts. */
function answer(message: JsonObject, parts: JsonObject = {}): JsonObject {
  return { object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }], ...parts };
}

describe('an answer of GigaChat', () => {
  it('has the arguments of a call as OpenAI has them', async () => {
    const message = { role: 'assistant', content: '', function_call: { name: 'add', arguments: { a: 1 } } };
    expect(JSON.parse((await readAs(answer(message), PLAIN)).output)).toEqual({
      function_call: { name: 'add', arguments: '{"a":1}' },
    });
  });

  it('that its censor withheld is a refusal', async () => {
    const body = { choices: [{ message: { content: 'Не люблю менять тему' }, finish_reason: 'blacklist' }] };
    expect(await readAs(body, PLAIN)).toMatchObject({ finishReason: 'blacklist', refusal: 'blacklist' });
  });

  // total_tokens are billed, "after deducting the cached tokens". The first two are the API reference's own examples.
  it.each([
    [
      'is the example of a cached prompt',
      { prompt_tokens: 55, completion_tokens: 30, total_tokens: 85, precached_prompt_tokens: 4 },
      [59, 4, 30],
    ],
    [
      'has more cached than prompt',
      { prompt_tokens: 1, completion_tokens: 4, total_tokens: 5, precached_prompt_tokens: 37 },
      [38, 37, 4],
    ],
    [
      'has them within its prompt',
      { prompt_tokens: 38, completion_tokens: 4, total_tokens: 5, precached_prompt_tokens: 37 },
      [38, 37, 4],
    ],
    [
      'has none cached',
      { prompt_tokens: 18, completion_tokens: 68, total_tokens: 86, precached_prompt_tokens: 0 },
      [18, null, 68],
    ],
  ])('that %s is billed by its total', async (_what, usage, [prompt, cached, completion]) => {
    const read = await readAs(answer({ content: 'Да' }, { usage }), PLAIN);
    expect(read.usage).toMatchObject({
      promptTokens: prompt,
      cachedPromptTokens: cached,
      completionTokens: completion,
    });
  });
});

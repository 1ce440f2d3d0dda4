import { describe, expect, it } from 'vitest';
import { GPTUNNEL_EMBEDDINGS } from '../../src/pricing/gptunnel-prices.ts';
import { loadTokenCounter } from '../../src/pricing/token-counter.ts';
import { readStreamedAnswer } from '../../src/providers/streamed-answer.ts';
import { ask, call, chat, embed, withGateway } from './client.ts';

describe('a chat completion', () => {
  it('has the fields of the API and the tokens of request and answer', async () => {
    await withGateway({}, async (gateway) => {
      const { status, headers, text } = await chat(gateway, ask('How many legs has a spider?'));
      expect(status).toBe(200);
      expect(headers['content-type']).toBe('application/json');
      const completion = JSON.parse(text);
      const { countMessages, countText } = await loadTokenCounter('gpt-4o-mini');
      const content: string = completion.choices[0].message.content;
      const promptTokens = countMessages([{ role: 'user', content: 'How many legs has a spider?' }]);
      expect(completion).toMatchObject({
        id: expect.stringMatching(/^chatcmpl-sim-/),
        object: 'chat.completion',
        created: expect.any(Number),
        model: 'gpt-4o-mini',
        choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
        usage: {
          prompt_tokens: promptTokens,
          completion_tokens: countText(content),
          total_tokens: promptTokens + countText(content),
        },
      });
    });
  });

  it('says in its text and in a header that no model was called', async () => {
    await withGateway({}, async (gateway) => {
      const { headers, text } = await chat(gateway, ask('Hello'));
      expect(headers['x-promptgrid-simulated']).toBe('true');
      expect(JSON.parse(text).choices[0].message.content).toMatch(/^Simulated answer.*no model was asked.*gpt-4o-mini/);
    });
  });

  it('has the same text for the same prompt, and lengths that vary with it', async () => {
    await withGateway({}, async (gateway) => {
      const contentOf = async (prompt: string): Promise<string> =>
        JSON.parse((await chat(gateway, ask(prompt))).text).choices[0].message.content;
      expect(await contentOf('Hello')).toBe(await contentOf('Hello'));
      const lengths = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(contentOf));
      expect(new Set(lengths.map((content) => content.length)).size).toBeGreaterThan(2);
    });
  });

  it('ends at max_tokens with finish_reason length', async () => {
    await withGateway({}, async (gateway) => {
      const whole = JSON.parse((await chat(gateway, ask('Hello'))).text);
      const cut = JSON.parse((await chat(gateway, ask('Hello', { max_tokens: 7 }))).text);
      expect(cut.choices[0].finish_reason).toBe('length');
      expect(cut.usage.completion_tokens).toBe(7);
      const content: string = cut.choices[0].message.content;
      expect(whole.choices[0].message.content.startsWith(content)).toBe(true);
      expect((await loadTokenCounter('gpt-4o-mini')).countText(content)).toBe(7);
    });
  });

  it('accepts every field of the API', async () => {
    await withGateway({}, async (gateway) => {
      const fields = {
        temperature: 1,
        top_p: 0,
        frequency_penalty: -2,
        presence_penalty: 2,
        max_tokens: 1,
        functions: [{ name: 'f', parameters: {} }],
        tools: [{ type: 'function', function: { name: 'f' } }],
        useWalletBalance: true,
        stream: false,
        n: 1,
      };
      expect((await chat(gateway, ask('Hello', fields))).status).toBe(200);
      const history = [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
        { role: 'function', name: 'f', content: '1' },
      ];
      expect((await chat(gateway, { model: 'gpt-4o', messages: history })).status).toBe(200);
    });
  });

  it('streams an answer that equals a whole one, with its bill on request', async () => {
    await withGateway({}, async (gateway) => {
      const whole = JSON.parse((await chat(gateway, ask('Hello'))).text);
      const streamed = await chat(gateway, ask('Hello', { stream: true, stream_options: { include_usage: true } }));
      expect(streamed.headers['content-type']).toBe('text/event-stream; charset=utf-8');
      expect(streamed.text.split('\n\n').length).toBeGreaterThan(5);
      const { body, fault } = readStreamedAnswer(streamed.text);
      expect(fault).toBeNull();
      const { id, created } = whole;
      expect({ ...body, id, created }).toEqual(whole);
      expect(gateway.stats().served).toBe(2);
      const plain = await chat(gateway, ask('Hello', { stream: true }));
      expect(readStreamedAnswer(plain.text).body).not.toHaveProperty('usage');
    });
  });

  it('bills the definitions of functions as part of the prompt', async () => {
    await withGateway({}, async (gateway) => {
      const functions = [{ name: 'add', description: 'Adds two numbers', parameters: { type: 'object' } }];
      const bare = JSON.parse((await chat(gateway, ask('Hello'))).text).usage.prompt_tokens;
      const defined = JSON.parse((await chat(gateway, ask('Hello', { functions }))).text).usage.prompt_tokens;
      const { countText } = await loadTokenCounter('gpt-4o-mini');
      // gpt-4o's framing in OpenAI's cookbook: 7 per function and 12 for all of them.
      expect(defined).toBe(bare + 7 + countText('add:Adds two numbers') + 12);
    });
  });

  it('declares its length in bytes', async () => {
    await withGateway({}, async (gateway) => {
      const answers = [
        await chat(gateway, ask('Сколько ног у паука?')),
        await chat(gateway, '{'),
        await call(gateway, 'GET', '/v1/models'),
        await call(gateway, 'GET', '/stats'),
      ];
      for (const { headers, text } of answers) {
        expect(headers['content-length']).toBe(String(Buffer.byteLength(text)));
        expect(headers['x-promptgrid-simulated']).toBe('true');
      }
    });
  });
});

describe('a request that cannot be served', () => {
  const user = [{ role: 'user', content: 'Hello' }];
  const invalid = 'invalid_request_error';

  it.each([
    ['broken JSON', '{"model":', '400'],
    ['JSON that is no object', '[1]', '400'],
    ['no model', { messages: user }, '400 model'],
    ['a model that is no text', { model: 4, messages: user }, '400 model'],
    ['an unknown model', { model: 'gpt-9', messages: user }, '404 model model_not_found'],
    ['no messages', { model: 'gpt-4o' }, '400 messages'],
    ['messages that are no array', { model: 'gpt-4o', messages: 'Hello' }, '400 messages'],
    ['no message', { model: 'gpt-4o', messages: [] }, '400 messages'],
    ['a message without a role', ask('', { messages: [{ content: 'a' }] }), '400 messages[0]'],
    ['an unknown role', ask('', { messages: [...user, { role: 'king' }] }), '400 messages[1]'],
    ['content that is a number', ask('', { messages: [{ role: 'user', content: 1 }] }), '400 messages[0]'],
    ['content in parts that are texts', ask('', { messages: [{ role: 'user', content: ['a'] }] }), '400 messages[0]'],
    ['a temperature above 1', ask('a', { temperature: 1.1 }), '400 temperature'],
    ['a temperature below 0', ask('a', { temperature: -0.1 }), '400 temperature'],
    ['a temperature that is a text', ask('a', { temperature: '0' }), '400 temperature'],
    ['a top_p above 1', ask('a', { top_p: 2 }), '400 top_p'],
    ['a penalty below -2', ask('a', { presence_penalty: -3 }), '400 presence_penalty'],
    ['max_tokens of 0', ask('a', { max_tokens: 0 }), '400 max_tokens'],
    ['max_tokens of 1.5', ask('a', { max_tokens: 1.5 }), '400 max_tokens'],
    ['functions that are no array', ask('a', { functions: {} }), '400 functions'],
    ['tools that are no objects', ask('a', { tools: [1] }), '400 tools'],
    ['a useWalletBalance that is a text', ask('a', { useWalletBalance: 'yes' }), '400 useWalletBalance'],
    ['two choices', ask('a', { n: 2 }), '400 n'],
    [
      'a body nested too deep',
      `{"model":"gpt-4o","messages":[{"role":"user"}],"x":${'['.repeat(2e5)}${']'.repeat(2e5)}}`,
      '400',
    ],
    ['a stream that is a text', ask('a', { stream: 'yes' }), '400 stream'],
  ])('is refused for %s', async (_what, body, expected) => {
    const [status, param = null, code = null] = expected.split(' ');
    await withGateway({}, async (gateway) => {
      const seen = await chat(gateway, body);
      expect(seen.status).toBe(Number(status));
      expect(JSON.parse(seen.text)).toEqual({ error: { message: expect.any(String), type: invalid, param, code } });
      expect(gateway.stats()).toMatchObject({ calls: 1, rejected: 1, served: 0, billed: '0' });
    });
  });

  it("gets the API's own error that the model is required", async () => {
    await withGateway({}, async (gateway) => {
      const seen = await chat(gateway, { messages: user });
      expect(JSON.parse(seen.text).error.message).toBe("'model' is a required property");
    });
  });

  it('is refused if its body is larger than 64 MB, and the gateway continues', async () => {
    await withGateway({}, async (gateway) => {
      const seen = await chat(gateway, 'x'.repeat(64 * 1024 * 1024 + 1));
      expect(seen.status).toBe(413);
      expect((await chat(gateway, ask('Hello'))).status).toBe(200);
    });
  });

  it('gets 404 at an unknown address and with a wrong method', async () => {
    await withGateway({}, async (gateway) => {
      for (const [method, path] of [
        ['GET', '/v1/nothing'],
        ['GET', '/'],
        ['GET', '/v1/chat/completions'],
        ['POST', '/v1/balance'],
      ] as const) {
        const seen = await call(gateway, method, path);
        expect(seen.status).toBe(404);
        expect(JSON.parse(seen.text).error).toMatchObject({ type: invalid, code: 'unknown_url' });
      }
    });
  });
});

describe('the key', () => {
  it.each([
    ['bare', 'secret-1'],
    ['behind Bearer', 'Bearer secret-1'],
  ])('is accepted %s', async (_form, authorization) => {
    await withGateway({ key: 'secret-1' }, async (gateway) => {
      expect((await chat(gateway, ask('Hello'), { headers: { authorization } })).status).toBe(200);
      expect((await call(gateway, 'GET', '/v1/models', { authorization })).status).toBe(200);
      expect((await call(gateway, 'GET', '/v1/balance', { authorization })).status).toBe(200);
    });
  });

  it.each([
    ['wrong', { authorization: 'secret-2' }],
    ['only begun', { authorization: 'Bearer secret' }],
    ['missing', {}],
  ])('is refused if it is %s, before anything is read or billed', async (_how, headers) => {
    await withGateway({ key: 'secret-1' }, async (gateway) => {
      const answers = [
        await chat(gateway, '{broken', { headers }),
        await call(gateway, 'GET', '/v1/models', headers),
        await call(gateway, 'GET', '/v1/balance', headers),
      ];
      for (const { status, text } of answers) {
        expect(status).toBe(401);
        expect(JSON.parse(text).error.type).toBe('unauthorized_request_error');
        expect(text).not.toContain('secret-1');
      }
      expect(gateway.stats()).toMatchObject({ calls: 1, rejected: 1, served: 0 });
    });
  });
});

describe('the list of models', () => {
  it('has prices in rubles per 1,000 tokens, as texts', async () => {
    await withGateway({}, async (gateway) => {
      const list = JSON.parse((await call(gateway, 'GET', '/v1/models')).text);
      expect(list.object).toBe('list');
      expect(list.data).toContainEqual({
        id: 'gpt-3.5-turbo',
        object: 'model',
        title: 'GPT-3.5 Turbo',
        max_capacity: 16385,
        cost_context: '1.35',
        cost_completion: '2.70',
      });
    });
  });

  it('names only models that can be called', async () => {
    await withGateway({}, async (gateway) => {
      const list = JSON.parse((await call(gateway, 'GET', '/v1/models')).text);
      for (const { id } of list.data) {
        const isEmbedding = GPTUNNEL_EMBEDDINGS.some((model) => model.id === id);
        const body = isEmbedding ? { model: id, input: 'Hello' } : ask('Hello', { model: id });
        expect((await (isEmbedding ? embed : chat)(gateway, body)).status).toBe(200);
      }
      expect(gateway.stats().served).toBe(list.data.length);
    });
  });
});

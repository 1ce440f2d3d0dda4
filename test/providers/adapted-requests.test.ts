import { describe, expect, it } from 'vitest';
import type { CallError } from '../../src/core/call-error.ts';
import type { CompletionRequest } from '../../src/core/provider.ts';
import { custom } from '../../src/providers/custom.ts';
import type { ProviderDefinition } from '../../src/providers/index.ts';
import { openai } from '../../src/providers/openai.ts';
import { completion, type Handler, reply, withEndpoint } from './endpoint.ts';

const REQUEST: CompletionRequest = {
  model: 'o4-mini',
  messages: [{ role: 'user', content: 'Hi' }],
  temperature: 0,
  params: { max_tokens: 50 },
};

/** As OpenAI answers, by its API reference. */
function refusalOf(param: string, code: string, message: string): Handler {
  return reply(400, { error: { message, type: 'invalid_request_error', param, code } });
}

const TEMPERATURE_REFUSED = refusalOf(
  'temperature',
  'unsupported_value',
  "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.",
);
const LIMIT_REFUSED = refusalOf(
  'max_tokens',
  'unsupported_parameter',
  "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
);
const ANSWER = reply(200, completion({ content: 'Hello' }));

/** Refuses what reasoning models refuse. */
const strict: Handler = (response, request) => {
  const body: unknown = JSON.parse(request.body);
  const isOf = (name: string): boolean => typeof body === 'object' && body !== null && name in body;
  const handler = isOf('temperature') ? TEMPERATURE_REFUSED : isOf('max_tokens') ? LIMIT_REFUSED : ANSWER;
  handler(response, request);
};

const signal = new AbortController().signal;

async function ask(definition: ProviderDefinition, request: CompletionRequest, knowsModels: boolean) {
  const notices: string[] = [];
  const sent: unknown[] = [];
  const errors: CallError[] = [];
  await withEndpoint(
    strict,
    async ({ provider, seen }) => {
      for (let attempt = 0; attempt < 4; attempt++) {
        const error = await provider.complete(request, signal).then(
          () => null,
          (refused: CallError) => refused,
        );
        if (error === null) break;
        errors.push(error);
      }
      sent.push(...seen.map(({ body }) => JSON.parse(body)));
    },
    { definition, knowsModels, onNotice: (text) => notices.push(text) },
  );
  return { notices, sent, errors };
}

describe('a request to a model that takes other fields', () => {
  it('is sent as the model takes it, if that is known', async () => {
    const { sent, notices } = await ask(openai, REQUEST, true);
    const messages = REQUEST.messages;
    expect(sent).toEqual([{ model: 'o4-mini', messages, max_completion_tokens: 50 }]);
    expect(notices).toEqual([]);
  });

  it('is made again without what the API refused, once for each, and this is said', async () => {
    const { sent, notices, errors } = await ask(openai, { ...REQUEST, model: 'new-model' }, true);
    expect(sent).toMatchObject([{ temperature: 0, max_tokens: 50 }, { max_tokens: 50 }, { max_completion_tokens: 50 }]);
    expect(sent).toHaveLength(3);
    expect(errors.map(({ kind, mayRetry }) => [kind, mayRetry])).toEqual([
      ['invalid_request', true],
      ['invalid_request', true],
    ]);
    expect(notices).toEqual([
      'new-model takes no temperature: it is asked without one, as its API says',
      'new-model takes max_tokens as max_completion_tokens, as its API says',
    ]);
  });

  it('keeps the documented name of the limit at gateways, which may ignore the other', async () => {
    const { sent } = await ask(custom, REQUEST, true);
    expect(sent).toMatchObject([{ max_tokens: 50 }, { max_completion_tokens: 50 }]);
  });

  it('is sent as it is if models are not to be known, until it is refused', async () => {
    const { sent } = await ask(openai, REQUEST, false);
    expect(sent).toMatchObject([{ temperature: 0, max_tokens: 50 }, { max_tokens: 50 }, { max_completion_tokens: 50 }]);
  });

  it('is made again too if another one learned meanwhile what it was refused for', async () => {
    const held: (() => void)[] = [];
    const notices: string[] = [];
    const together: Handler = (response, request) => {
      held.push(() => strict(response, request));
      if (held.length === 2) for (const answer of held) answer();
    };
    await withEndpoint(
      together,
      async ({ provider }) => {
        const other = { ...REQUEST, temperature: 0.7 };
        const refused = await Promise.allSettled([REQUEST, other].map((request) => provider.complete(request, signal)));
        const reasons = refused.map((each) => (each.status === 'rejected' ? each.reason : null));
        expect(reasons).toMatchObject([{ mayRetry: true }, { mayRetry: true }]);
      },
      { definition: openai, knowsModels: false, onNotice: (text) => notices.push(text) },
    );
    expect(notices).toEqual(['o4-mini takes no temperature: it is asked without one, as its API says']);
  });

  it('is not made again if the limit is refused under both names', async () => {
    const neither = refusalOf(
      'max_tokens',
      'unsupported_parameter',
      "Unsupported parameter: 'max_completion_tokens' is not supported, nor is 'max_tokens'.",
    );
    await withEndpoint(neither, async ({ provider }) => {
      const refused = () => provider.complete({ ...REQUEST, temperature: null }, signal);
      await expect(refused()).rejects.toMatchObject({ mayRetry: true });
      await expect(refused()).rejects.toMatchObject({ mayRetry: undefined });
    });
  });

  it('is not made again for any other refusal', async () => {
    const other = refusalOf('top_p', 'unsupported_parameter', "Unsupported parameter: 'top_p' is not supported.");
    await withEndpoint(other, async ({ provider }) => {
      const request = { ...REQUEST, params: { top_p: 1 } };
      await expect(provider.complete(request, signal)).rejects.toMatchObject({ mayRetry: undefined });
    });
  });
});

import { describe, expect, it } from 'vitest';
import type { Completion } from '../../src/core/completion.ts';
import { UNKNOWN_COST } from '../../src/core/usage.ts';
import { custom } from '../../src/providers/custom.ts';
import { gptunnel } from '../../src/providers/gptunnel.ts';
import type { ProviderDefinition } from '../../src/providers/index.ts';
import { openai } from '../../src/providers/openai.ts';
import { completion, readAs } from './endpoint.ts';

/** The completion that an answer is read as. */
function read(body: unknown, definition: ProviderDefinition = gptunnel): Promise<Completion> {
  return readAs(body, { definition });
}

const PARIS = { role: 'assistant', content: 'Paris' };

async function costOf(usage: object, definition: ProviderDefinition): Promise<Completion['cost']> {
  return (await read(completion(PARIS, { usage }), definition)).cost;
}

describe('a completion', () => {
  it('has id, text, reason, tokens and the provider’s own cost', async () => {
    const usage = {
      prompt_tokens: 111,
      completion_tokens: 10,
      total_tokens: 121,
      prompt_cost: 0.14985,
      completion_cost: 0.027,
      total_cost: 0.17685,
    };
    expect(await read(completion(PARIS, { usage }))).toEqual({
      id: 'chatcmpl-1',
      output: 'Paris',
      finishReason: 'stop',
      usage: { promptTokens: 111, completionTokens: 10, totalTokens: 121, cachedPromptTokens: null },
      cost: {
        prompt: 149_850_000_000n,
        completion: 27_000_000_000n,
        total: 176_850_000_000n,
        currency: 'RUB',
        source: 'provider',
      },
      simulated: false,
    });
  });

  it('has nulls for missing parts of the answer', async () => {
    expect(await read({ model: 'gpt-4o', choices: [{ message: { content: 'Paris' }, logprobs: null }] })).toEqual({
      id: null,
      output: 'Paris',
      finishReason: null,
      usage: { promptTokens: null, completionTokens: null, totalTokens: null, cachedPromptTokens: null },
      cost: { ...UNKNOWN_COST, currency: 'RUB' },
      simulated: false,
    });
  });

  it('keeps any text unchanged', async () => {
    const content = ' Ёлка\n\u2028"😀\u0000 ';
    expect((await read(completion({ content }))).output).toBe(content);
  });

  it('is the first choice if there are several', async () => {
    const choices = [{ message: PARIS }, { message: { content: 'London' } }];
    expect((await read({ choices })).output).toBe('Paris');
  });

  it('is marked as not from a model if the gateway says so', async () => {
    const headers = { 'x-promptgrid-simulated': 'true' };
    expect((await readAs(completion(PARIS), { headers })).simulated).toBe(true);
  });
});

describe('the cost of an answer', () => {
  it.each([
    [0.17685, 176_850_000_000n],
    ['0.17685', 176_850_000_000n],
    ['0.000000000001', 1n],
    [1e-7, 100_000n],
    [0, 0n],
    ['0', 0n],
    ['123456789.123456789012', 123_456_789_123_456_789_012n],
  ])('of GPTunnel is read exactly from %j', async (total, picounits) => {
    expect(await costOf({ total_cost: total }, gptunnel)).toMatchObject({
      total: picounits,
      source: 'provider',
      currency: 'RUB',
    });
  });

  it('of GPTunnel is the sum of its parts if the total is missing', async () => {
    const cost = await costOf({ prompt_cost: '0.1', completion_cost: 0.2 }, gptunnel);
    expect(cost.total).toBe(300_000_000_000n);
    expect((await costOf({ prompt_cost: '0.1' }, gptunnel)).total).toBeNull();
  });

  it('of GPTunnel is the reported total, even if the parts sum to something else', async () => {
    const cost = await costOf({ prompt_cost: 1, completion_cost: 1, total_cost: 3 }, gptunnel);
    expect(cost).toMatchObject({ prompt: 10n ** 12n, total: 3n * 10n ** 12n });
  });

  it.each([null, 'free', '', -1, '-0.5', 1e300, '1e300', 'NaN', '1,5', true, [], {}])(
    'is unknown, not 0, if it is reported as %j',
    async (total) => {
      expect(await costOf({ total_cost: total }, gptunnel)).toEqual({ ...UNKNOWN_COST, currency: 'RUB' });
    },
  );

  it.each([
    [openai, 'USD'],
    [custom, null],
  ])('of a provider that reports none is unknown', async (definition, currency) => {
    expect(await costOf({ total_cost: 3, cost: 3, prompt_tokens: 5 }, definition)).toEqual({
      ...UNKNOWN_COST,
      currency,
    });
  });
});

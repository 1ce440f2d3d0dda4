import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { formatDecimal } from '../../src/core/money.ts';
import { UNKNOWN_COST, type Usage } from '../../src/core/usage.ts';
import { custom } from '../../src/providers/custom.ts';
import { gptunnel } from '../../src/providers/gptunnel.ts';
import { openrouter } from '../../src/providers/openrouter.ts';
import { type Bill, readBill } from '../../src/providers/read-usage.ts';

function usageOf(usage: JsonObject, hasOutput = true): Usage {
  return readBill({ usage }, custom, hasOutput).usage;
}

function billOf(usage: JsonObject, definition = openrouter): Bill {
  return readBill({ usage }, definition, true);
}

const NOTHING = { promptTokens: null, completionTokens: null, totalTokens: null, cachedPromptTokens: null };

describe('tokens', () => {
  it('are those of prompt, completion and both', () => {
    const usage = usageOf({ prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 });
    expect(usage).toEqual({ promptTokens: 3, completionTokens: 4, totalTokens: 7, cachedPromptTokens: null });
  });

  it('are summed if the total is missing', () => {
    expect(usageOf({ prompt_tokens: 3, completion_tokens: 4 }).totalTokens).toBe(7);
  });

  it('are read under the names of Responses and of Anthropic too', () => {
    const usage = { input_tokens: 3, output_tokens: 4, total_tokens: 7 };
    expect(usageOf(usage)).toMatchObject({ promptTokens: 3, completionTokens: 4, totalTokens: 7 });
    expect(usageOf({ prompt_tokens: 0, completion_tokens: 0, ...usage })).toMatchObject({ promptTokens: 3 });
    expect(usageOf({ ...usage, prompt_tokens: 5, completion_tokens: 2 })).toMatchObject({ promptTokens: 5 });
  });

  it.each([-1, 1.5, '7', 1e300, 1_000_000_001, true, null, {}, []])('are unknown from %j', (nonsense) => {
    const usage = { prompt_tokens: nonsense, completion_tokens: nonsense, total_tokens: nonsense };
    expect(usageOf(usage)).toEqual(NOTHING);
  });

  it.each([undefined, null, 'none', [], {}])('are unknown if usage is %j', (usage) => {
    expect(readBill(usage === undefined ? {} : { usage }, custom, true).usage).toEqual(NOTHING);
  });
});

describe('usage without parts', () => {
  it('is read as usage whose parts are null', () => {
    const count = fc.option(fc.oneof(fc.nat(5000), fc.constantFrom<JsonObject[string]>('12', -1, 1.5, {}, [])));
    const counts = ['prompt_tokens', 'completion_tokens', 'total_tokens', 'input_tokens', 'output_tokens'];
    const keys = [...counts, 'prompt_cost', 'total_cost', 'service_tier', 'num_search_queries', 'reasoning_tokens'];
    const usage = fc.dictionary(fc.constantFrom(...keys), count, { noNullPrototype: true });
    fc.assert(
      fc.property(usage, fc.boolean(), (figures, hasOutput) => {
        const withParts = { usage: { ...figures, cached_tokens: null, prompt_tokens_details: null } };
        expect(readBill({ usage: figures }, gptunnel, hasOutput)).toEqual(readBill(withParts, gptunnel, hasOutput));
      }),
    );
  });
});

describe('a part that is no count', () => {
  const openai = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };
  const anthropic = { input_tokens: 5, output_tokens: 20 };

  it.each([-1, 1.5, '7', 1e300, true, {}, []])('leaves the price unknown if it is of the cache: %j', (nonsense) => {
    const within = { ...openai, prompt_tokens_details: { cached_tokens: nonsense } };
    expect(usageOf(within)).toMatchObject({ promptTokens: 100, otherCharge: 'cached_tokens' });
    const hit = { ...openai, prompt_cache_hit_tokens: nonsense };
    expect(usageOf(hit)).toMatchObject({ promptTokens: 100, otherCharge: 'prompt_cache_hit_tokens' });
    for (const usage of [
      { ...anthropic, cache_read_input_tokens: nonsense },
      { ...anthropic, cache_creation_input_tokens: nonsense },
      { ...anthropic, cache_read_input_tokens: 0, cache_creation: { ephemeral_1h_input_tokens: nonsense } },
    ]) {
      expect(usageOf(usage)).toMatchObject({ promptTokens: null, completionTokens: 20 });
    }
  });

  it('leaves the completion unknown if it is of thoughts that only a total could show', () => {
    const details = { completion_tokens_details: { reasoning_tokens: '7' } };
    expect(usageOf({ ...openai, ...details }).completionTokens).toBe(20);
    expect(usageOf({ ...openai, ...details, total_tokens: null }).completionTokens).toBeNull();
  });

  it('is none at all if it is null', () => {
    const usage = { ...anthropic, cache_read_input_tokens: null, output_tokens_details: { thinking_tokens: null } };
    expect(usageOf(usage)).toMatchObject({ promptTokens: 5, completionTokens: 20 });
  });
});

describe('usage of zeros', () => {
  it.each([true, false])('is unknown (with an output: %s)', (hasOutput) => {
    expect(usageOf({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }, hasOutput)).toEqual(NOTHING);
  });

  it('is unknown for a completion with an output, and for a prompt', () => {
    const noCompletion = { prompt_tokens: 32, completion_tokens: 0, total_tokens: 32 };
    expect(usageOf(noCompletion)).toEqual({ ...NOTHING, promptTokens: 32 });
    const noPrompt = { prompt_tokens: 0, completion_tokens: 9, total_tokens: 9 };
    expect(usageOf(noPrompt)).toEqual({ ...NOTHING, completionTokens: 9 });
    expect(usageOf({ ...noPrompt, total_tokens: 41 }).totalTokens).toBe(41);
  });

  it('is a count for a completion if the answer is empty', () => {
    const usage = { prompt_tokens: 32, completion_tokens: 0, total_tokens: 32 };
    expect(usageOf(usage, false)).toMatchObject({ promptTokens: 32, completionTokens: 0, totalTokens: 32 });
  });

  it('is a count for a prompt that was read entirely from a separate cache count', () => {
    const usage = { prompt_tokens: 0, completion_tokens: 9, total_tokens: 109, cache_read_input_tokens: 100 };
    expect(usageOf(usage)).toMatchObject({ promptTokens: 100, completionTokens: 9, cachedPromptTokens: 100 });
  });

  it('makes a cost of 0 unknown and keeps any other', () => {
    const zeros = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
    expect(billOf({ ...zeros, total_cost: 0 }, gptunnel).cost).toEqual({ ...UNKNOWN_COST, currency: 'RUB' });
    expect(billOf({ ...zeros, total_cost: 2 }, gptunnel).cost).toMatchObject({ total: 2n * 10n ** 12n });
    expect(billOf({ total_cost: 0 }, gptunnel).cost).toMatchObject({ total: 0n, source: 'provider' });
    const paid = { prompt_tokens: 32, completion_tokens: 9, total_tokens: 41, total_cost: 0 };
    expect(billOf(paid, gptunnel).cost).toMatchObject({ total: 0n, source: 'provider' });
  });
});

describe('reasoning', () => {
  const usage = { prompt_tokens: 32, completion_tokens: 9 };

  it.each([
    ['in completion_tokens_details', { completion_tokens_details: { reasoning_tokens: 300 } }],
    ['beside the completion', { reasoning_tokens: 300 }],
    ['in output_tokens_details', { output_tokens_details: { thinking_tokens: 300 } }],
    ['under two names', { reasoning_tokens: 300, completion_tokens_details: { reasoning_tokens: 0 } }],
  ])('that the total has in addition is part of the completion (%s)', (_, told) => {
    expect(usageOf({ ...usage, ...told, total_tokens: 341 })).toEqual({
      promptTokens: 32,
      completionTokens: 309,
      totalTokens: 341,
      cachedPromptTokens: null,
      reasoningTokens: 300,
    });
  });

  it.each([{}, { total_tokens: 41 }])('that exceeds the completion is separate from it (%j)', (total) => {
    expect(usageOf({ ...usage, reasoning_tokens: 300, ...total })).toMatchObject({
      completionTokens: 309,
      totalTokens: 341,
      reasoningTokens: 300,
    });
  });

  it('that the total has within the completion is counted once', () => {
    const told = { completion_tokens: 309, completion_tokens_details: { reasoning_tokens: 300 }, total_tokens: 341 };
    const read = usageOf({ ...usage, ...told });
    expect(read).toMatchObject({ completionTokens: 309, totalTokens: 341, reasoningTokens: 300 });
    expect(read.unexplainedTokens).toBeUndefined();
  });
});

describe('cached prompt tokens', () => {
  const usage = { prompt_tokens: 100, completion_tokens: 4, total_tokens: 104 };

  it.each([
    ['OpenAI and OpenRouter', { prompt_tokens_details: { cached_tokens: 64, audio_tokens: 0 } }, 64],
    ['OpenAI’s Responses', { input_tokens_details: { cached_tokens: 64 } }, 64],
    ['DeepSeek', { prompt_cache_hit_tokens: 64, prompt_cache_miss_tokens: 36 }, 64],
    ['Mistral', { num_cached_tokens: 64 }, 64],
    ['Mistral, too', { prompt_token_details: { cached_tokens: 64 } }, 64],
    ['Moonshot', { cached_tokens: 64 }, 64],
    ['one that fills in zeros', { prompt_tokens_details: { cached_tokens: 0 }, cache_read_input_tokens: 64 }, 64],
    ['one that had none cached', { prompt_tokens_details: { cached_tokens: 0 } }, 0],
    ['one that had all cached', { prompt_cache_hit_tokens: 100 }, 100],
    ['one that does not say', { prompt_tokens_details: null }, null],
    ['one that gives no count', { prompt_cache_hit_tokens: '64' }, null],
  ])('of %s are part of the prompt', (_, told, cachedPromptTokens) => {
    const read = usageOf({ ...usage, ...told });
    expect(read).toMatchObject({ promptTokens: 100, totalTokens: 104, cachedPromptTokens });
    expect(read.isCachePricedApart).toBeUndefined();
  });

  it.each<[string, Readonly<Record<string, number>>]>([
    ['by the total', { prompt_tokens: 6000, completion_tokens: 40, total_tokens: 11_040 }],
    ['being more than it', { prompt_tokens: 600, completion_tokens: 40, total_tokens: 5640 }],
    ['being more than it, where there is no total', { prompt_tokens: 600, completion_tokens: 40 }],
    [
      'being more than it, where the total leaves them out',
      { prompt_tokens: 600, completion_tokens: 40, total_tokens: 640 },
    ],
    ['in Anthropic’s own form', { input_tokens: 6000, output_tokens: 40, cache_creation_input_tokens: 0 }],
  ])('separate from the prompt (%s) are added to it', (_, told) => {
    const read = usageOf({ ...told, cache_read_input_tokens: 5000 });
    const prompt = Number(told['prompt_tokens'] ?? told['input_tokens']) + 5000;
    expect(read).toMatchObject({ promptTokens: prompt, completionTokens: 40, totalTokens: prompt + 40 });
    expect(read).toMatchObject({ cachedPromptTokens: 5000, isCachePricedApart: true });
    expect(read.unexplainedTokens).toBeUndefined();
  });
});

describe('tokens written to a cache', () => {
  it('are part of the prompt as OpenAI counts them', () => {
    const details = { cached_tokens: 20, cache_write_tokens: 60 };
    const usage = { prompt_tokens: 100, completion_tokens: 4, total_tokens: 104, prompt_tokens_details: details };
    expect(usageOf(usage)).toEqual({
      promptTokens: 100,
      completionTokens: 4,
      totalTokens: 104,
      cachedPromptTokens: 20,
      cacheWriteTokens: 60,
    });
  });

  it.each([
    ['one figure', { cache_creation_input_tokens: 340 }, {}],
    [
      'figures of how long they are kept',
      {
        cache_creation_input_tokens: 340,
        cache_creation: { ephemeral_5m_input_tokens: 40, ephemeral_1h_input_tokens: 300 },
      },
      { longCacheWriteTokens: 300 },
    ],
    ['those alone', { cache_creation: { ephemeral_5m_input_tokens: 340, ephemeral_1h_input_tokens: 0 } }, {}],
  ])('are separate from it as Anthropic counts them, in %s', (_, told, long) => {
    const usage = { prompt_tokens: 12, completion_tokens: 40, total_tokens: 5392, cache_read_input_tokens: 5000 };
    expect(usageOf({ ...usage, ...told })).toEqual({
      promptTokens: 5352,
      completionTokens: 40,
      totalTokens: 5392,
      cachedPromptTokens: 5000,
      cacheWriteTokens: 340,
      isCachePricedApart: true,
      ...long,
    });
  });

  it('have a separate price if a gateway adds Anthropic’s to the prompt', () => {
    const usage = { prompt_tokens: 100, completion_tokens: 4, total_tokens: 104 };
    const read = usageOf({ ...usage, cache_creation_input_tokens: 60 });
    expect(read).toMatchObject({ promptTokens: 100, cacheWriteTokens: 60, isCachePricedApart: true });
    expect(usageOf({ ...usage, cache_creation_input_tokens: 0 }).isCachePricedApart).toBeUndefined();
  });

  it('alone may be separate from the prompt', () => {
    const usage = { prompt_tokens: 100, completion_tokens: 4, total_tokens: 164, cache_creation_input_tokens: 60 };
    expect(usageOf({ ...usage, cache_read_input_tokens: 50 })).toMatchObject({
      promptTokens: 160,
      cachedPromptTokens: 50,
      cacheWriteTokens: 60,
      isCachePricedApart: true,
    });
  });
});

describe('a total', () => {
  it('that exceeds its parts has unexplained tokens', () => {
    const usage = { prompt_tokens: 32, completion_tokens: 9, total_tokens: 141 };
    expect(usageOf(usage)).toMatchObject({ completionTokens: 9, totalTokens: 141, unexplainedTokens: 100 });
    const told = { completion_tokens_details: { reasoning_tokens: 5 }, prompt_cache_hit_tokens: 7 };
    expect(usageOf({ ...usage, ...told })).toMatchObject({ completionTokens: 9, unexplainedTokens: 100 });
  });

  it('explains reasoning and cache reads that are both separate', () => {
    const usage = { prompt_tokens: 32, completion_tokens: 9, total_tokens: 1041, reasoning_tokens: 300 };
    expect(usageOf({ ...usage, cache_read_input_tokens: 700 })).toMatchObject({
      promptTokens: 732,
      completionTokens: 309,
      totalTokens: 1041,
      cachedPromptTokens: 700,
    });
  });

  it('has an unexplained rest with a cache that is clearly separate', () => {
    const usage = { prompt_tokens: 12, completion_tokens: 40, total_tokens: 5352, cache_read_input_tokens: 5000 };
    expect(usageOf(usage)).toMatchObject({ promptTokens: 5012, totalTokens: 5352, unexplainedTokens: 300 });
  });

  it.each([0, 5, 40])('below its parts (%i) explains nothing: the parts are used', (total) => {
    const usage = { prompt_tokens: 32, completion_tokens: 9, total_tokens: total };
    const read = usageOf(usage);
    expect(read).toMatchObject({ promptTokens: 32, completionTokens: 9, totalTokens: 41 });
    expect(read.unexplainedTokens).toBeUndefined();
  });
});

describe('charges besides text tokens', () => {
  const usage = { prompt_tokens: 100, completion_tokens: 4, total_tokens: 104 };

  it.each([
    [{ prompt_tokens_details: { audio_tokens: 50 } }, 'audio_tokens'],
    [{ completion_tokens_details: { audio_tokens: 3, image_tokens: 0 } }, 'audio_tokens'],
    [{ completion_tokens_details: { image_tokens: 3 } }, 'image_tokens'],
    [{ prompt_audio_seconds: 1.5 }, 'prompt_audio_seconds'],
    [{ server_tool_use: { web_search_requests: 1 } }, 'web_search_requests'],
    [{ prompt_audio_seconds: null, num_sources_used: 2 }, 'num_sources_used'],
    [{ prompt_tokens_details: { audio_tokens: 0, image_tokens: 40 }, num_sources_used: 0 }, undefined],
  ])('in %j is %s', (told, name) => {
    expect(usageOf({ ...usage, ...told }).otherCharge).toBe(name);
  });
});

describe('the service tier', () => {
  it.each([
    [{ service_tier: 'flex' }, {}, 'flex'],
    [{ service_tier: 'default' }, { service_tier: 'priority' }, 'default'],
    [{}, { service_tier: 'priority' }, 'priority'],
    [{}, { service_tier: 'standard', speed: 'fast' }, 'fast'],
    [{ service_tier: 'default' }, { speed: 'standard' }, 'default'],
    [{ service_tier: null }, {}, undefined],
  ])('of the answer %j with usage %j is %s', (answer, usage, tier) => {
    const bill = readBill({ ...answer, usage: { prompt_tokens: 1, completion_tokens: 1, ...usage } }, custom, true);
    expect(bill.usage.serviceTier).toBe(tier);
  });
});

describe('the cost that OpenRouter gives', () => {
  const tokens = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

  function costOf(usage: JsonObject): readonly (string | null)[] {
    const { prompt, completion, total, source } = billOf({ ...tokens, ...usage }).cost;
    return [prompt, completion, total].map((part) => (part === null ? null : formatDecimal(part))).concat(source);
  }

  it('is usage.cost in dollars', () => {
    expect(billOf({ cost: 0.00014, total_cost: 7 }).cost).toEqual({
      prompt: null,
      completion: null,
      total: 140_000_000n,
      currency: 'USD',
      source: 'provider',
    });
  });

  it.each([
    ['with an own key', { cost: 0, is_byok: true }, 0.0021, '0.0021'],
    ['with an own key and a fee', { cost: 0.000105, is_byok: true }, 0.0021, '0.002205'],
    ['with an own key to a free model', { cost: 0.000105, is_byok: true }, 0, '0.000105'],
    ['from before it said whose key it was', { cost: 0 }, 0.0021, '0.0021'],
    ['without an own key', { cost: 0.0021, is_byok: false }, 0.0021, '0.0021'],
    ['without an own key, at a discount', { cost: 0.001, is_byok: false }, 0.0021, '0.001'],
    ['without an own key, from before it said so', { cost: 0.0021 }, 0.0021, '0.0021'],
  ])('of a call %s includes the upstream’s bill', (_, usage, upstream, total) => {
    const details = { cost_details: { upstream_inference_cost: upstream } };
    expect(costOf({ ...usage, ...details })).toEqual([null, null, total, 'provider']);
  });

  it.each([{}, { cost_details: null }, { cost_details: { upstream_inference_cost: -1 } }])(
    'is unknown with the account’s own key if the upstream’s is (%j)',
    (details) => {
      expect(costOf({ cost: 0.0001, is_byok: true, ...details })).toEqual([null, null, null, 'unknown']);
    },
  );

  it('has parts if they sum to it', () => {
    const parts = { upstream_inference_prompt_cost: 0.0001, upstream_inference_completions_cost: 0.002 };
    const details = { ...parts, upstream_inference_cost: 0.0021 };
    expect(costOf({ cost: 0.0021, is_byok: false, cost_details: details })).toEqual([
      '0.0001',
      '0.002',
      '0.0021',
      'provider',
    ]);
    expect(costOf({ cost: 0.000105, is_byok: true, cost_details: details })).toEqual([
      null,
      null,
      '0.002205',
      'provider',
    ]);
  });

  it.each([1e300, -1, 'abc', true, 'NaN', {}, null])('is unknown if it is %j', (cost) => {
    expect(costOf({ cost })).toEqual([null, null, null, 'unknown']);
  });
});

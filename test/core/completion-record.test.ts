import { describe, expect, it } from 'vitest';
import type { Completion } from '../../src/core/completion.ts';
import { completionRecord, readCompletionRecord } from '../../src/core/completion-record.ts';
import { isJsonObject } from '../../src/core/json.ts';
import { readStoredAnswer, storedAnswer } from '../../src/engine/stored-answer.ts';
import { completed } from '../engine/results.ts';

const { completion } = completed(1);
const rich: Completion = {
  ...completion,
  usage: {
    ...completion.usage,
    cachedPromptTokens: 8,
    cacheWriteTokens: 0,
    reasoningTokens: 300,
    unexplainedTokens: 2,
    longCacheWriteTokens: 0,
    isCachePricedApart: true,
    otherCharge: 'audio_tokens',
    serviceTier: 'flex',
  },
  reasoning: 'Is it Lyon? No.',
  thoughtTags: { before: '<think>\n', after: '\n</think>\n\n', from: 0 },
  refusal: 'I cannot help with that',
  answeredModel: 'gpt-4o-2024-08-06',
  logprobs: { content: [{ token: 'Paris', logprob: -0.1 }] },
  ttftMs: 41,
};
const cached = { ...completion, usage: { ...completion.usage, cachedPromptTokens: 8 } };

describe('the record of an answer', () => {
  it('has cached prompt tokens if they were reported', () => {
    const record = completionRecord(cached);
    expect(record).toMatchObject({ prompt_tokens: 10, cached_prompt_tokens: 8 });
    expect(readCompletionRecord(record)).toEqual(cached);
    expect(readStoredAnswer('key', storedAnswer('key', cached, 'now'))?.completion).toEqual(cached);
  });

  it('has all optional parts of an answer, with the names used in result files', () => {
    const record = completionRecord(rich);
    expect(record).toMatchObject({
      cached_prompt_tokens: 8,
      cache_write_tokens: 0,
      reasoning_tokens: 300,
      unexplained_tokens: 2,
      reasoning: 'Is it Lyon? No.',
      refusal: 'I cannot help with that',
      answered_model: 'gpt-4o-2024-08-06',
      logprobs: { content: [{ token: 'Paris', logprob: -0.1 }] },
      ttft_ms: 41,
    });
    const stored: unknown = JSON.parse(JSON.stringify(record));
    expect(isJsonObject(stored) ? readCompletionRecord(stored) : null).toEqual(rich);
    expect(readStoredAnswer('key', storedAnswer('key', rich, 'now'))?.completion).toEqual(rich);
  });

  it('has no keys for parts that an answer does not have', () => {
    expect(Object.keys(completionRecord(completion))).toEqual([
      'output',
      'finish_reason',
      'prompt_tokens',
      'completion_tokens',
      'total_tokens',
      'prompt_cost',
      'completion_cost',
      'total_cost',
      'currency',
      'cost_source',
      'response_id',
      'simulated',
    ]);
  });

  it('ignores damaged parts', () => {
    const damaged = {
      ...completionRecord(rich),
      reasoning: 7,
      thought_tags: ['<think>'],
      ttft_ms: 'soon',
      refusal: null,
    };
    const read = readCompletionRecord(damaged);
    expect([read.reasoning, read.thoughtTags, read.ttftMs, read.refusal]).toEqual(Array.from({ length: 4 }));
  });

  it('without them is unchanged from older versions', () => {
    const record = completionRecord(completion);
    expect(record).not.toHaveProperty('cached_prompt_tokens');
    expect(readCompletionRecord(record)).toEqual(completion);
  });
});

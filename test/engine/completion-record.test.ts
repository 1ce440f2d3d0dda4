import { describe, expect, it } from 'vitest';
import {
  completionRecord,
  readCompletionRecord,
  readStoredAnswer,
  storedAnswer,
} from '../../src/engine/completion-record.ts';
import { completed } from './results.ts';

const { completion } = completed(1);
const cached = { ...completion, usage: { ...completion.usage, cachedPromptTokens: 8 } };

describe('the record of an answer', () => {
  it('has cached prompt tokens where they were told', () => {
    const record = completionRecord(cached);
    expect(record).toMatchObject({ prompt_tokens: 10, cached_prompt_tokens: 8 });
    expect(readCompletionRecord(record)).toEqual(cached);
    expect(readStoredAnswer(storedAnswer(cached, 'now'))?.completion).toEqual(cached);
  });

  it('of one that does not tell them is what it was before they were read', () => {
    const record = completionRecord(completion);
    expect(record).not.toHaveProperty('cached_prompt_tokens');
    expect(readCompletionRecord(record)).toEqual(completion);
  });
});

import { describe, expect, it } from 'vitest';
import { nothingSeen } from '../../../src/app/forecast/seen.ts';
import type { CompletedResult } from '../../../src/core/result.ts';
import { UNKNOWN_COST } from '../../../src/core/usage.ts';
import { variant } from '../../engine/variants.ts';

function answer(completionTokens: number, reasoningTokens: number | undefined): CompletedResult {
  const usage = { promptTokens: 5, completionTokens, totalTokens: 5 + completionTokens, cachedPromptTokens: null };
  const completion = { id: null, output: 'x', finishReason: 'stop', cost: UNKNOWN_COST, simulated: false };
  return {
    trialId: 't',
    rowId: 'r',
    prompt: 'p',
    model: 'm',
    provider: 'custom',
    temperature: null,
    repeat: 1,
    latencyMs: 1,
    attempts: 1,
    at: '',
    status: 'completed',
    cached: false,
    completion: { ...completion, usage: { ...usage, reasoningTokens } },
  };
}

describe('the share of reasoning', () => {
  it('is that of the answers that report it, weighted by their tokens', () => {
    const [seen] = nothingSeen([variant()]);
    for (const result of [answer(100, 80), answer(300, 220), answer(1000, undefined)]) seen?.add(result, null);
    expect(seen?.reasoningShare).toBe(0.75);
  });

  it('is unknown if no answer reasoned', () => {
    const [seen] = nothingSeen([variant()]);
    seen?.add(answer(10, undefined), null);
    seen?.add(answer(10, 0), null);
    expect(seen?.reasoningShare).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { isCutOff, isFailed, isWithheld } from '../../src/core/finish-reason.ts';

describe('a finish reason', () => {
  it.each([
    ['length', 'cut off'],
    ['max_tokens', 'cut off'],
    ['MAX_TOKENS', 'cut off'],
    ['model_length', 'cut off'],
    ['model_context_window_exceeded', 'cut off'],
    ['content_filter', 'withheld'],
    ['refusal', 'withheld'],
    ['blacklist', 'withheld'],
    ['SAFETY', 'withheld'],
    ['error', 'failed'],
    ['insufficient_system_resource', 'failed'],
    ['stop', 'whole'],
    ['end_turn', 'whole'],
    ['tool_calls', 'whole'],
    ['', 'whole'],
    [null, 'whole'],
  ])('%j means that the answer is %s', (reason, meaning) => {
    const told = [
      ...(isCutOff(reason) ? ['cut off'] : []),
      ...(isWithheld(reason) ? ['withheld'] : []),
      ...(isFailed(reason) ? ['failed'] : []),
    ];
    expect(told).toEqual(meaning === 'whole' ? [] : [meaning]);
  });
});

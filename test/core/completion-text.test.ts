import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Completion } from '../../src/core/completion.ts';
import { completionRecord, readCompletionRecord } from '../../src/core/completion-record.ts';
import { findCompletion } from '../../src/core/completion-text.ts';
import { isJsonObject } from '../../src/core/json.ts';
import { anyResult, completed, usualResult } from '../engine/results.ts';

function textOf(completion: Completion): string {
  return JSON.stringify({ ...completionRecord(completion), at: 'now' });
}

function parsed(text: string): Completion {
  const value: unknown = JSON.parse(text);
  if (!isJsonObject(value)) throw new TypeError('no object');
  return readCompletionRecord(value);
}

describe('findCompletion', () => {
  it('reads a usual answer as parsing does, and says where it ends', () => {
    fc.assert(
      fc.property(usualResult, ({ completion }) => {
        const text = textOf(completion);
        const found = findCompletion(text, 1);
        expect(found?.completion).toStrictEqual(parsed(text));
        expect(text.slice(found?.end)).toBe(',"at":"now"}');
      }),
      { numRuns: 1000 },
    );
  });

  it('reads no part of any other answer wrongly', () => {
    fc.assert(
      fc.property(anyResult, (result) => {
        fc.pre(result.status === 'completed');
        const text = textOf(result.completion);
        const found = findCompletion(text, 1);
        const isWhole = found !== null && text.slice(found.end) === ',"at":"now"}';
        if (isWhole) expect(found.completion).toStrictEqual(parsed(text));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['another beginning', (text: string) => text.replace('{"output"', '{"outputs"')],
    [
      'another order',
      (text: string) => text.replace('"finish_reason":"stop",', '').replace('}', ',"finish_reason":"stop"}'),
    ],
    ['a fraction of a token', (text: string) => text.replace('"prompt_tokens":10', '"prompt_tokens":1.5')],
    ['a cost with two points', (text: string) => text.replace('"total_cost":"0.', '"total_cost":"0.0.')],
  ])('leaves a record with %s to be parsed', (_what, change) => {
    const text = textOf(completed(1).completion);
    expect(change(text)).not.toBe(text);
    expect([findCompletion(text, 1) === null, findCompletion(change(text), 1)]).toEqual([false, null]);
  });
});

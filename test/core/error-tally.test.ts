import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CALL_ERROR_KINDS, type CallErrorKind } from '../../src/core/call-error.ts';
import { type ErrorCount, ErrorTally } from '../../src/core/error-tally.ts';

interface Failure {
  readonly code?: CallErrorKind;
  readonly message: string;
  readonly variant?: number;
}

/** Trials are called t0, t1, … in their order. */
function tally(failures: readonly Failure[]): readonly ErrorCount[] {
  const errors = new ErrorTally();
  for (const [index, { code = 'invalid_request', message, variant = 0 }] of failures.entries()) {
    errors.add({ variant, trialId: `t${index}`, code, message });
  }
  return errors.counts();
}

function messages(...texts: readonly string[]): readonly Failure[] {
  return texts.map((message) => ({ message }));
}

describe('the count of errors', () => {
  it('is empty without errors', () => {
    expect(tally([])).toEqual([]);
  });

  it('has the most frequent reason first, among equally frequent ones the first seen, each with an example', () => {
    const counts = tally([
      { message: 'too long' },
      { message: 'no whole answer within 120 s', code: 'timeout' },
      { message: 'filtered' },
      { message: 'no whole answer within 120 s', code: 'timeout' },
    ]);
    expect(counts.map(({ code, reason, count, trialId }) => [code, reason, count, trialId])).toEqual([
      ['timeout', 'no whole answer within 120 s', 2, 't1'],
      ['invalid_request', 'too long', 1, 't0'],
      ['invalid_request', 'filtered', 1, 't2'],
    ]);
  });

  it.each([
    ['request ids', 'bad request (request id: req_011CSHoEe)', 'bad request (request id: req_9Fq2)'],
    ['UUIDs', 'trace 0f8fad5b-d9cb-469f-a165-70867728950e', 'trace 7c9e6679-7425-40de-944b-e07fc1f90ae7'],
    ['counts of tokens', 'maximum is 4096 tokens, you asked for 4103', 'maximum is 4096 tokens, you asked for 12,211'],
    ['times', 'try again at 2026-01-02T03:04:05.678Z', 'try again at 2026-11-12T13:14:15Z'],
    ['addresses', 'connect ECONNREFUSED 10.0.0.1:8443', 'connect ECONNREFUSED 10.0.0.12:443'],
    ['ids beside letters of any alphabet', 'строка №5б не принята', 'строка №71в не принята'],
  ])('folds messages that differ in %s', (_what, one, other) => {
    expect(tally(messages(one, other))).toEqual([
      expect.objectContaining({ reason: one, count: 2, trialId: 't0', variants: [{ variant: 0, count: 2 }] }),
    ]);
  });

  it.each([
    ['words', 'unsupported parameter max_tokens', 'unsupported parameter temperature'],
    ['the HTTP status', 'HTTP 500: no reason given', 'HTTP 502: no reason given'],
  ])('keeps messages separate that differ in %s', (_what, one, other) => {
    expect(tally(messages(one, other)).map(({ reason }) => reason)).toEqual([one, other]);
  });

  it('keeps the same message under two codes separate', () => {
    const counts = tally([
      { message: 'no reason given', code: 'overloaded' },
      { message: 'no reason given', code: 'server_error' },
    ]);
    expect(counts.map(({ code, count }) => [code, count])).toEqual([
      ['overloaded', 1],
      ['server_error', 1],
    ]);
  });

  it('says which variants are affected, and how often each', () => {
    const counts = tally([
      { message: 'too long', variant: 3 },
      { message: 'too long', variant: 1 },
      { message: 'too long', variant: 3 },
    ]);
    expect(counts[0]?.variants).toEqual([
      { variant: 3, count: 2 },
      { variant: 1, count: 1 },
    ]);
  });

  it('counts reasons beyond 50 of a code together, at the end, and other codes separately', () => {
    const words = Array.from(
      { length: 60 },
      (_, index) => `${'abcdefghij'[index % 10]}${'klmnop'[Math.floor(index / 10)]}`,
    );
    const many = words.map((word) => ({ message: `unknown word ${word}` }));
    const counts = tally([...many, { message: 'unknown word ak' }, { message: 'slow', code: 'timeout' }]);
    expect(counts).toHaveLength(52);
    expect(counts[0]).toMatchObject({ reason: 'unknown word ak', count: 2 });
    expect(counts.at(-1)).toEqual({
      code: 'invalid_request',
      reason: 'other reasons',
      count: 10,
      trialId: 't50',
      variants: [{ variant: 0, count: 10 }],
    });
    expect(counts.filter(({ code }) => code === 'timeout')).toHaveLength(1);
  });

  it('keeps no more than 1,000 characters of a reason, and no half characters', () => {
    const [count] = tally(messages(`${'x'.repeat(999)}🦊 and much more`));
    expect(count?.reason).toBe('x'.repeat(999));
  });

  it('forgets a reason whose trials all have other results now', () => {
    const errors = new ErrorTally();
    const add = (message: string, trialId: string): number =>
      errors.add({ variant: 0, trialId, code: 'timeout', message });
    errors.remove(add('no answer within 1 s', 't0'), 0);
    expect(errors.counts()).toEqual([]);
    add('no answer within 2 s', 't1');
    expect(errors.counts()).toMatchObject([{ reason: 'no answer within 2 s', count: 1, trialId: 't1' }]);
  });

  it('forgets the rest of a code when no trial of it is left', () => {
    const errors = new ErrorTally();
    const words = Array.from({ length: 52 }, (_, n) => 'x'.repeat(n + 1));
    const numbers = words.map((message) => errors.add({ variant: 0, trialId: message, code: 'timeout', message }));
    for (const number of numbers.slice(50)) errors.remove(number, 0);
    expect(errors.counts().map(({ reason }) => reason)).toEqual(words.slice(0, 50));
    errors.add({ variant: 1, trialId: 'later', code: 'timeout', message: 'another' });
    expect(errors.counts().at(-1)).toMatchObject({ reason: 'other reasons', count: 1, trialId: 'later' });
  });

  it('adds up to the number of errors, whatever they are', () => {
    const failure = fc.record({
      code: fc.constantFrom(...CALL_ERROR_KINDS),
      message: fc.oneof(
        fc.string(),
        fc.nat().map((number) => `word ${number}`),
      ),
      variant: fc.nat({ max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(failure, { maxLength: 200 }), (failures) => {
        const counts = tally(failures);
        expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(failures.length);
        for (const { count, variants } of counts) {
          expect(variants.reduce((sum, own) => sum + own.count, 0)).toBe(count);
        }
      }),
    );
  });
});

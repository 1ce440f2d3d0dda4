import { describe, expect, it } from 'vitest';
import { CallError } from '../../src/core/call-error.ts';
import type { Completion } from '../../src/core/completion.ts';
import type { Reply } from '../../src/io/program/link.ts';
import { readProgramReply } from '../../src/providers/program-reply.ts';

interface Given {
  readonly currency?: string | null;
  readonly onUnpaid?: () => void;
}

function read(reply: Reply, { currency = 'USD', onUnpaid = () => undefined }: Given = {}): Completion {
  const context = { called: 'the module', currency, now: () => 0, onUnpaid };
  return readProgramReply(reply, context, { model: './own.mjs', params: { logprobs: true } });
}

const answer = (value: unknown, given: Given = {}): Completion => read({ kind: 'value', value }, given);

function errorOf(reply: Reply): CallError {
  try {
    read(reply);
  } catch (error) {
    if (error instanceof CallError) return error;
    throw error;
  }
  throw new Error('it was an answer');
}

describe('what a program returned', () => {
  it('is a completion with its tokens and its cost', () => {
    const usage = { promptTokens: 12, completionTokens: 3 };
    const value = { output: 'Paris', usage, cost: 0.0015, finishReason: 'stop', model: 'own-2', reasoning: 'hm' };
    expect(answer(value)).toMatchObject({
      output: 'Paris',
      finishReason: 'stop',
      reasoning: 'hm',
      answeredModel: 'own-2',
      usage: { promptTokens: 12, completionTokens: 3, totalTokens: 15 },
      cost: { total: 1_500_000_000n, currency: 'USD', source: 'provider' },
      simulated: false,
    });
  });

  it('may have a text alone: the rest is unknown', () => {
    expect(answer({ output: 'Paris' })).toMatchObject({
      output: 'Paris',
      finishReason: null,
      usage: { promptTokens: null, completionTokens: null },
      cost: { total: null, source: 'unknown' },
    });
  });

  it('may hand on the usage and the log probabilities of an API', () => {
    const usage = { input_tokens: 10, cache_read_input_tokens: 90, output_tokens: 5 };
    const { usage: counted, logprobs } = answer({ output: 'a', usage, logprobs: { content: [] } });
    expect(counted).toMatchObject({ promptTokens: 100, completionTokens: 5, cachedPromptTokens: 90 });
    expect(logprobs).toEqual({ content: [] });
  });

  it('may cost nothing, or an exact amount as a text', () => {
    expect(answer({ output: 'a', cost: 0 }).cost).toMatchObject({ total: 0n, source: 'provider' });
    expect(answer({ output: 'a', cost: '0.000000000001' }).cost.total).toBe(1n);
  });

  it('has an unknown cost where its currency is not known, which is told', () => {
    let told = 0;
    const { cost } = answer({ output: 'a', cost: 1 }, { currency: null, onUnpaid: () => (told += 1) });
    expect(cost).toMatchObject({ total: null, currency: null, source: 'unknown' });
    expect(told).toBe(1);
  });

  it('has its thoughts and refusals told apart as those of an API', () => {
    expect(answer({ output: '<think>hm</think>Paris' })).toMatchObject({ output: 'Paris', reasoning: 'hm' });
    expect(answer({ output: '', refusal: 'I cannot' })).toMatchObject({ output: 'I cannot', refusal: 'I cannot' });
  });

  it.each([
    [null, 'an object with `output` is needed, not nothing'],
    ['Paris', 'an object with `output` is needed, not "Paris"'],
    [['Paris'], 'an object with `output` is needed, not a list'],
    [{}, '`output` is needed as a text, not nothing'],
    [{ output: 5 }, '`output` is needed as a text, not 5'],
    [{ output: { a: 1 } }, '`output` is needed as a text, not an object; JSON is given as a text'],
    [{ output: 'a', finishReason: 1 }, '`finishReason` is a text where it is given, not 1'],
    [{ output: 'a', usage: 7 }, '`usage` is an object where it is given, not 7'],
    [{ output: 'a', usage: { promptTokens: -1 } }, '`usage.promptTokens` is a whole number from 0, not -1'],
    [{ output: 'a', usage: { completionTokens: '5' } }, '`usage.completionTokens` is a whole number from 0, not "5"'],
    [{ output: 'a', usage: { tokens: 5 } }, '`usage` has neither promptTokens nor completionTokens, but tokens'],
    [{ output: 'a', cost: -1 }, '`cost` is an amount from 0, not -1'],
    [{ output: 'a', cost: 'much' }, '`cost` is an amount from 0, not "much"'],
  ])('is no answer where it is %j', (value, what) => {
    const error = errorOf({ kind: 'value', value });
    expect(error).toMatchObject({ kind: 'invalid_response', mayRetry: false });
    expect(error.message).toBe(`what the module returned is not an answer: ${what}`);
  });

  it('is no answer where it is nested too deeply', () => {
    const value = { output: 'a', more: JSON.parse('['.repeat(2000) + ']'.repeat(2000)) };
    expect(errorOf({ kind: 'value', value }).message).toContain('nested more than 500 levels deep');
  });

  it('is no answer where it is empty for no reason, or the model failed', () => {
    expect(errorOf({ kind: 'value', value: { output: '', finishReason: 'error' } }).kind).toBe('invalid_response');
    expect(errorOf({ kind: 'value', value: { output: '' } }).kind).toBe('invalid_response');
  });

  it('is too large where it was not sent for that', () => {
    expect(errorOf({ kind: 'too_large' })).toMatchObject({ kind: 'invalid_response', isAboutRow: true });
  });
});

function mayRetry(value: object): boolean | undefined {
  return errorOf({ kind: 'thrown', value }).mayRetry;
}

describe('the bill of a call that failed', () => {
  const PAID = { amount: 250_000_000_000n, currency: 'USD' };

  it.each<[string, Reply]>([
    ['beside an error', { kind: 'value', value: { id: 1, error: { message: 'no' }, cost: 0.25 } }],
    [
      'beside an error with a status',
      { kind: 'value', value: { error: { message: 'no', status: 503 }, cost: '0.25' } },
    ],
    ['within an error', { kind: 'value', value: { error: { message: 'no', cost: 0.25 } } }],
    ['of an error that is thrown', { kind: 'thrown', value: { message: 'no', cost: 0.25 } }],
    ['without an output', { kind: 'value', value: { cost: 0.25 } }],
    ['beside a usage that is none', { kind: 'value', value: { output: 'a', usage: 7, cost: 0.25 } }],
    ['of an answer that is empty', { kind: 'value', value: { output: '', cost: 0.25 } }],
  ])('is known where it is told %s', (_where, reply) => {
    expect(errorOf(reply).paid).toEqual(PAID);
  });

  it('has its tokens where it has no cost', () => {
    const usage = { promptTokens: 12, completionTokens: 3 };
    for (const value of [{ error: 'no', usage }, { usage }, { usage, cost: -1 }]) {
      expect(errorOf({ kind: 'value', value })).toMatchObject({ paid: undefined, usage: { promptTokens: 12 } });
    }
    expect(errorOf({ kind: 'thrown', value: { message: 'no', usage } }).usage).toMatchObject({ completionTokens: 3 });
  });

  it('is unknown without figures, or without a currency', () => {
    for (const value of [null, 7, {}, { error: 'no', cost: 'much', usage: 'none' }]) {
      expect(errorOf({ kind: 'value', value })).toMatchObject({ paid: undefined, usage: undefined });
    }
    let told = 0;
    expect(() => answer({ cost: 1 }, { currency: null, onUnpaid: () => (told += 1) })).toThrow('`output` is needed');
    expect(told).toBe(1);
  });
});

describe('an error of a program', () => {
  it.each([
    [{ message: 'slow down', status: 429, retryAfter: '3' }, 'rate_limited', 'HTTP 429: slow down'],
    [{ message: 'busy', statusCode: 503 }, 'overloaded', 'HTTP 503: busy'],
    [{ message: 'no', status: 401 }, 'unauthorized', 'HTTP 401: no'],
    [{ message: 'no', status: 400, code: 'content_filter' }, 'invalid_request', 'HTTP 400: no (content_filter)'],
    [
      { message: 'no money', status: 429, code: 'insufficient_quota' },
      'insufficient_balance',
      'HTTP 429: no money (insufficient_quota)',
    ],
    [{ name: 'Error', message: 'why' }, 'server_error', 'the module threw: why'],
    [
      { name: 'TypeError', message: 'fetch failed', cause: 'reset' },
      'server_error',
      'the module threw: TypeError: fetch failed (reset)',
    ],
    [{ message: 'why', status: 42 }, 'server_error', 'the module threw: why'],
    [{}, 'server_error', 'the module threw: an error without a message'],
  ])('means what an answer of an API with its status means: %j', (value, kind, message) => {
    expect(errorOf({ kind: 'thrown', value })).toMatchObject({ kind, message });
  });

  it('is retried, unless it is one of code or says otherwise', () => {
    expect(mayRetry({ name: 'Error', message: 'a' })).toBeUndefined();
    expect(mayRetry({ name: 'TypeError', message: 'fetch failed', cause: 'reset' })).toBeUndefined();
    expect(mayRetry({ name: 'TypeError', message: 'a is not a function' })).toBe(false);
    expect(mayRetry({ name: 'Error', message: 'a', retryable: false })).toBe(false);
    expect(mayRetry({ name: 'TypeError', message: 'a', retryable: true })).toBe(true);
    expect(mayRetry({ message: 'a', status: 500, retryable: false })).toBe(false);
  });

  it('says how long to wait', () => {
    expect(errorOf({ kind: 'thrown', value: { status: 429, retryAfter: '3' } }).retryAfterMs).toBe(3000);
    expect(errorOf({ kind: 'thrown', value: { status: 429, retryAfterMs: 250 } }).retryAfterMs).toBe(250);
    expect(errorOf({ kind: 'thrown', value: { retryAfterMs: 250 } }).retryAfterMs).toBe(250);
    expect(errorOf({ kind: 'thrown', value: { retryAfter: '2s' } }).retryAfterMs).toBe(2000);
    expect(errorOf({ kind: 'thrown', value: { retryAfter: 1_800_000_000 } }).retryAfterMs).toBeLessThan(4e10);
  });

  it('may be reported in a reply, as a text or with its facts', () => {
    expect(errorOf({ kind: 'value', value: { id: 1, error: 'no luck' } }).message).toBe('the module reports: no luck');
    const value = { id: 1, error: { message: 'slow down', status: 429 } };
    expect(errorOf({ kind: 'value', value }).kind).toBe('rate_limited');
    expect(errorOf({ kind: 'value', value: { ...value, output: 'part' } }).kind).toBe('rate_limited');
  });

  it.each(['', false, {}, null])('is none where it is %j beside an output', (error) => {
    expect(answer({ output: 'Paris', error }).output).toBe('Paris');
  });
});

import * as fc from 'fast-check';
import { CALL_ERROR_KINDS } from '../../src/core/call-error.ts';
import { shortDigest } from '../../src/core/digest.ts';
import type { CompletedResult, ErroredResult, Result } from '../../src/core/result.ts';

/** A trial's id from its number. */
export function trialId(number: number): string {
  return `t${shortDigest(String(number))}`;
}

const PLACE = {
  rowId: 'r1',
  prompt: 'default',
  provider: 'gptunnel',
  model: 'gpt-4o',
  temperature: 0,
  repeat: 1,
  latencyMs: 120,
  attempts: 1,
  at: '2026-01-02T03:04:05.678Z',
};

/** The answer to a trial. */
export function completed(trial: number, output = `answer ${trial}`): CompletedResult {
  return {
    ...PLACE,
    trialId: trialId(trial),
    status: 'completed',
    cached: false,
    completion: {
      id: 'chatcmpl-1',
      output,
      finishReason: 'stop',
      simulated: false,
      usage: { promptTokens: 10, completionTokens: 20, totalTokens: 30, cachedPromptTokens: null },
      cost: { prompt: 1n, completion: 2n, total: 3n, currency: 'RUB', source: 'provider' },
    },
  };
}

/** A trial that gave no answer. */
export function errored(trial: number, errorMessage = 'the connection broke'): ErroredResult {
  return { ...PLACE, trialId: trialId(trial), status: 'errored', errorCode: 'network', errorMessage };
}

const hostileText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '\n',
    '\r\n',
    '\u2028\u2029',
    '\0',
    '"\\',
    '\ufeff',
    '\ud800',
    '\udc00x',
    '{"trial_id":"x"}\n',
    '__proto__',
  ),
  fc.array(fc.nat({ max: 0xffff })).map((units) => String.fromCharCode(...units)),
);
const amount = fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 13n }), fc.bigInt({ min: -(10n ** 60n), max: 10n ** 60n }));
const count = fc.option(fc.nat());
const told = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined, freq: 1 });

const place = fc.record({
  trialId: fc.nat().map(trialId),
  rowId: hostileText,
  prompt: hostileText,
  provider: hostileText,
  model: hostileText,
  temperature: fc.option(fc.double({ min: 0, max: 2, noNaN: true }).map((value) => value + 0)),
  repeat: fc.integer({ min: 1 }),
  latencyMs: fc.nat(),
  attempts: fc.nat(),
  at: hostileText,
});
const completion = fc.record({
  id: fc.option(hostileText),
  output: hostileText,
  finishReason: fc.option(hostileText),
  simulated: fc.boolean(),
  usage: fc.record({ promptTokens: count, completionTokens: count, totalTokens: count, cachedPromptTokens: count }),
  cost: fc.record({
    prompt: fc.option(amount),
    completion: fc.option(amount),
    total: fc.option(amount),
    currency: fc.option(hostileText),
    source: fc.constantFrom('provider', 'computed', 'unknown'),
  }),
  reasoning: told(hostileText),
  thoughtTags: told(fc.record({ before: hostileText, after: hostileText, from: fc.nat() })),
  refusal: told(hostileText),
  answeredModel: told(hostileText),
  logprobs: told(fc.constantFrom({ content: [{ token: '\ud800', logprob: -0.5 }] }, [])),
  ttftMs: told(fc.nat()),
});
const spent = fc.option(fc.record({ amount, currency: hostileText }), { nil: undefined });

/** Any result that can be, its texts as nasty as texts get. */
export const anyResult: fc.Arbitrary<Result> = fc.oneof(
  fc.tuple(place, completion, fc.boolean(), spent, spent).map(
    ([at, answer, cached, wasted, saved]): Result => ({
      ...at,
      status: 'completed',
      completion: answer,
      cached,
      wasted,
      saved,
    }),
  ),
  fc.tuple(place, fc.constantFrom(...CALL_ERROR_KINDS), hostileText, spent).map(
    ([at, errorCode, errorMessage, wasted]): Result => ({
      ...at,
      status: 'errored',
      errorCode,
      errorMessage,
      wasted,
    }),
  ),
  fc.tuple(place, hostileText).map(([at, reason]): Result => ({ ...at, status: 'skipped', reason })),
);

const plainText = fc.stringMatching(/^[a-z0-9-]{0,8}$/);
const smallAmount = fc.bigInt({ min: 0n, max: 10n ** 13n });
const usualCompletion = fc.record({
  id: fc.option(plainText),
  output: hostileText,
  finishReason: fc.option(plainText),
  simulated: fc.boolean(),
  usage: fc.record({
    promptTokens: count,
    completionTokens: count,
    totalTokens: count,
    cachedPromptTokens: count,
    reasoningTokens: told(fc.nat()),
    serviceTier: told(plainText),
  }),
  cost: fc.record({
    prompt: fc.option(smallAmount),
    completion: fc.option(smallAmount),
    total: fc.option(smallAmount),
    currency: fc.option(fc.constantFrom('RUB', 'USD')),
    source: fc.constantFrom('provider', 'computed', 'unknown'),
  }),
  answeredModel: told(plainText),
  ttftMs: told(fc.nat()),
});

/** An answer such as most are: only its own text is nasty. */
export const usualResult: fc.Arbitrary<CompletedResult> = fc
  .record({
    trialId: fc.nat().map(trialId),
    rowId: plainText,
    prompt: plainText,
    provider: plainText,
    model: plainText,
    temperature: fc.constantFrom(null, 0, 0.7, 1e-7),
    repeat: fc.integer({ min: 1 }),
    latencyMs: fc.nat(),
    attempts: fc.nat(),
    at: plainText,
    completion: usualCompletion,
    cached: fc.boolean(),
    saved: fc.option(fc.record({ amount: smallAmount, currency: fc.constant('RUB') }), { nil: undefined }),
    wasted: fc.option(fc.record({ amount: smallAmount, currency: fc.constant('RUB') }), { nil: undefined, freq: 1 }),
  })
  .map((result) => ({ ...result, status: 'completed' }));

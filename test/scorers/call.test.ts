import { describe, expect, it } from 'vitest';
import type { Score } from '../../src/core/scorer.ts';
import { UNKNOWN_COST } from '../../src/core/usage.ts';
import type { GivenScorer } from '../../src/scorers/spec.ts';
import { completed } from '../core/parts.ts';
import { input, itScores, json, makeScorers, scorerOf } from './scoring.ts';

type Completion = ReturnType<typeof completed>['completion'];

/** What a spec makes of an answer of which only what surrounds it matters. */
async function about(spec: GivenScorer, completion: Partial<Completion>, fields: object = {}): Promise<Score> {
  return (await scorerOf(spec)).score(input('x', null, { completion: completed(completion).completion, ...fields }));
}

/** What an answer cost, in rubles. */
const paid = (total: bigint | null): Partial<Completion> => ({
  cost: { ...UNKNOWN_COST, total, currency: 'RUB', source: 'provider' },
});

/** A call as the API writes it. */
const call = (name: string, args: object | string): object => ({
  id: 'call_1',
  type: 'function',
  function: { name, arguments: typeof args === 'string' ? args : JSON.stringify(args) },
});

describe('finish-reason', () => {
  it.each([
    ['finish-reason', 'stop', 1],
    ['finish-reason', 'length', 0],
    ['finish-reason:length', 'length', 1],
    ['finish-reason:stop, tool_calls', 'tool_calls', 1],
    ['finish-reason', null, null],
    ['not:finish-reason:length', 'stop', 1],
  ])('%s of an answer that ended with %s is %s', async (spec, finishReason, value) => {
    expect((await about(spec, { finishReason })).value).toBe(value);
  });
});

describe('refusal', () => {
  it.each(['content_filter', 'refusal', 'blacklist', 'SAFETY'])(
    'is 1 for the finish reason %s',
    async (finishReason) => {
      expect((await about('refusal', { finishReason })).value).toBe(1);
    },
  );

  it('is 1 for a refusal marked by the API, whatever its words', async () => {
    expect((await about('refusal', { refusal: 'Je ne peux pas' })).value).toBe(1);
    expect((await about('not:refusal', { refusal: 'Je ne peux pas' })).value).toBe(0);
    expect((await about('refusal', { reasoning: 'I cannot help with that' })).value).toBe(0);
  });
});

describe('latency', () => {
  it.each([
    [100, false, 1],
    [101, false, 0],
    [0, false, 1],
    [0, true, null],
  ])('of an answer of %i ms (cached: %s) within 100 ms is %s', async (latencyMs, cached, value) => {
    expect((await about('latency:100', {}, { latencyMs, cached })).value).toBe(value);
  });

  it.each(['latency', 'latency:soon', 'latency:-1', 'latency: '])('rejects %j', async (spec) => {
    await expect(makeScorers([spec])).rejects.toThrow('--score latency');
  });
});

describe('cost', () => {
  it.each([
    ['cost:0.05', 50_000_000_000n, 1],
    ['cost:0.05', 50_000_000_001n, 0],
    ['cost:0', 0n, 1],
    ['cost:0.05', null, null],
  ])('%s of an answer of %s picounits is %s', async (spec, total, value) => {
    expect((await about(spec, paid(total))).value).toBe(value);
  });

  it('of a cached answer is scored by its original cost', async () => {
    const saved = { amount: 60_000_000_000n, currency: 'RUB' };
    expect((await about('cost:0.05', paid(0n), { cached: true, saved })).value).toBe(0);
    expect((await about('cost:0.05', paid(0n), { cached: true, saved: null })).value).toBe(null);
  });

  it('in another currency than the named one is not scored', async () => {
    expect((await about({ type: 'cost', max: 0.05, currency: 'USD' }, paid(1n))).value).toBe(null);
    expect((await about({ type: 'cost', max: 0.05, currency: 'RUB' }, paid(1n))).value).toBe(1);
  });

  it.each(['cost', 'cost:much', 'cost:-1'])('rejects %s', async (spec) => {
    await expect(makeScorers([spec])).rejects.toThrow('--score cost');
  });
});

describe('tool-call', () => {
  const WEATHER = JSON.stringify({ tool_calls: [call('weather', { city: 'Тверь', days: 2 })] });
  const OLD = JSON.stringify({ function_call: { name: 'weather', arguments: '{"city":"Тверь"}' } });
  const BOTH = JSON.stringify({ tool_calls: [call('time', {}), call('weather', { city: 'Тверь' })] });

  itScores('tool-call:weather', [
    ['the name is enough', WEATHER, null, 1],
    ['the older form of a call is one', OLD, null, 1],
    ['one of several calls is enough', BOTH, null, 1],
    ['a call with text is one', JSON.stringify({ content: 'One moment', ...JSON.parse(WEATHER) }), null, 1],
    ['the older form with a text is one', JSON.stringify({ content: 'One moment', ...JSON.parse(OLD) }), null, 1],
    ['another function is another', JSON.stringify({ tool_calls: [call('time', {})] }), null, 0],
    ['text about a call is no call', 'I will call weather', null, 0],
    ['JSON that looks like the arguments is no call', '{"name": "weather", "arguments": {}}', null, 0],
    ['an empty answer calls nothing', '', null, 0],
    ['no calls at all', '{"tool_calls": []}', null, 0],
    [
      'arguments that are broken do not matter where none are asked for',
      JSON.stringify({ tool_calls: [call('weather', '{')] }),
      null,
      1,
    ],
  ]);
  itScores('tool-call', [
    ['expected: the name alone', WEATHER, 'weather', 1],
    [
      'expected: name and arguments, of which there may be more',
      WEATHER,
      json({ name: 'weather', arguments: { city: 'Тверь' } }),
      1,
    ],
    ['expected: an argument with another value', WEATHER, json({ name: 'weather', arguments: { city: 'Омск' } }), 0],
    ['expected: a call as the API writes it', OLD, WEATHER.replace(',\\"days\\":2', ''), 1],
    [
      'an argument with another last digit',
      '{"function_call": {"name": "pay", "arguments": "{\\"id\\": 1234567890123456789}"}}',
      '{"name": "pay", "arguments": {"id": 1234567890123456790}}',
      0,
    ],
    [
      'an argument whose number is written in another way',
      '{"function_call": {"name": "pay", "arguments": "{\\"sums\\": [{\\"b\\": 1.0, \\"a\\": 1e2}]}"}}',
      '{"name": "pay", "arguments": {"sums": [{"a": 100, "b": 1}]}}',
      1,
    ],
    ['a number in quotes is a text', WEATHER, json({ name: 'weather', arguments: { days: '2' } }), 0],
    [
      'broken arguments lack what is asked for',
      JSON.stringify({ tool_calls: [call('weather', '{')] }),
      json({ name: 'weather', arguments: { city: 'x' } }),
      0,
    ],
    ['an expected text that is no name cannot be judged by', WEATHER, 'call the weather', null],
    ['a row that expects nothing cannot be judged', WEATHER, null, null],
  ]);
  itScores('tool-call', [
    ['several expected by name: all are called, in any order', BOTH, json(['weather', 'time']), 1],
    ['several expected: one is missing', BOTH, json(['weather', 'time', 'taxi']), 0],
    ['several expected: none is called', 'It is sunny.', json(['weather', 'time']), 0],
    [
      'several expected, one with arguments',
      BOTH,
      json(['time', { name: 'weather', arguments: { city: 'Тверь' } }]),
      1,
    ],
    ['several expected, one with others', BOTH, json(['time', { name: 'weather', arguments: { city: 'Омск' } }]), 0],
    ['several expected as the API writes them', BOTH, BOTH, 1],
    ['several expected as the API writes them: one is missing', WEATHER, BOTH, 0],
    ['the same call twice is two calls', BOTH, json(['weather', 'weather']), 0],
    [
      'a call is taken for the expected one that nothing else fits',
      JSON.stringify({ tool_calls: [call('weather', { city: 'Тверь' }), call('weather', { city: 'Омск' })] }),
      json(['weather', { name: 'weather', arguments: { city: 'Тверь' } }]),
      1,
    ],
    ['a list with something that is no call cannot be judged by', BOTH, json(['weather', 1]), null],
    ['a list of none cannot be judged by', BOTH, '[]', null],
  ]);
  itScores({ type: 'tool-call', only: true }, [
    ['only: arguments that are not expected are too many', BOTH, json(['weather', 'time']), 0],
    ['only: another call is too many', BOTH, json(['time']), 0],
    ['only: these two calls', BOTH, json(['time', { name: 'weather', arguments: { city: 'Тверь' } }]), 1],
  ]);
  itScores({ type: 'tool-call', tool: 'pay', arguments: { id: 1234567890123456800 } }, [
    [
      'a number of an option has the digits of a double, and so has the answer',
      '{"function_call": {"name": "pay", "arguments": {"id": 1234567890123456789}}}',
      null,
      1,
    ],
  ]);
  itScores({ type: 'tool-call', tool: 'weather', arguments: { city: 'Тверь' }, only: true }, [
    ['only: other arguments are too many', WEATHER, null, 0],
    ['only: other calls are too many', BOTH, null, 0],
    ['only: this call and nothing else', OLD, null, 1],
  ]);
});

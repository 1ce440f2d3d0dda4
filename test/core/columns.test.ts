import { describe, expect, it } from 'vitest';
import {
  type ColumnSet,
  hasPassed,
  resultCells,
  resultColumns,
  type ScoredResult,
  SPARSE_KEYS,
} from '../../src/core/columns.ts';
import type { Score } from '../../src/core/scorer.ts';
import { jsonText } from '../../src/core/written-json.ts';
import { completed, errored, rowWithId, skipped } from './parts.ts';

const SET: ColumnSet = { dataset: ['id', 'q', 'expected'], scorers: ['exact', 'contains'] };
const ROW = rowWithId('q1', { q: 'Capital of France?', expected: 'Paris' });

const COST = {
  prompt: 149_850_000_000n,
  completion: 27_000_000_000n,
  total: 176_850_000_000n,
  currency: 'RUB',
  source: 'provider',
} as const;

/** Cells by the names of their columns. */
function record(scored: Omit<ScoredResult, 'row'>, set: ColumnSet = SET): Readonly<Record<string, unknown>> {
  const [names, cells] = [resultColumns(set), resultCells(set, { row: ROW, ...scored })];
  expect(cells).toHaveLength(names.length);
  return Object.fromEntries(names.map((name, index) => [name, cells[index]]));
}

function score(name: string, value: number | null): Score {
  return { name, value, explanation: null };
}

describe('an answer has passed', () => {
  it.each([
    ['where every score is 1', [score('a', 1), score('b', 1)], true],
    ['not where one is below 1', [score('a', 1), score('b', 0.99)], false],
    ['where each reaches a threshold of its own', [{ ...score('a', 0.8), threshold: 0.8 }, score('b', 1)], true],
    ['not where one is below its own', [{ ...score('a', 0.79), threshold: 0.8 }], false],
    ['where rounding alone is below', [{ ...score('a', 0.1 + 0.7 - 5e-17), threshold: 0.8 }], true],
    ['by an inverted score', [{ ...score('a', 1 - 0.8), threshold: 0.2 }], true],
    ['not where a real miss is small', [{ ...score('a', 0.7999999), threshold: 0.8 }], false],
    ['whatever a score is worth whose threshold is 0', [{ ...score('a', 0), threshold: 0 }], true],
    ['by those scores that could be scored', [score('a', 1), score('b', null)], true],
    ['neither way where none could be', [score('a', null)], null],
    ['neither way where no scorer was asked', [], null],
  ])('%s', (_when, scores, passed) => {
    expect(hasPassed(scores)).toBe(passed);
  });
});

describe('the columns of the result files', () => {
  it('are the documented ones in the documented order', () => {
    expect(resultColumns(SET).join(', ')).toBe(
      'trial_id, row_id, row.id, row.q, row.expected, prompt, model, temperature, repeat, status, output, ' +
        'finish_reason, prompt_tokens, completion_tokens, total_tokens, prompt_cost, completion_cost, total_cost, ' +
        'currency, cost_source, latency_ms, attempts, cached, score.exact, score.contains, passed, error_code, ' +
        'error_message, response_id, reasoning_tokens, cached_tokens, ttft_ms, label',
    );
  });

  it('have newer columns after all others, including those of judges', () => {
    const names = resultColumns({ dataset: [], scorers: ['judge'], explained: ['judge'], asking: ['judge'] });
    expect(names.slice(-9)).toEqual([
      'reason.judge',
      'judge.judge.prompt_tokens',
      'judge.judge.completion_tokens',
      'judge.judge.cost',
      'judge.judge.currency',
      'reasoning_tokens',
      'cached_tokens',
      'ttft_ms',
      'label',
    ]);
  });

  it('have no score columns without scores', () => {
    const names = resultColumns({ dataset: [], scorers: [] });
    expect(names).toContain('passed');
    expect(names.filter((name) => name.includes('.'))).toEqual([]);
  });
});

/** Of the row and the variant that every result here is of. */
const PLACE = {
  row_id: 'q1',
  'row.id': 'q1',
  'row.q': 'Capital of France?',
  'row.expected': 'Paris',
  prompt: 'p1',
  model: 'gpt-4o',
  temperature: 0.5,
  repeat: 1,
};

describe('a row of the result files', () => {
  it('of a completed trial has the answer, its tokens, its exact cost and its scores', () => {
    const result = completed({ cost: COST });
    expect(record({ result, scores: [score('contains', 1), score('exact', 0)] })).toEqual({
      trial_id: result.trialId,
      ...PLACE,
      status: 'completed',
      output: 'Paris',
      finish_reason: 'stop',
      prompt_tokens: 10,
      completion_tokens: 2,
      total_tokens: 12,
      prompt_cost: '0.14985',
      completion_cost: '0.027',
      total_cost: '0.17685',
      currency: 'RUB',
      cost_source: 'provider',
      latency_ms: 340,
      attempts: 2,
      cached: false,
      'score.exact': 0,
      'score.contains': 1,
      passed: false,
      error_code: null,
      error_message: null,
      response_id: 'chatcmpl-1',
      reasoning_tokens: null,
      cached_tokens: null,
      ttft_ms: null,
      label: null,
    });
  });

  it('has reasoning tokens, cached tokens and the time to the first token if known', () => {
    const usage = { ...completed().completion.usage, reasoningTokens: 7, cachedPromptTokens: 0 };
    const cells = record({ result: completed({ usage, ttftMs: 41 }), scores: [] });
    expect(cells).toMatchObject({ reasoning_tokens: 7, cached_tokens: 0, ttft_ms: 41 });
  });

  it('has values of sparse keys after the columns, if it has any', () => {
    const told = { reasoning: 'Hm', answeredModel: 'gpt-4o-2024-08-06', logprobs: { content: [] } };
    const width = resultColumns(SET).length;
    const cellsOf = (result: ScoredResult['result']): readonly unknown[] =>
      resultCells(SET, { row: ROW, result, scores: [] }).slice(width);
    expect(SPARSE_KEYS).toEqual(['reasoning', 'refusal', 'answered_model', 'logprobs', 'json']);
    expect(cellsOf(completed(told))).toEqual(['Hm', null, 'gpt-4o-2024-08-06', { content: [] }, null]);
    expect(cellsOf(completed({ refusal: 'content_filter' }))).toEqual([null, 'content_filter', null, null, null]);
    expect([cellsOf(completed()), cellsOf(errored())]).toEqual([[], []]);
  });

  it.each([
    ['{"price": 1.10}', '{"price":1.10}'],
    [' [1, 2] ', '[1,2]'],
    ['```json\n{}\n```', undefined],
    ['', undefined],
    [`${'['.repeat(600)}${']'.repeat(600)}`, undefined],
  ])('has the value of an answer that is JSON as a whole, if JSON was asked for: %j', (output, json) => {
    const scored = { row: ROW, result: completed({ output }), scores: [] };
    const own = resultCells(SET, { ...scored, isJson: true })[resultColumns(SET).length + SPARSE_KEYS.indexOf('json')];
    expect(own === undefined ? own : jsonText(own)).toBe(json);
    expect(resultCells(SET, scored)).toHaveLength(resultColumns(SET).length);
  });

  it('of an errored trial has the reason and nothing that looks like an answer', () => {
    const cells = record({ result: errored(), scores: [] });
    const filled = Object.entries(cells).filter(([, cell]) => cell !== null);
    expect(Object.fromEntries(filled)).toEqual({
      trial_id: '0123456789abcdef0123',
      ...PLACE,
      status: 'errored',
      latency_ms: 340,
      attempts: 2,
      cached: false,
      error_code: 'timeout',
      error_message: 'no answer in time',
    });
  });

  it('of a skipped trial has the reason', () => {
    expect(record({ result: skipped(), scores: [] })).toMatchObject({
      status: 'skipped',
      output: null,
      total_cost: null,
      passed: null,
      error_code: 'skipped',
      error_message: 'the budget is used up',
    });
  });

  it('leaves an unknown cost empty and says that it is unknown', () => {
    expect(record({ result: completed(), scores: [] })).toMatchObject({ total_cost: null, cost_source: 'unknown' });
  });

  it('of a cached trial has its tokens and a cost of 0', () => {
    const cost = { ...COST, prompt: 0n, completion: 0n, total: 0n };
    const cells = record({ result: completed({ cost }, { cached: true }), scores: [] });
    expect(cells).toMatchObject({ cached: true, prompt_tokens: 10, total_cost: '0.0' });
  });

  it('leaves a score empty that could not be scored', () => {
    const cells = record({ result: completed(), scores: [score('exact', null), score('contains', 1)] });
    expect(cells).toMatchObject({ 'score.exact': null, 'score.contains': 1, passed: true });
  });

  it('leaves cells empty for columns missing in the row, whatever their names', () => {
    const set = { dataset: ['nowhere', 'constructor', '__proto__', 'toString'], scorers: [] };
    const cells = resultCells(set, { row: ROW, result: completed(), scores: [] });
    expect(cells.slice(2, 6)).toEqual([null, null, null, null]);
  });

  it('keeps the JSON types of a row', () => {
    const row = rowWithId('q1', { list: [1, { a: null }], yes: true, none: null, number: 0 });
    const set = { dataset: ['list', 'yes', 'none', 'number'], scorers: [] };
    expect(resultCells(set, { row, result: completed(), scores: [] }).slice(2, 6)).toEqual([
      [1, { a: null }],
      true,
      null,
      0,
    ]);
  });
});

describe('whether an answer passed', () => {
  it.each([
    [[], null],
    [[null], null],
    [[null, null], null],
    [[1], true],
    [[1, null], true],
    [[1, 1], true],
    [[0, 1], false],
    [[0.99], false],
    [[0, null], false],
  ])('with scores of %j is %j', (values, passed) => {
    expect(hasPassed(values.map((value, index) => score(`s${index}`, value)))).toBe(passed);
  });
});

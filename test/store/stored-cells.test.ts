import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/core/json.ts';
import { CellCheck, storedCost, storedCount, storedScore, storedStatus } from '../../src/store/stored-cells.ts';

const PLACE = { file: 'results.jsonl', line: 3 };

const read = (cell: JsonValue): number | null => storedScore({ 'score.exact': cell }, 'score.exact', PLACE);

describe('a score of a result file', () => {
  it('is a number from 0 to 1, but for rounding, or null', () => {
    expect([0, 0.5, 1, null].map(read)).toEqual([0, 0.5, 1, null]);
    expect(read(1 + Number.EPSILON)).toBeCloseTo(1);
    expect(storedScore({}, 'score.exact', PLACE)).toBeNull();
  });

  it.for([5, 100, 1.001, -1, -0.01, 'abc', '50%', true, false, [1], { value: 1 }])(
    'is refused with file, line and value if it is %j',
    (cell) => {
      expect(() => read(cell)).toThrow(
        `results.jsonl:3: score.exact is ${JSON.stringify(cell)}, which is not a score from 0 to 1`,
      );
    },
  );

  it('is not read of a trial without an answer', () => {
    const record = { 'score.exact': 1, 'score.f1': 'x' };
    const check = new CellCheck(PLACE.file);
    expect(() => check.check({ ...record, status: 'errored' }, 3)).not.toThrow();
    expect(() => check.check({ ...record, status: 'completed' }, 3)).toThrow('results.jsonl:3: score.f1 is "x"');
  });
});

describe('an amount of a result file', () => {
  it('is a decimal text from 0 to 10⁹ for a cost, a whole number from 0 on for a count, or null', () => {
    expect(['0.0', '0.15', '1000000000', '', null].map((cost) => storedCost({ cost }, 'cost', PLACE))).toEqual([
      0,
      0.15,
      1e9,
      null,
      null,
    ]);
    expect([0, 12, null].map((count) => storedCount({ count }, 'count', PLACE))).toEqual([0, 12, null]);
  });

  it.each(['-1', '-0.000001', '1000000001', 'abc', true, 5])(
    'is refused with file, line and value: a cost of %j',
    (cost) => {
      expect(() => storedCost({ total_cost: cost }, 'total_cost', PLACE)).toThrow(
        `results.jsonl:3: total_cost is ${JSON.stringify(cost)}, which is not a cost from 0 to 1,000,000,000`,
      );
    },
  );

  it.each([
    ['total_tokens', -1],
    ['latency_ms', -0.5],
    ['ttft_ms', -1],
    ['attempts', -1],
    ['judge.a.prompt_tokens', -3],
    ['latency_ms', true],
    ['latency_ms', 1.234],
    ['total_tokens', 1234.5],
    ['attempts', 1.2],
    ['judge.a.prompt_tokens', 0.5],
  ])('is refused with file, line and value: %s of %j', (key, cell) => {
    const check = new CellCheck(PLACE.file);
    expect(() => check.check({ status: 'completed', [key]: cell }, 3)).toThrow(
      `results.jsonl:3: ${key} is ${JSON.stringify(cell)}, which is not a whole number of 0 or more`,
    );
  });

  it.each(['prompt_cost', 'completion_cost', 'total_cost', 'judge.judge.cost'])('is checked in %s', (key) => {
    const check = new CellCheck(PLACE.file);
    expect(() => check.check({ status: 'skipped', [key]: '-1' }, 3)).toThrow(`${key} is "-1", which is not a cost`);
  });
});

describe('a status of a result file', () => {
  it.each(['done', 'Completed', '', null, 1])('is one of three words, and not %j', (status) => {
    expect(() => storedStatus({ status }, PLACE)).toThrow(
      `results.jsonl:3: status is ${JSON.stringify(status)}, which is not completed, errored or skipped`,
    );
  });
});

import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/core/json.ts';
import { checkScores, storedScore } from '../../src/store/stored-score.ts';

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
    expect(() => checkScores({ ...record, status: 'errored' }, PLACE)).not.toThrow();
    expect(() => checkScores({ ...record, status: 'completed' }, PLACE)).toThrow('score.f1 is "x"');
  });
});

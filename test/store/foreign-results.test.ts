import { describe, expect, it } from 'vitest';
import { LineFinder, LineRanges, NO_FOREIGN, readForeign } from '../../src/store/foreign-results.ts';

describe('lines of foreign results', () => {
  it.for([
    [[], ''],
    [[1], '1'],
    [[1, 2, 3], '1-3'],
    [[2, 3, 5, 9, 10], '2-3,5,9-10'],
  ] as const)('%j are found again in %j', ([lines, text]) => {
    const ranges = new LineRanges();
    for (const line of lines) ranges.add(line);
    expect(ranges.text).toBe(text);
    const finder = new LineFinder(text);
    const all = Array.from({ length: 12 }, (_, index) => index + 1);
    expect(all.filter((line) => finder.has(line))).toEqual(lines);
  });

  it('are none in a run.json that does not say', () => {
    expect(readForeign({})).toEqual(NO_FOREIGN);
  });
});

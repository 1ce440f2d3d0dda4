import { describe, expect, it } from 'vitest';
import { findings } from '../../src/reporters/findings.ts';
import { widthOf } from '../../src/reporters/fold.ts';
import { analyse, models, type Outcome, times } from '../core/analysis/rows.ts';

const MORE = 'promptgrid report run';

/** The first of these variants beats the second half and may not be better than the others. */
function analysisOf(count: number): ReturnType<typeof analyse> {
  const outcomes = Array.from({ length: count }, (_, place): Outcome => (place < count / 2 ? 1 : 0));
  return analyse(times(40, ...outcomes), { variants: models(count) });
}

describe('findings of a run', () => {
  it('begin with what is significant, and end with the command for the others', () => {
    const lines = findings(analysisOf(4), { width: Infinity, more: MORE });
    expect(lines).toEqual([
      expect.stringMatching(/^m0 beats m2 by 100\.0 points .* significant /),
      expect.stringMatching(/^m0 beats m3 by 100\.0 points .* significant /),
      expect.stringMatching(/^m0 vs m1: the same score on every row/),
      `more: ${MORE}`,
    ]);
  });

  it.each([80, 120, Infinity])('are at most five lines at %d columns', (width) => {
    const lines = findings(analysisOf(12), { width, more: MORE });
    expect(lines.length).toBeLessThanOrEqual(5);
    expect(lines[0]).toMatch(/^m0 beats m6 by 100\.0 points/);
    expect(lines.at(-1)).toBe(`more: ${MORE}`);
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(width);
  });

  it('are absent for a single variant', () => {
    expect(findings(analysisOf(1), { width: 80, more: MORE })).toEqual([]);
  });

  it('are one sentence on sample size if there are few rows, however many variants there are', () => {
    const of = (rows: number, ...outcomes: readonly Outcome[]): readonly string[] =>
      findings(analyse(times(rows, ...outcomes)), { width: Infinity, more: MORE });
    expect(of(3, 1, 0, 0, 1)).toEqual([
      '3 rows are too few to tell these variants apart; use at least 20',
      `more: ${MORE}`,
    ]);
    expect(of(1, 0, 0)[0]).toBe('1 row is too few to tell these variants apart; use at least 20');
    expect(of(12, 1, 0, 1)).toEqual([
      expect.stringContaining('m1'),
      '12 rows are too few to tell the other variants apart; use at least 20',
      `more: ${MORE}`,
    ]);
    expect(of(12, 1, 0)).toHaveLength(2);
    expect(of(20, 1, 0, 1).join()).not.toContain('too few');
  });
});

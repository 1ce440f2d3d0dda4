import { describe, expect, it } from 'vitest';
import { findings } from '../../src/reporters/analysis-sections.ts';
import { analyse, times } from '../core/analysis/rows.ts';

describe('what a run prints of its analysis', () => {
  it('is one line on sample size where there are few rows, however many variants there are', () => {
    expect(findings(analyse(times(3, 1, 0, 0, 1)))).toEqual([
      '3 rows are too few to tell these variants apart; use at least 20',
    ]);
    expect(findings(analyse(times(1, 0, 0)))).toEqual([
      '1 row is too few to tell these variants apart; use at least 20',
    ]);
  });

  it('keeps what is significant in few rows', () => {
    const told = findings(analyse(times(12, 1, 0, 1)));
    expect(told).toHaveLength(2);
    expect(told[0]).toContain('m1');
    expect(told[1]).toBe('12 rows are too few to tell the other variants apart; use at least 20');
    expect(findings(analyse(times(12, 1, 0)))).toHaveLength(1);
  });

  it('is of each comparison from 20 rows on', () => {
    const told = findings(analyse([...times(10, 1, 1, 1), ...times(10, 0, 0, 0)]));
    expect(told).toHaveLength(2);
    expect(told.join()).not.toContain('too few');
  });

  it('is nothing of one variant', () => {
    expect(findings(analyse(times(3, 1)))).toEqual([]);
  });
});

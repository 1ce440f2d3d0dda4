import { describe, expect, it } from 'vitest';
import type { RepeatFigures } from '../../../src/core/repeat-gate.ts';
import { repeatGates } from '../../../src/core/repeat-gate.ts';
import { analyse, type Outcome, type TestRow } from './rows.ts';

/** Figures of rows, given by the outcomes of one variant, or of several. */
function figuresOf(rows: readonly TestRow[], least = 2, of = 3): RepeatFigures {
  const [figures] = analyse(rows, { minRepeats: [{ scorer: 'score', least, of }] }).minRepeats ?? [];
  if (figures === undefined) throw new Error('no figures');
  return figures;
}

const row = (...outcomes: readonly Outcome[]): TestRow => ({ outcomes: [outcomes] });

describe('the repeats of rows', () => {
  it('pass with that share of them, and count those without a score or an answer as not passed', () => {
    const rows = [row(1, 1, 0), row(1, 0, 0), row(1, 1, null), row(1, null, 0), row(1, 1, 'errored')];
    const worst = [
      { rowId: 'q2', passed: 1, repeats: 3 },
      { rowId: 'q4', passed: 1, repeats: 3 },
    ];
    expect(figuresOf(rows).variants).toEqual([{ n: 5, failed: 2, worst }]);
    expect(figuresOf([row(1, 1, 1, 1, 0, 0), row(1, 1, 1, 0, 0, 0)]).variants).toMatchObject([{ n: 2, failed: 1 }]);
  });

  it('leave out trials that were skipped, and rows of which all were', () => {
    const rows = [row('skipped', 'skipped', 'skipped'), row(1, 1, 'skipped'), row('errored', 'errored', 'errored')];
    const worst = [{ rowId: 'q3', passed: 0, repeats: 3 }];
    expect(figuresOf(rows).variants).toEqual([{ n: 2, failed: 1, worst }]);
  });

  it('are counted for each variant', () => {
    const rows = [{ outcomes: [[1, 1, 1] as const, [0, 0, 0] as const] }];
    expect(figuresOf(rows).variants).toMatchObject([{ failed: 0 }, { failed: 1 }]);
  });

  it('name the ten worst rows, whatever their order', () => {
    const rows = Array.from({ length: 60 }, (_, index) => row(index % 6 === 5 ? 0 : 1, 0, 0));
    const { variants } = figuresOf(rows);
    expect(variants[0]?.failed).toBe(60);
    expect(variants[0]?.worst.map(({ rowId }) => rowId)).toEqual(
      [6, 12, 18, 24, 30, 36, 42, 48, 54, 60].map((place) => `q${place}`),
    );
  });

  it('are absent from an analysis that has no such gate', () => {
    expect(analyse([row(1, 1, 1)])).not.toHaveProperty('minRepeats');
  });

  it('make a gate for each variant, which names the worst rows', () => {
    const rows = [row(1, 1, 1), ...Array.from({ length: 7 }, () => row(1, 0, 0))];
    expect(repeatGates(figuresOf(rows), ['gpt'])).toEqual([
      {
        name: 'min-repeats score=2/3',
        passed: false,
        why: 'gpt: 7 of 8 rows passed too rarely: q2 (1 of 3), q3 (1 of 3), q4 (1 of 3), q5 (1 of 3), q6 (1 of 3), and 2 more',
        reason: {
          kind: 'repeats',
          variant: 'gpt',
          rows: 8,
          failed: 7,
          worst: ['q2', 'q3', 'q4', 'q5', 'q6'].map((rowId) => ({ rowId, passed: 1, repeats: 3 })),
        },
      },
    ]);
    expect(repeatGates(figuresOf([row(1, 1, 0)]), ['gpt'])).toMatchObject([
      { passed: true, why: 'gpt: each of 1 row passed often enough' },
    ]);
    const nothing = figuresOf([row('skipped', 'skipped', 'skipped')]);
    expect(repeatGates(nothing, ['gpt'])).toMatchObject([{ passed: false, why: 'gpt: no row could be scored' }]);
  });
});

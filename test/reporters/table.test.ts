import { stripVTControlCharacters } from 'node:util';
import { array, assert, constantFrom, integer, property, string } from 'fast-check';
import pico from 'picocolors';
import { describe, expect, it } from 'vitest';
import type { ReportTable } from '../../src/reporters/analysis-report.ts';
import { widthOf } from '../../src/reporters/fold.ts';
import { leaderboardLines, renderTable } from '../../src/reporters/table.ts';

const TABLE: ReportTable = {
  columns: [
    { title: 'name', align: 'left', least: 8 },
    { title: 'score', align: 'right' },
    { title: 'cost / 1,000 rows', align: 'right', keep: 2 },
    { title: 'time', align: 'right', keep: 1 },
  ],
  rows: [
    ['модель с длинным названием', '95.8%', '3.58 ₽', '340 ms'],
    ['漢字の長い名前', '5.0%', '12.00 ₽', '1.2 s'],
  ],
};

function lines(table: ReportTable, width: number): readonly string[] {
  return renderTable(table, { width }).split('\n');
}

describe('a table that fits', () => {
  it('has each column as wide as its widest text, wide characters counting twice', () => {
    expect(lines(TABLE, 61)).toEqual([
      ' name                        score  cost / 1,000 rows    time',
      '─────────────────────────────────────────────────────────────',
      ' модель с длинным названием  95.8%             3.58 ₽  340 ms',
      ' 漢字の長い名前               5.0%            12.00 ₽   1.2 s',
    ]);
  });

  it('is as wide as needed if no width is given', () => {
    expect(renderTable({ columns: TABLE.columns, rows: [['x'.repeat(300), '', '', '']] })).toContain('x'.repeat(300));
  });
});

describe('a table that is too wide', () => {
  it('has its texts folded between words, and its titles', () => {
    expect(lines(TABLE, 48)).toEqual([
      ' name              score  cost / 1,000    time',
      '                                  rows',
      '──────────────────────────────────────────────',
      ' модель с длинным  95.8%        3.58 ₽  340 ms',
      ' названием',
      ' 漢字の長い名前     5.0%       12.00 ₽   1.2 s',
    ]);
  });

  it('lacks the least important columns, and names them', () => {
    const narrow = lines(TABLE, 30);
    expect(narrow[0]).toMatch(/^ name +score +cost \/$/);
    expect(narrow.at(-1)).toBe('not shown: time (--wide shows all)');
    expect(lines(TABLE, 20).at(-1)).toBe('not shown: cost / 1,000 rows, time (--wide shows all)');
  });

  it('splits words that are longer than their column', () => {
    const rows = [['достопримечательность', '1', '2', '3']];
    expect(lines({ ...TABLE, rows }, 16).slice(2, 4)).toEqual([' достопри      1', ' мечатель']);
    const hyphens = [['gpt-4o-mini-2024', '1', '2', '3']];
    expect(lines({ ...TABLE, rows: hyphens }, 16).slice(2, 4)).toEqual([' gpt-4o-      1', ' mini-']);
  });

  it('is never wider than the terminal, whatever it holds', () => {
    const text = string({ unit: constantFrom('a', 'ж', '漢', ' ', '…', 'é', '😀'), maxLength: 60 });
    assert(
      property(integer({ min: 40, max: 120 }), array(text, { minLength: 1, maxLength: 4 }), (width, names) => {
        const rows = names.map((name) => [name, '95.8% (86–99)', '1,234.00 ₽', '340 ms']);
        const table = lines({ ...TABLE, rows }, width).filter((line) => !line.startsWith('not shown'));
        expect(Math.max(...table.map(widthOf))).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('has the same layout with colours', () => {
    const { bold, red } = pico.createColors(true);
    const rows = TABLE.rows.map(([name = '', score = '', ...others]) => [name, red(score), ...others]);
    const coloured = renderTable({ ...TABLE, rows }, { width: 48, bold });
    expect(coloured).not.toBe(stripVTControlCharacters(coloured));
    expect(stripVTControlCharacters(coloured).split('\n')).toEqual(lines(TABLE, 48));
  });
});

describe('a leaderboard', () => {
  const rows = Array.from({ length: 60 }, (_, rank) => [`m${rank}`, '', '', '']);

  it('shows ten variants on a terminal, and how to see the others', () => {
    const shown = renderTable({ ...TABLE, rows }, leaderboardLines(80, '--wide shows them')).split('\n');
    expect(shown).toHaveLength(2 + 10 + 1);
    expect(shown.at(-1)).toBe('50 more variants: --wide shows them');
  });

  it('shows all of sixty variants with --wide', () => {
    expect(renderTable({ ...TABLE, rows }, leaderboardLines(Infinity, '')).split('\n')).toHaveLength(2 + 60);
  });
});

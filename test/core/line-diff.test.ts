import { describe, expect, it } from 'vitest';
import { lineDiff } from '../../src/core/line-diff.ts';

/** The diff as text, a sign before each line. */
function shown(before: string, after: string): readonly string[] {
  const signs = { same: ' ', removed: '-', added: '+', gap: '…' };
  return lineDiff(before, after).map(({ kind, text }) => `${signs[kind]}${text}`);
}

describe('a diff of lines', () => {
  it('shows removed and added lines, with two lines around them', () => {
    expect(shown('1\n2\n3\n4\n5\n6\n7', '1\n2\n3\n4\nfive\n6\n7')).toEqual([
      '…2 unchanged lines',
      ' 3',
      ' 4',
      '-5',
      '+five',
      ' 6',
      ' 7',
    ]);
  });

  it('omits lines between two distant changes', () => {
    const middle = Array.from({ length: 10 }, (_, index) => `line ${index}`).join('\n');
    expect(shown(`a\n${middle}\nb`, `A\n${middle}\nB`)).toEqual([
      '-a',
      '+A',
      ' line 0',
      ' line 1',
      '…6 unchanged lines',
      ' line 8',
      ' line 9',
      '-b',
      '+B',
    ]);
  });

  it.each([
    ['a line at the end', 'a', 'a\nb', [' a', '+b']],
    ['an end of line at the end', 'a', 'a\n', [' a', '+']],
    ['ends of lines of Windows', 'a\nb', 'a\r\nb', ['-a', '+a␍', ' b']],
    ['an empty text', '', 'a', ['-', '+a']],
  ])('shows %s', (_, before, after, lines) => {
    expect(shown(before, after)).toEqual(lines);
  });

  it('shows the part of a long line around the edit', () => {
    const [removed = '', added = ''] = shown(
      `${'x '.repeat(500)}old ${'y '.repeat(500)}`,
      `${'x '.repeat(500)}new ${'y '.repeat(500)}`,
    );
    expect(removed).toMatch(/^-…(x ){30}old (y )+…$/);
    expect(added).toMatch(/^\+…(x ){30}new (y )+…$/);
    expect([removed.length, added.length]).toEqual([303, 303]);
  });

  it('has at most 41 lines however much was edited', () => {
    const lines = shown(Array.from({ length: 5000 }, (_, n) => `a${n}`).join('\n'), 'b\nc');
    expect(lines).toHaveLength(41);
    expect(lines.at(-1)).toBe('…4962 more lines');
  });
});

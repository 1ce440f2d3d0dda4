import { describe, expect, it } from 'vitest';
import { fold, foldLines } from '../../src/reporters/fold.ts';

describe('a text in a column', () => {
  it('has half as many wide characters in a line, and as many Cyrillic ones', () => {
    expect(fold('漢字漢字漢字', 6)).toEqual(['漢字漢', '字漢字']);
    expect(fold('вопросы', 6)).toEqual(['вопрос', 'ы']);
  });

  it('is split at a hyphen rather than within a part', () => {
    expect(fold('claude-3.5-sonnet', 12)).toEqual(['claude-3.5-', 'sonnet']);
  });
});

describe('folded lines', () => {
  it('are split between words, with continuation lines indented', () => {
    expect(foldLines('one two three four\nfive', 10)).toBe('one two\n  three\n  four\nfive');
  });

  it('keep the indentation of lists and of nested lines', () => {
    expect(foldLines('· один два три', 10)).toBe('· один два\n  три');
    expect(foldLines('  2 × network: gone', 14)).toBe('  2 × network:\n    gone');
  });

  it('keep paths and other long words whole', () => {
    expect(foldLines('written: results/a-long-name/summary.json', 20)).toBe(
      'written:\n  results/a-long-name/summary.json',
    );
  });

  it('never splits a command that ends a line', () => {
    const command = 'npx promptgrid run rows.csv --out results/one';
    expect(foldLines(`more or less: resume with: ${command}`, 20)).toBe(`more or less: resume\n  with:\n  ${command}`);
  });

  it('stay unchanged without a width', () => {
    const long = 'word '.repeat(100);
    expect(foldLines(long, Infinity)).toBe(long);
  });
});

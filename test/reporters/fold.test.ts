import { describe, expect, it } from 'vitest';
import { fold, foldLines } from '../../src/reporters/fold.ts';

describe('a text of a column', () => {
  it('has half as many wide characters in a line, and as many Cyrillic ones', () => {
    expect(fold('漢字漢字漢字', 6)).toEqual(['漢字漢', '字漢字']);
    expect(fold('вопросы', 6)).toEqual(['вопрос', 'ы']);
  });

  it('is parted at a hyphen rather than within a part', () => {
    expect(fold('claude-3.5-sonnet', 12)).toEqual(['claude-3.5-', 'sonnet']);
  });
});

describe('lines that are folded', () => {
  it('are parted between words, what follows standing further in', () => {
    expect(foldLines('one two three four\nfive', 10)).toBe('one two\n  three\n  four\nfive');
  });

  it('keep the place of a list and of what stands further in', () => {
    expect(foldLines('· один два три', 10)).toBe('· один два\n  три');
    expect(foldLines('  2 × network: gone', 14)).toBe('  2 × network:\n    gone');
  });

  it('keep paths and other long words whole', () => {
    expect(foldLines('written: results/a-long-name/summary.json', 20)).toBe(
      'written:\n  results/a-long-name/summary.json',
    );
  });

  it('stay as they are without a width', () => {
    const long = 'word '.repeat(100);
    expect(foldLines(long, Infinity)).toBe(long);
  });
});

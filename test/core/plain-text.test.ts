import { describe, expect, it } from 'vitest';
import { cutShort, oneLine } from '../../src/core/plain-text.ts';

describe('one line', () => {
  it.each([
    ['a\nb\r\nc', 'a⏎b⏎c'],
    ['::error::x', ':\u200B:error::x'],
    ['a ##[group]x', 'a ##\u200B[group]x'],
    ['\u001b[31mred', '\uFFFD[31mred'],
    ['left\u202Eright', 'left\uFFFDright'],
    ['std::vector', 'std::vector'],
  ])('of %j is %j', (text, shown) => {
    expect(oneLine(text)).toBe(shown);
  });

  it('is cut between characters', () => {
    expect(cutShort('👍👍👍', 2)).toBe('👍👍…');
    expect(cutShort('abc', 3)).toBe('abc');
  });
});

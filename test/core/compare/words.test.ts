import { describe, expect, it } from 'vitest';
import { changeText } from '../../../src/core/compare/words.ts';

describe('a change', () => {
  it.each([
    [1.123, '+12.3%'],
    [0.008, '−99.2%'],
    [1, '0.0%'],
    [0.9999, '0.0%'],
    [1.0001, '0.0%'],
  ])('of the ratio %d has the minus sign of differences: %s', (ratio, text) => {
    expect(changeText(ratio)).toBe(text);
  });
});

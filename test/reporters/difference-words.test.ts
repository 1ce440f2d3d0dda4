import { describe, expect, it } from 'vitest';
import {
  correctedText,
  detectingText,
  intervalText,
  pointsOf,
  signedPoints,
} from '../../src/reporters/difference-words.ts';

describe('words of a difference', () => {
  it.each([
    [3.34, '+3.3 points'],
    [-4.1, '−4.1 points'],
    [1, '+1.0 point'],
    [-0.04, '−0.04 points'],
    [0.0333, '+0.03 points'],
    [-1e-12, '0.0 points'],
    [0, '0.0 points'],
  ])('give %d its sign', (points, text) => {
    expect(pointsOf(signedPoints(points))).toBe(text);
  });

  it('name an interval', () => {
    expect(intervalText({ low: -1, high: 7.8 })).toBe(' (95 % CI −1.0 to 7.8)');
    expect(intervalText(null)).toBe('');
  });

  it('say what detecting one takes, and the approximate cost', () => {
    const cost = { total: '231.4', currency: 'RUB' };
    expect(detectingText({ points: 2, moreRows: 4187, cost })).toBe(
      'detecting 2 points needs about 4,200 more rows (≈ 230 ₽)',
    );
    expect(detectingText({ points: 2, moreRows: 4187, cost, isMost: true })).toBe(
      'detecting 2 points needs up to about 4,200 more rows (≈ 230 ₽ a comparison)',
    );
    expect(detectingText({ points: 0.0333, moreRows: 2, cost: null })).toBe(
      'detecting 0.03 points needs about 2 more rows',
    );
    expect(detectingText({ points: 1, moreRows: 1, cost: null })).toBe('detecting 1 point needs 1 more row');
  });

  it('name both p-values if only the correction makes one not significant', () => {
    expect(correctedText(0.0004, 0.0712)).toBe('p < 0.001, corrected p = 0.071');
  });
});

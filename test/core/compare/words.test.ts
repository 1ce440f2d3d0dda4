import { describe, expect, it } from 'vitest';
import { changeText, decimalsApart, pointsText, scoreChange } from '../../../src/core/compare/words.ts';

describe('a change', () => {
  it.each([
    [1.123, '+12.3%'],
    [0.008, '−99.2%'],
    [1, '0.0%'],
    [0.9997, '−0.03%'],
    [1.0001, '+0.01%'],
    [1 + 1e-12, '0.0%'],
  ])('of the ratio %d has the minus sign of differences: %s', (ratio, text) => {
    expect(changeText(ratio)).toBe(text);
  });
});

describe('points', () => {
  it.each([
    [0.041, '4.1 points'],
    [-0.01, '1 point'],
    [0.45, '45 points'],
    [-1 / 3000, '0.03 points'],
    [-1 / 2_500_000, '0.00004 points'],
    [1e-15, '0 points'],
    [0, '0 points'],
  ])('of the share %d do not look like 0 unless they are: %s', (share, text) => {
    expect(pointsText(share)).toBe(text);
  });
});

describe('two figures', () => {
  it.each([
    [1, 2999 / 3000, 2],
    [0.958, 0.792, 1],
    [0.5, 0.5 + 1e-15, 1],
  ])('%d and %d are told apart by so many decimals of a percentage: %d', (one, other, decimals) => {
    expect(decimalsApart(one, other)).toBe(decimals);
  });

  it.each([
    [1, 0, '1 → 0'],
    [2 / 3, 1 / 3, '0.667 → 0.333'],
    [0.7, 0.69999, '0.7 → 0.69999'],
  ])('that are scores: %d and %d', (before, after, text) => {
    expect(scoreChange(before, after)).toBe(text);
  });
});

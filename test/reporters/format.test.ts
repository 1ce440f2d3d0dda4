import { describe, expect, it } from 'vitest';
import { formatCosts, formatCount, formatShare, formatTokens } from '../../src/reporters/format.ts';

describe('costs', () => {
  const rubles = { total: '1.5', currency: 'RUB' };
  const dollars = { total: '2', currency: 'USD' };

  it.each([
    [[], 0, '–'],
    [[], 3, 'unknown'],
    [[rubles], 0, '1.50 ₽'],
    [[rubles], 1200, '1.50 ₽ + 1,200 unknown'],
    [[rubles, dollars], 0, '1.50 ₽ + 2.00 $'],
    [[{ total: '0', currency: 'RUB' }], 0, '0.00 ₽'],
  ])('of %j with %i unknown are %s', (costs, unknown, text) => {
    expect(formatCosts(costs, unknown)).toBe(text);
  });
});

describe('tokens', () => {
  it.each([
    [0, 0, '0'],
    [1234, 0, '1,234'],
    [0, 5, 'unknown'],
    [1234, 5, '1,234 + 5 unknown'],
  ])('%i with %i answers unknown are %s', (tokens, unknown, text) => {
    expect(formatTokens(tokens, unknown)).toBe(text);
  });
});

describe('counts and shares', () => {
  it('are grouped by thousands, and of one decimal', () => {
    expect([0, 999, 1000, 1_234_567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567']);
    expect([0, 1, 0.9583, 0.0004].map(formatShare)).toEqual(['0.0%', '100.0%', '95.8%', '0.0%']);
  });
});

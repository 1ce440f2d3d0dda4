import { describe, expect, it } from 'vitest';
import {
  jointForecast,
  jointPilot,
  totalCompletionTokens,
  totalCosts,
  totalPromptTokens,
} from '../../../src/app/forecast/total.ts';
import type { VariantPart } from '../../../src/app/forecast/variant.ts';
import type { Price } from '../../../src/core/price.ts';
import { seededRandom } from '../../../src/core/sampling.ts';
import { countedRows, estimated, rubles, seenVariant } from '../estimate/parts.ts';

const ROWS = 200;
const PILOT = 20;
const COUNTED = countedRows(Array.from({ length: ROWS }, () => 10));
const OPTIONS = { level: 0.9, planned: null, tagColumns: 0 };

/** Lengths of answers, from 100 to 300. */
function lengths(seed: number): readonly number[] {
  const random = seededRandom(seed);
  return Array.from({ length: PILOT }, () => 100 + Math.floor(random() * 201));
}

/** A variant of which the first rows ran. */
function part(answers: readonly number[], price: Price | null = null, counted = COUNTED): VariantPart {
  const asked = answers.map((completionTokens, place) => ({ place, promptTokens: 10, completionTokens }));
  return estimated(counted, { own: seenVariant(asked, price), price, mostCompletion: 1000 });
}

function width({ low, high }: { readonly low: number | null; readonly high: number | null }): number {
  if (low === null || high === null) throw new TypeError('no range');
  return high - low;
}

describe('the range of several variants together', () => {
  const first = lengths(1);

  it('is the sum of their ranges if they are correlated, row by row', () => {
    const parts = [part(first), part(first.map((tokens) => 2 * tokens))];
    const sum = parts.reduce((total, { estimate }) => total + width(estimate.completionTokens), 0);
    expect(Math.abs(width(totalCompletionTokens(parts, OPTIONS)) - sum)).toBeLessThanOrEqual(2);
  });

  it('is narrower if they are not, by about as much as independence allows', () => {
    const parts = [part(first), part(lengths(2))];
    const [one = 0, other = 0] = parts.map(({ estimate }) => width(estimate.completionTokens));
    const together = width(totalCompletionTokens(parts, OPTIONS));
    expect(together).toBeLessThan(0.9 * (one + other));
    expect(together).toBeGreaterThan(0.6 * Math.hypot(one, other));
  });

  it('is narrow if one compensates for the other', () => {
    const parts = [part(first), part(first.map((tokens, row) => 400 - tokens + (row % 3)))];
    const [one = 0] = parts.map(({ estimate }) => width(estimate.completionTokens));
    expect(width(totalCompletionTokens(parts, OPTIONS))).toBeLessThan(0.1 * one);
  });

  it('is never narrower than that of a variant whose pilot rows were all alike', () => {
    const alike = part(first.map(() => 200));
    const total = totalCompletionTokens([alike, part(lengths(2))], OPTIONS);
    expect(width(total)).toBeGreaterThanOrEqual(width(alike.estimate.completionTokens));
  });

  it('also applies to costs, each token at its variant’s price', () => {
    const prices = [rubles('1', '4'), rubles('1', '8')];
    const parts = prices.map((price) => part(first, price));
    const [total] = totalCosts(parts, OPTIONS);
    const sum = parts.reduce((all, { estimate }) => all + (estimate.cost.high ?? 0n) - (estimate.cost.low ?? 0n), 0n);
    const wide = (total?.cost.high ?? 0n) - (total?.cost.low ?? 0n);
    expect(Number(wide) / Number(sum)).toBeCloseTo(1, 6);
    const apart = totalCosts([part(first, rubles('1', '4')), part(lengths(2), rubles('1', '8'))], OPTIONS);
    expect((apart[0]?.cost.high ?? 0n) - (apart[0]?.cost.low ?? 0n)).toBeLessThan((sum * 9n) / 10n);
  });

  it('is the sum of their ranges if they were not seen on the same rows', () => {
    const fewer = part(first.slice(0, PILOT - 1));
    expect(jointPilot([part(first), fewer], () => 1)).toBeNull();
    expect(jointForecast([part(first), fewer], () => 1, OPTIONS)).toBeNull();
    const sum = width(part(first).estimate.completionTokens) + width(fewer.estimate.completionTokens);
    expect(width(totalCompletionTokens([part(first), fewer], OPTIONS))).toBe(sum);
  });

  it('is its own if there is only one', () => {
    const one = part(first);
    expect(jointForecast([one], () => 1, OPTIONS)).toBeNull();
    expect(totalCompletionTokens([one], OPTIONS)).toEqual(one.estimate.completionTokens);
  });

  it('is null if a weight is unknown', () => {
    expect(jointPilot([part(first)], () => null)).toBeNull();
  });
});

describe('the sums of several variants', () => {
  it('have tokens of all, and are unknown if one of them is unknown', () => {
    const parts = [part(lengths(1)), part([])];
    expect(totalPromptTokens(parts)).toMatchObject({ low: 2 * 10 * ROWS, high: 2 * 10 * ROWS, isExact: true });
    expect(totalCompletionTokens(parts, OPTIONS)).toMatchObject({ low: null, expected: null, high: null });
    expect(totalCompletionTokens(parts, OPTIONS).ceiling).not.toBeNull();
  });

  it('are separate per currency, and leave out unknown costs', () => {
    const dollars = rubles('1', '2', { currency: 'USD' });
    const parts = [part([], rubles('1', '2')), part([], dollars), part([], dollars), part([])];
    const totals = totalCosts(parts, OPTIONS);
    // 200 rows of 10 prompt tokens, and 1,000 completion tokens at most.
    const [low, ceiling] = [2_000_000_000_000n, 402_000_000_000_000n];
    expect(totals.map(({ currency, cost }) => [currency, cost.low, cost.expected, cost.ceiling])).toEqual([
      ['RUB', low, null, ceiling],
      ['USD', 2n * low, null, 2n * ceiling],
    ]);
  });
});

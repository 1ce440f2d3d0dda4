import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { totalCompletionTokens, totalCosts, totalPromptTokens } from '../../../src/app/estimate/total.ts';
import type { VariantPart } from '../../../src/app/estimate/variant.ts';
import type { Outlook } from '../../../src/core/estimate.ts';
import { formatDecimal, parseDecimal } from '../../../src/core/money.ts';
import { variant } from '../../core/parts.ts';
import { countedRows, estimated, rubles, seenVariant } from './parts.ts';

const MOST = 400;

const asked = fc.record({
  completionTokens: fc.oneof(fc.integer({ min: 0, max: MOST }), fc.constantFrom(0, 1, MOST)),
  isAsked: fc.boolean(),
});
const row = fc.record({
  length: fc.integer({ min: 1, max: 2000 }),
  tag: fc.constantFrom('a', 'b'),
  one: asked,
  other: asked,
});
const grid = fc.record({
  rows: fc.array(row, { minLength: 1, maxLength: 60 }),
  unseen: fc.constantFrom(0, 0, 7, 5000),
  // Tokens of the model for one of ours.
  ratio: fc.constantFrom(1, 1, 1.3, 0.8),
  model: fc.constantFrom('gpt-4o', 'claude-3-haiku'),
  planned: fc.option(fc.integer({ min: 1, max: 1_000_000 })),
  isCut: fc.boolean(),
  isTiered: fc.boolean(),
  level: fc.constantFrom(0.5, 0.9, 0.99),
});
type Drawn = (typeof grid)['generate'] extends (...words: never[]) => { readonly value: infer Value } ? Value : never;

const TIERS = [{ fromPromptTokens: 1000, promptToken: 2_000_000_000n, completionToken: 9_000_000_000n }];

function parts({ rows, unseen, ratio, model, planned, isCut, isTiered, level }: Drawn): readonly VariantPart[] {
  const tagColumns = [{ name: 'tag', tags: rows.map(({ tag }) => tag) }];
  const counted = countedRows(
    rows.map(({ length }) => length),
    { rows: rows.length + unseen, tagColumns },
  );
  const price = rubles('1.35', '2.70', isTiered ? { tiers: TIERS } : {});
  return (['one', 'other'] as const).map((column, index) => {
    const seen = rows.flatMap(({ length, [column]: { isAsked, completionTokens } }, place) =>
      isAsked ? [{ place, promptTokens: Math.round(length * ratio), completionTokens }] : [],
    );
    return estimated(counted, {
      ...{ variant: variant({ index, model: { provider: 'gptunnel', model } }), own: seenVariant(seen, price), price },
      ...{ planned, level, mostCompletion: MOST, maxTokens: isCut ? MOST : null },
      // More than four times what any tokenizer makes of them.
      promptBytes: counted.rows * 10_000,
    });
  });
}

function expectOrdered<Figure extends number | bigint>({ low, expected, high, ceiling }: Outlook<Figure>): void {
  const known = [low, expected, high, ceiling].filter((figure) => figure !== null);
  for (const [index, figure] of known.entries()) {
    expect(figure).toBeGreaterThanOrEqual(0);
    const next = known[index + 1];
    if (next !== undefined) expect(figure, known.join(' ≤ ')).toBeLessThanOrEqual(next);
  }
}

describe('the estimate of a variant', () => {
  it('has low ≤ expected ≤ high ≤ ceiling, for each and in total, whatever was seen', () => {
    fc.assert(
      fc.property(grid, (drawn) => {
        const all = parts(drawn);
        const options = { level: drawn.level, planned: drawn.planned };
        const estimates = all.map(({ estimate }) => estimate);
        for (const { completionTokens, cost, promptTokens } of estimates) {
          expectOrdered(completionTokens);
          expectOrdered(cost);
          expectOrdered({ ...promptTokens, ceiling: null });
        }
        expectOrdered(totalCompletionTokens(all, options));
        expectOrdered({ ...totalPromptTokens(all), ceiling: null });
        const totals = totalCosts(all, options);
        for (const { cost } of totals) expectOrdered(cost);
        const expected = totals[0]?.cost.expected ?? null;
        if (expected !== null) expect(parseDecimal(formatDecimal(expected))).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('is of as many trials as rows and repeats make, whatever is done', () => {
    const counted = countedRows([10, 20, 30]);
    const own = seenVariant([{ place: 1, promptTokens: 20, completionTokens: 5 }], null);
    expect(estimated(counted, { own, repeats: 2 }).estimate).toMatchObject({ trials: 6, done: 1 });
    expect(estimated(counted, { own, repeats: 2, planned: 50 }).estimate).toMatchObject({ trials: 100, done: 0 });
  });

  it('is certain, and all of it paid, once every row is done', () => {
    const price = rubles('1', '2');
    const rows = [10, 20].map((promptTokens, place) => ({ place, promptTokens, completionTokens: 5 + place }));
    const { estimate } = estimated(countedRows([10, 20]), {
      own: seenVariant(rows, price),
      price,
      mostCompletion: 100,
    });
    const cost = 30n * price.promptToken + 11n * price.completionToken;
    expect(estimate).toMatchObject({
      completionTokens: { low: 11, expected: 11, high: 11, ceiling: 11 },
      cost: { low: cost, expected: cost, high: cost, ceiling: cost },
      ...{ paid: cost, seconds: 0, trials: 2, done: 2 },
    });
  });

  it('has for a model whose price is not known what answers were billed, and no ceiling', () => {
    const counted = countedRows([10, 10, 10, 10]);
    const own = seenVariant(
      [0, 1].map((place) => ({ place, promptTokens: 10, completionTokens: 5 })),
      rubles('1', '2'),
    );
    const { cost, price, currency } = estimated(counted, { own, mostCompletion: 100 }).estimate;
    // Two rows at 0.02 rubles each were paid, and two like them are to come.
    expect(cost).toMatchObject({ expected: 80_000_000_000n, ceiling: null });
    expect([price, currency]).toEqual([null, 'RUB']);
  });

  it('has neither cost nor answers where nothing is known of either', () => {
    expect(estimated(countedRows([10]), { currency: null }).estimate).toMatchObject({
      ...{ completionTokens: { low: null, expected: null, high: null, ceiling: null }, seconds: null, method: null },
      ...{ cost: { low: null, expected: null, high: null, ceiling: null }, currency: null, price: null },
    });
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeenVariant } from '../../../src/app/forecast/seen.ts';
import { totalCompletionTokens, totalCosts, totalPromptTokens } from '../../../src/app/forecast/total.ts';
import type { VariantPart } from '../../../src/app/forecast/variant.ts';
import type { CostRange, Range } from '../../../src/core/estimate.ts';
import { formatDecimal, parseDecimal } from '../../../src/core/money.ts';
import { UNKNOWN_COST } from '../../../src/core/usage.ts';
import { completed, variant } from '../../core/parts.ts';
import { countedRows, estimated, rubles, seenVariant, TEXT_BOUNDS } from '../estimate/parts.ts';

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
  // Tokens of the model per counted token.
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
      variant: variant({ index, model: { provider: 'gptunnel', model } }),
      own: seenVariant(seen, price),
      price,
      planned,
      level,
      mostCompletion: MOST,
      maxTokens: isCut ? MOST : null,
      // More than four times the result of any tokenizer.
      bounds: { ...TEXT_BOUNDS, bytes: counted.rows * 10_000, mostBytes: 10_000 },
    });
  });
}

function expectOrdered<Figure extends number | bigint>({ low, expected, high, ceiling }: Range<Figure>): void {
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
        const options = { level: drawn.level, planned: drawn.planned, tagColumns: 1 };
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

  it('has as many trials as rows × repeats, however many are done', () => {
    const counted = countedRows([10, 20, 30]);
    const own = seenVariant([{ place: 1, promptTokens: 20, completionTokens: 5 }], null);
    expect(estimated(counted, { own, repeats: 2 }).estimate).toMatchObject({ trials: 6, done: 1 });
    expect(estimated(counted, { own, repeats: 2, planned: 50 }).estimate).toMatchObject({ trials: 100, done: 0 });
  });

  it('is exact, and fully paid, once every row is done', () => {
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
      paid: cost,
      seconds: 0,
      trials: 2,
      done: 2,
    });
  });

  it('uses the billed cost of answers for a model without a price, and has no ceiling', () => {
    const counted = countedRows([10, 10, 10, 10]);
    const own = seenVariant(
      [0, 1].map((place) => ({ place, promptTokens: 10, completionTokens: 5 })),
      rubles('1', '2'),
    );
    const { cost, price, currency } = estimated(counted, { own, mostCompletion: 100 }).estimate;
    // Two rows at 0.02 rubles each were paid, and two like them remain.
    expect(cost).toMatchObject({ expected: 80_000_000_000n, ceiling: null });
    expect([price, currency]).toEqual([null, 'RUB']);
  });

  it('is not exact and has no ceiling if messages hold more than text', () => {
    const [counted, price] = [countedRows([10, 20]), rubles('1', '2')];
    const given = { price, mostCompletion: 100, bounds: { ...TEXT_BOUNDS, bytes: 400, mostBytes: 200 } };
    const text = estimated(counted, given).estimate;
    expect([text.promptTokens.isExact, text.cost.ceiling]).toEqual([true, 430_000_000_000n]);
    const bounds = { ...given.bounds, isText: false, isBounded: false };
    const { promptTokens, cost } = estimated(counted, { ...given, bounds }).estimate;
    expect([promptTokens.isExact, cost.ceiling]).toEqual([false, null]);
  });

  it('is not exact if a request has definitions, whose bytes are in its ceiling', () => {
    const [counted, price] = [countedRows([30, 40], { definitions: 15 }), rubles('1', '2')];
    const bounds = { ...TEXT_BOUNDS, bytes: 900, mostBytes: 450, definitionBytes: 100 };
    const { promptTokens, cost } = estimated(counted, { price, mostCompletion: 100, bounds }).estimate;
    expect(promptTokens).toEqual({ low: 40, expected: 70, high: 240, isExact: false });
    // 300 and 400 bytes of messages, 100 of definitions each, and 200 tokens of answers.
    expect(cost.ceiling).toBe(900n * price.promptToken + 200n * price.completionToken);
  });

  it('has a ceiling of only the remaining rows, at the highest rate of the longest', () => {
    const tiers = [{ fromPromptTokens: 300, promptToken: 5_000_000_000n, completionToken: 2_000_000_000n }];
    const price = rubles('1', '2', { tiers, cacheWriteToken: 1_500_000_000n });
    const own = seenVariant([{ place: 1, promptTokens: 5000, completionTokens: 5 }], price);
    const given = {
      price,
      own,
      mostCompletion: 100,
      variant: variant({ model: { provider: 'custom', model: 'ours' } }),
    };
    const bounds = { ...TEXT_BOUNDS, bytes: 100_000, mostBytes: 299 };
    const { cost, paid } = estimated(countedRows([10, 5000, 20]), { ...given, bounds }).estimate;
    // 100 and 200 bytes, as if all of them were written to a cache.
    expect(cost.ceiling).toBe(paid + 300n * 1_500_000_000n + 200n * price.completionToken);
    const longer = estimated(countedRows([10, 5000, 20]), { ...given, bounds: { ...bounds, mostBytes: 300 } });
    expect(longer.estimate.cost.ceiling).toBe(paid + 300n * 5_000_000_000n + 200n * price.completionToken);
  });

  it('has no ceiling if the cost of an answer is unknown that nothing bounds', () => {
    const price = rubles('1', '2');
    const own = seenVariant([{ place: 0, promptTokens: 10, completionTokens: 5 }], null);
    const { cost } = estimated(countedRows([10, 10]), { own, price, mostCompletion: null }).estimate;
    expect(cost).toEqual({ low: expect.any(BigInt), expected: null, high: null, ceiling: null });
    const done = estimated(countedRows([10]), { own, price, mostCompletion: null }).estimate;
    expect(done.cost).toEqual({ low: 0n, expected: null, high: null, ceiling: null });
  });

  it('has neither cost nor answers if nothing is known about either', () => {
    expect(estimated(countedRows([10]), { currency: null }).estimate).toMatchObject({
      completionTokens: { low: null, expected: null, high: null, ceiling: null },
      seconds: null,
      method: null,
      cost: { low: null, expected: null, high: null, ceiling: null },
      currency: null,
      price: null,
    });
  });
});

/** A variant with rows whose answers had this many tokens. */
const answered = (tokens: readonly number[]): ReturnType<typeof seenVariant> =>
  seenVariant(
    tokens.map((completionTokens, place) => ({ place, promptTokens: 10, completionTokens })),
    rubles('1', '2'),
  );

describe('long answers up to the limit', () => {
  const counted = countedRows(Array.from({ length: 200 }, () => 10));
  const short = Array.from({ length: 20 }, (_, place) => 18 + (place % 5));

  it('are reported if none was seen, with their effect on tokens and cost', () => {
    const price = rubles('1', '2');
    const { runOn, completionTokens } = estimated(counted, { own: answered(short), price, maxTokens: 1000 }).estimate;
    // Clopper and Pearson's bound for none of 20: 1 - 0.05^(1/20), of 180 rows to come; the other rows have 20 each.
    const share = 1 - 0.05 ** (1 / 20);
    expect(runOn?.share).toBeCloseTo(share, 12);
    const tokens = 400 + 180 * (share * 1000 + (1 - share) * 20);
    expect(Math.abs((runOn?.completionTokens ?? 0) - tokens)).toBeLessThanOrEqual(1);
    expect(runOn?.completionTokens).toBeGreaterThan(completionTokens.high ?? Infinity);
    expect(Number(runOn?.cost)).toBeCloseTo(2000 * 1e9 + tokens * 2e9, -10);
  });

  it.each([
    ['one was seen', [...short.slice(1), 1000], 1000],
    ['nothing cuts answers', short, null],
  ])('are not reported if %s', (_why, tokens, maxTokens) => {
    expect(estimated(counted, { own: answered(tokens), maxTokens }).estimate.runOn).toBeNull();
  });
});

describe('tags among many columns', () => {
  it('make a range wider than those of one column would', () => {
    const tags = Array.from({ length: 200 }, (_, place) => (place % 2 === 0 ? 'a' : 'b'));
    const own = seenVariant(
      tags
        .slice(0, 20)
        .map((tag, place) => ({ place, promptTokens: 10, completionTokens: (tag === 'a' ? 20 : 80) + place })),
      null,
    );
    const widthOf = (columns: number): number => {
      const others = Array.from({ length: columns - 1 }, (_, index) => ({
        name: `c${index}`,
        tags: tags.map((_tag, place) => `${place % 3}`),
      }));
      const counted = countedRows(
        tags.map(() => 10),
        { tagColumns: [{ name: 'tag', tags }, ...others] },
      );
      const { low, high } = estimated(counted, { own }).estimate.completionTokens;
      return (high ?? 0) - (low ?? 0);
    };
    expect(widthOf(4)).toBeGreaterThan(widthOf(1));
  });
});

const NO_USAGE = { promptTokens: null, completionTokens: null, totalTokens: null, cachedPromptTokens: null };

describe('answers of unknown cost', () => {
  const price = rubles('1', '10');
  const counted = countedRows([100, 100, 100, 100]);
  const basis = { price, mostCompletion: 50, bounds: { ...TEXT_BOUNDS, bytes: 4000, mostBytes: 1000 } };
  const seen = (unknown: number): SeenVariant => {
    const own = seenVariant([{ place: 0, promptTokens: 100, completionTokens: 20 }], price);
    for (let count = 0; count < unknown; count++) {
      own.add(completed({ usage: NO_USAGE, cost: UNKNOWN_COST }), price);
      own.donePlaces.add(count + 1);
      own.doneRows += 1;
    }
    return own;
  };
  const cost = (own: SeenVariant): CostRange => estimated(counted, { ...basis, own }).estimate.cost;

  it('count as the others in what is expected, and at their worst case in the ceiling', () => {
    const [none, one] = [cost(seen(0)), cost(seen(1))];
    // 100 tokens at 0.001 and 20 at 0.01 were paid for the known one; a call may cost 0.1 + 0.5.
    expect(formatDecimal(one.low ?? 0n)).toBe('0.5');
    expect(one.ceiling).toBe(none.ceiling);
    expect(formatDecimal(one.ceiling ?? 0n)).toBe('2.1');
  });

  it('leave no end open once all is done', () => {
    const own = seen(3);
    expect(cost(own)).toEqual({
      low: parseDecimal('0.3'),
      expected: parseDecimal('1.2'),
      high: parseDecimal('2.1'),
      ceiling: parseDecimal('2.1'),
    });
    expect(estimated(counted, { ...basis, own, mostCompletion: null }).estimate.cost).toMatchObject({
      expected: parseDecimal('1.2'),
      ceiling: null,
    });
  });

  it('without a price are as many answers more to come', () => {
    const bills = ['0.3', '0.3', '0.3', '0.3'].map((total) => ({
      ...UNKNOWN_COST,
      total: parseDecimal(total),
      currency: 'RUB',
    }));
    const own = new SeenVariant();
    for (const [place, one] of bills.entries()) {
      own.add(completed({ usage: NO_USAGE, cost: place < 3 ? one : UNKNOWN_COST }), null);
      own.donePlaces.add(place);
      own.doneRows += 1;
      if (place < 3)
        own.answers.push({ place, row: String(place), promptTokens: 1, completionTokens: 1, cost: one.total });
    }
    const { low, expected, ceiling } = estimated(counted, { own }).estimate.cost;
    expect([expected, ceiling]).toEqual([parseDecimal('1.2'), null]);
    expect(low).toBeLessThanOrEqual(parseDecimal('1.2') ?? 0n);
  });

  it('are none where every bill is known, so that a finished run costs what it did', () => {
    const own = new SeenVariant();
    for (const place of [0, 1, 2, 3]) {
      own.add(completed({ cost: { ...UNKNOWN_COST, total: 5n, currency: 'RUB', source: 'provider' } }), null);
      own.donePlaces.add(place);
      own.doneRows += 1;
    }
    expect(estimated(counted, { own }).estimate.cost).toEqual({ low: 20n, expected: 20n, high: 20n, ceiling: 20n });
  });
});

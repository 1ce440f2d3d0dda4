import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDecimal } from '../../src/core/money.ts';
import type { Result } from '../../src/core/result.ts';
import type { Score } from '../../src/core/scorer.ts';
import { Summarizer, type Summary } from '../../src/core/summary.ts';
import type { CostTotal } from '../../src/core/totals.ts';
import { completed, errored, skipped, variant } from './parts.ts';

interface Entry {
  readonly place: number;
  readonly result: Result;
  readonly scores: readonly Score[];
}

const VARIANTS = [
  variant({ index: 0, temperature: 0 }),
  variant({ index: 1, temperature: null, model: { provider: 'openai', model: 'gpt-4o-mini' } }),
];

function summary(entries: readonly Entry[], scorers: readonly string[] = ['exact']): Summary {
  const summarizer = new Summarizer(VARIANTS, scorers);
  for (const { place, result, scores } of entries) summarizer.add(place, result, scores);
  return summarizer.summary();
}

function exact(value: number | null): Score {
  return { name: 'exact', value, explanation: null };
}

function answered(place: number, value: number | null, latencyMs = 100): Entry {
  return { place, result: completed({}, { latencyMs }), scores: [exact(value)] };
}

function costs(total: bigint): readonly CostTotal[] {
  return [{ total: formatDecimal(total), currency: 'RUB' }];
}

/** An answer that cannot be judged, for a reason. */
function because(explanation: string): Entry {
  return { place: 0, result: completed(), scores: [{ name: 'exact', value: null, explanation }] };
}

/** An answer that has to be 0.8 to pass. */
function near(value: number): Entry {
  return { place: 0, result: completed(), scores: [{ ...exact(value), threshold: 0.8 }] };
}

function erroredFor(place: number, errorMessage: string): Entry {
  return { place, result: errored({ errorMessage }), scores: [] };
}

const anyEntry: fc.Arbitrary<Entry> = fc.oneof(
  fc.nat({ max: 1 }).map((place) => ({ place, result: errored(), scores: [] })),
  fc.nat({ max: 1 }).map((place) => ({ place, result: skipped(), scores: [] })),
  fc
    .tuple(fc.nat({ max: 1 }), fc.constantFrom(0, 1, null), fc.nat({ max: 999 }))
    .map(([place, value, latencyMs]) => answered(place, value, latencyMs)),
);
const entries = fc.array(anyEntry, { maxLength: 40 });

describe('a summary', () => {
  it('of two parts sums to that of the whole, variant by variant', () => {
    fc.assert(
      fc.property(entries, entries, (first, second) => {
        const [one, two, both] = [summary(first), summary(second), summary([...first, ...second])];
        both.variants.forEach((whole, index) => {
          const parts = [one, two].map(({ variants }) => variants[index]);
          const sum = (pick: (part: typeof whole) => number): number =>
            parts.reduce((total, part) => total + (part === undefined ? Number.NaN : pick(part)), 0);
          expect(whole.n).toBe(sum(({ n }) => n));
          expect(whole.errored).toBe(sum(({ errored: failed }) => failed));
          expect(whole.tokens.prompt).toBe(sum(({ tokens }) => tokens.prompt));
          expect(whole.scores[0]?.n).toBe(sum(({ scores }) => scores[0]?.n ?? 0));
          expect(whole.scores[0]?.unjudged).toBe(sum(({ scores }) => scores[0]?.unjudged ?? 0));
        });
      }),
    );
  });

  it('has totals equal to the sum over variants', () => {
    fc.assert(
      fc.property(entries, (all) => {
        const { total, variants } = summary(all);
        expect(total.completed).toBe(variants.reduce((sum, { completed: done }) => sum + done, 0));
        expect(total.errored).toBe(variants.reduce((sum, { errored: failed }) => sum + failed, 0));
        expect(variants.reduce((sum, { n }) => sum + n, 0)).toBe(all.length);
      }),
    );
  });

  it('has the reasons of its errors, with the affected variants', () => {
    const { errors, total } = summary([
      erroredFor(1, 'slow'),
      erroredFor(0, 'cut'),
      answered(0, 1),
      erroredFor(1, 'slow'),
    ]);
    expect(total.errored).toBe(3);
    expect(errors).toEqual([
      { code: 'timeout', reason: 'slow', count: 2, trialId: errored().trialId, variants: [{ variant: 1, count: 2 }] },
      { code: 'timeout', reason: 'cut', count: 1, trialId: errored().trialId, variants: [{ variant: 0, count: 1 }] },
    ]);
  });

  it('keeps the errors of judges separate from those of the grid', () => {
    const asked = [errored({ trialId: 'judge-1', errorCode: 'rate_limited', errorMessage: 'wait' }), completed()];
    const { errors, judge } = summary([
      { place: 1, result: completed(), scores: [{ ...exact(null), asked }] },
      { place: 0, result: errored(), scores: [] },
    ]);
    expect(errors.map(({ code }) => code)).toEqual(['timeout']);
    expect(judge).toMatchObject({ completed: 1, errored: 1 });
    expect(judge?.errors).toEqual([
      { code: 'rate_limited', reason: 'wait', count: 1, trialId: 'judge-1', variants: [{ variant: 1, count: 1 }] },
    ]);
  });

  it('names its variants, in plan order', () => {
    expect(
      summary([]).variants.map(({ prompt, provider, model, temperature }) => [prompt, provider, model, temperature]),
    ).toEqual([
      ['p1', 'gptunnel', 'gpt-4o', 0],
      ['p1', 'openai', 'gpt-4o-mini', null],
    ]);
  });

  it('gives a score with its denominator', () => {
    const all = [
      ...Array.from({ length: 46 }, () => answered(0, 1)),
      answered(0, 0),
      answered(0, 0),
      answered(0, null),
    ];
    const [score] = summary(all).variants[0]?.scores ?? [];
    expect(score).toMatchObject({ name: 'exact', n: 48, unjudged: 1, mean: 46 / 48 });
  });

  it('gives each score the interval from its analysis, and none without one', () => {
    const summarizer = new Summarizer(VARIANTS, ['exact']);
    summarizer.add(0, completed(), [exact(1)]);
    const intervals = summarizer
      .summary((place, scorer) => (scorer === 'exact' && place === 0 ? { low: 0.2, high: 1 } : null))
      .variants.map(({ scores }) => scores[0]?.interval);
    expect(intervals).toEqual([{ low: 0.2, high: 1 }, null]);
    expect(summary([answered(0, 1)]).variants[0]?.scores[0]?.interval).toBeNull();
  });

  it('gives no mean and no interval if nothing could be scored', () => {
    const [score] = summary([answered(0, null)]).variants[0]?.scores ?? [];
    expect(score).toEqual({
      name: 'exact',
      n: 0,
      unjudged: 1,
      errored: 0,
      notAsked: 0,
      mean: null,
      passed: 0,
      interval: null,
      unjudgedReasons: [{ reason: 'no reason given', n: 1 }],
    });
  });

  it('keeps errors out of the scores', () => {
    const [score] = summary([answered(0, 1), { place: 0, result: errored(), scores: [] }]).variants[0]?.scores ?? [];
    expect(score).toMatchObject({ n: 1, unjudged: 0, errored: 1, notAsked: 0, mean: 1 });
  });

  it('counts trials by the result of each scorer: scored, unscored, errored, not applicable', () => {
    const notAsked = { place: 0, result: completed(), scores: [] };
    const all = [answered(0, 1), answered(0, 0), answered(0, null), notAsked, notAsked, notAsked];
    const failed = [1, 2, 3, 4].map(() => ({ place: 0, result: errored(), scores: [] }));
    const [score] = summary([...all, ...failed]).variants[0]?.scores ?? [];
    expect(score).toMatchObject({ n: 2, unjudged: 1, errored: 4, notAsked: 3, mean: 0.5, passed: 1 });
  });

  it('counts scores at or above the threshold of their scorer as passed', () => {
    const [score] = summary([near(0.79), near(0.8), near(1)]).variants[0]?.scores ?? [];
    expect(score).toMatchObject({ n: 3, passed: 2 });
  });

  it('says why answers could not be scored, with at most ten reasons and a rest', () => {
    const many = Array.from({ length: 14 }, (_, index) => because(`reason ${index}`));
    const [score] = summary([...many, because('reason 3')]).variants[0]?.scores ?? [];
    expect(score?.unjudgedReasons).toHaveLength(11);
    expect(score?.unjudgedReasons).toContainEqual({ reason: 'reason 3', n: 2 });
    expect(score?.unjudgedReasons?.at(-1)).toEqual({ reason: 'other reasons', n: 4 });
  });

  it('notes what was paid for results that are neither added nor replaced, judges apart', () => {
    const summarizer = new Summarizer(VARIANTS, ['exact']);
    const cost = { prompt: null, completion: null, total: 4n, currency: 'RUB', source: 'provider' } as const;
    const asked = [completed({ cost: { ...cost, total: 2n } })];
    summarizer.add(0, completed({ cost }), [{ ...exact(1), asked }]);
    const used = { trials: { costs: costs(4n), unknownCosts: 0 }, judges: { costs: costs(2n), unknownCosts: 0 } };
    summarizer.noteJournal({ results: 3, ...used });
    expect(summarizer.summary()).not.toHaveProperty('unused');
    summarizer.noteJournal({ results: 3, ...used, trials: { costs: costs(4n), unknownCosts: 1 } });
    expect(summarizer.summary().unused).toEqual({ results: 1, costs: [], unknownCosts: 1 });
    summarizer.noteJournal({ results: 4, ...used, judges: { costs: costs(7n), unknownCosts: 0 } });
    const judge = { costs: costs(5n), unknownCosts: 0 };
    expect(summarizer.summary().unused).toEqual({ results: 2, ...judge, judge });
  });

  it('weights the scores of each answer if a weight is given, without those that could not be scored', () => {
    const weights = new Map([['exact', 3]]);
    const summarizer = new Summarizer(VARIANTS, ['exact', 'contains'], weights);
    const add = (first: number | null, second: number | null): void =>
      summarizer.add(0, completed(), [exact(first), { name: 'contains', value: second, explanation: null }]);
    add(1, 0);
    add(null, 1);
    add(0, null);
    add(null, null);
    summarizer.add(0, errored(), []);
    const [scored, other] = summarizer.summary().variants;
    // (3·1 + 1·0) / 4, 1, 0 and nothing.
    expect(scored?.weightedScore).toEqual({ n: 3, mean: (0.75 + 1 + 0) / 3 });
    expect(other?.weightedScore).toEqual({ n: 0, mean: null });
    expect(summary([answered(0, 1)]).variants[0]).not.toHaveProperty('weightedScore');
  });

  it('has the latency of answers, without errors and without the cache', () => {
    const cached = { place: 0, result: completed({}, { latencyMs: 1, cached: true }), scores: [exact(1)] };
    const failed = { place: 0, result: errored({ latencyMs: 900 }), scores: [] };
    const all = [...Array.from({ length: 100 }, (_, index) => answered(0, 1, index + 1)), cached, failed];
    expect(summary(all).variants[0]?.latencyMs).toEqual({ p50: 50, p90: 90, p95: 95, p99: 99 });
    expect(summary([cached, failed]).variants[0]?.latencyMs).toEqual({ p50: null, p90: null, p95: null, p99: null });
  });

  it('has an entry for each scorer, and none for others', () => {
    const one = { place: 0, result: completed(), scores: [exact(1), { name: 'old', value: 0, explanation: null }] };
    expect(summary([one], ['exact', 'contains']).variants[0]?.scores.map(({ name, n }) => [name, n])).toEqual([
      ['exact', 1],
      ['contains', 0],
    ]);
  });
});

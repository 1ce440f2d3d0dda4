import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Result } from '../../src/core/result.ts';
import type { Score } from '../../src/core/scorer.ts';
import { Summarizer, type Summary } from '../../src/core/summary.ts';
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

const anyEntry: fc.Arbitrary<Entry> = fc.oneof(
  fc.nat({ max: 1 }).map((place) => ({ place, result: errored(), scores: [] })),
  fc.nat({ max: 1 }).map((place) => ({ place, result: skipped(), scores: [] })),
  fc
    .tuple(fc.nat({ max: 1 }), fc.constantFrom(0, 1, null), fc.nat({ max: 999 }))
    .map(([place, value, latencyMs]) => answered(place, value, latencyMs)),
);
const entries = fc.array(anyEntry, { maxLength: 40 });

describe('a summary', () => {
  it('of two parts adds up to that of the whole, variant by variant', () => {
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

  it('has in total what its variants have together', () => {
    fc.assert(
      fc.property(entries, (all) => {
        const { total, variants } = summary(all);
        expect(total.completed).toBe(variants.reduce((sum, { completed: done }) => sum + done, 0));
        expect(total.errored).toBe(variants.reduce((sum, { errored: failed }) => sum + failed, 0));
        expect(variants.reduce((sum, { n }) => sum + n, 0)).toBe(all.length);
      }),
    );
  });

  it('names its variants, in plan order', () => {
    expect(
      summary([]).variants.map(({ prompt, provider, model, temperature }) => [prompt, provider, model, temperature]),
    ).toEqual([
      ['p1', 'gptunnel', 'gpt-4o', 0],
      ['p1', 'openai', 'gpt-4o-mini', null],
    ]);
  });

  it('gives a score with its denominator and interval', () => {
    const all = [
      ...Array.from({ length: 46 }, () => answered(0, 1)),
      answered(0, 0),
      answered(0, 0),
      answered(0, null),
    ];
    const [score] = summary(all).variants[0]?.scores ?? [];
    expect(score).toMatchObject({ name: 'exact', n: 48, unjudged: 1, mean: 46 / 48 });
    expect(score?.interval?.low).toBeCloseTo(0.8602434412954456, 13);
    expect(score?.interval?.high).toBeCloseTo(0.9884981065106133, 13);
  });

  it('gives no mean and no interval where nothing could be judged', () => {
    const [score] = summary([answered(0, null)]).variants[0]?.scores ?? [];
    expect(score).toEqual({ name: 'exact', n: 0, unjudged: 1, mean: null, interval: null });
  });

  it('gives no interval of a share where scores are graded', () => {
    const [score] = summary([answered(0, 1), answered(0, 0.5)]).variants[0]?.scores ?? [];
    expect(score).toMatchObject({ n: 2, mean: 0.75, interval: null });
  });

  it('keeps errors out of the scores', () => {
    const [score] = summary([answered(0, 1), { place: 0, result: errored(), scores: [] }]).variants[0]?.scores ?? [];
    expect(score).toMatchObject({ n: 1, unjudged: 0, mean: 1 });
  });

  it('has the latency of answers, without errors and without the cache', () => {
    const cached = { place: 0, result: completed({}, { latencyMs: 1, cached: true }), scores: [exact(1)] };
    const failed = { place: 0, result: errored({ latencyMs: 900 }), scores: [] };
    const all = [...Array.from({ length: 100 }, (_, index) => answered(0, 1, index + 1)), cached, failed];
    expect(summary(all).variants[0]?.latencyMs).toEqual({ p50: 50, p90: 90, p95: 95, p99: 99 });
    expect(summary([cached, failed]).variants[0]?.latencyMs).toEqual({ p50: null, p90: null, p95: null, p99: null });
  });

  it('has a place for each scorer, and none for others', () => {
    const one = { place: 0, result: completed(), scores: [exact(1), { name: 'old', value: 0, explanation: null }] };
    expect(summary([one], ['exact', 'contains']).variants[0]?.scores.map(({ name, n }) => [name, n])).toEqual([
      ['exact', 1],
      ['contains', 0],
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { Analyst } from '../../../src/core/analysis/analyst.ts';
import { areTraded, cheapestOf, choose, equalsOf, isEven, leastOf, type Rule } from '../../../src/page/data/choice.ts';
import { analyse, roubles, times } from '../../core/analysis/rows.ts';

const COSTS = [100n, 10n, 1n];
const PASSES = [95, 90, 60];

/** Three variants on 100 rows: the dearer, the better. */
function analysis(unknown: readonly number[] = []) {
  const variants = ['big', 'middle', 'small'].map((name) => ({
    prompt: { name: 'p' },
    model: { provider: 'p', model: name },
    temperature: null,
  }));
  const analyst = new Analyst({ variants, scorers: ['exact'] });
  for (let row = 0; row < 100; row++) {
    const trials = COSTS.map((amount, variant) => ({
      variant,
      status: 'completed' as const,
      isCached: false,
      isCut: false,
      latencyMs: 1,
      cost: unknown.includes(variant) ? null : { amount: amount * 10n ** 12n, currency: 'RUB' },
      scores: [{ name: 'exact', value: row < (PASSES[variant] ?? 0) ? 1 : 0, explanation: null }],
    }));
    analyst.add({ id: String(row), cluster: null, group: null, trials });
  }
  return analyst.analyse();
}

function chosen(rule: Rule, unknown: readonly number[] = []) {
  const { scorers, variants } = analysis(unknown);
  const [scorer] = scorers;
  if (scorer === undefined) throw new Error('no scorer');
  return choose(scorer, variants, rule);
}

describe('the choice of a variant', () => {
  it('is that of the analysis with its own rule', () => {
    const [cheapest] = analysis().scorers[0]?.cheapest ?? [];
    const choice = chosen({ kind: 'within', points: 10, isCertain: false });
    expect(choice.variant).toBe(cheapest?.variant);
    expect(choice.loss?.points).toBe(cheapest?.pointsWorse);
    expect(choice).toMatchObject({ variant: 1, best: 0, goodOnes: 2 });
  });

  it.each<[string, Rule, number | null]>([
    ['the best, if others are too far below', { kind: 'within', points: 2, isCertain: false }, 0],
    ['the best, if a large loss of others is not ruled out', { kind: 'within', points: 6, isCertain: true }, 0],
    ['the cheapest above a score', { kind: 'least', points: 55, isCertain: false }, 2],
    ['the cheapest above a score for certain', { kind: 'least', points: 55, isCertain: true }, 1],
    ['none, if none has the score', { kind: 'least', points: 99, isCertain: false }, null],
  ])('is %s', (_what, rule, variant) => {
    expect(chosen(rule).variant).toBe(variant);
  });

  it.each([
    ['every score is 0', times(30, 0, 0)],
    ['the best has answered few rows', [...times(6, 1, 1), ...times(24, 'errored', 0)]],
    ['the cheap one has answered few rows', [...times(6, 1, 1), ...times(24, 1, 'errored')]],
  ])('is that of the analysis if %s', (_what, rows) => {
    const { scorers, variants } = analyse(rows, { costs: [2, 1].map(roubles) });
    const [scorer] = scorers;
    if (scorer === undefined) throw new Error('no scorer');
    const { variant, best } = choose(scorer, variants, { kind: 'within', points: 10, isCertain: false });
    expect(scorer.cheapest).toEqual([]);
    // With the analysis the best itself is no choice where something else costs less.
    expect([null, best]).toContain(variant);
  });

  it('says on how many rows it rests', () => {
    const { scorers, variants } = analyse(
      [...times(29, 1, 1), ...times(1, 1, 'errored'), ...times(370, 'skipped', 'skipped')],
      {
        costs: [2, 1].map(roubles),
      },
    );
    const [scorer] = scorers;
    if (scorer === undefined) throw new Error('no scorer');
    expect(choose(scorer, variants, { kind: 'within', points: 10, isCertain: false })).toMatchObject({
      variant: 1,
      units: 29,
    });
    expect(choose(scorer, variants, { kind: 'least', points: 80, isCertain: false }).units).toBe(29);
  });

  it('is never one of unknown cost', () => {
    expect(chosen({ kind: 'within', points: 10, isCertain: false }, [1]).variant).toBe(0);
  });
});

describe('what is said of all variants', () => {
  it.each([
    ['all costs are known', [], 2, true],
    ['some are unknown', [2], 1, false],
    ['all are unknown', [0, 1, 2], null, false],
  ])('is true where %s', (_what, unknown, cheapest, isTraded) => {
    const { scorers, variants } = analysis(unknown);
    const [scorer] = scorers;
    if (scorer === undefined) throw new Error('no scorer');
    expect(cheapestOf(variants)).toBe(cheapest);
    expect(areTraded(scorer, variants)).toBe(isTraded);
    expect(isEven(scorer)).toBe(false);
  });

  it('counts the equals of one', () => {
    expect([equalsOf([2, 1, 2, null], 0), equalsOf([2, 1], 0), equalsOf([null, null], 0), equalsOf([1], null)]).toEqual(
      [1, 0, 0, 0],
    );
  });

  it('names none of equals', () => {
    expect([leastOf([2, 2]), leastOf([2, null]), leastOf([2, 1, 1]), leastOf([null])]).toEqual([null, 0, 1, null]);
  });
});

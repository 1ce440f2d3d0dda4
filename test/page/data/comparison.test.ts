import { describe, expect, it } from 'vitest';
import type { MeasurePair, VariantName } from '../../../src/core/comparison.ts';
import {
  changeLead,
  flippedText,
  isOneVariant,
  measuresText,
  pairVerdictText,
  verdictText,
} from '../../../src/page/data/comparison.ts';
import { en } from '../../../src/page/words/en.ts';
import { Format } from '../../../src/page/words/format.ts';
import { ru } from '../../../src/page/words/ru.ts';

const ENGLISH = { words: en, format: new Format('en') };
const RUSSIAN = { words: ru, format: new Format('ru') };

type Measured = Pick<MeasurePair, 'measure' | 'verdict'>;

function measured(measure: MeasurePair['measure'], ...verdicts: MeasurePair['verdict'][]): readonly Measured[] {
  return verdicts.map((verdict) => ({ measure, verdict }));
}

function sides(model: string): { readonly base: VariantName; readonly candidate: VariantName } {
  const name = { prompt: 'p', model, temperature: null };
  return { base: name, candidate: name };
}

describe('the finding on cost, tokens and time', () => {
  it('is the change of each where one variant is compared', () => {
    const changes = [
      ...measured('cost', 'lower'),
      ...measured('tokens', 'higher'),
      ...measured('latency', 'not known'),
    ];
    expect(measuresText(ENGLISH, changes)).toBe('Cost of a row: lower; Tokens of a row: higher');
    expect(measuresText(RUSSIAN, changes)).toBe('Цена строки: ниже; Токены строки: выше');
  });

  it('counts the comparisons of several variants that go each way, the commonest way first', () => {
    const changes = [
      ...measured('cost', 'higher', 'lower', 'lower', 'lower'),
      ...measured('tokens', 'lower', 'higher', 'higher', 'not known'),
      ...measured('latency', 'no difference shown', 'no difference shown', 'lower', 'not known'),
    ];
    expect(measuresText(ENGLISH, changes).split('; ')).toEqual([
      'Cost of a row: lower in 3 of 4 comparisons, higher in 1',
      'Tokens of a row: higher in 2, lower in 1',
      'Time of a row: lower in 1',
    ]);
    expect(measuresText(RUSSIAN, changes).split('; ')).toEqual([
      'Цена строки: ниже в 3 сравнениях из 4, выше в 1',
      'Токены строки: выше в 2, ниже в 1',
      'Время строки: ниже в 1',
    ]);
  });

  it('says that nothing is significant where nothing is', () => {
    expect(measuresText(ENGLISH, measured('cost', 'no difference shown', 'not known'))).toBe(en.noMeasure);
  });
});

describe('the verdict of a page', () => {
  it('says in how many of several comparisons it is so', () => {
    const pairs = (['improved', 'inconclusive', 'regressed'] as const).map((verdict) => ({ verdict }));
    expect(verdictText(ENGLISH, { verdict: 'regressed', pairs })).toBe('Significantly worse in 1 of 3 comparisons');
    expect(verdictText(RUSSIAN, { verdict: 'regressed', pairs })).toBe('Значимо хуже в 1 сравнении из 3');
    expect(verdictText(ENGLISH, { verdict: 'regressed', pairs: pairs.slice(2) })).toBe('Significantly worse');
    expect(verdictText(ENGLISH, { verdict: 'inconclusive', pairs })).toBe('Inconclusive');
  });
});

describe('the change of a pair', () => {
  it.each([
    [-0.05, 'A loses 5.0 points by', 'A теряет 5,0 пункта по'],
    [0.0003, 'A gains 0.03 points by', 'A выигрывает 0,03 пункта по'],
    [0, 'A neither loses nor gains by', 'A не теряет и не выигрывает по'],
    // A sum of rounding errors.
    [-5e-17, 'A neither loses nor gains by', 'A не теряет и не выигрывает по'],
  ])('of %d is told as it is', (delta, english, russian) => {
    expect(changeLead(ENGLISH, 'A', delta)).toBe(english);
    expect(changeLead(RUSSIAN, 'A', delta)).toBe(russian);
  });

  it('has its reason where it is that of the same answers', () => {
    const same = { verdict: 'unchanged', test: 'same answers' } as const;
    expect(pairVerdictText(ENGLISH, same, true)).toBe('Unchanged: the same answers');
    expect(pairVerdictText(RUSSIAN, same, true)).toBe('Без изменений: ответы те же');
    expect(pairVerdictText(ENGLISH, { ...same, test: 'mcnemar' }, true)).toBe('Unchanged');
  });
});

describe('the verdict on a pair', () => {
  it('is none in a comparison that cannot stand', () => {
    expect(pairVerdictText(ENGLISH, { verdict: 'inconclusive', test: 'mcnemar' }, false)).toBe('No verdict');
    expect(pairVerdictText(RUSSIAN, { verdict: 'inconclusive', test: 'mcnemar' }, false)).toBe('Вывода нет');
  });
});

describe('the count of flips', () => {
  const flipped = { worse: 3, better: 21, flaky: 0 };
  const one = { pairs: [sides('a')], measures: [], flippedRows: ['1', '2', '3', '4'] };
  const two = { ...one, pairs: [sides('a'), sides('b')] };

  it('is one of rows where one variant is compared', () => {
    expect(flippedText(ENGLISH, { ...one, flipped })).toBe('3 rows got worse, 21 got better');
    expect(flippedText(RUSSIAN, { ...one, flipped })).toBe('Стало хуже: 3, лучше: 21');
  });

  it('is one of flips, beside that of rows, with several variants', () => {
    expect(flippedText(ENGLISH, { ...two, flipped })).toBe('Flips in 4 rows: 3 got worse, 21 got better');
    expect(flippedText(RUSSIAN, { ...two, flipped })).toBe('Изменения в 4 строках: 3 к худшему, 21 к лучшему');
    const single = { ...two, flipped, flippedRows: ['1'] };
    expect(flippedText(ENGLISH, single)).toBe('Flips in 1 row: 3 got worse, 21 got better');
    expect(flippedText(RUSSIAN, single)).toBe('Изменения в 1 строке: 3 к худшему, 21 к лучшему');
  });

  it('has the flaky ones, which are among the rows too', () => {
    expect(flippedText(ENGLISH, { ...one, flipped: { ...flipped, flaky: 1 } })).toMatch(/better, 1 is flaky$/);
    expect(flippedText(RUSSIAN, { ...one, flipped: { ...flipped, flaky: 1 } })).toMatch(/, нестабильных: 1$/);
    expect(flippedText(ENGLISH, { ...two, flipped: { ...flipped, flaky: 2 } })).toMatch(/better, 2 are flaky$/);
    expect(flippedText(RUSSIAN, { ...two, flipped: { ...flipped, flaky: 1 } })).toMatch(/, 1 нестабильное$/);
    expect(flippedText(RUSSIAN, { ...two, flipped: { ...flipped, flaky: 2 } })).toMatch(/, 2 нестабильных$/);
  });

  it('speaks of no flips where there are none', () => {
    const none = { ...two, flipped: { worse: 0, better: 0, flaky: 0 }, flippedRows: [] };
    expect(flippedText(ENGLISH, none)).toBe('0 rows got worse, 0 got better');
    expect(flippedText(RUSSIAN, none)).toBe('Стало хуже: 0, лучше: 0');
  });
});

describe('a comparison of one variant', () => {
  it('is one by any number of scorers, and with or without scores', () => {
    expect(isOneVariant({ pairs: [sides('a'), sides('a')], measures: [sides('a')] })).toBe(true);
    expect(isOneVariant({ pairs: [], measures: [sides('a'), sides('a')] })).toBe(true);
    expect(isOneVariant({ pairs: [sides('a'), sides('b')], measures: [] })).toBe(false);
    expect(isOneVariant({ pairs: [], measures: [sides('a'), sides('b')] })).toBe(false);
  });
});

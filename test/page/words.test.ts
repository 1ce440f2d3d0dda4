import { describe, expect, it } from 'vitest';
import type { AnalysisNote, NoteKind } from '../../src/core/analysis/note.ts';
import { en } from '../../src/page/words/en.ts';
import { Format } from '../../src/page/words/format.ts';
import { ru } from '../../src/page/words/ru.ts';

const KINDS: Readonly<Record<NoteKind, Omit<AnalysisNote, 'kind' | 'text'>>> = {
  'no results': {},
  'no scores': {},
  'one variant': {},
  'no answers': {},
  'variant without answers': { name: 'gpt' },
  'variant stopped': { name: 'gpt' },
  'answers cut off': { name: 'gpt', count: 3, of: 1200 },
  'several currencies': { name: 'gpt' },
  'cost unknown': { name: 'gpt' },
  'cost partly unknown': { name: 'gpt', count: 3, of: 1200 },
  'rows without a cluster': { name: 'topic', count: 41 },
  'one cluster': { name: 'topic' },
  'few clusters': { name: 'topic', count: 3 },
  'no scored answer': {},
  'equal scores': {},
  'equal scores on common rows': { count: 6 },
  'one row': {},
  'variant without scores': {},
};

function fewClusters(count: number): string {
  return ru.noteText(new Format('ru'), { kind: 'few clusters', text: '', name: 'topic', count });
}

describe('notes in Russian', () => {
  it.each(Object.entries(KINDS))('say the same of %s', (kind, facts) => {
    const known = Object.keys(KINDS).find((one): one is NoteKind => one === kind);
    if (known === undefined) throw new Error(kind);
    const text = ru.noteText(new Format('ru'), { kind: known, text: 'in English', ...facts });
    expect(text).toMatch(/[а-яё]/);
    expect(text).not.toContain('undefined');
    for (const told of [facts.name, facts.count?.toString()].filter((one) => one !== undefined)) {
      expect(text).toContain(told);
    }
  });

  it('have the form of a noun that its number asks for', () => {
    expect(fewClusters(2)).toContain('2 значения');
    expect(fewClusters(7)).toContain('7 значений');
  });
});

describe('numbers in Russian', () => {
  const f = new Format('ru');

  it.each([
    [17, 'в 17 раз'],
    [21, 'в 21 раз'],
    [22, 'в 22 раза'],
    [25.4, 'в 25 раз'],
    [111, 'в 111 раз'],
    [4.2, 'в 4,2 раза'],
    [5, 'в 5,0 раза'],
  ])('say how many times less: %d', (factor, text) => {
    expect(ru.timesLess(f, factor)).toBe(`, ${text} дешевле`);
  });

  it.each([
    [ru.detecting(f, 2, 21, ''), 'разницу в 2 пункта, нужно ещё около 21 строки.'],
    [ru.detecting(f, 5, 4230, ''), 'разницу в 5 пунктов, нужно ещё около 4\u202F200 строк.'],
    [ru.marginNote(f, 1), 'до границы в 1 пункт.'],
    [ru.marginNote(f, 2.5), 'до границы в 2,5 пункта.'],
    [ru.marginNote(f, 5), 'до границы в 5 пунктов.'],
    [ru.pointsOfBest(1), 'пункта от лучшего'],
    [ru.pointsOfBest(10), 'пунктов от лучшего'],
    [ru.pointsOfBest(7.5), 'пункта от лучшего'],
    [ru.noneAnswered(f, 21), 'из 21 запроса'],
    [ru.noneScored(f, 30, 'exact'), 'из 30 ответов'],
    [ru.pairsCertain(f, 0, 21), 'Из 21 различия'],
    [ru.pairsOf(f, 1, 12), '1 из 12 сравнений'],
    [ru.kept(f, 21, 1001), 'из 1\u202F001 строки'],
    [ru.cutText(f, 200, 1021), 'из 1\u202F021 знака'],
    [ru.showWhole(f, 22), '22 знака'],
    [ru.asFar(f, 21, false), 'по 21 строке'],
    [ru.asFar(f, 22, true), 'по 22 кластерам'],
    [ru.fewRows(f, 2, true), '2 кластера'],
    [ru.fewRows(f, 6, false), '6 строк'],
  ])('have the forms that they ask for: %s', (text, part) => {
    expect(text).toContain(part);
  });
});

describe('words for one', () => {
  it('speak of no others', () => {
    const [english, russian] = [new Format('en'), new Format('ru')];
    const texts = [0, 1].flatMap((n) => [en.pairsCertain(english, n, 1), en.pairsOf(english, n, 1)]);
    expect(texts).toEqual([
      'The only difference is not significant',
      'The only comparison is not significantly worse',
      'The only difference is significant',
      'The only comparison is significantly worse',
    ]);
    expect(en.errorsN(english, 1, 1, [1, 'timeout'])).toBe('1 of 1 trial errored; 1 by timeout');
    expect(ru.pairsCertain(russian, 0, 1)).toBe('Единственное различие незначимо');
    expect(ru.cutRows(russian, 21, 200)).toContain('в 21 строке тексты');
  });

  it('say what an estimate leaves out', () => {
    const [english, russian] = [new Format('en'), new Format('ru')];
    const covers = { variants: 21, unpriced: 1, hasJudges: true };
    expect(en.estimateCovers(english, covers)).toBe(' for 20 of 21 variants without judges');
    expect(ru.estimateCovers(russian, covers)).toBe(' для 20 из 21 варианта без судей');
    expect(en.estimateCovers(english, { variants: 2, unpriced: 0, hasJudges: false })).toBe('');
    expect(en.billUnpriced(english, '1 ₽', 1)).toBe('The bill is 1 ₽ without 1 variant, whose price was not known');
    expect(ru.billUnpriced(russian, '1 ₽', 2)).toBe('Счёт 1 ₽ без 2 вариантов с неизвестной ценой');
  });

  it('name one variant or several as the fastest and the slowest', () => {
    expect(en.fastestIs('a, b', '1 s', 'c', '2 s')).toBe('Fastest: a, b (95% of answers within 1 s); slowest: c (2 s)');
    expect(ru.fastestIs('a', '1 с', 'b, c', '2 с')).toBe(
      'Быстрее всех a (95\u202F% ответов за 1 с), медленнее всех b, c (2 с)',
    );
  });

  it('name every state of a run in Russian', () => {
    expect(Object.values(ru.partialStates).join(' ')).toMatch(/^[а-яё ]+$/);
  });
});

describe('figures of the page', () => {
  it('are changes and shares as the language writes them', () => {
    const [english, russian] = [new Format('en'), new Format('ru')];
    expect([1.123, 0.96, 1].map((ratio) => english.change(ratio))).toEqual(['+12.3%', '−4.0%', '0.0%']);
    expect([russian.change(13.5), russian.signedPercent(1250, 0)]).toEqual([
      '+1\u202F250,0\u202F%',
      '+1\u202F250\u202F%',
    ]);
    expect([0.75, 0.9583, 0.799_96].map((share) => russian.share(share, 1))).toEqual([
      '75\u202F%',
      '95,8\u202F%',
      '80\u202F%',
    ]);
    expect(english.wholeMoney({ total: '5.000200000001', currency: 'USD' })).toBe('5.000200000001\u202F$');
  });

  it('do not look like 0 unless they are', () => {
    const [english, russian] = [new Format('en'), new Format('ru')];
    expect([0.0333, -0.0333, 0, 1e-12].map((value) => english.signed(value))).toEqual(['+0.03', '−0.03', '0.0', '0.0']);
    expect(russian.signed(-0.0333)).toBe('−0,03');
    expect([0.04, 0.4, 4].map((value) => english.signed(value, 0))).toEqual(['+0.04', '+0.4', '+4']);
    expect(english.percent(0.0004)).toBe('0.04%');
    expect([0.0333, 0.6, 0].map((durationMs) => russian.duration(durationMs))).toEqual([
      '0,033\u202Fмс',
      '0,6\u202Fмс',
      '0\u202Fмс',
    ]);
  });
});

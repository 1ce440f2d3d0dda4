import { describe, expect, it } from 'vitest';
import { type GateReason, type MeasureReason, SIDES, type UnsoundReason } from '../../../src/core/reasons.ts';
import { gateWhy, unsoundWhys } from '../../../src/page/data/reasons.ts';
import { en } from '../../../src/page/words/en.ts';
import { Format } from '../../../src/page/words/format.ts';
import { ru } from '../../../src/page/words/ru.ts';
import { allReasons, GATE_REASONS, MEASURE_REASONS, UNSOUND_REASONS } from '../../support/reasons.ts';

const ENGLISH = { words: en, format: new Format('en') };
const RUSSIAN = { words: ru, format: new Format('ru') };

type Speech = typeof ENGLISH | typeof RUSSIAN;

/** Gates in which every reason of a measure is told. */
const MEASURED = allReasons<MeasureReason>(MEASURE_REASONS).map(([because]): GateReason => {
  const faults = [{ variants: 'gpt-4o', kind: 'unknown', because } as const];
  return { kind: 'increase', measure: 'latency', most: 0.1, level: 95, count: 1, faults, largest: null, because };
});

const OF_GATES = [...allReasons<GateReason>(GATE_REASONS).map(([reason]) => reason), ...MEASURED];
const OF_COMPARISONS = allReasons<UnsoundReason>(UNSOUND_REASONS).map(([reason]) => reason);

function gateText(speech: Speech, reason: GateReason): string {
  return gateWhy(speech, { reason, why: 'never shown' });
}

function unsoundText(speech: Speech, reason: UnsoundReason): string {
  return unsoundWhys(speech, { unsoundReasons: [reason] }).join('; ');
}

/** Keys whose texts are names: of variants, scorers, rows, runs, errors and currencies. */
const NAMES = new Set(['variant', 'variants', 'scorer', 'rowId', 'path', 'run', 'code', 'currency', ...SIDES]);

/** The words of all names in a reason. */
function namesIn(value: unknown, key = ''): readonly string[] {
  if (typeof value === 'string') return NAMES.has(key) ? value.split(/ · | → | t=/) : [];
  if (Array.isArray(value)) return value.flatMap((item) => namesIn(item, key));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => namesIn(item, name));
}

/** What a text says besides names, the command that it names, a column, and the sign of a p-value. */
function ownWords(text: string, reason: unknown): string {
  const names = ['promptgrid score', 'столбца id', 'p\u00A0', ...namesIn(reason)].filter((name) => name !== '');
  const longestFirst = names.toSorted((one, other) => other.length - one.length);
  return longestFirst.reduce((rest, name) => rest.replaceAll(name, ' '), text);
}

describe('a reason on the Russian page', () => {
  it.each([
    ...OF_GATES.map((reason) => [gateText(RUSSIAN, reason), reason] as const),
    ...OF_COMPARISONS.map((reason) => [unsoundText(RUSSIAN, reason), reason] as const),
  ])('has no English words, and figures as Russians write them: %s', (text, reason) => {
    expect(text).toMatch(/[а-яё]/);
    const own = ownWords(text, reason);
    expect(own.match(/[a-z]+/gi) ?? []).toEqual([]);
    expect(own).not.toMatch(/\d\.\d|\d%|(?<![,\d])\d{4}/);
  });

  it.each(OF_GATES.map((reason) => [gateText(RUSSIAN, reason), reason] as const))(
    'names what the English one names: %s',
    (text, reason) => {
      const english = gateText(ENGLISH, reason);
      for (const name of namesIn(reason)) expect(text.includes(name)).toBe(english.includes(name));
    },
  );

  it.each([
    [
      GATE_REASONS.score[0],
      'gpt-4o: 97,5\u202F% по 40 ответам; нижняя граница 95\u202F% ДИ — 87,1\u202F%, ниже 90\u202F%',
    ],
    [GATE_REASONS.score[1], 'p · gpt-4o при 0,7: 75\u202F% по 1 ответу; среднее — 75\u202F%, не ниже 0,5\u202F%'],
    [GATE_REASONS.repeats[2], 'gpt-4o: 4 из 8 строк прошли слишком редко: q2 (1 из 10), q3 (2 из 10) и ещё 2'],
    [
      GATE_REASONS.errored[3],
      'gpt-4o: с ошибкой 5 из 1\u202F200 запросов; база, p · gpt-4o: с ошибкой 1 из 21 запроса; кандидат, p · gpt-4o: с ошибкой 1 из 20 запросов',
    ],
    [GATE_REASONS.errored[1], 'с ошибкой 1 запрос'],
    [
      GATE_REASONS.cost[2],
      'gpt-4o: 5,0002\u202F₽ за 1\u202F000 строк; gpt-4.1: 1\u202F234,50\u202F₽ за 1\u202F000 строк; own: цена ответов неизвестна',
    ],
    [
      GATE_REASONS.losses[0],
      'v1 → v2 · gpt-4o при 0 по exact: потеря в 16,7 пункта, значимо (p\u00A0=\u00A00,008); v1 → v2 · gpt-4o при 0 по judge: потеря в 1 пункт, незначимо; v1 → v2 · gpt-4o при 0 по bleu: кластеров слишком мало, чтобы судить (1\u202F200 строк); и ещё 1',
    ],
    [GATE_REASONS['no loss'][1], 'никаких потерь нет (21 сравнение, ещё в 2 сравнивать нечего)'],
    [
      GATE_REASONS.critical[2],
      'не прошло критичных запросов: 3 из 9 — r1 (p · gpt-4o при 0,7), r2 (own, есть только у кандидата) и ещё 1; осталось без ответа критичных запросов: 1 из 9 — r3 (p · gpt-4o при 0,7); у кандидата нет критичных строк: 1 — r4',
    ],
    [
      GATE_REASONS.increase[5],
      'v1 → v2 · gpt-4o при 0: +40,0\u202F% (от +20,0\u202F% до +68,0\u202F%) по 50 строкам; v1 → v2 · gpt-4o при 0: время неизвестно: по одной строке не судят; v1 → v2 · gpt-4o при 0: время неизвестно у 1 из 1 строки; v1 → v2 · gpt-4o при 0: время неизвестно: строк нет (по нижней границе интервалов 99,17\u202F%, у них своя поправка)',
    ],
  ])('says in Russian what %j says', (told, russian) => {
    expect(told).toBeDefined();
    if (told !== undefined) expect(gateText(RUSSIAN, told[0])).toBe(russian);
  });
});

describe('a reason on the English page', () => {
  it.each([
    [GATE_REASONS.score[1], 'p · gpt-4o at 0.7: 75% of 1 answer; the mean, 75%, reaches 0.5%'],
    [GATE_REASONS.errored[3], /^gpt-4o: 5 of 1,200 trials errored; base p · gpt-4o: 1 of 21 trials errored/],
    [GATE_REASONS.cost[1], 'at most gpt-4o: 1.50\u202F₽ for 1,000 rows'],
    [GATE_REASONS.cost[2], /^gpt-4o: 5\.0002\u202F₽ for 1,000 rows; gpt-4\.1: 1,234\.50\u202F₽/],
    [GATE_REASONS.increase[3], /^v1 → v2 · gpt-4o at 0: \+10\.001% over 50 rows; /],
  ])('has the words of the terminal with the figures of the page: %j', (told, english) => {
    expect(told).toBeDefined();
    if (told !== undefined) expect(gateText(ENGLISH, told[0])).toMatch(english);
  });
});

describe('a reason that is not known by its figures', () => {
  it.each([ENGLISH, RUSSIAN])('is told in the English of the run', (speech) => {
    const at = speech.words.at(speech.format.plain(0.7));
    const why = 'gpt-4o · t=0.7: 87.1%, is below 90%';
    expect(gateWhy(speech, { reason: null, why })).toBe(`gpt-4o ${at}: 87.1%, is below 90%`);
  });
});

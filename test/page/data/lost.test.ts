import { describe, expect, it } from 'vitest';
import type { PageLost } from '../../../src/core/page-data.ts';
import { lostCallsText, lostTexts } from '../../../src/page/data/lost.ts';
import { en } from '../../../src/page/words/en.ts';
import { Format } from '../../../src/page/words/format.ts';
import { ru } from '../../../src/page/words/ru.ts';

const ENGLISH = { words: en, format: new Format('en') };
const RUSSIAN = { words: ru, format: new Format('ru') };
const NONE: PageLost = { calls: 0, isBound: false, costsAtMost: [], unbounded: 0, results: 0 };
const RUBLES = [{ total: '0.84', currency: 'RUB' }];

describe('calls that may have been billed', () => {
  it.each([
    [
      { calls: 12, costsAtMost: RUBLES },
      '12 calls without a usable answer may have been billed, at most 0.84\u202F₽',
      '12 вызовов без пригодного ответа могли быть оплачены, не больше чем на 0,84\u202F₽',
    ],
    [
      { calls: 21, isBound: true, costsAtMost: RUBLES, unbounded: 2 },
      'up to 21 calls without a usable answer may have been billed, at most 0.84\u202F₽ + 2 unknown',
      'до 21 вызова без пригодного ответа могло быть оплачено, не больше чем на 0,84\u202F₽ + 2 неизвестно',
    ],
    [
      { calls: 1, unbounded: 1 },
      '1 call without a usable answer may have been billed, at an unknown cost',
      '1 вызов без пригодного ответа мог быть оплачен, цена неизвестна',
    ],
    // Of a price of 0.
    [
      { calls: 2 },
      '2 calls without a usable answer may have been billed',
      '2 вызова без пригодного ответа могли быть оплачены',
    ],
  ])('have the most that they cost, or that it is unknown: %j', (lost, english, russian) => {
    expect(lostCallsText(ENGLISH, { ...NONE, ...lost })).toBe(english);
    expect(lostCallsText(RUSSIAN, { ...NONE, ...lost })).toBe(russian);
  });

  it('are not mentioned where there are none', () => {
    expect(lostCallsText(ENGLISH, NONE)).toBe(null);
    expect(lostTexts(ENGLISH, NONE)).toEqual([]);
  });

  it('follow the results that the journal has lost', () => {
    const lost = { ...NONE, calls: 2, results: 1 };
    expect(lostTexts(ENGLISH, lost)).toEqual([
      '1 result of unknown cost was lost from the journal',
      '2 calls without a usable answer may have been billed',
    ]);
    expect(lostTexts(RUSSIAN, { ...NONE, results: 4 })).toEqual(['журнал потерял 4 результата, цена неизвестна']);
  });
});

import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/core/json.ts';
import { SavedValues, unreadCell } from '../../../src/store/formats/saved-values.ts';

const count = (text: string): JsonValue => new SavedValues().ofText('count', text);

/** Costs and scores of one file in their order. */
function inOneFile(kind: 'cost' | 'score', cells: readonly string[]): readonly JsonValue[] {
  const values = new SavedValues();
  return cells.map((text) => values.ofText(kind, text));
}

describe('a count that another program saved', () => {
  it.each([
    ['1234', 1234],
    ['1234.0', 1234],
    ['1234,00', 1234],
    ['1234.000', 1234],
    ['0,000', 0],
    ['1.0', 1],
    ['1.234E+3', 1234],
    ['12.5', 12.5],
    ['-1', -1],
  ])('is the number that it has to be: %s', (text, value) => {
    expect(count(text)).toBe(value);
  });

  it.each([
    '1,234',
    '1.234',
    ' 12,000 ',
    '19.000',
    '123.456',
    '-1,234',
    '1 234',
    '1\u00a0234',
    '1\u202f234',
    "1'234",
    '1_234',
    '1,234,567',
    '1.234.567',
    '1,234.0',
    '1.234,00',
    '12,34,567',
    '1.2 s',
    '#DIV/0!',
  ])('is not read if thousands may be separated, or it is no number: %j', (text) => {
    expect(unreadCell(count(text))).toEqual({ text, hasOtherSign: false });
  });

  it.each(['n/a', 'NaN', '###', ' '])('is unknown if it has no digit: %j', (text) => {
    expect(count(text)).toBeNull();
  });

  it('is read like that as a text in a format with types too, where a number is what it is', () => {
    const values = new SavedValues();
    expect(unreadCell(values.ofTyped('small', '1,234'))).toEqual({ text: '1,234', hasOtherSign: false });
    expect(['1234', 1.234, 1234, null, ''].map((cell) => values.ofTyped('small', cell))).toEqual([
      1234,
      1.234,
      1234,
      null,
      null,
    ]);
  });
});

describe('costs and scores that another program saved', () => {
  it.each([
    ['points', ['0.5', '1.234', '12', '2e-7'], ['0.5', '1.234', '12', '0.0000002']],
    ['commas', ['0,5', '1,234', '12', '2,5E-7'], ['0.5', '1.234', '12', '0.00000025']],
  ])('have one decimal sign throughout a file: %s', (_, texts, costs) => {
    expect(inOneFile('cost', texts)).toEqual(costs);
    expect(inOneFile('score', texts)).toEqual(costs.map(Number));
  });

  it.each([
    ['0.5', '1,234'],
    ['0,5', '1.234'],
    ['1,234', '0.5'],
    ['0.5', '1,000'],
  ])('are not read with the other one: %s, then %s', (first, second) => {
    for (const kind of ['cost', 'score'] as const) {
      const found = inOneFile(kind, [first, second, first]).map(unreadCell);
      expect(found).toEqual([null, { text: second, hasOtherSign: true }, null]);
    }
  });

  it('share their sign', () => {
    const values = new SavedValues();
    expect(values.ofText('score', '0,5')).toBe(0.5);
    expect(unreadCell(values.ofText('cost', '1.234'))).toEqual({ text: '1.234', hasOtherSign: true });
  });

  it('do not take their sign from numbers of formats with types, which always have a point', () => {
    const values = new SavedValues();
    expect([0.25, '0,5', 0.75].map((cell) => values.ofTyped('cost', cell))).toEqual(['0.25', '0.5', '0.75']);
  });

  it.each(['1,234.50', '1.234,50', '1 234,50', '1\u00a0234.5', '0.03 ₽', '$0.03'])(
    'are not read where they are no plain number: %j',
    (text) => {
      expect(unreadCell(inOneFile('cost', [text])[0] ?? null)).toEqual({ text, hasOtherSign: false });
      expect(unreadCell(inOneFile('score', [text])[0] ?? null)).toEqual({ text, hasOtherSign: false });
    },
  );

  it('are unknown where a cost has no digit; a score is not read', () => {
    expect(inOneFile('cost', ['n/a', '###'])).toEqual([null, null]);
    expect(inOneFile('score', ['n/a']).map(unreadCell)).toEqual([{ text: 'n/a', hasOtherSign: false }]);
  });
});

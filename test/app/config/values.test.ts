import { describe, expect, it } from 'vitest';
import { badValue, exampleOf, parseNumber, parseShare, parseValue } from '../../../src/app/config/values.ts';
import type { ValueSpec } from '../../../src/core/option-spec.ts';

const spec = (own: Omit<ValueSpec, 'describe'>): ValueSpec => ({ describe: '', ...own });

describe('a number', () => {
  it.each([
    ['20', 20],
    ['0.25', 0.25],
    ['.5', 0.5],
    ['5.', 5],
    ['1e-1', 0.1],
    ['2E2', 200],
    [' 7 ', 7],
    ['-3', -3],
  ])('%j is %d', (text, number) => {
    expect(parseNumber(text)).toBe(number);
  });

  it.each(['', ' ', '0x2', '0b1', '0o7', '1_000', '1,5', '1 000', 'Infinity', 'NaN', 'e5', '.', '--1', '٣'])(
    '%j is not a number, and not a share',
    (text) => {
      expect([parseNumber(text), parseShare(text), parseShare(`${text}%`)]).toEqual([null, null, null]);
    },
  );
});

describe('a value', () => {
  it.each([
    [
      spec({ kind: 'share' }),
      { '0.1': 0.1, '1e-1': 0.1, '10%': 0.1, '12.5 %': 0.125, '33.3%': 0.333, '9.31e1%': 0.931 },
    ],
    [spec({ kind: 'share', min: 0, max: 1 }), { 0: 0, '100%': 1, '1.01': null, '-0.1': null, '101%': null }],
    [spec({ kind: 'share', min: 0, max: 1, isOpen: true }), { '0.001': 0.001, 0: null, '100%': null, 90: null }],
    [spec({ kind: 'share', min: 0 }), { '150%': 1.5, '-10%': null, 1: 1, 10: null, '1.5': null }],
    [spec({ kind: 'integer', min: 2 }), { 2: 2, '1e3': 1000, 1: null, '2.5': null, '1e30': null }],
    [spec({ kind: 'number', min: -2, max: 2 }), { '-2': -2, '2.1': null }],
    [spec({ kind: 'number', min: 0, isOpen: true }), { 0: null, '1e-9': 1e-9 }],
    [spec({ kind: 'points', min: 0, max: 99 }), { 2: 0.02, '2%': 0.02, '2 points': 0.02, '2point': 0.02, 100: null }],
    [spec({ kind: 'points', min: 0, max: 99 }), { '2 pts': null, '-1': null }],
    [spec({ kind: 'amount', min: 0, isOpen: true }), { '0.1': 10n ** 11n, 0: null, '-1': null, '5 RUB': null }],
    [spec({ kind: 'amount', min: 0, isOpen: true }), { '1e-13': null, '1e400': null }],
    [spec({ kind: 'amount', min: 0 }), { 0: 0n }],
    [spec({ kind: 'age' }), { '45m': 2_700_000, '1.5 h': 5_400_000, '30d': 2_592_000_000, '2w': 1_209_600_000 }],
    [spec({ kind: 'age' }), { 30: null, d: null, '-1d': null, '0x1d': null, '1y': null }],
    [spec({ kind: 'thresholds' }), { 'a=b=90%': { scorer: 'a=b', least: 0.9 }, 'a=2': null, '=1': null, a: null }],
    [spec({ kind: 'character' }), { ';': ';', '\\t': '\t', '😀': '😀', ';;': null, '': null }],
    [spec({ kind: 'boolean' }), { 1: true, true: true, 0: false, false: false, yes: null, '': null }],
    [spec({ kind: 'choice', choices: ['one', 'two'] }), { one: 'one', On: null, '': null }],
    [spec({ kind: 'path' }), { ' a ': ' a ', '': null }],
  ])('%o is read as %o', (of, texts) => {
    const read = Object.keys(texts).map((text) => [text, parseValue(of, text)]);
    expect(Object.fromEntries(read)).toEqual(texts);
  });
});

describe('a value that is refused', () => {
  it.each([
    [spec({ kind: 'integer', min: 2, example: '20' }), '--x must be a whole number from 2, got "a"', '--x 20'],
    [spec({ kind: 'share', min: 0, max: 1 }), '--x must be a share from 0 to 1, got "a"', '--x 10%'],
    [spec({ kind: 'share', min: 0, max: 1, isOpen: true }), '--x must be a share between 0 and 1, got "a"', '--x 10%'],
    [spec({ kind: 'share', min: 0 }), '--x must be a share from 0, with % above 1, got "a"', '--x 10%'],
    [spec({ kind: 'amount', min: 0, isOpen: true }), '--x must be an amount above 0, got "a"', '--x 500'],
    [spec({ kind: 'choice', choices: ['ab', 'cd', 'ef'] }), '--x must be ab, cd or ef, got "a"', 'did you mean ab?'],
  ])('%j is refused with the valid form', (of, what, hint) => {
    const told = badValue(of, { label: '--x', joint: ' ' }, 'a');
    expect(told).toEqual({ what, hint: expect.stringContaining(hint) });
    expect(parseValue(of, exampleOf(of) ?? '')).not.toBeNull();
  });

  it.each([
    [spec({ kind: 'share', min: 0 }), '10', 'write 10% or 0.1'],
    [spec({ kind: 'share', min: 0, max: 1 }), '5', 'write 5% or 0.05'],
    [spec({ kind: 'share', min: 0, max: 1, isOpen: true }), '90', 'write 90% or 0.9'],
    [spec({ kind: 'share', min: 0, max: 1 }), '500', 'give one, such as --x 10%'],
    [spec({ kind: 'thresholds' }), 'exact=90', 'write exact=90% or exact=0.9'],
  ])('is a percentage without its sign: %o of %s', (of, text, hint) => {
    expect(badValue(of, { label: '--x', joint: ' ' }, text).hint).toBe(hint);
    expect(parseValue(of, text)).toBeNull();
  });

  it('is not shown if it may be a secret', () => {
    const { what } = badValue(spec({ kind: 'headers' }), { label: '--header', joint: ' ' }, 'secret');
    expect(what).toBe("--header must be 'name: value', got something else, which is not shown");
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DecimalSign, lastNumber } from '../../src/scorers/last-number.ts';
import { itScores, makeScorers } from './scoring.ts';

/** The number found, as a decimal text, or a fraction where it is one. */
function found(text: string, decimal: DecimalSign = 'point'): string {
  const number = lastNumber(text, decimal);
  if (typeof number === 'string') return number;
  const { numerator, denominator } = number.value;
  const scale = denominator.toString().length - 1;
  if (denominator !== 10n ** BigInt(scale)) return `${numerator}/${denominator}`;
  const digits = numerator
    .toString()
    .replace('-', '')
    .padStart(scale + 1, '0');
  const [whole, fraction] = [digits.slice(0, digits.length - scale), digits.slice(digits.length - scale)];
  return `${numerator < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

describe('the last number of a text', () => {
  it.each([
    ['English thousands', '1,234.5', '1234.5'],
    ['Russian thousands with a plain space', '1 234,5', '1234.5'],
    ['… with a no-break space', '1\u00a0234,5', '1234.5'],
    ['… with a narrow no-break space', '1\u202f234\u202f567,5', '1234567.5'],
    ['… with a thin space', '1\u2009234,5', '1234.5'],
    ['Swiss thousands', "1'234'567.50", '1234567.50'],
    ['digits joined as in code', '1_000_000', '1000000'],
    ['a decimal comma', '0,5', '0.5'],
    ['a comma before three digits stands for thousands', '1,234', '1234'],
    ['… but not behind 0', '0,125', '0.125'],
    ['… nor behind four digits', '1234,567', '1234.567'],
    ['a point before three digits stands for decimals', '1.234', '1.234'],
    ['points before several groups stand for thousands', '1.234.567', '1234567'],
    ['points and a comma: thousands and decimals', '1.234.567,8', '1234567.8'],
    ['spaces and a comma before three digits: decimals', '1 234,567', '1234.567'],
    ['a list without spaces gives its last part', '10,20,30', '30'],
    ['a version is no decimal', '1.2.3', '3'],
    ['Indian groups are a list to us', '1,23,456', '456'],
    ['a year before a number is not part of it', 'в 2020 1 234,5', '1234.5'],
    ['four digits after a space are a number alone', '1 2345', '2345'],
    ['a minus sign', '\u22125 °C', '-5'],
    ['a hyphen for a minus', 'x = -5', '-5'],
    ['an en dash for a minus', 'около –5', '-5'],
    ['a minus before a currency sign', '-$5.20', '-5.20'],
    ['a minus behind a currency sign', '$-5', '-5'],
    ['a minus in brackets', '(−3)', '-3'],
    ['a hyphen between numbers is no minus', '10-15', '15'],
    ['a dash between numbers is no minus', '1990–1995', '1995'],
    ['a hyphen behind a word is no minus', 'COVID-19', '19'],
    ['a minus with a space is an operation', '8 - 3', '3'],
    ['rubles', '1 500 ₽', '1500'],
    ['rubles in words', '1 500 руб.', '1500'],
    ['dollars', '$1,500', '1500'],
    ['a currency code without a space', 'RUB100', '100'],
    ['a percent sign is left out, 50% is 50', '50%', '50'],
    ['units', '18 km/h', '18'],
    ['a multiplier in words is not applied', '5 млн', '5'],
    ['digits of a word are no number', '18 г H2O', '18'],
    ['digits of a unit are no number', '100 м2', '100'],
    ['a power of ten', '1.5e3', '1500'],
    ['a negative power of ten', '2E-3', '0.002'],
    ['a decimal point at the beginning', '.5', '0.5'],
    ['a full stop behind', 'It is 42.', '42'],
    ['Markdown around it', '**42**', '42'],
    ['a fraction', '1/2', '1/2'],
    ['a fraction with spaces', 'about 3 / 4 of it', '3/4'],
    ['a fraction below 0', '−3/2', '-3/2'],
    ['a mixed number', 'it takes 2 1/2 cups', '5/2'],
    ['a mixed number below 0', '-1 1/3', '-4/3'],
    ['the last of two fractions', '230/530 = 23/53', '23/53'],
    ['a fraction in one sign', 'got -½ as the result', '-1/2'],
    ['a whole number with a fraction in one sign', '2½', '5/2'],
    ['a fraction of LaTeX', '\\frac{1}{2}', '1/2'],
    ['a fraction of LaTeX without braces', '$-\\frac32$', '-3/2'],
    ['a mixed number of LaTeX', '1\\tfrac{1}{4}', '5/4'],
    ['a fraction of other than numbers', '\\frac{a}{2}', 'none'],
    ['a division by 0 is no fraction', '1/0', '0'],
    ['a date with slashes is no fraction', '01/02/2026', '2026'],
    ['a box before another number', '\\boxed{24}. I hope that is 1 answer.', '24'],
    ['a fraction in a box', '\\boxed{\\dfrac{1}{2}}', '1/2'],
    ['the last of two boxes', '\\boxed{10} and then \\boxed{42}', '42'],
    ['four hash signs before another number', '#### 18\nThat took 3 steps.', '18'],
    ['thin spaces of LaTeX', '1\\,234.5', '1234.5'],
    ['dollars of LaTeX', '\\boxed{\\$15,\\!000}', '15000'],
    ['a multiple of a power of ten', '3 × 10^5', '300000'],
    ['a power of ten of LaTeX', '1.5 \\times 10^{-3}', '0.0015'],
    ['a power of ten with raised digits', '2·10³', '2000'],
    ['a power of ten alone', '10^4', '10000'],
    ['a time gives its minutes', '12:30', '30'],
    ['a date gives its last part', '2024-05-06', '6'],
    ['zeros at the beginning', '007', '7'],
    ['Arabic digits', '١٢', '12'],
    ['digits of Devanagari', '४२', '42'],
    ['full-width digits', '４２', '42'],
    ['a Chinese numeral where there are no digits', '答案是三百二十五', '325'],
    ['digits before Chinese numerals', '一个 7', '7'],
    ['no digits', 'twelve', 'none'],
    ['an empty text', '', 'none'],
    ['100 digits are read', '9'.repeat(100), '9'.repeat(100)],
    ['more are not', '9'.repeat(101), 'too long'],
  ])('%s: %j', (_why, text, number) => {
    expect(found(text)).toBe(number);
  });

  it.each([
    ['1,234', '1.234'],
    ['1,234,567', '1234567'],
    ['1.234', '1234'],
    ['1 234,5', '1234.5'],
    ['1.234,5', '1234.5'],
    ['12.5', '12.5'],
  ])('with a comma as decimal separator, %s is %s', (text, number) => {
    expect(found(text, 'comma')).toBe(number);
  });

  const STYLES: readonly (readonly [string, string, string])[] = [
    ['English', ',', '.'],
    ['Russian', '\u00a0', ','],
    ['Russian with thin spaces', '\u2009', ','],
    ['Russian with plain spaces', ' ', ','],
    ['spaces and a point', '\u202f', '.'],
    ['Swiss', "'", '.'],
    ['no thousands, a point', '', '.'],
  ];

  it.each(STYLES)('is read back as it was written: %s', (_style, group, mark) => {
    const numbers = fc.record({
      isNegative: fc.boolean(),
      whole: fc.bigInt({ min: 0n, max: 10n ** 15n }),
      decimals: fc.option(fc.stringMatching(/^\d{1,2}$|^\d{4,6}$/)),
      before: fc.constantFrom('', 'Итого: ', 'about ', '= ', '2 + 2, ', '('),
      after: fc.constantFrom('', ' ₽', '%', ' км', '.', ' руб.', ')', ' $'),
    });
    fc.assert(
      fc.property(numbers, ({ isNegative, whole, decimals, before, after }) => {
        const grouped = whole.toString().replace(/\B(?=(?:\d{3})+$)/g, group);
        const sign = isNegative ? '\u2212' : '';
        const tail = decimals === null ? '' : `${mark}${decimals}`;
        const isZero = whole === 0n && !/[1-9]/.test(decimals ?? '');
        const plain = `${isNegative && !isZero ? '-' : ''}${whole}${decimals === null ? '' : `.${decimals}`}`;
        expect(found(`${before}${sign}${grouped}${tail}${after}`)).toBe(plain);
      }),
    );
  });
});

describe('numeric', () => {
  itScores('numeric', [
    ['the last number counts, not the first', '16 - 7 = 9, so 9 * 2 = 18', '18', 1],
    ['a number that was on the way does not', '18 is wrong, it is 20', '18', 0],
    ['the expected answer is read the same way', '1234.5', '1 234,5 ₽', 1],
    ['trailing zeros say nothing', '5', '5.00', 1],
    ['numbers are told apart beyond what a float can', '12345678901234568', '12345678901234567', 0],
    ['a sign counts', '5', '-5', 0],
    ['0 has no sign', '-0', '0', 1],
    ['an answer without a number is wrong, not unjudged', 'eighteen', '18', 0],
    ['an empty answer is wrong', '', '18', 0],
    ['an expected answer without a number cannot be judged by', '18', 'eighteen', null],
    ['a row that expects nothing cannot be judged', '18', null, null],
    ['a solution may stand in the expected answer', '18', '9 * 2 = 18\n#### 18', 1],
    ['percent are a share where one is expected', '33.5%', '0.335', 1],
    ['percent in words too', '33,5 процента', '0.335', 1],
    ['a share is percent where those are expected', '0.335', '33.5%', 1],
    ['percent are the number before the sign', '50', '50%', 1],
    ['and no other', '5%', '50%', 0],
    ['a fraction is the decimal', '0.5', '1/2', 1],
    ['but not its denominator', '5\\pi/3', '3', 0],
    ['multiples of π are compared by their factors', '\\frac{2\\pi}{4}', 'π/2', 1],
    ['and differ by them', '\\dfrac{5\\pi}{3}', '-\\frac{\\pi}{3}', 0],
    ['a number is no multiple of π', '2', '2π', 0],
    ['a number is found before 100 KB of text', `18 ${'и так далее '.repeat(9000)}`, '18', 1],
    ['a number too long to be one is wrong', '9'.repeat(1_000_000), '9', 0],
  ]);
  itScores('numeric:0.01', [
    ['the tolerance itself is within it', '0.31', '0.3', 1],
    ['in both directions', '0.29', '0.3', 1],
    ['more is not', '0.3101', '0.3', 0],
  ]);
  itScores('numeric:1%', [
    ['a share of the expected number', '101', '100', 1],
    ['of its size, where it is negative', '-99', '-100', 1],
    ['not of the answer', '102.02', '101', 0],
    ['a share of 0 is 0', '0.001', '0', 0],
  ]);
  itScores({ type: 'numeric', decimal: 'comma' }, [['commas stand before decimals', '1,234', '1.234,0', 0]]);

  itScores('not:numeric', [
    ['another number passes', '7', '42', 1],
    ['an answer without a number passes neither', 'the model refused', '42', 0],
    ['nor does an empty one', '', '42', 0],
  ]);
  itScores({ type: 'numeric', whole: true }, [
    ['a number alone passes', ' $1,234.50 ', '1234.5', 1],
    ['a number in a sentence does not', 'It is 5.', '5', 0],
    ['a number with letters does not', '5abc', '5', 0],
    ['100 KB of digits do not', '1 '.repeat(50_000), '1', 0],
  ]);

  it.each(['abc', '-1', '1%%', '%', '1,5'])('rejects the tolerance %s', async (tolerance) => {
    await expect(makeScorers([`numeric:${tolerance}`])).rejects.toThrow(`"${tolerance}" is not a tolerance`);
  });
});

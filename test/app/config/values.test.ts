import { describe, expect, it } from 'vitest';
import {
  parseNumber,
  parseShare,
  readAmount,
  readChoice,
  readCount,
  readIncrease,
  readInnerShare,
  readNumber,
  readPoints,
  readShare,
} from '../../../src/app/config/values.ts';

const value = (text: string) => ({ flag: '--x', text, example: '--x 5' });

/** Every reader of a numeric flag, over a text that is in the range of all of them. */
const READERS = {
  readNumber,
  readShare,
  readInnerShare,
  readIncrease,
  readPoints,
  readAmount,
  readCount: (given: ReturnType<typeof value>) => readCount(given, 0),
};

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
    '%j is none, for any flag',
    (text) => {
      expect(parseNumber(text)).toBeNull();
      expect(parseShare(text)).toBeNull();
      expect(parseShare(`${text}%`)).toBeNull();
      for (const read of Object.values(READERS)) expect(() => read(value(text))).toThrow(`--x "${text}" is not a`);
    },
  );
});

describe('a share', () => {
  it.each([
    ['0.1', 0.1],
    ['1e-1', 0.1],
    ['10%', 0.1],
    ['12.5 %', 0.125],
  ])('%j is %d', (text, share) => {
    expect([readShare, readInnerShare, readIncrease].map((read) => read(value(text)))).toEqual([share, share, share]);
  });

  it.each([
    [readShare, ['0', '1', '100%'], ['1.01', '-0.1', '101%']],
    [readInnerShare, ['0.001'], ['0', '1', '100%', '90']],
    [readIncrease, ['0', '2', '150%'], ['-0.1', '-10%']],
  ])('has the range of its use: %o', (read, accepted, refused) => {
    for (const text of accepted) expect(read(value(text))).toBe(parseShare(text));
    for (const text of refused) expect(() => read(value(text))).toThrow('--x');
  });
});

it('a whole number is within its range', () => {
  expect(readCount(value('2'), 2)).toBe(2);
  expect(readCount(value('1e3'), 0, 1000)).toBe(1000);
  expect(() => readCount(value('1'), 2)).toThrow('--x "1" is not a whole number from 2');
  expect(() => readCount(value('2.5'), 2)).toThrow('--x');
  expect(() => readCount(value('1001'), 0, 1000)).toThrow('--x "1001" is not a whole number from 0 to 1000');
  expect(() => readCount(value('1e30'), 0)).toThrow('--x');
});

it.each(['2', '2%', '2 points', '2points', '2 point', '2.0'])('%j is two points', (text) => {
  expect(readPoints(value(text))).toBe(0.02);
});

it('points are from 0 to 100', () => {
  expect(readPoints(value('0'))).toBe(0);
  for (const text of ['-1', '100', '2 pts']) expect(() => readPoints(value(text))).toThrow('a number of points');
});

it('an amount is exact and above 0', () => {
  expect(readAmount(value('0.1'))).toBe(100_000_000_000n);
  for (const text of ['0', '-1', '5 RUB']) expect(() => readAmount(value(text))).toThrow('an amount above 0');
});

it('a choice that is not known is answered with the nearest one', () => {
  expect(readChoice('--x', 'one', ['one', 'two'])).toBe('one');
  expect(() => readChoice('--x', 'tw', ['one', 'two'])).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('did you mean two?') }),
  );
});

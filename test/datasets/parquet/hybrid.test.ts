import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HybridNumbers } from '../../../src/datasets/parquet/hybrid.ts';

interface Run {
  readonly value: number;
  readonly count: number;
}

function header(number: number): number[] {
  return number < 128 ? [number] : [(number % 128) + 128, ...header(Math.floor(number / 128))];
}

function repeated({ value, count }: Run, width: number): number[] {
  const bytes = Array.from({ length: Math.ceil(width / 8) }, (_, index) => Math.floor(value / 2 ** (8 * index)) % 256);
  return [...header(2 * count), ...bytes];
}

/** Groups of eight; the last is filled with zeros. */
function packed(values: readonly number[], width: number): number[] {
  const groups = Math.ceil(values.length / 8);
  const bits = Array.from({ length: 8 * groups * width }, (_, bit) => {
    const value = values[Math.floor(bit / width)] ?? 0;
    return Math.floor(value / 2 ** (bit % width)) % 2;
  });
  const bytes = Array.from({ length: groups * width }, (_, byte) =>
    bits.slice(8 * byte, 8 * byte + 8).reduce((sum, bit, index) => sum + bit * 2 ** index, 0),
  );
  return [...header(2 * groups + 1), ...bytes];
}

function taken(bytes: readonly number[], width: number, count: number): number[] {
  const numbers = new HybridNumbers(Uint8Array.from(bytes), width);
  return Array.from({ length: count }, () => numbers.next());
}

/** A part of such numbers: a run, or a group of eight. */
function partOf(width: number): fc.Arbitrary<Run | number[]> {
  const value = fc.integer({ min: 0, max: 2 ** width - 1 });
  return fc.oneof(
    fc.record({ value, count: fc.integer({ min: 1, max: 300 }) }),
    fc.array(value, { minLength: 8, maxLength: 8 }),
  );
}

describe('levels and indexes of a page', () => {
  it('are the numbers that were written, in runs and in groups of any width', () => {
    const given = fc
      .integer({ min: 1, max: 32 })
      .chain((width) => fc.record({ width: fc.constant(width), parts: fc.array(partOf(width), { maxLength: 9 }) }));
    fc.assert(
      fc.property(given, ({ width, parts }) => {
        const bytes = parts.flatMap((one) => ('count' in one ? repeated(one, width) : packed(one, width)));
        const values = parts.flatMap((one) =>
          'count' in one ? Array.from({ length: one.count }, () => one.value) : one,
        );
        expect(taken(bytes, width, values.length)).toEqual(values);
      }),
    );
  });

  it('are zeros where they need no bits', () => {
    expect(taken([], 0, 3)).toEqual([0, 0, 0]);
  });

  it('may lack the end of a last group that is not full', () => {
    expect(taken(packed([1, 2, 3], 8).slice(0, 4), 8, 3)).toEqual([1, 2, 3]);
  });

  it.each([
    ['in front of a run', []],
    ['inside a run', [6]],
    ['inside a header', [0x80]],
    ['inside a group', [3]],
    ['with empty runs', [0, 1, 0, 1]],
  ])('are refused if they end %s', (_, bytes) => {
    expect(() => taken(bytes, 8, 4)).toThrow('a page has fewer values than it says');
  });
});

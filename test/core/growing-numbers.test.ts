import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { growingFloats, growingUints } from '../../src/core/growing-numbers.ts';

describe('a list of numbers that grows', () => {
  it.each([
    ['floats', growingFloats],
    ['whole numbers', growingUints],
  ])('holds %s like an array, with zeros where none were set', (_what, make) => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2000), fc.nat(1000))), (writes) => {
        const list = make();
        const plain: number[] = [];
        for (const [place, value] of writes) {
          list.set(place, value);
          list.add(place, 1);
          plain[place] = value + 1;
        }
        list.push(7);
        plain.push(7);
        expect(list.length).toBe(plain.length);
        const dense = Array.from(plain, (value) => value ?? 0);
        expect([...list.values().subarray(0, list.length)]).toEqual(dense);
        expect(list.at(plain.length + 5000)).toBe(0);
      }),
    );
  });

  it('can be extended with zeros, and never gets shorter', () => {
    const list = growingUints();
    list.padTo(1000);
    list.padTo(3);
    expect([list.length, list.at(999)]).toEqual([1000, 0]);
  });
});

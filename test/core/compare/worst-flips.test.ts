import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FlipPlace, flipDirection, WorstFlips } from '../../../src/core/compare/worst-flips.ts';

const flip = (row: number, more: Partial<FlipPlace> = {}): FlipPlace => ({
  row,
  pair: 0,
  scorer: 0,
  direction: 'worse',
  baseScore: 1,
  candidateScore: 0,
  isCritical: false,
  isFlaky: false,
  ...more,
});

describe('a partial score', () => {
  it.each([
    [0.7, 0.2, 'worse'],
    [0.2, 0.7, 'better'],
    [0.7, 0.2001, null],
  ] as const)('flips by a half, rounding aside: %s to %s', (before, after, direction) => {
    expect(flipDirection([before, after], [0, 0])).toBe(direction);
  });
});

describe('the worst flips', () => {
  it('start with losses, critical ones before others, flaky ones last, then by size', () => {
    const flips = new WorstFlips(10);
    flips.add([flip(0, { direction: 'better', baseScore: 0, candidateScore: 1 })]);
    flips.add([flip(1, { isFlaky: true })]);
    flips.add([flip(2, { candidateScore: 0.4 })]);
    flips.add([flip(3)]);
    flips.add([flip(4, { isCritical: true })]);
    expect(flips.worst().map(({ row }) => row)).toEqual([4, 3, 2, 1, 0]);
    expect(flips.counts()).toEqual({ worse: 3, better: 1, flaky: 1 });
  });

  it('count a row once, whatever number of scorers it flips by, and keep its flips together', () => {
    const flips = new WorstFlips(2);
    flips.add([flip(0, { candidateScore: 0.4 }), flip(0, { scorer: 1 })]);
    flips.add([flip(1, { scorer: 1, isFlaky: true }), flip(1, { candidateScore: 0.5 })]);
    flips.add([flip(2, { isFlaky: true }), flip(2, { scorer: 1, isFlaky: true })]);
    flips.add([flip(3, { candidateScore: 0.3 }), flip(3, { scorer: 1, direction: 'better', baseScore: 0 })]);
    expect(flips.counts()).toEqual({ worse: 3, better: 1, flaky: 1 });
    expect(flips.worst().map(({ row, scorer }) => [row, scorer])).toEqual([
      [0, 1],
      [0, 0],
      [3, 0],
    ]);
  });

  it('are the same however few are kept at a time', () => {
    const made = fc.record({
      row: fc.nat(50),
      isCritical: fc.boolean(),
      isFlaky: fc.boolean(),
      candidateScore: fc.constantFrom(0, 0.5),
    });
    fc.assert(
      fc.property(fc.array(made, { maxLength: 60 }), fc.nat(10), (given, most) => {
        const [few, all] = [new WorstFlips(most), new WorstFlips(1000)];
        for (const { row, ...more } of given) {
          few.add([flip(row, more)]);
          all.add([flip(row, more)]);
        }
        expect(few.worst()).toEqual(all.worst().slice(0, most));
      }),
    );
  });
});

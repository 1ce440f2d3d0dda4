import { describe, expect, it } from 'vitest';
import { type Point, pointMarks, stepsOf } from '../../../src/page/charts/points.ts';

function point(variant: number, x: number, y: number): Point {
  return { variant, x, y, low: y + 10, high: y - 10, isHollow: false, isNamed: variant === 3 };
}

describe('points of cost and score', () => {
  it('are one mark where they are equal, and stay where they are', () => {
    const equal = Array.from({ length: 15 }, (_, variant) => point(variant, 100, 50));
    const marks = pointMarks([...equal, point(15, 106, 50)], 3);
    expect(marks.map(({ variant, x, y, isNamed }) => ({ variant, x, y, isNamed }))).toEqual([
      { variant: 3, x: 100, y: 50, isNamed: true },
      { variant: 15, x: 106, y: 50, isNamed: false },
    ]);
    expect(marks[0]?.variants).toEqual(equal.map(({ variant }) => variant));
  });

  it('have a line of the best score for the money through their own places', () => {
    const points = [point(0, 10, 90), point(1, 10, 90), point(2, 60, 20)];
    expect(stepsOf([1, 2], points, 200)).toBe('M10 90 H60 V20 H200');
    expect(stepsOf([7], points, 200)).toBe('');
  });

  it('have a line that never falls, also where a dearer variant scores less', () => {
    const points = [point(0, 10, 40), point(1, 30, 60), point(2, 60, 20)];
    expect(stepsOf([0, 1, 2], points, 200)).toBe('M10 40 H60 V20 H200');
  });
});

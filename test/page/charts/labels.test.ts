import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { haveRoom, type Label, marksWithRoom, placeLabels } from '../../../src/page/charts/labels.ts';

/** The largest point, with the edge that keeps a label apart. */
const POINT = 6.5;

function label(text: string, x: number, y: number): Label {
  return { text, more: '', x, y, isStrong: false };
}

describe('labels of points', () => {
  it('cover no point and no other label on a phone', () => {
    const points = [
      label('gpt-4o-mini', 70, 98),
      label('gpt-4o-mini', 70, 125),
      label('deepseek-chat', 125, 86),
      label('deepseek-chat', 125, 98),
      label('yandexgpt', 270, 145),
    ];
    const placed = placeLabels(points, 350);
    expect(placed.length).toBeGreaterThan(3);
    const boxes = placed.map(({ text, x, y, anchor }) => {
      const width = text.length * 6.2;
      const left = anchor === 'start' ? x : x - width;
      return { left, right: left + width, top: y - 9, bottom: y + 3 };
    });
    const dots = points.map(({ x, y }) => ({ left: x - POINT, right: x + POINT, top: y - POINT, bottom: y + POINT }));
    for (const [index, one] of boxes.entries()) {
      for (const other of [...dots, ...boxes.slice(index + 1)]) {
        const isApart =
          one.right < other.left || other.right < one.left || one.bottom < other.top || other.bottom < one.top;
        expect(isApart).toBe(true);
      }
    }
  });
});

describe('labels beside lines', () => {
  it('cross none where there is room elsewhere', () => {
    const line = { top: 40, bottom: 140 };
    const [beside] = placeLabels([label('gpt-4o-mini', 70, 98), { ...label('x', 125, 20), line }], 350);
    expect(beside?.text).toBe('gpt-4o-mini');
    expect((beside?.y ?? 0) - 10 > line.bottom || (beside?.y ?? 0) + 3 < line.top).toBe(true);
  });

  it('cross one rather than to be missing', () => {
    const line = { top: 0, bottom: 300 };
    expect(placeLabels([label('gpt-4o-mini', 70, 98), { ...label('x', 125, 20), line }], 350)).toHaveLength(2);
  });

  it('take the width of bold text into account', () => {
    const strong = { ...label('gpt-4o-mini 0', 70, 100), isStrong: true };
    const placed = placeLabels([label('deepseek-chat', 164, 100), strong], 600);
    const [first, second] = placed;
    expect(first?.isStrong).toBe(true);
    expect((second?.x ?? 0) > (first?.x ?? 0) + 90 || Math.abs((second?.y ?? 0) - (first?.y ?? 0)) >= 13).toBe(true);
  });
});

function roomAt(texts: readonly string[], step: number): readonly boolean[] {
  return haveRoom(texts.map((text, index) => ({ text, x: 40 + index * step })));
}

describe('labels of an axis', () => {
  it('cover none of the others; the ends are always there', () => {
    expect(roomAt(['0', '0.25', '0.5', '0.75', '1'], 14.5)).toEqual([true, false, true, false, true]);
    expect(roomAt(['0', '0.5', '1'], 37)).toEqual([true, true, true]);
    expect(roomAt(['0', '1'], 5)).toEqual([true, true]);
  });
});

function marksOf(texts: readonly string[], width: number, zero = -1): readonly (readonly [string, string])[] {
  const marks = texts.map((text, index) => ({ text, place: index / (texts.length - 1) }));
  return marksWithRoom(marks, width, zero).map(({ text, anchor }) => [text, anchor]);
}

describe('marks of an axis', () => {
  const wide = ['−5,000%', '0%', '+5,000%', '+10,000%', '+15,000%'];

  it('are all there where they have room, and stay within the axis at its ends', () => {
    expect(marksOf(wide, 720, 1)).toEqual([
      ['−5,000%', 'start'],
      ['0%', 'middle'],
      ['+5,000%', 'middle'],
      ['+10,000%', 'middle'],
      ['+15,000%', 'end'],
    ]);
  });

  it('are every second or third where they have not, the one of 0 among them', () => {
    expect(marksOf(wide, 340, 1).map(([text]) => text)).toEqual(['0%', '+10,000%']);
    expect(marksOf(wide, 340).map(([text]) => text)).toEqual(['−5,000%', '+5,000%', '+15,000%']);
    expect(marksOf(['0', '10', '20', '30', '40', '50', '60'], 80).map(([text]) => text)).toEqual(['0', '30', '60']);
  });

  it('are one where there is no room for two, and none where there are none', () => {
    expect(marksOf(['−5,000%', '0%', '+5,000%'], 20, 1).map(([text]) => text)).toEqual(['0%']);
    expect(marksWithRoom([], 300)).toEqual([]);
    expect(marksWithRoom([{ text: '0', place: 0.5 }], 300)).toEqual([{ text: '0', place: 0.5, anchor: 'middle' }]);
  });

  it('never touch the next one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(12), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 100, max: 800 }),
        (sizes, width) => {
          const marks = sizes.map((size, index) => ({
            text: 'x'.repeat(size + 1),
            place: (index + 0.5) / sizes.length,
          }));
          const shown = marksWithRoom(marks, width);
          expect(shown.length).toBeGreaterThan(0);
          const spans = shown.map(({ text, place, anchor }) => {
            const size = text.length * 7;
            const left = place * width - { start: 0, middle: size / 2, end: size }[anchor];
            return [left, left + size] as const;
          });
          for (const [index, [left]] of spans.entries())
            expect(left).toBeGreaterThan(spans[index - 1]?.[1] ?? -Infinity);
        },
      ),
    );
  });
});

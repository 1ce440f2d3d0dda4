import { describe, expect, it } from 'vitest';
import { haveRoom, type Label, placeLabels } from '../../../src/page/charts/labels.ts';

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

import { describe, expect, it } from 'vitest';
import { ownText } from '../../src/io/own-text.ts';
import { heapMegabytes } from '../engine/heap.ts';

describe('ownText', () => {
  it('is the same text', () => {
    for (const text of ['', 'a', 'Привет, 😀 мир', 'x'.repeat(100)]) expect(ownText(text)).toBe(text);
  });

  it('keeps no longer text in memory', async () => {
    const before = await heapMegabytes();
    const kept = Array.from({ length: 100 }, (_, index) => ownText(longText(index).slice(0, 40)));
    expect((await heapMegabytes()) - before).toBeLessThan(5);
    expect(new Set(kept).size).toBe(100);
  });
});

/** A quarter of a megabyte. */
function longText(index: number): string {
  return Buffer.alloc(250_000, `${index} is one of many long texts `).toString('latin1');
}

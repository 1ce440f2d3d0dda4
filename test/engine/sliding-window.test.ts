import { describe, expect, it } from 'vitest';
import { SlidingWindow } from '../../src/engine/sliding-window.ts';
import { heapMegabytes } from './heap.ts';

interface Addition {
  readonly atMs: number;
  readonly amount: number;
}

describe('SlidingWindow', () => {
  it('has the sum of the window that ends now, over thousands of entries', () => {
    const window = new SlidingWindow(100);
    const added: Addition[] = [];
    for (let atMs = 0; atMs < 6000; atMs += 1 + (atMs % 3)) {
      window.add(atMs % 7, atMs);
      added.push({ atMs, amount: atMs % 7 });
      if (atMs % 50 === 0) expect(window.sum(atMs)).toBe(sumWithin(added, 100, atMs));
    }
    expect(window.sum(6099)).toBe(sumWithin(added, 100, 6099));
    expect(window.sum(7000)).toBe(0);
  });

  it('stores only its window, even if its sum is never read', async () => {
    const window = new SlidingWindow(1000);
    const beforeMegabytes = await heapMegabytes();
    for (let atMs = 0; atMs < 500_000; atMs++) window.add(1, atMs);
    expect((await heapMegabytes()) - beforeMegabytes).toBeLessThan(2);
    expect(window.sum(500_000)).toBe(999);
  });

  it('stores a bounded number of entries, and counts each for at most 1/4096 of the window too long', async () => {
    const window = new SlidingWindow(4096);
    const beforeMegabytes = await heapMegabytes();
    // 300 in each millisecond: 1,228,800 in the window.
    for (let call = 0; call < 1_500_000; call++) window.add(1, call / 300);
    expect((await heapMegabytes()) - beforeMegabytes).toBeLessThan(2);
    const sum = window.sum(5000);
    expect(sum).toBeGreaterThanOrEqual(300 * 4096 - 1);
    expect(sum).toBeLessThanOrEqual(300 * 4097);
    expect(window.sum(9097)).toBe(0);
  });
});

function sumWithin(added: readonly Addition[], windowMs: number, endMs: number): number {
  return added
    .filter(({ atMs }) => atMs > endMs - windowMs && atMs <= endMs)
    .reduce((sum, { amount }) => sum + amount, 0);
}

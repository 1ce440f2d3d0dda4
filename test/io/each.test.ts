import { describe, expect, it } from 'vitest';
import { each } from '../../src/io/each.ts';

describe('each', () => {
  it('gives the items of all batches in order, of empty ones nothing', async () => {
    const seen: number[] = [];
    for await (const item of each(batches([[], [1, 2], [], [3], []], []))) seen.push(item);
    expect(seen).toEqual([1, 2, 3]);
  });

  it('closes the batches when the reader stops early', async () => {
    const closed: string[] = [];
    for await (const item of each(batches([[1, 2], [3]], closed))) if (item === 1) break;
    expect(closed).toEqual(['closed']);
  });

  it('gives the items before an error first, and closes the batches after it', async () => {
    const closed: string[] = [];
    const seen: number[] = [];
    const reading = async (): Promise<void> => {
      for await (const item of each(batches([[1], failing()], closed))) seen.push(item);
    };
    await expect(reading()).rejects.toThrow('the third is bad');
    expect(seen).toEqual([1, 2]);
    expect(closed).toEqual(['closed']);
  });

  it('has no more items after an error', async () => {
    const items = each(batches([failing(), [9]], []));
    expect(await items.next()).toEqual({ done: false, value: 2 });
    await expect(items.next()).rejects.toThrow('the third is bad');
    expect(await items.next()).toEqual({ done: true, value: undefined });
  });
});

function* failing(): Generator<number> {
  yield 2;
  throw new Error('the third is bad');
}

async function* batches(all: readonly Iterable<number>[], closed: string[]): AsyncGenerator<Iterable<number>> {
  try {
    yield* all;
  } finally {
    closed.push('closed');
  }
}

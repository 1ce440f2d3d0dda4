import { describe, expect, it } from 'vitest';
import { Bystanders } from '../../src/engine/aside.ts';
import { RunControl } from '../../src/engine/control.ts';
import { runPool } from '../../src/engine/pool.ts';
import { ManualClock } from './manual-clock.ts';

/** In batches of none, one, two and three, over and over. */
async function* upTo(count: number): AsyncGenerator<readonly number[]> {
  for (let item = 0, size = 0; item < count; item += size, size = (size + 1) % 4) {
    yield Array.from({ length: Math.min(size, count - item) }, (_, index) => item + index);
  }
}

async function* torn(): AsyncGenerator<readonly number[]> {
  yield [0, 1];
  throw new Error('torn');
}

/** Items that each take a second, of which some step aside first. @returns most that were under way at a time */
async function mostUnderWay(mustWait: (item: number) => boolean): Promise<number> {
  const [clock, bystanders] = [new ManualClock(), new Bystanders()];
  let [underWay, most] = [0, 0];
  await runPool({
    batches: upTo(100),
    concurrency: 4,
    control: new RunControl(),
    work: async (item, stepAside) => {
      underWay += 1;
      most = Math.max(most, underWay);
      if (mustWait(item)) await bystanders.wait(stepAside, () => clock.pass(1_000_000));
      await clock.pass(1000);
      underWay -= 1;
    },
  });
  return most;
}

describe('a pool', () => {
  it('runs at most the given number of items at once', async () => {
    expect(await mostUnderWay(() => false)).toBe(4);
  });

  it('starts others in place of those that step aside', async () => {
    expect(await mostUnderWay((item) => item < 3)).toBe(7);
  });

  it('limits how many are aside at a time', async () => {
    expect(await mostUnderWay(() => true)).toBe(4 + 10);
  });

  it('throws an item’s error once the others in progress are done, and starts no more', async () => {
    const done: number[] = [];
    const running = runPool({
      batches: upTo(100),
      concurrency: 4,
      control: new RunControl(),
      work: async (item) => {
        if (item === 2) throw new Error('broken');
        await Promise.resolve();
        done.push(item);
      },
    });
    await expect(running).rejects.toThrow('broken');
    expect(done.slice(0, 2)).toEqual([0, 1]);
    expect(done.length).toBeLessThan(6);
  });

  it('throws an error of reading items, after the items before it', async () => {
    const done: number[] = [];
    const work = async (item: number): Promise<void> => {
      done.push(item);
    };
    await expect(runPool({ batches: torn(), concurrency: 4, control: new RunControl(), work })).rejects.toThrow('torn');
    expect(done).toEqual([0, 1]);
  });

  it('stops reading items if the run is stopped', async () => {
    const control = new RunControl();
    let isClosed = false;
    async function* endless(): AsyncGenerator<readonly number[]> {
      try {
        for (;;) yield [0, 1, 2];
      } finally {
        isClosed = true;
      }
    }
    let count = 0;
    const work = async (): Promise<void> => {
      count += 1;
      if (count === 10) control.stop({ kind: 'interrupted' });
    };
    await runPool({ batches: endless(), concurrency: 2, control, work });
    expect({ isClosed, count }).toEqual({ isClosed: true, count: 10 });
  });
});

import { describe, expect, it } from 'vitest';
import { Bystanders } from '../../src/engine/aside.ts';
import { RunControl } from '../../src/engine/control.ts';
import { runPool } from '../../src/engine/pool.ts';
import { ManualClock } from './manual-clock.ts';

async function* upTo(count: number): AsyncGenerator<number> {
  for (let item = 0; item < count; item++) yield item;
}

/** Items that each take a second, of which some step aside first. @returns most that were under way at a time */
async function mostUnderWay(mustWait: (item: number) => boolean): Promise<number> {
  const [clock, bystanders] = [new ManualClock(), new Bystanders()];
  let [underWay, most] = [0, 0];
  await runPool({
    items: upTo(100),
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
  it('has so many items under way and no more', async () => {
    expect(await mostUnderWay(() => false)).toBe(4);
  });

  it('takes others in place of those that step aside', async () => {
    expect(await mostUnderWay((item) => item < 3)).toBe(7);
  });

  it('bounds how many are aside at a time', async () => {
    expect(await mostUnderWay(() => true)).toBe(4 + 10);
  });
});

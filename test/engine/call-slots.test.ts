import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CallSlots } from '../../src/engine/call-slots.ts';
import { inSlot } from './in-slot.ts';
import { ManualClock } from './manual-clock.ts';

describe('CallSlots', () => {
  it('runs no more calls at once than there are slots, in order of arrival, and runs them all', async () => {
    const call = fc.record({ gapMs: fc.nat({ max: 3 }), durationMs: fc.nat({ max: 20 }) });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 6 }), fc.array(call, { maxLength: 40 }), async (places, calls) => {
        const clock = new ManualClock();
        const slots = new CallSlots(places);
        const started: number[] = [];
        let inFlight = 0;
        const made: Promise<void>[] = [];
        for (const [index, { gapMs, durationMs }] of calls.entries()) {
          await clock.pass(gapMs);
          made.push(
            inSlot(slots, async () => {
              started.push(index);
              inFlight += 1;
              expect(inFlight).toBeLessThanOrEqual(places);
              await clock.pass(durationMs);
              inFlight -= 1;
            }),
          );
        }
        await Promise.all(made);
        expect(started).toEqual(calls.map((_call, index) => index));
      }),
    );
  });

  it('gives a released slot to the next in line', async () => {
    const slots = new CallSlots(1);
    const failed = inSlot(slots, () => Promise.reject(new Error('broken')));
    const answered = inSlot(slots, () => Promise.resolve('answer'));
    await expect(failed).rejects.toThrow('broken');
    expect(await answered).toBe('answer');
  });

  it('admits waiting calls as soon as there are more slots', async () => {
    const { slots, running } = await busy(1, 4);
    expect(running()).toBe(1);
    slots.resize(3);
    await settled();
    expect(running()).toBe(3);
  });

  it('keeps calls in flight if there are fewer slots, and starts no new one until there is room', async () => {
    const { slots, running, endOne } = await busy(3, 5);
    slots.resize(1);
    expect(running()).toBe(3);
    const counts: number[] = [];
    for (let ended = 0; ended < 5; ended++) {
      await endOne();
      counts.push(running());
    }
    expect(counts).toEqual([2, 1, 1, 1, 0]);
  });
});

/** Slots with so many calls that end only when they are told to, first come first. */
async function busy(places: number, calls: number) {
  const slots = new CallSlots(places);
  const ends: (() => void)[] = [];
  for (let call = 0; call < calls; call++) {
    void inSlot(
      slots,
      () =>
        new Promise<void>((resolve) => {
          ends.push(resolve);
        }),
    );
  }
  await settled();
  const endOne = async (): Promise<void> => {
    ends.shift()?.();
    await settled();
  };
  return { slots, running: () => ends.length, endOne };
}

function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

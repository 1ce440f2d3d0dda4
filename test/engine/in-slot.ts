import type { CallSlots } from '../../src/engine/call-slots.ts';

/** Makes a call as soon as there is a place for it. */
export async function inSlot<T>(slots: CallSlots, call: () => Promise<T>): Promise<T> {
  await slots.take();
  try {
    return await call();
  } finally {
    slots.leave();
  }
}

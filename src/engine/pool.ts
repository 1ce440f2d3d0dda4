import PQueue from 'p-queue';
import type { StepAside } from './aside.ts';
import type { RunControl } from './control.ts';

/** Work for one endpoint. */
interface PoolSettings<Item> {
  readonly items: AsyncIterable<Item>;
  /** Carries out one item, such as a trial, and stores what came of it. */
  readonly work: (item: Item, stepAside: StepAside) => Promise<void>;
  /** Most items under way at a time, those that wait to be tried again among them, and without those that step aside. */
  readonly concurrency: number;
  readonly control: RunControl;
}

/**
 * Works items off, a small window ahead of those under way, so that memory does not grow with their number.
 * An error in `work` stops the run; the pool waits for what is in flight and then throws it.
 */
export async function runPool<Item>({ items, work, concurrency, control }: PoolSettings<Item>): Promise<void> {
  const queue = new PQueue({ concurrency });
  const failures: unknown[] = [];
  const stepAside: StepAside = async (wait) => {
    queue.concurrency += 1;
    try {
      await wait();
    } finally {
      queue.concurrency -= 1;
    }
  };
  const task = async (item: Item): Promise<void> => {
    if (control.draining.aborted) return;
    await work(item, stepAside).catch((error: unknown) => {
      failures.push(error);
      control.stop({ kind: 'failed', error });
    });
  };
  try {
    for await (const item of items) {
      if (control.draining.aborted) break;
      void queue.add(() => task(item));
      await queue.onSizeLessThan(concurrency);
    }
  } finally {
    await queue.onIdle();
  }
  if (failures.length > 0) throw failures[0];
}

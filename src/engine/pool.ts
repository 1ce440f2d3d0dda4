import PQueue from 'p-queue';
import type { Trial } from '../core/trial.ts';
import type { RunControl } from './control.ts';

/** Work for one endpoint. */
export interface PoolSettings {
  readonly trials: AsyncIterable<Trial>;
  /** Carries out one trial and stores what came of it. */
  readonly work: (trial: Trial) => Promise<void>;
  /** Most trials under way at a time, those that wait to be tried again among them. */
  readonly concurrency: number;
  readonly control: RunControl;
}

/**
 * Works trials off, a small window ahead of those under way, so that memory does not grow with their number.
 * An error in `work` stops the run; the pool waits for what is in flight and then throws it.
 */
export async function runPool({ trials, work, concurrency, control }: PoolSettings): Promise<void> {
  const queue = new PQueue({ concurrency });
  const failures: unknown[] = [];
  const task = async (trial: Trial): Promise<void> => {
    if (control.draining.aborted) return;
    await work(trial).catch((error: unknown) => {
      failures.push(error);
      control.stop({ kind: 'failed', error });
    });
  };
  try {
    for await (const trial of trials) {
      if (control.draining.aborted) break;
      void queue.add(() => task(trial));
      await queue.onSizeLessThan(concurrency);
    }
  } finally {
    await queue.onIdle();
  }
  if (failures.length > 0) throw failures[0];
}

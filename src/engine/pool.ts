import PQueue from 'p-queue';
import type { StepAside } from './aside.ts';
import type { RunControl } from './control.ts';

/** Work for one endpoint. */
interface PoolSettings<Item> {
  /** Items in order, a few at a time: a promise per item would cost as much as the rest of the pool. */
  readonly batches: AsyncIterable<readonly Item[]>;
  /** Runs one item, such as a trial, and stores its result. */
  readonly work: (item: Item, stepAside: StepAside) => Promise<unknown>;
  /** Maximum of concurrent items, including those waiting for a retry and excluding those that step aside. */
  readonly concurrency: number;
  readonly control: RunControl;
}

/**
 * Processes items and reads at most one batch ahead, so memory does not grow with their number. An error in `work`
 * stops the run; the pool waits for what is in flight and then throws it.
 */
export async function runPool<Item>(settings: PoolSettings<Item>): Promise<void> {
  const { concurrency } = settings;
  const pool = new Pool(settings);
  for (let worker = 0; worker < concurrency; worker++) pool.addWorker();
  await pool.finish();
}

/** Queued workers, each of which takes one item after another. */
class Pool<Item> {
  readonly #queue: PQueue;
  readonly #feed: Feed<Item>;
  readonly #work: PoolSettings<Item>['work'];
  readonly #control: RunControl;
  readonly #failures: unknown[] = [];
  /** Number of stand-in workers whose originals have returned. */
  #surplus = 0;

  constructor({ batches, work, concurrency, control }: PoolSettings<Item>) {
    this.#queue = new PQueue({ concurrency });
    this.#feed = new Feed(batches);
    this.#work = work;
    this.#control = control;
  }

  addWorker(): void {
    void this.#queue.add(() => this.#takeItems());
  }

  /** Waits for the last item. @throws the first error of an item, or of the source of items */
  async finish(): Promise<void> {
    await this.#queue.onIdle();
    await this.#feed.close();
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  async #takeItems(): Promise<void> {
    while (!this.#control.isDraining) {
      if (this.#surplus > 0) {
        this.#surplus -= 1;
        this.#queue.concurrency -= 1;
        return;
      }
      try {
        const item = this.#feed.take() ?? (await this.#feed.next());
        if (item === undefined || this.#control.isDraining) return;
        await this.#work(item, this.#stepAside);
      } catch (error) {
        this.#failures.push(error);
        this.#control.stop({ kind: 'failed', error });
      }
    }
  }

  readonly #stepAside: StepAside = async (wait) => {
    this.#queue.concurrency += 1;
    this.addWorker();
    try {
      await wait();
    } finally {
      this.#surplus += 1;
    }
  };
}

/** The items of batches, one at a time, to whichever worker asks first. */
class Feed<Item> {
  readonly #batches: AsyncIterator<readonly Item[], unknown>;
  #batch: readonly Item[] = [];
  #at = 0;
  #reading: Promise<boolean> | null = null;

  constructor(batches: AsyncIterable<readonly Item[]>) {
    this.#batches = batches[Symbol.asyncIterator]();
  }

  /** The next item; undefined if it must be read first. */
  take(): Item | undefined {
    const item = this.#batch[this.#at];
    if (item !== undefined) this.#at += 1;
    return item;
  }

  /** The next item; undefined at the end. */
  async next(): Promise<Item | undefined> {
    for (;;) {
      const item = this.take();
      if (item !== undefined) return item;
      this.#reading ??= this.#read();
      if (!(await this.#reading)) return undefined;
    }
  }

  /** Stops reading batches before their end. */
  async close(): Promise<void> {
    await this.#batches.return?.();
  }

  async #read(): Promise<boolean> {
    try {
      const step = await this.#batches.next();
      if (step.done === true) return false;
      this.#batch = step.value;
      this.#at = 0;
      return true;
    } finally {
      this.#reading = null;
    }
  }
}

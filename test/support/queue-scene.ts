import { once } from 'node:events';
import { runWorker } from '../../src/app/worker/index.ts';
import { RunControl } from '../../src/engine/control.ts';
import { systemClock } from '../../src/io/clock.ts';
import type { Desk, RunningCli } from './cli.ts';
import type { Ending } from './http-server.ts';
import { type RedisServer, redisServer } from './redis.ts';

/** The key that workers have. */
export const WORKER_KEY = { GPTUNNEL_API_KEY: 'worker-key' };

const CONCURRENCY = 16;

interface SceneOptions {
  /** Workers that are there from the beginning, in this process; default none. */
  readonly workers?: number;
  /** Those that are processes, which can be killed; default none. */
  readonly processes?: number;
  /** Whether Redis keeps what it was given when it ends. */
  readonly isDurable?: boolean;
  /** Seconds after which a worker that says nothing counts as dead; default 20, longer than a busy machine pauses. */
  readonly lockSeconds?: number;
}

/** A Redis with workers. */
export class QueueScene {
  readonly redis: RedisServer;
  readonly #desk: Desk;
  readonly #context: Ending;
  readonly #lockSeconds: number;
  readonly #processes: RunningCli[] = [];

  private constructor(desk: Desk, context: Ending, redis: RedisServer, lockSeconds: number) {
    this.#desk = desk;
    this.#context = context;
    this.redis = redis;
    this.#lockSeconds = lockSeconds;
  }

  static async open(
    desk: Desk,
    context: Ending,
    { workers = 0, processes = 0, isDurable = false, lockSeconds = 20 }: SceneOptions = {},
  ): Promise<QueueScene> {
    const scene = new QueueScene(desk, context, await redisServer(context, { isDurable }), lockSeconds);
    await Promise.all(Array.from({ length: workers }, () => scene.worker()));
    await Promise.all(Array.from({ length: processes }, () => scene.#startWorker()));
    return scene;
  }

  /** Has a worker in this process until the test is over, and waits until it takes calls. @param env its environment */
  async worker(env: Readonly<Record<string, string>> = WORKER_KEY): Promise<void> {
    const control = new RunControl();
    const taking = new AbortController();
    const taken = once(taking.signal, 'abort');
    const settings = { concurrency: CONCURRENCY, lockS: this.#lockSeconds, stopAfterWaitS: 60, trustsQueue: false };
    const ended = runWorker(
      { ...settings, queue: this.redis.url, untilIdleS: undefined },
      {
        variables: { env },
        control,
        stateFolder: this.#desk.path('.state-of-worker'),
        clock: systemClock,
        onNotice: (text) => {
          if (text.includes(' takes calls from ')) taking.abort();
        },
      },
    );
    this.#context.onTestFinished(async () => {
      control.kill();
      await ended;
    });
    await Promise.race([taken, ended]);
  }

  /** Kills the worker that has run longest as a process, and starts another. */
  async replaceWorker(): Promise<void> {
    const oldest = this.#processes.shift();
    oldest?.signal('SIGKILL');
    await oldest?.ended;
    await this.#startWorker();
  }

  async #startWorker(): Promise<void> {
    const own = ['--queue', this.redis.url, '--lock', `${this.#lockSeconds}`, '--concurrency', `${CONCURRENCY}`];
    const worker = this.#desk.start(['worker', ...own], { env: WORKER_KEY });
    this.#processes.push(worker);
    await worker.until(() => worker.stderr.includes(' takes calls from '));
  }
}

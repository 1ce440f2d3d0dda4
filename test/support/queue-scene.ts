import type { Desk, RunningCli } from './cli.ts';
import type { Ending } from './http-server.ts';
import { type RedisServer, redisServer } from './redis.ts';

/** The key that workers have. */
export const WORKER_KEY = { GPTUNNEL_API_KEY: 'worker-key' };

interface SceneOptions {
  /** Workers that are there from the beginning; default none. */
  readonly workers?: number;
  /** Whether Redis keeps what it was given when it ends. */
  readonly isDurable?: boolean;
  /** Seconds after which a worker that says nothing counts as dead; default 20, longer than a busy machine pauses. */
  readonly lockSeconds?: number;
}

/** A Redis with workers that can be killed. */
export class QueueScene {
  readonly redis: RedisServer;
  readonly #desk: Desk;
  readonly #lockSeconds: number;
  readonly #workers: RunningCli[] = [];

  private constructor(desk: Desk, redis: RedisServer, lockSeconds: number) {
    this.#desk = desk;
    this.redis = redis;
    this.#lockSeconds = lockSeconds;
  }

  static async open(
    desk: Desk,
    context: Ending,
    { workers = 0, isDurable = false, lockSeconds = 20 }: SceneOptions = {},
  ): Promise<QueueScene> {
    const scene = new QueueScene(desk, await redisServer(context, { isDurable }), lockSeconds);
    await Promise.all(Array.from({ length: workers }, () => scene.worker()));
    return scene;
  }

  /** Starts a worker, and waits until it takes calls. @param words further ones of its command line */
  async worker(...words: readonly string[]): Promise<RunningCli> {
    const own = [
      'worker',
      '--queue',
      this.redis.url,
      '--lock',
      `${this.#lockSeconds}`,
      '--concurrency',
      '16',
      ...words,
    ];
    const worker = this.#desk.start(own, { env: WORKER_KEY });
    this.#workers.push(worker);
    await worker.until(() => worker.stderr.includes(' takes calls from '));
    return worker;
  }

  /** Kills the worker that has run longest, and starts another. */
  async replaceWorker(): Promise<void> {
    const oldest = this.#workers.shift();
    oldest?.signal('SIGKILL');
    await oldest?.ended;
    await this.worker();
  }
}

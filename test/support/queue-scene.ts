import type { Desk, RunningCli } from './cli.ts';
import type { Ending } from './http-server.ts';
import { type RedisServer, redisServer } from './redis.ts';

/** The key that workers have. */
export const WORKER_KEY = { GPTUNNEL_API_KEY: 'worker-key' };

/** A Redis with workers that can be killed. */
export class QueueScene {
  readonly redis: RedisServer;
  readonly #desk: Desk;
  readonly #workers: RunningCli[] = [];

  private constructor(desk: Desk, redis: RedisServer) {
    this.#desk = desk;
    this.redis = redis;
  }

  /** @param workers that are there from the beginning */
  static async open(desk: Desk, context: Ending, workers = 0, isDurable = false): Promise<QueueScene> {
    const scene = new QueueScene(desk, await redisServer(context, { isDurable }));
    await Promise.all(Array.from({ length: workers }, () => scene.worker()));
    return scene;
  }

  /** Starts a worker, and waits until it takes calls. @param words further ones of its command line */
  async worker(...words: readonly string[]): Promise<RunningCli> {
    // A dead one's calls are taken over soon.
    const own = ['worker', '--queue', this.redis.url, '--lock', '1', '--concurrency', '16', ...words];
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

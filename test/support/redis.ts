import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Ending } from './http-server.ts';

/** False where there is no redis-server (Debian: redis-server) to test with. */
export const HAS_REDIS = spawnSync('redis-server', ['--version']).status === 0;

interface RedisOptions {
  /** Keeps what it is given in an append-only file, each command at once; default: in memory alone. */
  readonly isDurable?: boolean;
  /** That clients must give; default: none. */
  readonly password?: string;
  /** Further words of its command line, such as `--maxmemory-policy allkeys-lru`. */
  readonly config?: readonly string[];
}

/** A Redis server on a free port of this machine, with a folder of its own. */
export class RedisServer {
  /** Address with the password, if there is one. */
  readonly url: string;
  readonly port: number;
  readonly #words: readonly string[];
  #child: ChildProcess | null = null;

  constructor(port: number, folder: string, { isDurable = false, password, config = [] }: RedisOptions) {
    this.port = port;
    this.url = `redis://${password === undefined ? '' : `:${encodeURIComponent(password)}@`}127.0.0.1:${port}`;
    this.#words = [
      '--port',
      `${port}`,
      '--bind',
      '127.0.0.1',
      '--dir',
      folder,
      '--save',
      '',
      ...(isDurable ? ['--appendonly', 'yes', '--appendfsync', 'always'] : []),
      ...(password === undefined ? [] : ['--requirepass', password]),
      ...config,
    ];
  }

  /** Starts it, also after `stop`; resolves once it takes connections. */
  async start(): Promise<void> {
    const child = spawn('redis-server', this.#words, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#child = child;
    const lines: string[] = [];
    for await (const line of createInterface(child.stdout)) {
      lines.push(line);
      if (line.includes('Ready to accept connections')) {
        // What it says later must not fill the pipe.
        child.stdout.resume();
        return;
      }
    }
    throw new Error(`redis-server did not start:\n${lines.join('\n')}`);
  }

  /** Has it answer nothing until `thaw`, while its connections stay and its clock runs. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  /** It answers what it was sent in the meantime. */
  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Ends it at once; connections break and nobody listens at its port. What a durable one was given stays. */
  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}

/** Ports below those that a system hands out by itself: nobody else gets one while its server is away. */
const PORTS = [15_000, 32_000] as const;

/** A port of these at which nobody listens. */
async function ownPort(): Promise<number> {
  for (;;) {
    const port = randomInt(...PORTS);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

/** Starts one that ends with the test. */
export async function redisServer({ onTestFinished }: Ending, options: RedisOptions = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'promptgrid-redis-'));
  const server = new RedisServer(await ownPort(), folder, options);
  onTestFinished(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });
  await server.start();
  return server;
}

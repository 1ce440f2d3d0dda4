import type { QueueRedis, RedisAddress } from './redis.ts';

/** What a connection is watched for. */
export interface WatchSettings {
  readonly address: RedisAddress;
  /** How long Redis may be away, in milliseconds. */
  readonly awayMs: number;
  /** One line. */
  readonly onNotice: (text: string) => void;
  /** The connection is there again. */
  readonly onBack: () => void;
}

/** A connection on which nothing comes back for that long is a broken one. */
const SILENCE_MS = 10_000;

/** Notices when a connection to Redis is lost, is there again, and stays away. */
export class ConnectionWatch {
  readonly #redis: QueueRedis;
  readonly #settings: WatchSettings;
  readonly #gone = new AbortController();
  readonly #waiting: (() => void)[] = [];
  /** When the connection was made, in monotonic milliseconds. */
  #sinceMs = 0;
  #silence: NodeJS.Timeout | null = null;
  /** Runs while Redis is away. */
  #away: NodeJS.Timeout | null = null;
  #isStopped = false;

  constructor(redis: QueueRedis, settings: WatchSettings) {
    this.#redis = redis;
    this.#settings = settings;
  }

  /** Aborts once Redis has been away for too long. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** True while there is no connection. */
  get isAway(): boolean {
    return this.#away !== null || this.#gone.signal.aborted;
  }

  /** For how long the connection has been there, in milliseconds. */
  get lastsMs(): number {
    return performance.now() - this.#sinceMs;
  }

  /** Begins to watch a connection that was just made. */
  start(): void {
    this.#sinceMs = performance.now();
    this.#redis.on('close', () => this.#noteAway());
    this.#redis.on('ready', () => this.#noteBack());
  }

  /** Resolves once there is no connection, at once if there is none now. */
  async whenAway(): Promise<void> {
    if (!this.isAway) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Waits for a command that Redis answers at once, or not at all: then the connection is made anew. */
  async answered<T>(command: Promise<T>): Promise<T> {
    this.#silence ??= setTimeout(() => this.#redis.disconnect(true), SILENCE_MS);
    return command.finally(() => this.#heard());
  }

  /** From here on the connection is ended by its owner. */
  stop(): void {
    this.#isStopped = true;
    if (this.#away !== null) clearTimeout(this.#away);
    this.#heard();
  }

  #heard(): void {
    if (this.#silence !== null) clearTimeout(this.#silence);
    this.#silence = null;
  }

  #noteAway(): void {
    const { address, awayMs, onNotice } = this.#settings;
    this.#heard();
    if (this.isAway || this.#isStopped) return;
    onNotice(`${address.shown}: the connection is lost; waiting up to ${awayMs / 1000} s for Redis to come back`);
    this.#away = setTimeout(() => this.#gone.abort(), awayMs);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #noteBack(): void {
    if (this.#away === null) return;
    clearTimeout(this.#away);
    this.#away = null;
    this.#sinceMs = performance.now();
    this.#settings.onNotice(`${this.#settings.address.shown}: connected again`);
    this.#settings.onBack();
  }
}

import { QueueError } from '../core/errors.ts';
import { lifeKey, PLANNERS_KEY, WORKERS_KEY } from './keys.ts';
import { type Participant, participantText, readParticipant } from './protocol.ts';
import type { QueueRedis, RedisAddress } from './redis.ts';

/** How a worker is connected. */
interface PresenceSettings {
  readonly address: RedisAddress;
  readonly me: Participant;
  /** After how long a worker that says nothing counts as dead, in milliseconds. */
  readonly lockMs: number;
  /** How long Redis may be away, in milliseconds. */
  readonly awayMs: number;
  /** One line. */
  readonly onNotice: (text: string) => void;
}

const ANNOUNCE_MS = 5000;
/** How long somebody who has said so counts as connected. */
const PRESENT_MS = 15_000;
/** A connection on which nothing comes back for that long is a broken one. */
const SILENCE_MS = 10_000;
/** Longer than a lost connection takes to be made again once Redis is back. */
const GRACE_MS = 5000;

/** Says that a worker is connected, and notices planners of other versions and the absence of Redis. */
export class Presence {
  readonly #redis: QueueRedis;
  readonly #settings: PresenceSettings;
  readonly #gone = new AbortController();
  #announcing: NodeJS.Timeout | null = null;
  #living: NodeJS.Timeout | null = null;
  /** When the connection was made, in monotonic milliseconds. */
  #sinceMs = 0;
  #silence: NodeJS.Timeout | null = null;
  /** Runs while Redis is away. */
  #away: NodeJS.Timeout | null = null;
  #hasWarned = false;
  #isStopped = false;
  readonly #waiting: (() => void)[] = [];

  constructor(redis: QueueRedis, settings: PresenceSettings) {
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

  /** @throws QueueError if planners are connected and none has our version */
  async join(): Promise<void> {
    const { address, me } = this.#settings;
    const others = othersThan(me, await this.#redis.pgAnnounce(WORKERS_KEY, PLANNERS_KEY, '', PRESENT_MS));
    if (others !== null) {
      throw new QueueError(
        `${address.shown}: the runs there are of promptgrid ${others}, this worker of ${me.version}`,
        {
          hint: 'install the same version on both sides, or start the worker before the runs',
        },
      );
    }
    this.#redis.on('close', () => this.#noteAway());
    this.#redis.on('ready', () => this.#noteBack());
    this.#sinceMs = performance.now();
    await Promise.all([this.#announce(), this.#live()]);
    this.#announcing = setInterval(() => void this.#announce().catch(ignore), ANNOUNCE_MS);
    this.#living = setInterval(() => void this.#live().catch(ignore), Math.ceil(this.#settings.lockMs / 3));
  }

  /**
   * Those of these workers that live or may live: a while after our own connection was made, others may not have had
   * the time to say so.
   * @param ids of workers
   */
  async living(ids: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    if (ids.size === 0 || performance.now() - this.#sinceMs < Math.min(this.#settings.lockMs, GRACE_MS)) return ids;
    const all = [...ids];
    const found = await this.#redis.mget(...all.map(lifeKey));
    return new Set(all.filter((_, index) => (found[index] ?? null) !== null));
  }

  /** Resolves once there is no connection, at once if there is none now. */
  async whenAway(): Promise<void> {
    if (!this.isAway) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Says that the worker is not connected any more. */
  async leave(): Promise<void> {
    this.stop();
    const { me } = this.#settings;
    await Promise.all([this.#redis.zrem(WORKERS_KEY, participantText(me)), this.#redis.del(lifeKey(me.id))]);
  }

  /** Ends its timers. */
  stop(): void {
    this.#isStopped = true;
    if (this.#announcing !== null) clearInterval(this.#announcing);
    if (this.#living !== null) clearInterval(this.#living);
    if (this.#away !== null) clearTimeout(this.#away);
    this.#heard();
  }

  async #live(): Promise<void> {
    const { me, lockMs } = this.#settings;
    if (!this.isAway) await this.#redis.set(lifeKey(me.id), me.host, 'PX', lockMs);
  }

  async #announce(): Promise<void> {
    if (this.isAway) return;
    const { me, onNotice } = this.#settings;
    this.#silence ??= setTimeout(() => this.#redis.disconnect(true), SILENCE_MS);
    const texts = await this.#redis
      .pgAnnounce(WORKERS_KEY, PLANNERS_KEY, participantText(me), PRESENT_MS)
      .finally(() => this.#heard());
    const others = othersThan(me, texts);
    if (others === null || this.#hasWarned) return;
    this.#hasWarned = true;
    onNotice(
      `warning: the runs that are connected are of promptgrid ${others}, this worker of ${me.version}: it makes none of their calls`,
    );
  }

  #heard(): void {
    if (this.#silence !== null) clearTimeout(this.#silence);
    this.#silence = null;
  }

  #noteAway(): void {
    const { address, awayMs, onNotice } = this.#settings;
    this.#heard();
    // At its end a worker closes the connection itself.
    if (this.isAway || this.#isStopped) return;
    onNotice(`${address.shown}: the connection is lost; waiting up to ${awayMs / 1000} s for it, answers are kept`);
    this.#away = setTimeout(() => this.#gone.abort(), awayMs);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #noteBack(): void {
    if (this.#away === null) return;
    clearTimeout(this.#away);
    this.#away = null;
    this.#sinceMs = performance.now();
    this.#settings.onNotice(`${this.#settings.address.shown}: connected again`);
    void this.#announce().catch(ignore);
    void this.#live().catch(ignore);
  }
}

/** The versions of the planners that are connected; null if there are none, or one has ours. */
function othersThan({ version }: Participant, texts: readonly string[]): string | null {
  const versions = texts.flatMap((text) => readParticipant(text)?.version ?? []);
  return versions.length === 0 || versions.includes(version) ? null : [...new Set(versions)].join(', ');
}

function ignore(): void {
  // The next time says it.
}

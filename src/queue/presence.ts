import { QueueError } from '../core/errors.ts';
import { ConnectionWatch } from './connection-watch.ts';
import { lifeKey, PLANNERS_KEY, PRESENT_MS, WORKERS_KEY } from './keys.ts';
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
/** Longer than a lost connection takes to be made again once Redis is back. */
const GRACE_MS = 5000;

/** Says that a worker is connected and lives, and notices planners of other versions. */
export class Presence {
  readonly #redis: QueueRedis;
  readonly #settings: PresenceSettings;
  readonly #watch: ConnectionWatch;
  #announcing: NodeJS.Timeout | null = null;
  #living: NodeJS.Timeout | null = null;
  #hasWarned = false;

  constructor(redis: QueueRedis, settings: PresenceSettings) {
    this.#redis = redis;
    this.#settings = settings;
    this.#watch = new ConnectionWatch(redis, { ...settings, onBack: () => this.#noteBack() });
  }

  /** Aborts once Redis has been away for too long. */
  get gone(): AbortSignal {
    return this.#watch.gone;
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
    this.#watch.start();
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
    if (ids.size === 0 || this.#watch.lastsMs < Math.min(this.#settings.lockMs, GRACE_MS)) return ids;
    const all = [...ids];
    const found = await this.#redis.mget(...all.map(lifeKey));
    return new Set(all.filter((_, index) => (found[index] ?? null) !== null));
  }

  /** For how long the connection has been there, in milliseconds; 0 while there is none. */
  get lastsMs(): number {
    return this.#watch.isAway ? 0 : this.#watch.lastsMs;
  }

  /** Resolves once there is no connection, at once if there is none now. */
  whenAway(): Promise<void> {
    return this.#watch.whenAway();
  }

  /** Says that the worker is not connected any more. */
  async leave(): Promise<void> {
    this.stop();
    const { me } = this.#settings;
    await Promise.all([this.#redis.zrem(WORKERS_KEY, participantText(me)), this.#redis.del(lifeKey(me.id))]);
  }

  /** Ends its timers. */
  stop(): void {
    if (this.#announcing !== null) clearInterval(this.#announcing);
    if (this.#living !== null) clearInterval(this.#living);
    this.#watch.stop();
  }

  async #live(): Promise<void> {
    const { me, lockMs } = this.#settings;
    if (!this.#watch.isAway) await this.#redis.set(lifeKey(me.id), me.host, 'PX', lockMs);
  }

  async #announce(): Promise<void> {
    if (this.#watch.isAway) return;
    const { me, onNotice } = this.#settings;
    const texts = await this.#watch.answered(
      this.#redis.pgAnnounce(WORKERS_KEY, PLANNERS_KEY, participantText(me), PRESENT_MS),
    );
    const others = othersThan(me, texts);
    if (others === null || this.#hasWarned) return;
    this.#hasWarned = true;
    onNotice(
      `warning: the runs that are connected are of promptgrid ${others}, this worker of ${me.version}: it makes none of their calls`,
    );
  }

  #noteBack(): void {
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

import { QueueError } from '../core/errors.ts';
import { PLANNERS_KEY, WORKERS_KEY } from './keys.ts';
import { type Participant, participantText, readParticipant } from './protocol.ts';
import type { QueueRedis, RedisAddress } from './redis.ts';

/** How a worker is connected. */
interface PresenceSettings {
  readonly address: RedisAddress;
  readonly me: Participant;
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

/** Says that a worker is connected, and notices planners of other versions and the absence of Redis. */
export class Presence {
  readonly #redis: QueueRedis;
  readonly #settings: PresenceSettings;
  readonly #gone = new AbortController();
  #announcing: NodeJS.Timeout | null = null;
  #silence: NodeJS.Timeout | null = null;
  /** Runs while Redis is away. */
  #away: NodeJS.Timeout | null = null;
  #hasWarned = false;
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
    await this.#announce();
    this.#announcing = setInterval(() => void this.#announce().catch(() => undefined), ANNOUNCE_MS);
  }

  /** Resolves once there is no connection, at once if there is none now. */
  async whenAway(): Promise<void> {
    if (!this.isAway) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Says that the worker is not connected any more. */
  async leave(): Promise<void> {
    this.stop();
    await this.#redis.zrem(WORKERS_KEY, participantText(this.#settings.me));
  }

  /** Ends its timers. */
  stop(): void {
    if (this.#announcing !== null) clearInterval(this.#announcing);
    if (this.#away !== null) clearTimeout(this.#away);
    this.#heard();
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
    if (this.isAway) return;
    onNotice(`${address.shown}: the connection is lost; waiting up to ${awayMs / 1000} s for it, answers are kept`);
    this.#away = setTimeout(() => this.#gone.abort(), awayMs);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #noteBack(): void {
    if (this.#away === null) return;
    clearTimeout(this.#away);
    this.#away = null;
    this.#settings.onNotice(`${this.#settings.address.shown}: connected again`);
    void this.#announce().catch(() => undefined);
  }
}

/** The versions of the planners that are connected; null if there are none, or one has ours. */
function othersThan({ version }: Participant, texts: readonly string[]): string | null {
  const versions = texts.flatMap((text) => readParticipant(text)?.version ?? []);
  return versions.length === 0 || versions.includes(version) ? null : [...new Set(versions)].join(', ');
}
